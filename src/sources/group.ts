import { setImmediate as nextTurn } from 'node:timers/promises';

/** Lets entries that arrive together share one piece of work. */
export interface Group<T, R> {
  /** Resolves or rejects with what became of this entry. */
  add(entry: T): Promise<R>;
}

interface Waiting<T, R> {
  readonly entry: T;
  readonly resolve: (result: R) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * A group commit: one piece of work is under way at a time, and all that arrives meanwhile forms
 * the next one, at most `weightMax` together. Nobody waits for company: an entry that finds the
 * group idle leaves at the end of the current turn of the event loop.
 *
 * `run` answers in the order and number of its entries. Entries beyond `waitingMax` are turned
 * away with `refuse`.
 */
export function createGroup<T, R>(deps: {
  run(entries: readonly T[]): Promise<readonly R[]>;
  weigh(entry: T): number;
  refuse(): Error;
  readonly weightMax: number;
  readonly waitingMax: number;
}): Group<T, R> {
  let waiting: Waiting<T, R>[] = [];
  let busy = false;

  function add(entry: T): Promise<R> {
    if (waiting.length >= deps.waitingMax) return Promise.reject(deps.refuse());
    return new Promise((resolve, reject) => {
      waiting.push({ entry, resolve, reject });
      if (!busy) void work();
    });
  }

  async function work(): Promise<void> {
    busy = true;
    while (waiting.length > 0) {
      await nextTurn();
      const together = waiting.slice(0, countOf(waiting));
      waiting = waiting.slice(together.length);
      await settle(together);
    }
    busy = false;
  }

  async function settle(together: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await deps.run(together.map(({ entry }) => entry));
      together.forEach(({ resolve }, index) => resolve(results[index] as R));
    } catch (error) {
      for (const { reject } of together) reject(error);
    }
  }

  /** At least one, however heavy it is. */
  function countOf(entries: readonly Waiting<T, R>[]): number {
    let weight = 0;
    const tooMany = entries.findIndex(
      ({ entry }) => (weight += deps.weigh(entry)) > deps.weightMax,
    );
    return tooMany === -1 ? entries.length : Math.max(1, tooMany);
  }

  return { add };
}
