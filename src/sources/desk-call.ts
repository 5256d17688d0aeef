import { HubError } from '../errors.ts';
import type { Urgency } from './policy.ts';
import type { Served } from './roster.ts';
import { asSourceFault } from './transport.ts';

/** One call to what a connector offers besides answers to questions. */
export interface DeskCall<T> {
  /** False for what must not be attempted twice. */
  readonly idempotent: boolean;
  readonly urgency: Urgency;
  attempt(signal: AbortSignal): Promise<T>;
}

/** @throws {HubError} SOURCE_UNSUPPORTED where the source does not offer it. */
export function requireDesk<D>(source: string, desk: D | undefined): D {
  if (desk !== undefined) return desk;
  const details = { source, hop: 'HUB', reason: 'NOT_OFFERED' };
  throw new HubError('SOURCE_UNSUPPORTED', { details });
}

/** In the guard and budget of the source, as questions are. @throws {HubError} SOURCE_… */
export function callDesk<T>({ of, station, use }: Served, call: DeskCall<T>): Promise<T> {
  const { idempotent, urgency } = call;
  const run = station.guard.run({
    ...{ idempotent, urgency, pace: 'PROMPT' },
    attempt: async (signal) => {
      try {
        return await call.attempt(signal);
      } catch (error) {
        throw asSourceFault(error);
      }
    },
  });
  return use(run, of.policy.deadlineMs);
}
