import type { CommitmentRecord } from '../model/commitment-record.ts';
import type { CallContext } from './connector.ts';

/** Records the hub hands to a source, by name. */
export interface Pushed {
  'credit.commitment': CommitmentRecord;
}

export type PushName = keyof Pushed;

/** Every push of this version of the contract. */
export const PUSH_NAMES = ['credit.commitment'] as const satisfies readonly PushName[];

/** What a source takes from the hub. An absent name is unsupported. */
export type Push = { readonly [P in PushName]?: PushDesk<P> };

/** One kind of record that a source takes. */
export interface PushDesk<P extends PushName> {
  /** `PUBLIC`: it shows to everybody what it takes, so it is told of nothing else. */
  readonly takes: 'ALL' | 'PUBLIC';
  readonly batchMax: number;
  /**
   * One attempt, at most `batchMax` records, receipts in the same order and number. The same
   * record handed over twice has the effect of once.
   *
   * @throws {HubError} a `SOURCE_…` fault, when what became of the records is not known.
   */
  push(records: readonly Pushed[P][], call: CallContext): Promise<readonly PushReceipt[]>;
  /** What the source says of records it took before. In the order and number of the references. */
  acknowledgements(
    references: readonly string[],
    call: CallContext,
  ): Promise<readonly Acknowledgement[]>;
}

/** What became of one record. */
export type PushReceipt =
  | { readonly taken: true; readonly reference: string }
  | {
      readonly taken: false;
      /** The field to blame, in the hub's vocabulary. Null when the source does not say. */
      readonly field: string | null;
      /** The source's own words, for the officer. At most 500 characters. */
      readonly reason: string;
    };

/** How far the source has come with a record it took. */
export interface Acknowledgement {
  readonly reference: string;
  readonly state: 'ACKNOWLEDGED' | 'PENDING' | 'REJECTED' | 'UNKNOWN';
  readonly field: string | null;
  readonly reason: string | null;
}
