/**
 * What the kit asks a simulated source to do, by names that every protocol has a word for.
 *
 * - `REFUSED`: every connection ends and new ones are refused; a directory is gone.
 * - `HANG`: calls are taken and never answered.
 * - `BAD_TLS`: a certificate that must not be accepted.
 * - `UNAUTHORIZED`: the credentials are no longer good.
 * - `PART_DENIED`: the credentials are good, but not for `Twin.part`.
 * - `QUOTA`: no more calls for now, and the source says until when.
 * - `FAILING`: every call is answered with the source's own error.
 * - `UNKNOWN_STATUS`: what a hit finds has a state in a word that nobody has mapped.
 */
export const TWIN_FAULTS = [
  'REFUSED',
  'HANG',
  'BAD_TLS',
  'UNAUTHORIZED',
  'PART_DENIED',
  'QUOTA',
  'FAILING',
  'UNKNOWN_STATUS',
] as const;
export type TwinFault = (typeof TWIN_FAULTS)[number];

/** A reply, row or file that no careful reader takes for an answer. */
export interface EvilReply {
  /** As `Twin.setFault` takes it. */
  readonly name: string;
  /** Whether the clean answer may be read all the same. No other answer ever may. */
  readonly answer: 'NONE' | 'CLEAN_ALLOWED';
}

/** A simulated source as the kit drives it: it fails on command and tells what it saw. */
export interface Twin {
  /** Which of the named faults it can play. Rules of the others are skipped. */
  readonly faults: readonly TwinFault[];
  /** Spoiled replies it can give. Over HTTP at least 24. */
  readonly evil: readonly EvilReply[];
  /** The capability or collection that `PART_DENIED` takes away. Null where it cannot. */
  readonly part: string | null;
  /** One of `faults` or `evil`; in force when it resolves, for open connections as well. */
  setFault(name: string): Promise<void>;
  clearFault(): Promise<void>;
  /** Questions received since it started, those of other tests included; sessions do not count. */
  callCount(): Promise<number>;
  /** Connections open to it, idle ones as well. */
  openSockets(): Promise<number>;
  /** Questions it has not answered and whose askers are still there. */
  pendingCalls(): Promise<number>;
  /** Null where the source hands over no rows. */
  readonly scan: TwinScan | null;
  /** Null where the source takes no records. */
  readonly push: TwinPush | null;
}

/**
 * One collection whose rows the kit may rewrite. Rows are numbered; a higher number has a higher
 * id. What the source holds of the subjects in the questions is left alone, or put back by
 * `restore`.
 */
export interface TwinScan {
  readonly collection: string;
  /** Rows of a page under the settings of the subject. */
  readonly pageRows: number;
  /** Rows of the long scan: many pages, more than the ceiling of memory would hold. */
  readonly longRows: number;
  /** Rows 1 to `rows`, and no others. */
  reset(rows: number): Promise<void>;
  /** Adds or changes one row; the next pass must show it. */
  write(row: number): Promise<void>;
  /** Ids of all rows held, as a scan must show them, in any order. */
  ids(): Promise<readonly string[]>;
  /** The id that a scan shows of this row. */
  idOf(row: number): string;
  /** What it held before the kit came. */
  restore(): Promise<void>;
}

/** What the receiver of pushed records can be asked. */
export interface TwinPush {
  /** Records with this code that took effect. */
  effects(code: string): Promise<number>;
}
