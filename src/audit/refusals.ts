import type { Caller } from '../model/caller.ts';
import type { Clock } from '../model/clock.ts';
import { decodeCursor, pageOf, rowsToRead } from '../model/cursor.ts';
import type { Page, PageRequest } from '../model/page.ts';
import type { UserError, UserErrorCode } from '../model/user-error.ts';
import type { Database } from '../store/database.ts';
import { insertRefusals, listNewestRefusals, type RefusalRow } from './queries.ts';

/** What was turned down before anything was asked: which rule, which field, never which value. */
export interface Refusals {
  /**
   * Records every mistake and hands it back as the answer to the caller. A refusal that cannot be
   * recorded is a fault: an attempt that leaves no trace could be repeated without end.
   */
  refuse(
    caller: Caller,
    operation: string,
    errors: readonly UserError[],
  ): Promise<{ readonly ok: false; readonly errors: readonly UserError[] }>;
  /** All agencies', newest first: auditors see what officers tried. */
  pageOf(page: PageRequest): Promise<Page<Refusal>>;
}

/** One mistake of one request that was turned down. */
export interface Refusal {
  readonly refusedAt: Date;
  readonly agencyCode: string;
  readonly actor: string;
  readonly operation: string;
  readonly code: UserErrorCode;
  readonly field: string;
  readonly requestId: string;
}

/** The record of refusals. */
export function createRefusals(deps: { db: Database; clock: Clock }): Refusals {
  const { db, clock } = deps;

  return {
    async refuse(caller, operation, errors) {
      await insertRefusals(
        db,
        errors.map(({ code, field }) => ({
          refused_at: clock.now(),
          agency_code: caller.agencyCode,
          actor: caller.account,
          operation,
          code,
          field: field.join('.'),
          request_id: caller.requestId,
        })),
      );
      return { ok: false, errors };
    },

    async pageOf(page) {
      const before = decodeCursor(page.after, 1)?.[0];
      const rows = await listNewestRefusals(db, {
        beforeId: before === undefined ? null : Number.parseInt(before, 10) || 0,
        rows: rowsToRead(page),
      });
      const { nodes, hasNextPage, endCursor } = pageOf(rows, page, ({ id }) => [String(id)]);
      return { nodes: nodes.map(fromRow), hasNextPage, endCursor };
    },
  };
}

function fromRow(row: RefusalRow): Refusal {
  return {
    refusedAt: row.refused_at,
    agencyCode: row.agency_code,
    actor: row.actor,
    operation: row.operation,
    code: row.code,
    field: row.field,
    requestId: row.request_id,
  };
}
