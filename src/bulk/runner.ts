import type { Log } from '../log.ts';
import { listBulksToRun } from './queries.ts';
import { runBulk, type RunDependencies } from './run.ts';

/** Works on lists in this process, one at a time: rows of two must not be blamed for each other. */
export interface BulkRunner {
  /** From now on looks for lists that may go on. */
  start(): void;
  /** Looks now. */
  wake(): void;
  /** Works on whatever may go on, until nothing may, or told to end. */
  runDue(signal: AbortSignal): Promise<void>;
  /** Lets go of what it works on and waits for that. */
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 2_000;

/** Nothing runs before it is told to. */
export function createBulkRunner(
  deps: Omit<RunDependencies, 'log'> & { readonly log: Pick<Log, 'warn' | 'info'> },
): BulkRunner {
  const { db, clock, log } = deps;
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | null = null;
  const working = new Set<Promise<void>>();
  let looking: Promise<void> | null = null;

  function runDue(given: AbortSignal): Promise<void> {
    const work = workOff(given).finally(() => working.delete(work));
    working.add(work);
    return work;
  }

  async function workOff(given: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([given, stopping.signal]);
    // What cannot be worked on now is left to the next time, or to another process.
    const failed = new Set<string>();
    while (!signal.aborted) {
      const due = (await listBulksToRun(db, clock.now())).filter((id) => !failed.has(id));
      if (due.length === 0) return;
      for (const bulkId of due) {
        try {
          if (!(await runBulk(deps, { bulkId, signal }))) failed.add(bulkId);
        } catch (error) {
          failed.add(bulkId);
          log.warn({ bulk: bulkId, err: error }, 'a list could not be worked on');
        }
      }
    }
  }

  function look(): void {
    looking ??= runDue(stopping.signal)
      .catch((error: unknown) => log.warn({ err: error }, 'lists could not be looked up'))
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
