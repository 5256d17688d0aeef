import { HubError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { createGroup } from './group.ts';
import {
  insertIntents,
  insertOutcomes,
  type CallRow,
  type EvidenceRow,
  type IntentRow,
  type OutcomeRow,
} from './queries.ts';

/** What became of one question, with the rows it refers to. */
interface Ending {
  readonly outcome: OutcomeRow;
  readonly call: CallRow | null;
  readonly evidence: EvidenceRow | null;
}

/** The record of who asked what and what came back. A promise kept is a durable row. */
export interface Journal {
  /** @throws {HubError} AUDIT_UNAVAILABLE, and then the question must not be put. */
  recordIntent(intent: IntentRow): Promise<void>;
  /** @throws {HubError} AUDIT_UNAVAILABLE, and then nothing may be concluded. */
  recordEnding(ending: Ending): Promise<void>;
}

/** Of one statement, base64 and JSON not counted. */
const STATEMENT_BYTES_MAX = 4_000_000;
const ROW_BYTES = 1_000;
const WAITING_MAX = 10_000;

/**
 * Classes of SQLSTATE that say that a row is at fault, not the database: data exception,
 * integrity constraint violation, program limit exceeded.
 */
const ROW_AT_FAULT = ['22', '23', '54'];

/** Questions that arrive within the same few milliseconds share a statement. */
export function createJournal(deps: {
  readonly db: Database;
  readonly log: { warn(facts: object, message: string): void };
}): Journal {
  const { db, log } = deps;
  const intents = groupOf<IntentRow>('INTENT', {
    insert: (rows) => insertIntents(db, rows),
    weigh: () => ROW_BYTES,
  });
  const endings = groupOf<Ending>('OUTCOME', {
    insert: (rows) => insertOutcomes(db, gather(rows)),
    weigh: ({ call, evidence }) =>
      ROW_BYTES + (call?.raw?.byteLength ?? 0) + (evidence?.records.length ?? 0),
  });

  function groupOf<T>(
    stage: 'INTENT' | 'OUTCOME',
    work: { insert(rows: readonly T[]): Promise<void>; weigh(row: T): number },
  ) {
    const group = createGroup<T, HubError | null>({
      run: write,
      weigh: work.weigh,
      refuse: () => unavailable(stage, 'QUEUE_FULL'),
      weightMax: STATEMENT_BYTES_MAX,
      waitingMax: WAITING_MAX,
    });

    /** Null where the row is durable. Halves a group that holds a bad row, to spare the others. */
    async function write(rows: readonly T[]): Promise<readonly (HubError | null)[]> {
      try {
        await work.insert(rows);
        return rows.map(() => null);
      } catch (error) {
        const sqlState = sqlStateOf(error);
        if (rows.length > 1 && ROW_AT_FAULT.includes(sqlState.slice(0, 2))) {
          const middle = rows.length >> 1;
          return [...(await write(rows.slice(0, middle))), ...(await write(rows.slice(middle)))];
        }
        log.warn({ stage, sqlState, rows: rows.length }, 'journal rows could not be written');
        return rows.map(() => unavailable(stage, sqlState));
      }
    }

    return async (row: T): Promise<void> => {
      const fault = await group.add(row);
      if (fault !== null) throw fault;
    };
  }

  return { recordIntent: intents, recordEnding: endings };
}

/** Calls and evidence are shared by questions; one statement may name each row once. */
function gather(endings: readonly Ending[]) {
  const calls = new Map<string, CallRow>();
  const evidence = new Map<string, EvidenceRow>();
  for (const ending of endings) {
    if (ending.call !== null) calls.set(ending.call.id, ending.call);
    if (ending.evidence !== null) evidence.set(ending.evidence.id, ending.evidence);
  }
  const outcomes = endings.map(({ outcome }) => outcome);
  return { calls: [...calls.values()], evidence: [...evidence.values()], outcomes };
}

/** The text of a database error may quote the row, so it goes no further than this. */
function unavailable(stage: string, reason: string): HubError {
  return new HubError('AUDIT_UNAVAILABLE', { details: { stage, reason } });
}

function sqlStateOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'NO_SQLSTATE';
}
