import { setTimeout as after } from 'node:timers/promises';

import type { CrossCheckProgress } from './progress.ts';
import type { CrossCheckRun } from '../model/cross-check-run.ts';

/** A run whenever it has moved, on whichever replica: at once, then until it has ended. */
export type WatchRun = (id: string, signal: AbortSignal) => AsyncGenerator<CrossCheckRun>;

const LOOK_EVERY_MS = 1_000;
/** Looks in a row that may fail before whoever watches is told. */
const FAILURES_MAX = 30;

interface Seen {
  readonly run: CrossCheckRun;
  /** The same while nothing has moved. */
  readonly mark: string;
}

/** Watches over the rows of runs. All who watch one run in this process share a look. */
export function createRunWatch(deps: {
  /** Null where there is none with this id. */
  find(id: string): Promise<CrossCheckRun | null>;
  progress(run: CrossCheckRun): Promise<CrossCheckProgress>;
}): WatchRun {
  const looks = new Map<string, Promise<Seen | null>>();

  async function see(id: string): Promise<Seen | null> {
    const run = await deps.find(id);
    if (run === null) return null;
    const { read } = await deps.progress(run);
    return { run, mark: `${run.version}/${read}` };
  }

  function nextLook(id: string): Promise<Seen | null> {
    const shared = looks.get(id);
    if (shared !== undefined) return shared;
    const look = after(LOOK_EVERY_MS, undefined, { ref: false })
      .then(() => see(id))
      .finally(() => looks.delete(id));
    looks.set(id, look);
    return look;
  }

  return async function* watch(id, signal) {
    let seen = await see(id);
    let failures = 0;
    for (let told = ''; seen !== null && !signal.aborted;) {
      if (seen.mark !== told) yield seen.run;
      told = seen.mark;
      if (seen.run.endedAt !== null) return;
      try {
        seen = await nextLook(id);
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures >= FAILURES_MAX) throw error;
      }
    }
  };
}
