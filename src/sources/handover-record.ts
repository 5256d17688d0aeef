import type { Hop } from '../model/outcome.ts';
import type { Database } from '../store/database.ts';
import { putOnRecord, type PurposeColumns } from '../store/on-record.ts';

/** How long one statement may take before the handover is given up. */
const STATEMENT_MS = 2_500;

/** A row of `handover`. */
export interface HandoverRow extends PurposeColumns {
  readonly id: string;
  readonly begun_at: Date;
  readonly source: string;
  readonly name: string;
  readonly step: 'PUSH' | 'ACKNOWLEDGEMENT';
  readonly record_code: string;
  readonly record_digest: string;
  readonly case_id: string | null;
}

/** A row of `handover_outcome`. */
export interface HandoverOutcomeRow {
  readonly handover_id: string;
  readonly ended_at: Date;
  readonly outcome:
    'TAKEN' | 'REFUSED' | 'ACKNOWLEDGED' | 'PENDING' | 'REJECTED' | 'UNKNOWN' | 'FAULT';
  /** Null unless it is a fault. */
  readonly hop: Hop | null;
  /** Null unless it is a fault. */
  readonly reason: string | null;
  /** The receipt. Null where the source gave none. */
  readonly reference: string | null;
}

/** The record of what was told to whom. */
interface HandoverRecord {
  /** All or none. @throws {HubError} AUDIT_UNAVAILABLE, and then nothing may leave the hub. */
  recordBeginnings(rows: readonly HandoverRow[]): Promise<void>;
  /** All or none. @throws {HubError} AUDIT_UNAVAILABLE, and then the handover is repeated. */
  recordEndings(rows: readonly HandoverOutcomeRow[]): Promise<void>;
}

/** The record of handovers, in PostgreSQL. */
export function createHandoverRecord(db: Database): HandoverRecord {
  return {
    recordBeginnings: (rows) =>
      putOnRecord(
        'INTENT',
        db('handover')
          .insert([...rows])
          .timeout(STATEMENT_MS),
      ),
    recordEndings: (rows) =>
      putOnRecord(
        'OUTCOME',
        db('handover_outcome')
          .insert([...rows])
          .timeout(STATEMENT_MS),
      ),
  };
}
