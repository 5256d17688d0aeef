import { isWithin } from '../model/cross-check.ts';
import type { AskDependencies } from './asking.ts';
import { listVersions } from './definition-queries.ts';
import { finishRun, type FinishDependencies } from './finish.ts';
import { cutRun, type OpeningDependencies } from './opening.ts';
import { listNewestRuns } from './run-queries.ts';
import { claimTask, hasWaitingTasks } from './task-queries.ts';
import { workOnTask, type Work } from './work.ts';

/** What workers work with. */
export interface RunnerDependencies
  extends AskDependencies, Omit<FinishDependencies, 'log' | 'calendar'>, OpeningDependencies {
  readonly log: FinishDependencies['log'];
  readonly calendar: AskDependencies['calendar'] & FinishDependencies['calendar'];
  /** Names this process. */
  readonly replica: string;
  /** How long a page stays with a worker of which nothing is heard. */
  readonly leaseMs: number;
}

/** Works on runs in this process, on whatever pages no other worker has. */
export interface CrossCheckRunner {
  /** From now on looks for pages to work on. */
  start(): void;
  /** Looks now. */
  wake(): void;
  /** Works on whatever may go on, until nothing may now, or told to end. */
  runDue(signal: AbortSignal): Promise<void>;
  /** Lets go of what it works on and waits for that. */
  stop(): Promise<void>;
}

/** A page of a dead worker is found within this after its lease. */
const LOOK_EVERY_MS = 1_000;
/** Pages that one process works on at a time. */
const LANES = 2;
/** More runs than there are definitions never go on at once. */
const RUNS_MAX = 200;

/** Nothing runs before it is told to. */
export function createCrossCheckRunner(deps: RunnerDependencies): CrossCheckRunner {
  const { log } = deps;
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;
  const working = new Set<Promise<void>>();

  function runDue(given: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([given, stopping.signal]);
    const lanes = Array.from({ length: LANES }, (_, lane) => workOff(deps, { lane, signal }));
    const work: Promise<void> = Promise.all(lanes)
      .then(() => undefined)
      .finally(() => working.delete(work));
    working.add(work);
    return work;
  }

  function look(): void {
    looking ??= runDue(stopping.signal)
      .catch((error: unknown) => log.warn({ err: error }, 'cross-checks could not be worked on'))
      .finally(() => (looking = null));
  }

  return {
    start() {
      timer ??= setInterval(look, LOOK_EVERY_MS);
      look();
    },
    wake() {
      if (timer !== null && !stopping.signal.aborted) look();
    },
    runDue,
    async stop() {
      stopping.abort();
      if (timer !== null) clearInterval(timer);
      await Promise.allSettled(working);
    },
  };
}

/** Cuts, works and finishes, as long as there is anything to do now. */
async function workOff(
  deps: RunnerDependencies,
  { lane, signal }: { readonly lane: number; readonly signal: AbortSignal },
): Promise<void> {
  const { db, leaseMs } = deps;
  const holder = `${deps.replica}-${lane + 1}`;
  while (!signal.aborted) {
    const works = await listWorks(deps, signal);
    const runIds = works.map(({ run }) => run.id);
    const task = runIds.length === 0 ? null : await claimTask(db, { runIds, holder, leaseMs });
    const work = works.find(({ run }) => run.id === task?.runId);
    if (task === null || work === undefined) {
      if (!(await finishAny(deps, works))) return;
      continue;
    }
    await workOnTask(deps, { ...work, task });
  }
}

/** Runs that may go on now; one that is not cut yet is cut first. */
async function listWorks(
  deps: RunnerDependencies,
  signal: AbortSignal,
): Promise<readonly Omit<Work, 'task'>[]> {
  const { db, clock } = deps;
  const states = ['OPENED', 'RUNNING'] as const;
  const wanted = { checkId: null, states, before: null, rows: RUNS_MAX };
  let runs = await listNewestRuns(db, wanted);
  const uncut = runs.filter(({ state }) => state === 'OPENED');
  for (const { id } of uncut) await cutRun(deps, id);
  if (uncut.length > 0) runs = await listNewestRuns(db, wanted);
  const running = runs.filter(({ state }) => state === 'RUNNING');
  const versions = running.map((run) => ({ id: run.checkId, version: run.checkVersion }));
  const checks = await listVersions(db, versions);
  const now = clock.now();
  return running.flatMap((run, at) => {
    const check = checks[at] ?? null;
    if (check === null) throw new Error('a run has no definition');
    return now >= run.endsAt || isWithin(check.window, now) ? [{ run, check, signal }] : [];
  });
}

/** Whether any run has come to its end by this. */
async function finishAny(
  deps: RunnerDependencies,
  works: readonly Omit<Work, 'task'>[],
): Promise<boolean> {
  let hasFinished = false;
  for (const { run } of works)
    if (!(await hasWaitingTasks(deps.db, run.id)))
      hasFinished = (await finishRun(deps, run.id)) || hasFinished;
  return hasFinished;
}
