import type { HubError } from '../errors.ts';
import { sourceFault } from './fault.ts';

/** A source that asks to be left alone for longer than this is believed only this far. */
const RETRY_AFTER_MS_MAX = 7 * 86_400_000;

/** Status and headers of a reply, lower-case names, repeated ones joined by a comma. */
export interface ReplyHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The source's own clock. Null when it does not say. */
  readonly serverDate: Date | null;
  /** By the hub's clock. */
  readonly receivedAt: Date;
}

/**
 * What an HTTP status other than 200 means. Null for 200. A 503 is an announced outage only when
 * it names the date of its end: overload and proxies send seconds, or nothing.
 */
export function judgeStatus(head: ReplyHead): HubError | null {
  const { status } = head;
  if (status === 200) return null;
  const facts = { hop: 'SOURCE', reason: `HTTP_${status}`, status } as const;
  if (status === 401 || status === 403) return sourceFault('SOURCE_UNAUTHORIZED', facts);
  const retry = readRetryAfter(head);
  const later = { ...facts, ...(retry === null ? {} : { retryAfterMs: retry.ms }) };
  if (status === 429) return sourceFault('SOURCE_QUOTA_EXHAUSTED', later);
  if (status === 503 && retry?.form === 'DATE')
    return sourceFault('SOURCE_SCHEDULED_OUTAGE', later);
  return status >= 500
    ? sourceFault('SOURCE_UNREACHABLE', later)
    : sourceFault('SOURCE_MALFORMED', facts);
}

/** An HTTP date (RFC 9110, 5.6.7). Null when it is none. */
export function parseHttpDate(text: string | undefined): Date | null {
  if (
    text === undefined ||
    !/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/u.test(text)
  ) {
    return null;
  }
  const milliseconds = Date.parse(text);
  return Number.isNaN(milliseconds) ? null : new Date(milliseconds);
}

// A date counts from the source's own clock where it shows one: the two clocks may disagree.
function readRetryAfter(head: ReplyHead): { form: 'DATE' | 'SECONDS'; ms: number } | null {
  const text = head.headers['retry-after'];
  if (text !== undefined && /^\d{1,9}$/u.test(text)) {
    return { form: 'SECONDS', ms: bound(Number(text) * 1000) };
  }
  const until = parseHttpDate(text);
  const now = head.serverDate ?? head.receivedAt;
  return until === null ? null : { form: 'DATE', ms: bound(until.getTime() - now.getTime()) };
}

function bound(ms: number): number {
  return Math.min(Math.max(ms, 0), RETRY_AFTER_MS_MAX);
}
