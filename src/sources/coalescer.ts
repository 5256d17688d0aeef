/** Lets askers of the same question share one answer while it is on its way. */
export interface Coalescer<R> {
  /** Starts unless the same key is under way. A rejection reaches everyone who shares it. */
  share(key: string, start: () => Promise<R>): Promise<R>;
}

/** Remembers nothing beyond the end of the call: it is not a cache. */
export function createCoalescer<R>(): Coalescer<R> {
  const underWay = new Map<string, Promise<R>>();

  function share(key: string, start: () => Promise<R>): Promise<R> {
    const shared = underWay.get(key);
    if (shared !== undefined) return shared;
    const started = start().finally(() => underWay.delete(key));
    underWay.set(key, started);
    return started;
  }

  return { share };
}
