/** Collects keys into calls. */
export interface Batcher<K, R> {
  /** Only keys of the same `group` ever share a call. */
  add(group: string, key: K): Promise<R>;
  /**
   * Says that a key is about to be added, so that a call with room for it waits a little longer.
   * The returned function takes it back; it may be called twice.
   */
  announce(): () => void;
}

interface Batch<K, R> {
  readonly group: string;
  readonly entries: {
    readonly key: K;
    readonly resolve: (result: R) => void;
    readonly reject: (reason: unknown) => void;
  }[];
  windowsLeft: number;
  timer: NodeJS.Timeout | null;
}

/** How many windows a call waits at most while further keys are announced. */
const WINDOWS_MAX = 5;

/**
 * A call leaves when it is full, or when its window has passed and nobody is announced. With
 * `max` 1 every key leaves at once.
 *
 * `run` answers in the order and number of its keys.
 */
export function createBatcher<K, R>(deps: {
  run(keys: readonly K[]): Promise<readonly R[]>;
  readonly max: number;
  readonly windowMs: number;
}): Batcher<K, R> {
  const open = new Map<string, Batch<K, R>>();
  let announced = 0;

  function add(group: string, key: K): Promise<R> {
    return new Promise((resolve, reject) => {
      const batch = open.get(group) ?? openBatch(group);
      batch.entries.push({ key, resolve, reject });
      if (batch.entries.length >= deps.max) depart(batch);
    });
  }

  function openBatch(group: string): Batch<K, R> {
    const batch: Batch<K, R> = { group, entries: [], windowsLeft: WINDOWS_MAX, timer: null };
    open.set(group, batch);
    if (deps.max > 1) wait(batch);
    return batch;
  }

  function wait(batch: Batch<K, R>): void {
    batch.windowsLeft -= 1;
    batch.timer = setTimeout(() => {
      if (announced > 0 && batch.windowsLeft > 0) wait(batch);
      else depart(batch);
    }, deps.windowMs);
  }

  function depart(batch: Batch<K, R>): void {
    if (batch.timer !== null) clearTimeout(batch.timer);
    open.delete(batch.group);
    void settle(batch);
  }

  async function settle({ entries }: Batch<K, R>): Promise<void> {
    try {
      const results = await deps.run(entries.map(({ key }) => key));
      entries.forEach(({ resolve }, index) => resolve(results[index] as R));
    } catch (error) {
      for (const { reject } of entries) reject(error);
    }
  }

  function announce(): () => void {
    let counted = true;
    announced += 1;
    return () => {
      if (counted) announced -= 1;
      counted = false;
    };
  }

  return { add, announce };
}
