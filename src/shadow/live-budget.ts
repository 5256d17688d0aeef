import { shadowIdOf } from '../model/shadow.ts';
import type { Sources, SourceState } from '../sources/sources.ts';

/** Part of the quota of a day below which nothing is asked in the shadow. */
const QUOTA_SHARE_MIN = 0.5;
/** Calls at once that a source must allow before one of them may be in the shadow. */
const IN_FLIGHT_MIN = 4;
/** Part of the agreed rate that the shadow uses at most. */
const RATE_SHARE_MAX = 0.1;
const SECOND_MS = 1_000;

/**
 * Whether a source has something left for a question nobody waits for: it is well, nobody waits
 * for it, and half of its day is left. Live questions have their own part of each limit besides.
 */
export async function isSpare(
  deps: {
    readonly sources: Pick<Sources, 'states'>;
    readonly candidates: Pick<Sources, 'readStates'>;
  },
  source: string,
): Promise<boolean> {
  const live = deps.sources.states().find(({ id }) => id === source);
  if (live === undefined || live.breaker !== 'CLOSED') return false;
  if (live.waiting > 0 || live.health.paused !== null) return false;
  const beside = find(await deps.candidates.readStates(), source);
  if (beside === undefined) return false;
  const { budget } = beside.health;
  if (budget === null) return true;
  const { quota, rate, inFlightMax } = budget;
  const isShort = quota.perDay !== null && (quota.left ?? 0) < QUOTA_SHARE_MIN * quota.perDay;
  const isNarrow = inFlightMax !== null && inFlightMax < IN_FLIGHT_MIN;
  return !isShort && !isNarrow && !rate.slowed && rate.heldUntil === null;
}

/** Milliseconds to wait before the next question in the shadow, by the agreed rate. */
export function pauseAfter(states: readonly SourceState[], source: string): number {
  const perSecond = find(states, source)?.health.budget?.rate.perSecond ?? null;
  return perSecond === null ? 0 : SECOND_MS / (RATE_SHARE_MAX * perSecond);
}

function find(states: readonly SourceState[], source: string): SourceState | undefined {
  return states.find(({ id }) => id === shadowIdOf(source));
}
