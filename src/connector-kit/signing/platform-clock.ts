import type { Clock } from '../../model/clock.ts';
import type { ReplyHead } from '../http-status.ts';

/** The time by a gateway's own clock, as far as it has shown it. */
export interface PlatformClock {
  /** Epoch milliseconds. */
  now(): number;
  /** Takes the time from the `Date` of a reply. False where the reply shows none. */
  learn(reply: ReplyHead): boolean;
}

/** A clock that agrees with the hub's until a reply teaches it better. */
export function createPlatformClock(clock: Clock): PlatformClock {
  let offsetMs = 0;
  return {
    now: () => clock.now().getTime() + offsetMs,
    learn({ serverDate, receivedAt }) {
      if (serverDate === null) return false;
      offsetMs = serverDate.getTime() - receivedAt.getTime();
      return true;
    },
  };
}
