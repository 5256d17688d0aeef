/** Lets so many pieces of work run at a time; the others wait, in the order they came. */
export interface Turns {
  take<T>(work: () => Promise<T>): Promise<T>;
}

/** As many turns at a time as `places`. Whoever waits holds nothing meanwhile. */
export function createTurns(places: number): Turns {
  const waiting: (() => void)[] = [];
  let free = places;

  async function take<T>(work: () => Promise<T>): Promise<T> {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // A turn is handed over, never given back while somebody waits for it.
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  }

  return { take };
}
