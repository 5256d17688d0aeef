import { HubError } from '../errors.ts';
import type { Log } from '../log.ts';
import { decideRow, type Bulk, type RowDecision } from '../model/bulk.ts';
import type { CaseFile, CaseRecords, CaseSubject } from '../model/case-file.ts';
import type { Clock } from '../model/clock.ts';
import type { Matter } from '../model/matter.ts';
import type { Claim, Judgement, Verdict, Verification } from '../model/verification.ts';
import { createGroup } from '../sources/group.ts';
import type { Database, Transaction } from '../store/database.ts';
import { isStoreUnavailable, sqlStateOf } from '../store/faults.ts';
import { extendLease, type BulkLease } from './queries.ts';
import { concludeRows, type ClaimedRow } from './row-queries.ts';

/** Questions in steps of their own; the verification room fulfills it. */
export interface Questions {
  put(
    caller: { readonly account: string; readonly agencyCode: string },
    questions: readonly {
      readonly about: { caseFile: CaseFile; subject: CaseSubject; matter: Matter };
      readonly claims: readonly Claim[];
      readonly idempotencyKey: string;
    }[],
  ): Promise<readonly Put[]>;
  ask(put: Put, caller: { readonly account: string; readonly requestId: string }): Promise<Heard>;
  conclude(trx: Transaction, asked: readonly Heard[]): Promise<readonly Verdict[]>;
  onConcluded(verdicts: readonly Verdict[]): void;
}

/** What became of a row: on record, another run's by now, or to be asked about again. */
export type RowEnd = RowDecision | { readonly what: 'LOST' };

/** What chunks work with. */
export interface ChunkDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
  readonly questions: Questions;
  readonly records: CaseRecords;
  /** Told of every source that answered. */
  onAnswered(source: string): void;
}

/** A question on record. */
export interface Put {
  readonly verification: Verification;
}

/** What asking brings, as far as a list looks into it. */
export interface Heard {
  readonly judgement: Judgement;
  readonly judging: {
    readonly verification: Verification;
    readonly climbed: { readonly observations: Parameters<typeof decideRow>[1] };
  };
}

/** Rows that are recorded in one transaction at most. */
const TOGETHER_MAX = 50;
/** Classes of SQLSTATE that say that a row is at fault: data, integrity, program limit. */
const ROW_AT_FAULT = ['22', '23', '54'];

/**
 * Asks about rows side by side, so that sources are asked for many in a call, and records each
 * that is settled with its verdict in one transaction. In the order of the rows. Never rejects.
 */
export async function askAboutRows(
  deps: ChunkDependencies,
  chunk: { readonly bulk: Bulk; readonly lease: BulkLease; readonly rows: readonly ClaimedRow[] },
): Promise<readonly RowEnd[]> {
  const { log, questions } = deps;
  const { bulk, rows } = chunk;
  const caller = callerOf(bulk);
  const recording = createRecording(deps, chunk);
  try {
    const put = await questions.put(caller, await questionsOf(deps, chunk));
    return await Promise.all(rows.map((row, at) => askAbout(row, put[at])));
  } catch (error) {
    const end = endOf(error);
    return rows.map(() => end);
  }

  async function askAbout(row: ClaimedRow, question: Put | undefined): Promise<RowEnd> {
    try {
      if (question === undefined) throw new Error('a question of a list was not put');
      const asked = await questions.ask(question, caller);
      const { observations } = asked.judging.climbed;
      for (const { transport, source } of observations)
        if (transport === 'ANSWERED') deps.onAnswered(source);
      const decision = decideRow(asked.judgement, observations);
      return decision.what === 'CONCLUDE' ? await recording.add({ row, asked }) : decision;
    } catch (error) {
      return endOf(error);
    }
  }

  function endOf(error: unknown): RowEnd {
    if (isStoreUnavailable(error)) return hold('STORE_UNAVAILABLE');
    if (error instanceof HubError && error.code !== 'CONFLICT') return hold(error.code);
    const facts = { bulk: bulk.id, error: error instanceof Error ? error.name : typeof error };
    log.warn({ ...facts, sqlState: sqlStateOf(error) }, 'a row could not be verified');
    return { what: 'BLAME', source: null, reason: 'INTERNAL' };
  }
}

function hold(reason: string): RowDecision {
  return { what: 'HOLD', source: null, reason, retryAt: null };
}

/** The officer who started the list, in whose name it asks. */
function callerOf({ id, agencyCode, askedBy, openedBy }: Bulk) {
  return { account: askedBy ?? openedBy, agencyCode, requestId: `bulk-${id}` };
}

async function questionsOf(
  { records }: ChunkDependencies,
  { bulk, rows }: { readonly bulk: Bulk; readonly rows: readonly ClaimedRow[] },
) {
  const { agencyCode, matterCode: code, matterVersion: version } = bulk;
  const subjects = await records.listSubjects(
    agencyCode,
    rows.map(({ subjectId }) => subjectId),
  );
  const caseIds = [...new Set(subjects.flatMap((one) => one?.caseId ?? []))];
  const cases = await records.listCases(agencyCode, caseIds);
  const byId = new Map(cases.flatMap((one) => (one === null ? [] : [[one.id, one] as const])));
  const [matter = null] = await records.listMatterVersions([{ code, version }]);
  return rows.map(({ line, claims }, at) => {
    const subject = subjects[at] ?? null;
    const caseFile = byId.get(subject?.caseId ?? '');
    if (subject === null || caseFile === undefined || matter === null)
      throw new Error('a row of a list has no subject, case or matter');
    const about = { caseFile, subject, matter };
    return { about, claims, idempotencyKey: `bulk-${bulk.id}-${line}` };
  });
}

/** Records what is settled; what is settled meanwhile forms the next transaction. */
function createRecording(deps: ChunkDependencies, { lease }: { readonly lease: BulkLease }) {
  const { db, clock, questions } = deps;
  interface Settled {
    readonly row: ClaimedRow;
    readonly asked: Heard;
  }
  return createGroup<Settled, RowEnd>({
    run: write,
    weigh: () => 1,
    refuse: () => new HubError('OVERLOADED'),
    weightMax: TOGETHER_MAX,
    waitingMax: Infinity,
  });

  /** Halves a group that holds a row that cannot be recorded, to spare the others. */
  async function write(settled: readonly Settled[]): Promise<readonly RowEnd[]> {
    const unsettled: RowDecision[] = [];
    try {
      const verdicts = await db.transaction(async (trx) => {
        const recorded = await record(trx, settled);
        // A hold that has begun since leaves open what was settled: then nothing is recorded.
        const decisions = recorded?.map((one) => decideRow(one, one.observations)) ?? [];
        unsettled.push(...decisions.filter(({ what }) => what !== 'CONCLUDE'));
        if (unsettled.length > 0) throw new Error('a row is no longer settled');
        return recorded;
      });
      if (verdicts !== null) questions.onConcluded(verdicts);
      const what = verdicts === null ? 'LOST' : 'CONCLUDE';
      return settled.map(() => ({ what }));
    } catch (error) {
      const [decision] = unsettled;
      const isOfRow = ROW_AT_FAULT.includes(sqlStateOf(error)?.slice(0, 2) ?? '');
      if (decision !== undefined && settled.length === 1) return [decision];
      if (decision === undefined && (settled.length === 1 || !isOfRow)) throw error;
      const middle = settled.length >> 1;
      return [...(await write(settled.slice(0, middle))), ...(await write(settled.slice(middle)))];
    }
  }

  /** Null where another run has taken over. */
  async function record(
    trx: Transaction,
    settled: readonly Settled[],
  ): Promise<readonly Verdict[] | null> {
    if (!(await extendLease(trx, lease))) return null;
    const verdicts = await questions.conclude(
      trx,
      settled.map(({ asked }) => asked),
    );
    const { bulkId, holder } = lease;
    await concludeRows(
      trx,
      { bulkId, holder, at: clock.now() },
      verdicts.map((verdict, at) => ({
        line: settled[at]?.row.line ?? 0,
        verificationId: verdict.verificationId,
        verdictCode: verdict.code,
      })),
    );
    return verdicts;
  }
}
