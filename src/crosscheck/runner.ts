import { isWithin } from '../model/cross-check.ts';
import { listVersions } from './definition-queries.ts';
import { finishRun, type FinishDependencies } from './finish.ts';
import { cutRun, type OpeningDependencies } from './opening.ts';
import { listNewestRuns } from './run-queries.ts';
import { claimTask, hasWaitingTasks } from './task-queries.ts';
import type { Work, WorkDependencies } from './record-work.ts';
import { workOnTask } from './work.ts';

/** What workers work with. */
export interface RunnerDependencies
  extends WorkDependencies, Omit<FinishDependencies, 'log' | 'calendar'>, OpeningDependencies {
  readonly log: FinishDependencies['log'];
  readonly calendar: WorkDependencies['calendar'] & FinishDependencies['calendar'];
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
/** A run whose sources are not read to their end is looked at again after this. */
const UNCUT_WAIT_MS = 5_000;
/** More runs than there are definitions never go on at once. */
const RUNS_MAX = 200;

/** Which runs are not to be cut yet, and when all work has to end. */
interface Waiting {
  /** By run, in the milliseconds of this process. */
  readonly until: Map<string, number>;
  readonly signal: AbortSignal;
}

/** Nothing runs before it is told to. */
export function createCrossCheckRunner(deps: RunnerDependencies): CrossCheckRunner {
  const { log } = deps;
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | null = null;
  let looking: Promise<void> | null = null;
  const working = new Set<Promise<void>>();
  const until = new Map<string, number>();

  function runDue(given: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([given, stopping.signal]);
    const lanes = Array.from({ length: LANES }, (_, lane) =>
      workOff(deps, { lane, signal, until }),
    );
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
  waiting: Waiting & { readonly lane: number },
): Promise<void> {
  const { db, leaseMs } = deps;
  const { lane, signal } = waiting;
  const holder = `${deps.replica}-${lane + 1}`;
  while (!signal.aborted) {
    const works = await listWorks(deps, waiting);
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
  waiting: Waiting,
): Promise<readonly Omit<Work, 'task'>[]> {
  const { signal } = waiting;
  const { db, clock } = deps;
  const states = ['OPENED', 'RUNNING'] as const;
  const wanted = { checkId: null, states, before: null, rows: RUNS_MAX };
  let runs = await listNewestRuns(db, wanted);
  const uncut = runs.filter(({ state }) => state === 'OPENED');
  for (const { id } of uncut) await cutOne(deps, id, waiting);
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

/** A run whose sources are not read yet is left alone for a while; it keeps no other from work. */
async function cutOne(deps: RunnerDependencies, id: string, waiting: Waiting): Promise<void> {
  const { until, signal } = waiting;
  if ((until.get(id) ?? 0) > performance.now()) return;
  try {
    if (await cutRun(deps, id, signal)) until.delete(id);
    else until.set(id, performance.now() + UNCUT_WAIT_MS);
  } catch (error) {
    if (signal.aborted) return;
    until.set(id, performance.now() + UNCUT_WAIT_MS);
    deps.log.warn({ run: id, err: error }, 'a run could not be cut');
  }
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
