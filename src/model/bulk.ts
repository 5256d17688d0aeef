import type { BusinessDate } from './business-date.ts';
import { createStateMachine } from './state-machine.ts';
import type { Judgement, SourceObservation, VerdictCode } from './verification.ts';

/** How far a list (批量核查) has come. See enum BulkState of the schema. */
export type BulkState =
  'OPENED' | 'CHECKED' | 'RUNNING' | 'WAITING' | 'PAUSED' | 'DONE' | 'CANCELED';

/** What can be done with it. CHECK, WAIT and FINISH are the hub's own. */
export type BulkStep = 'CHECK' | 'START' | 'PAUSE' | 'RESUME' | 'WAIT' | 'FINISH' | 'CANCEL';

/** Only what was checked is started; what has ended is never taken up again. */
export const BULK_LIFE = createStateMachine<BulkState, BulkStep>({
  OPENED: { CHECK: 'CHECKED', CANCEL: 'CANCELED' },
  CHECKED: { START: 'RUNNING', CANCEL: 'CANCELED' },
  RUNNING: { PAUSE: 'PAUSED', WAIT: 'WAITING', FINISH: 'DONE', CANCEL: 'CANCELED' },
  WAITING: { PAUSE: 'PAUSED', RESUME: 'RUNNING', CANCEL: 'CANCELED' },
  PAUSED: { RESUME: 'RUNNING', CANCEL: 'CANCELED' },
  DONE: {},
  CANCELED: {},
});

/** A list as it stands. */
export interface Bulk {
  readonly id: string;
  readonly agencyCode: string;
  /** 核查批次号, the agency's own. */
  readonly number: string;
  readonly matterCode: string;
  readonly matterVersion: number;
  readonly legalBasis: string;
  readonly acceptedOn: BusinessDate;
  readonly openedAt: Date;
  readonly openedBy: string;
  /** Who started it. Null before. */
  readonly askedBy: string | null;
  readonly state: BulkState;
  /** Counts the steps so far. */
  readonly version: number;
  /** Null before a file was taken in. */
  readonly file: BulkFile | null;
  /** Null unless it waits for a source. */
  readonly waiting: BulkWaiting | null;
}

/** The file whose rows it holds. */
export interface BulkFile {
  /** SHA-256, hex. */
  readonly digest: string;
  readonly bytes: number;
  /** Whether rows that cannot be read were left out. */
  readonly skipsRejects: boolean;
}

/** What a list waits for, and until when. */
export interface BulkWaiting {
  /** Null where no source is to blame. */
  readonly source: string | null;
  /** Fault code, with finer reason. */
  readonly reason: string;
  readonly retryAt: Date;
}

/** One row, by its line in the file. */
export interface BulkRow {
  readonly bulkId: string;
  readonly line: number;
  readonly subjectId: string;
  readonly state: 'WAITING' | 'CONCLUDED' | 'SKIPPED';
  /** Null exactly until it is concluded. */
  readonly verificationId: string | null;
  /** Why it is skipped. Null unless it is. */
  readonly skippedBecause: string | null;
  readonly endedAt: Date | null;
}

/** One mistake in a row of a file. Never holds a value. */
export interface BulkReject {
  /** Line of the file from 1, as an editor shows it. */
  readonly line: number;
  /** Null for the whole row. */
  readonly field: string | null;
  readonly reason: string;
  readonly message: string;
}

/** One thing that was done with a list. Append-only. */
export interface BulkEvent {
  readonly number: number;
  readonly step: BulkStep | null;
  readonly state: BulkState;
  readonly at: Date;
  readonly by: string;
  readonly reason: string | null;
}

/** How many rows are where. */
export interface BulkProgress {
  readonly rows: number;
  readonly waiting: number;
  readonly skipped: number;
  readonly rejected: number;
  readonly verdicts: readonly { readonly verdict: VerdictCode; readonly rows: number }[];
  /** Rows that ended within the last minute of work. */
  readonly rowsPerMinute: number;
  /** Null while nothing runs, or nothing has ended yet. */
  readonly secondsLeft: number | null;
}

/** What becomes of a row that was asked about. */
export type RowDecision =
  | { readonly what: 'CONCLUDE' }
  /** A source cannot be asked now, whoever it is about. */
  | {
      readonly what: 'HOLD';
      readonly source: string | null;
      readonly reason: string;
      readonly retryAt: Date | null;
    }
  /** Asking failed; whether for this row alone, the others tell. */
  | { readonly what: 'BLAME'; readonly source: string | null; readonly reason: string };

/** Asked again, these answer the same: the row is concluded as what it is. */
const FINAL: readonly SourceObservation['transport'][] = ['NEEDS_CONSENT', 'DEFERRED'];
/** They speak of the source or of the hub's account there, never of one row. */
const OF_ALL: readonly SourceObservation['transport'][] = [
  ...(['QUOTA_EXHAUSTED', 'SCHEDULED_OUTAGE', 'UNAUTHORIZED'] as const),
];

/**
 * Whether what was heard settles a row. Silence never does: what a source could not say now is
 * asked again, and nothing is on record against anybody meanwhile.
 */
export function decideRow(
  { code }: Pick<Judgement, 'code'>,
  observations: readonly SourceObservation[],
): RowDecision {
  if (code !== 'UNAVAILABLE' && code !== 'INCONCLUSIVE') return { what: 'CONCLUDE' };
  const doubted = observations.find(({ notes }) =>
    notes.some((one) => one.code === 'ANOMALY_HOLD'),
  );
  if (doubted !== undefined)
    return { what: 'HOLD', source: doubted.source, reason: 'ANOMALY_HOLD', retryAt: null };
  const silent = observations.filter((one) => one.transport !== 'ANSWERED' && !isFinal(one));
  const held = silent.find((one) => one.hop === 'HUB' || OF_ALL.includes(one.transport));
  if (held !== undefined) return { what: 'HOLD', ...causeOf(held), retryAt: retryOf(silent) };
  const [first] = silent;
  return first === undefined ? { what: 'CONCLUDE' } : { what: 'BLAME', ...causeOf(first) };
}

function isFinal({ transport, hop }: SourceObservation): boolean {
  // A source nobody has registered may be registered tomorrow; one that never tells will not.
  return FINAL.includes(transport) || (transport === 'UNSUPPORTED' && hop !== 'HUB');
}

function causeOf({ source, fault, transport }: SourceObservation) {
  return { source: source === '' ? null : source, reason: fault ?? transport };
}

function retryOf(silent: readonly SourceObservation[]): Date | null {
  const latest = silent.flatMap(({ retryAt }) => retryAt ?? []).toSorted();
  const last = latest.at(-1);
  return last === undefined ? null : new Date(last);
}

/** Tries alone after which a row is skipped. */
export const TRIES_MAX = 2;

/** How closely a row is watched: with many, with few, alone. */
export type Isolation = 0 | 1 | 2;

/** Where no source says when to come back. */
const WAIT_MS = 30_000;
const WAIT_MS_MIN = 1_000;
/** A source that names a later instant is asked again after this all the same. */
const WAIT_MS_MAX = 86_400_000;

/** When to go on after a hold: as the source says, within reason. */
export function goOnAt(retryAt: Date | null, now: Date): Date {
  const waitMs = retryAt === null ? WAIT_MS : retryAt.getTime() - now.getTime();
  return new Date(now.getTime() + Math.min(WAIT_MS_MAX, Math.max(WAIT_MS_MIN, waitMs)));
}
