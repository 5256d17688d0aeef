import type { HubError } from '../../errors.ts';
import { driftFault, sourceFault } from '../fault.ts';

/** The platform could not accept the time stamp of the call (rtime). */
export const CLOCK_CODE = '-19';
/** Signature wrong; also what an expired working secret gets. */
export const SIGNATURE_CODE = '-5';
/** The platform is renewing its keys: ask again in 20 seconds. */
export const REFRESHING_CODE = '-50';
const REFRESHING_MS = 20_000;

const QUOTA = new Set(['-6', '12100', '12101', '12102', '12103', '12104']);
const TRANSIENT = new Set(['2010', '10000', '10014', '12000']);
/** The service is not there for anybody: no path to it, or not published. */
const ABSENT = new Set(['-44', '-48']);
/** Caller, address, signature, token or grant refused. */
const REFUSED = new Set(
  `-1 E-106 -2 -4 -46 -47 -5 -20 -49 -21 -22 -41 -42
   -30 -31 -32 -33 -34 -35 -36 -37 -38 -39 -40`.split(/\s+/u),
);

const KNOWN = new Set([
  ...['0', '1', CLOCK_CODE, REFRESHING_CODE],
  ...[...QUOTA, ...TRANSIENT, ...ABSENT, ...REFUSED],
]);

/** True for a code of the platform's own table. */
export function isGatewayCode(code: string): boolean {
  return KNOWN.has(code);
}

/** True for a code about secret, signature or time stamp: never one of the service behind. */
export function isSigningCode(code: string): boolean {
  return [CLOCK_CODE, SIGNATURE_CODE, REFRESHING_CODE].includes(code);
}

/** By quota code: the window that has to end. The others end when somebody ends them. */
const WINDOW_MS: Readonly<Record<string, number>> = {
  '12101': 60_000,
  '12102': 3_600_000,
  '12103': 86_400_000,
};
/** Days and hours of the platform begin by the clocks of Asia/Shanghai. */
const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/** Until the window of a quota code ends, by the platform's clock. Null where it has none. */
export function quotaResetMs(code: string, now: number): number | null {
  const windowMs = WINDOW_MS[code];
  return windowMs === undefined ? null : windowMs - ((now + SHANGHAI_OFFSET_MS) % windowMs);
}

/**
 * The fault a code of the exchange platform amounts to. Null for `0`. A code that is in no table
 * is drift: it must not pass for an answer.
 */
export function judgeGatewayCode(code: string, resetInMs: number | null): HubError | null {
  if (code === '0') return null;
  const facts = { hop: 'SOURCE', reason: `GATEWAY_${code}` } as const;
  if (QUOTA.has(code)) {
    const later = resetInMs === null ? {} : { retryAfterMs: resetInMs };
    return sourceFault('SOURCE_QUOTA_EXHAUSTED', { ...facts, ...later });
  }
  if (TRANSIENT.has(code)) return sourceFault('SOURCE_UNREACHABLE', facts);
  if (ABSENT.has(code)) return sourceFault('SOURCE_UNSUPPORTED', facts);
  if (REFUSED.has(code)) return sourceFault('SOURCE_UNAUTHORIZED', facts);
  if (code === REFRESHING_CODE) {
    return sourceFault('SOURCE_UNREACHABLE', {
      hop: 'SOURCE',
      reason: 'REFRESHING',
      retryAfterMs: REFRESHING_MS,
    });
  }
  if (code === CLOCK_CODE) {
    return sourceFault('SOURCE_UNREACHABLE', { hop: 'SOURCE', reason: 'CLOCK_SKEW' });
  }
  // `1` says that the call breaks the contract, which is drift just like an unknown code.
  return driftFault('/code', code === '1' ? 'GATEWAY_1' : 'UNKNOWN_CODE');
}
