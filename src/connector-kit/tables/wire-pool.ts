import { timeoutFault } from '../network-fault.ts';
import type { Wire } from './wire.ts';

/** Connections to one database, so many at most. */
export interface WirePool {
  /**
   * A connection for one user, to be given back; waits while all are taken.
   *
   * @throws {HubError} SOURCE_TIMEOUT when the signal is aborted first.
   */
  take(
    signal: AbortSignal,
    isFresh: boolean,
  ): Promise<{ readonly wire: Wire; readonly isUsed: boolean }>;
  /** One that is no longer usable is forgotten. */
  give(wire: Wire): void;
  close(): Promise<void>;
}

const IDLE_MS_MAX = 30_000;

/** Opens nothing yet. A connection that nobody used for 30 s is closed. */
export function createWirePool(options: {
  readonly connectionsMax: number;
  connect(signal: AbortSignal): Promise<Wire>;
}): WirePool {
  const idle = new Map<Wire, NodeJS.Timeout>();
  const taken = new Set<Wire>();
  const waiting: (() => void)[] = [];
  let free = options.connectionsMax;

  async function takePlace(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw timeoutFault();
    if (free > 0) {
      free -= 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const enter = (): void => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = (): void => {
        waiting.splice(waiting.indexOf(enter), 1);
        reject(timeoutFault());
      };
      waiting.push(enter);
      signal.addEventListener('abort', leave, { once: true });
    });
  }

  function leavePlace(): void {
    const next = waiting.shift();
    if (next === undefined) free += 1;
    else next();
  }

  function takeIdle(): Wire | null {
    for (const [wire, timer] of idle) {
      clearTimeout(timer);
      idle.delete(wire);
      if (wire.isUsable()) return wire;
    }
    return null;
  }

  async function retire(wire: Wire): Promise<void> {
    idle.delete(wire);
    try {
      await wire.end();
    } catch {
      wire.destroy();
    }
  }

  return {
    async take(signal, isFresh) {
      await takePlace(signal);
      const old = isFresh ? null : takeIdle();
      try {
        const wire = old ?? (await options.connect(signal));
        taken.add(wire);
        return { wire, isUsed: old !== null };
      } catch (error) {
        leavePlace();
        throw error;
      }
    },
    give(wire) {
      taken.delete(wire);
      if (wire.isUsable()) {
        idle.set(wire, setTimeout(() => void retire(wire), IDLE_MS_MAX).unref());
      }
      leavePlace();
    },
    async close() {
      const wires = [...idle.keys()];
      idle.forEach((timer) => clearTimeout(timer));
      taken.forEach((wire) => wire.destroy());
      await Promise.all(wires.map(retire));
    },
  };
}
