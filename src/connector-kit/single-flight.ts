import { timeoutFault } from './network-fault.ts';

interface Flight<T> {
  readonly landed: Promise<T>;
  readonly leave: AbortController;
  waiting: number;
}

/**
 * Lets callers that want the same thing at the same time share one call. Each stops waiting at
 * its own deadline; when the last has gone the call itself is aborted, so no socket outlives its
 * askers.
 */
export function createSingleFlight<T>(
  run: (signal: AbortSignal) => Promise<T>,
): (signal: AbortSignal) => Promise<T> {
  let current: Flight<T> | null = null;
  const depart = (): Flight<T> => {
    const leave = new AbortController();
    const flight: Flight<T> = { landed: run(leave.signal), leave, waiting: 0 };
    const land = (): void => {
      if (current === flight) current = null;
    };
    flight.landed.then(land, land);
    return flight;
  };
  return async (signal) => {
    if (signal.aborted) throw timeoutFault();
    const flight = (current ??= depart());
    flight.waiting += 1;
    try {
      return await waitUntil(flight.landed, signal);
    } finally {
      flight.waiting -= 1;
      if (flight.waiting === 0) {
        if (current === flight) current = null;
        flight.leave.abort();
      }
    }
  };
}

/** The promise, or SOURCE_TIMEOUT at the deadline of this caller. */
function waitUntil<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(timeoutFault());
    signal.addEventListener('abort', leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
