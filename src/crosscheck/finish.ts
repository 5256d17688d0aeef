import { createHash } from 'node:crypto';

import type { Calendar } from '../calendar/calendar.ts';
import type { Log } from '../log.ts';
import type { SampleCounts } from '../model/assurance.ts';
import type { Clock } from '../model/clock.ts';
import type { CrossCheck } from '../model/cross-check.ts';
import {
  addsUp,
  CROSS_CHECK_RUN_LIFE,
  judgeShare,
  type CrossCheckResult,
  type CrossCheckRun,
  type CrossCheckRunStep,
} from '../model/cross-check-run.ts';
import { reportLine, reportSummary } from '../model/cross-check-report.ts';
import type { SourceObservation } from '../model/verification.ts';
import type { Database, Transaction } from '../store/database.ts';
import { ACTOR } from './asking.ts';
import { listVersions } from './definition-queries.ts';
import { countOutcomes, hasCause, listDifferences } from './difference-queries.ts';
import { publishFindings } from './publish.ts';
import { changeRun, lockRunIfFree } from './run-queries.ts';
import { findSample } from './sample-queries.ts';
import { signRun, type Signer } from './signing.ts';
import { hasWaitingTasks } from './task-queries.ts';

/** What finishing works with. */
export interface FinishDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn' | 'info'>;
  readonly calendar: Pick<Calendar, 'deadline'>;
  readonly signer: Signer;
  /** What is believed until the transaction ends, of what sources said. */
  screen(
    trx: Transaction,
    observations: readonly SourceObservation[],
  ): Promise<readonly SourceObservation[]>;
}

const ROWS = 500;
/** A source suddenly spoke against too many: see src/anomaly. */
const HELD = 'ANOMALY_HOLD';

/**
 * Completes a run whose pages are all done, or holds it; one transaction, by one worker. Returns
 * whether it did either.
 */
export async function finishRun(deps: FinishDependencies, runId: string): Promise<boolean> {
  const { db, log } = deps;
  return db.transaction(async (trx) => {
    const run = await lockRunIfFree(trx, runId);
    if (run?.state !== 'RUNNING' || (await hasWaitingTasks(trx, runId))) return false;
    const check = await definitionOf(trx, run);
    const counts = await countOutcomes(trx, runId);
    if (!addsUp(run.subjects ?? -1, counts)) {
      // Never complete what was not read: somebody has to look.
      log.warn({ run: runId, ...counts, subjects: run.subjects }, 'a run does not add up');
      return false;
    }
    const judged = judgeShare(counts, check.thresholds);
    const sample = countsOf(await findSample(trx, runId));
    const result = { ...counts, warns: judged !== 'USUAL', sample };
    const isHeld = (await hasCause(trx, runId, HELD)) || (await isHeldBack(deps, trx, runId));
    const reason = isHeld ? HELD : judged === 'HOLD' ? 'TOO_MANY_DIFFER' : null;
    if (reason === null)
      await complete(deps, trx, { run, check, result, step: 'COMPLETE', by: ACTOR, reason: null });
    else await hold(deps, trx, { run, result, reason });
    return true;
  });
}

/** Publishes what a held run found. False where a source is still not believed. */
export async function releaseRun(
  deps: FinishDependencies,
  trx: Transaction,
  about: { readonly run: CrossCheckRun; readonly by: string; readonly reason: string },
): Promise<CrossCheckRun | null> {
  const { run } = about;
  if (run.result === null || (await isHeldBack(deps, trx, run.id))) return null;
  const check = await definitionOf(trx, run);
  return complete(deps, trx, { ...about, check, result: run.result, step: 'RELEASE' });
}

async function complete(
  deps: FinishDependencies,
  trx: Transaction,
  about: {
    readonly run: CrossCheckRun;
    readonly check: CrossCheck;
    readonly result: CrossCheckResult;
    readonly step: CrossCheckRunStep;
    readonly by: string;
    readonly reason: string | null;
  },
): Promise<CrossCheckRun> {
  const { run, check, result, step, by, reason } = about;
  const at = deps.clock.now();
  await publishFindings(trx, { check, run, at, calendar: deps.calendar });
  const rootDigest = await digestOf(trx, { run, check, result });
  const state = CROSS_CHECK_RUN_LIFE.after(run.state, step);
  if (state === null) throw new Error(`${run.state} does not allow ${step}`);
  const ended = await changeRun(trx, run, { step, state, at, by, reason, result, rootDigest });
  await signRun(trx, deps.signer, { run: ended, check });
  return ended;
}

function countsOf(sample: SampleCounts | null): SampleCounts | null {
  if (sample === null) return null;
  const { population, sampled, concluded, differing } = sample;
  return { population, sampled, concluded, differing };
}

async function hold(
  { clock }: FinishDependencies,
  trx: Transaction,
  {
    run,
    result,
    reason,
  }: {
    readonly run: CrossCheckRun;
    readonly result: CrossCheckResult;
    readonly reason: string;
  },
): Promise<void> {
  const state = CROSS_CHECK_RUN_LIFE.after(run.state, 'HOLD');
  if (state === null) throw new Error(`${run.state} does not allow HOLD`);
  const change = { step: 'HOLD', state, at: clock.now(), by: ACTOR } as const;
  await changeRun(trx, run, { ...change, reason, result });
}

async function definitionOf(trx: Transaction, run: CrossCheckRun): Promise<CrossCheck> {
  const [check = null] = await listVersions(trx, [{ id: run.checkId, version: run.checkVersion }]);
  if (check === null) throw new Error('a run has no definition');
  return check;
}

/** Whether a source that said what differs is not believed by now. */
async function isHeldBack(
  { screen }: FinishDependencies,
  trx: Transaction,
  runId: string,
): Promise<boolean> {
  let after = 0;
  for (;;) {
    const met = await listDifferences(trx, { runId, after, subjects: ROWS });
    if (met.length === 0) break;
    const told = met.flatMap((one) => one.told);
    const believed = await screen(trx, told);
    if (believed.some(({ notes }) => notes.some(({ code }) => code === HELD))) return true;
    after = met.at(-1)?.number ?? after;
  }
  return false;
}

/** Over the report as it is downloaded. */
async function digestOf(
  trx: Transaction,
  about: {
    readonly run: CrossCheckRun;
    readonly check: CrossCheck;
    readonly result: CrossCheckResult;
  },
): Promise<string> {
  const hash = createHash('sha256');
  for await (const lines of reportLines(trx, about)) hash.update(lines);
  return hash.digest('hex');
}

/** The report of a run as JSON lines, page by page: the same for equal runs, byte by byte. */
export async function* reportLines(
  db: Database | Transaction,
  about: {
    readonly run: CrossCheckRun;
    readonly check: CrossCheck;
    readonly result: CrossCheckResult | null;
  },
): AsyncGenerator<string> {
  const { run, check, result } = about;
  let after = 0;
  for (;;) {
    const met = await listDifferences(db, { runId: run.id, after, subjects: ROWS });
    if (met.length === 0) break;
    yield met.map((one) => reportLine(one)).join('');
    after = met.at(-1)?.number ?? after;
  }
  yield reportSummary({
    key: check.key,
    version: check.version,
    subjects: run.subjects ?? 0,
    result,
  });
}
