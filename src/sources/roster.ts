import { HubError } from '../errors.ts';
import type { RegisteredSource } from './sources.ts';
import { settledWithin } from './settled-within.ts';
import type { Pause, Station } from './station.ts';

/** Which sources are asked, and who still uses those that no longer are. */
export interface Roster {
  /** @throws {HubError} SOURCE_NOT_REGISTERED. */
  get(source: string): Served;
  /** Null when there is no such source. */
  find(source: string): Served | null;
  /** In the order of their ids. */
  list(): readonly Served[];
  /** In effect when it returns. What was served under this id before is let go when it is idle. */
  put(of: RegisteredSource): void;
  /** As `put`, with nothing in its place. A source that is not there is none to remove. */
  drop(source: string): void;
  /** @throws {HubError} SOURCE_NOT_REGISTERED. */
  setPause(source: string, pause: Pause | null): void;
  /** Refuses further calls, waits (bounded) for those under way, lets everything go. */
  close(): Promise<void>;
}

/** One source that is asked. */
export interface Served {
  readonly of: RegisteredSource;
  readonly station: Station;
  /** Keeps the connector open until this has settled, or `limitMs` and some grace have passed. */
  use<T>(work: Promise<T>, limitMs: number): Promise<T>;
}

/** Opens a station; the given functions are of the roster. */
export type OpenStation = (
  of: RegisteredSource,
  given: { pause(): Pause | null; readonly use: Served['use'] },
) => Station;

interface Tenure extends Served {
  /** By `performance.now()`, when each use ends at the latest. */
  readonly uses: Map<Promise<unknown>, number>;
}

/** How long `close` waits beyond the deadline of the slowest call under way. */
const CLOSING_GRACE_MS = 1_000;
/** For a source that is replaced nobody waits, and its questions have outcomes to record. */
const DRAINING_GRACE_MS = 5_000;

/** Stations by id. A replaced one lives on for those who use it. */
export function createRoster(deps: {
  readonly open: OpenStation;
  readonly log: { warn(facts: object, message: string): void };
}): Roster {
  const { log } = deps;
  const served = new Map<string, Tenure>();
  const pauses = new Map<string, Pause>();
  const leaving = new Map<Tenure, Promise<void>>();
  let isClosing = false;

  function open(of: RegisteredSource): Tenure {
    const uses = new Map<Promise<unknown>, number>();
    const use: Served['use'] = (work, limitMs) => {
      const ended = work.catch(() => undefined).then(() => void uses.delete(ended));
      uses.set(ended, performance.now() + limitMs);
      return work;
    };
    const station = deps.open(of, { pause: () => pauses.get(of.id) ?? null, use });
    return { of, station, use, uses };
  }

  function put(of: RegisteredSource): void {
    const before = served.get(of.id);
    const next = open(of);
    if (isClosing) void letGo(next);
    else {
      served.set(of.id, next);
      if (before !== undefined) leave(before);
    }
  }

  function drop(source: string): void {
    const before = served.get(source);
    served.delete(source);
    pauses.delete(source);
    if (before !== undefined) leave(before);
  }

  function leave(tenure: Tenure): void {
    const left = drained(tenure, DRAINING_GRACE_MS)
      .then(() => letGo(tenure))
      .finally(() => leaving.delete(tenure));
    leaving.set(tenure, left);
  }

  async function letGo({ of, station }: Tenure): Promise<void> {
    await station.purse.close();
    try {
      await of.connector.close();
    } catch {
      // Whatever it says, nobody uses it any more.
      log.warn({ source: of.id }, 'connector did not close');
    }
  }

  function get(source: string): Tenure {
    const found = served.get(source);
    if (found !== undefined) return found;
    throw new HubError('SOURCE_NOT_REGISTERED', { details: { source } });
  }

  return {
    get,
    find: (source) => served.get(source) ?? null,
    list: () => [...served.values()].toSorted((a, b) => (a.of.id < b.of.id ? -1 : 1)),
    put,
    drop,
    setPause(source, pause) {
      get(source);
      if (pause === null) pauses.delete(source);
      else pauses.set(source, pause);
    },
    async close() {
      isClosing = true;
      const staying = [...served.values()];
      const all = [...staying, ...leaving.keys()];
      for (const { station } of all) station.guard.stop();
      await Promise.all(all.map((tenure) => drained(tenure, CLOSING_GRACE_MS)));
      await Promise.all(staying.map(letGo));
      await settledWithin([...leaving.values()], CLOSING_GRACE_MS);
    },
  };
}

/** Until nobody uses it, or nobody should any more. A use may lead to another. */
async function drained({ uses }: Tenure, graceMs: number): Promise<void> {
  const endsAt = (): number => Math.max(0, ...uses.values()) + graceMs;
  while (uses.size > 0 && performance.now() < endsAt())
    await settledWithin([...uses.keys()], endsAt() - performance.now());
}
