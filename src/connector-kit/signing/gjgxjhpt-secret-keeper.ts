import { setTimeout as delay } from 'node:timers/promises';

import { z } from 'zod';

import { HubError } from '../../errors.ts';
import { parseShape } from '../decode.ts';
import { sourceFault } from '../fault.ts';
import type { HttpReply } from '../http.ts';
import { createSingleFlight } from '../single-flight.ts';
import { judgeGatewayCode, quotaResetMs, REFRESHING_CODE } from './gjgxjhpt-codes.ts';
import { openSecret, type SecretWrapping } from './gjgxjhpt-secret.ts';

/** How long a platform that renews its keys is left alone, and how long a caller waits for it. */
export interface RefreshWait {
  /** The platform asks for 20 seconds. */
  readonly waitMs: number;
  /** A longer wait is not begun. */
  readonly patienceMs: number;
}

/** What the platform said, before its code is judged. */
export interface GatewayReply {
  /** Null where the reply has none. */
  readonly code: string | null;
  readonly value: unknown;
  readonly reply: HttpReply;
}

/** Keeps the working secret of one service, for all its callers. */
export interface SecretKeeper {
  /** A secret that is good now; waits for the platform where it must. @throws {HubError} */
  take(signal: AbortSignal): Promise<string>;
  /** A secret fetched anew, and the reply that brought it. @throws {HubError} */
  fetch(signal: AbortSignal): Promise<HttpReply>;
  /** The platform no longer takes this secret; with REFRESHING it wants to be left alone first. */
  refuse(secret: string, why: 'SIGNATURE' | 'REFRESHING'): void;
  /** SOURCE_DEFERRED with the rest of the wait. */
  defer(): HubError;
  /** SOURCE_DEFERRED with the rest of the wait for a deadline that passed meanwhile. */
  explain(error: unknown): unknown;
}

interface Secret {
  readonly text: string;
  /** By the platform's clock, epoch milliseconds. */
  readonly endsAt: number;
  readonly reply: HttpReply;
}

/** A secret this close to its end is not used: it could end while the call is under way. */
const MARGIN_MS = 30_000;
/** Waits of one fetch; a platform that asks for more is not renewing its keys. */
const WAITS_MAX = 2;

const secretShape = z.object({
  data: z.object({
    secret: z.string().min(1).max(1024),
    secretEndTime: z.number().int().positive(),
  }),
});
const resetShape = z.object({ data: z.object({ resetTime: z.number().int().positive() }) });

/** Fetches nothing yet. */
export function createSecretKeeper(deps: {
  readonly appKey: string;
  readonly wrapping: SecretWrapping;
  /** Null: REFRESHING is a fault at once, and every call asks the platform anew. */
  readonly wait: RefreshWait | null;
  /** By the platform's clock. */
  readonly now: () => number;
  /** One signed call for a new secret. */
  ask(signal: AbortSignal): Promise<GatewayReply>;
}): SecretKeeper {
  const { appKey, wrapping, wait, now } = deps;
  let held: Secret | null = null;
  let leftAloneUntil = 0;
  const restMs = (): number => Math.max(0, Math.ceil(leftAloneUntil - performance.now()));
  const leaveAlone = (): void => {
    if (wait !== null) leftAloneUntil = performance.now() + wait.waitMs;
  };
  const rest = async (signal: AbortSignal): Promise<void> => {
    while (restMs() > 0) {
      if (wait === null || restMs() > wait.patienceMs) throw deferred(restMs());
      await delay(restMs(), undefined, { signal });
    }
  };
  const read = ({ code, value, reply }: GatewayReply): Secret => {
    refuseCode(code ?? '', value, now());
    const { secret, secretEndTime } = parseShape(secretShape, value).data;
    return (held = { text: openSecret(secret, appKey, wrapping), endsAt: secretEndTime, reply });
  };
  const fetchSecret = createSingleFlight(async (signal): Promise<Secret> => {
    for (let waits = 0; ; waits += 1) {
      await rest(signal);
      const told = await deps.ask(signal);
      if (told.code !== REFRESHING_CODE || wait === null) return read(told);
      leaveAlone();
      if (waits === WAITS_MAX) throw deferred(restMs());
    }
  });
  return {
    async take(signal) {
      const isGood = held !== null && held.endsAt - MARGIN_MS > now();
      return held !== null && isGood ? held.text : (await fetchSecret(signal)).text;
    },
    fetch: async (signal) => (await fetchSecret(signal)).reply,
    refuse(secret, why) {
      // Another caller may have renewed it meanwhile; then that one is the one to try.
      if (held?.text !== secret) return;
      held = null;
      if (why === 'REFRESHING') leaveAlone();
    },
    defer: () => deferred(restMs()),
    explain(error) {
      const isLate = error instanceof HubError && error.code === 'SOURCE_TIMEOUT';
      return isLate && restMs() > 0 ? deferred(restMs()) : error;
    },
  };
}

/** @throws {HubError} the fault of a code that is not `0`. */
export function refuseCode(code: string, value: unknown, now: number): void {
  const reset = resetShape.safeParse(value);
  const resetInMs = reset.success
    ? Math.max(0, reset.data.data.resetTime - now)
    : quotaResetMs(code, now);
  const fault = judgeGatewayCode(code, resetInMs);
  if (fault !== null) throw fault;
}

function deferred(retryAfterMs: number): HubError {
  return sourceFault('SOURCE_DEFERRED', { hop: 'SOURCE', reason: 'REFRESHING', retryAfterMs });
}
