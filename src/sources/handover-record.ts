import { HubError } from '../errors.ts';
import type { Hop } from '../model/outcome.ts';
import type { Database } from '../store/database.ts';
import { sqlStateOf } from '../store/faults.ts';

/** How long one statement may take before the handover is given up. */
const STATEMENT_MS = 2_500;

/** A row of `handover`. */
export interface HandoverRow {
  readonly id: string;
  readonly begun_at: Date;
  readonly source: string;
  readonly name: string;
  readonly step: 'PUSH' | 'ACKNOWLEDGEMENT';
  readonly record_code: string;
  readonly record_digest: string;
  readonly case_id: string | null;
  readonly case_number: string;
  readonly agency_code: string;
  readonly matter_code: string;
  readonly legal_basis: string;
  readonly actor: string;
  readonly request_id: string;
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

/** The record of what was told to whom. A promise kept is a durable row. */
interface HandoverRecord {
  /** All or none. @throws {HubError} AUDIT_UNAVAILABLE, and then nothing may leave the hub. */
  recordBeginnings(rows: readonly HandoverRow[]): Promise<void>;
  /** All or none. @throws {HubError} AUDIT_UNAVAILABLE, and then the handover is repeated. */
  recordEndings(rows: readonly HandoverOutcomeRow[]): Promise<void>;
}

/** The record of handovers, in PostgreSQL. */
export function createHandoverRecord(db: Database): HandoverRecord {
  async function write(stage: string, statement: PromiseLike<unknown>): Promise<void> {
    try {
      await statement;
    } catch (error) {
      // The text of a database error may quote the row, so it goes no further than this.
      const reason = sqlStateOf(error) ?? 'NO_SQLSTATE';
      throw new HubError('AUDIT_UNAVAILABLE', { details: { stage, reason } });
    }
  }

  return {
    recordBeginnings: (rows) =>
      write(
        'INTENT',
        db('handover')
          .insert([...rows])
          .timeout(STATEMENT_MS),
      ),
    recordEndings: (rows) =>
      write(
        'OUTCOME',
        db('handover_outcome')
          .insert([...rows])
          .timeout(STATEMENT_MS),
      ),
  };
}
