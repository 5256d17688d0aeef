import { HubError, type FaultCode } from '../errors.ts';

/** The end of what one request may take. */
export interface Deadline {
  /** @throws {HubError} `code` when the deadline passes first; the work itself goes on unheard. */
  race<T>(work: Promise<T>, code: FaultCode): Promise<T>;
  /** To be called when the request is over. */
  end(): void;
}

/** Runs from now on, until `end`. */
export function startDeadline(timeoutMs: number): Deadline {
  const waiting = new Set<() => void>();
  const timer = setTimeout(() => {
    for (const giveUp of waiting) giveUp();
  }, timeoutMs);
  const startedAtMs = performance.now();

  return {
    race: (work, code) => {
      const fault = () => new HubError(code, { details: { hop: 'HUB', deadlineMs: timeoutMs } });
      return new Promise((resolve, reject) => {
        const giveUp = () => {
          reject(fault());
        };
        if (performance.now() - startedAtMs >= timeoutMs) giveUp();
        waiting.add(giveUp);
        void work.then(resolve, reject).finally(() => waiting.delete(giveUp));
      });
    },
    end: () => {
      clearTimeout(timer);
    },
  };
}
