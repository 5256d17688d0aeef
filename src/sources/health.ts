import type { Clock } from '../model/clock.ts';
import type { Finding } from '../model/finding.ts';
import { createLatency, type Latency } from './latency.ts';
import type { Reading } from './reading.ts';
import { createTally } from './tally.ts';
import { reasonOf, transportOf } from './transport.ts';

/** Measures how one source is doing. Keeps numbers and names, and nothing about anybody. */
export interface Health {
  /** A call has ended, one reading a key. */
  record(ended: Measured): void;
  state(): HealthState;
}

/** What is measured of a call. */
interface Measured {
  readonly readings: readonly Reading[];
  /** 0 when the hub refused the call. */
  readonly attempts: number;
  readonly waitedMs: number;
  readonly sourceMs: number;
}

/** How one source is doing. */
export interface HealthState {
  /**
   * Calls that were answered, of those that were put to the source; canaries are among them. Null
   * where there were none.
   */
  readonly availability: {
    readonly fiveMinutes: number | null;
    readonly hour: number | null;
  };
  /** Of the latest calls, answered or not, by where the time went. Null before the first. */
  readonly latency: {
    /** For a place, for the budget and between attempts. */
    readonly hub: Percentiles | null;
    /** All attempts of a call. */
    readonly source: Percentiles | null;
  };
  /** Why calls of the latest hour had keys without an answer, one a call, most frequent first. */
  readonly errors: readonly { readonly reason: string; readonly count: number }[];
  readonly drift: DriftState;
  /** Null before the first answer. */
  readonly freshness: Freshness | null;
}

/** Whole milliseconds, nearest rank. */
export interface Percentiles {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** Signs that the source no longer answers in the form that was agreed upon. */
export interface DriftState {
  /** Replies that break the form, and records with a status nobody knows. */
  readonly count: number;
  /** Null while there was none. */
  readonly lastAt: Date | null;
  /** JSON pointer or name of the field. Null while there was none, or where none was named. */
  readonly lastField: string | null;
}

/** How fresh the holdings are, as the source said when it answered last. */
export interface Freshness {
  readonly answeredAt: Date;
  /** Null when it does not say. */
  readonly asOf: Date | null;
  /** Of `asOf`, now. Null when it does not say. */
  readonly ageMs: number | null;
}

const FIVE_MINUTES_MS = 300_000;
const HOUR_MS = 3_600_000;
const ANSWERED = 'ANSWERED';
const SILENT = 'SILENT';

/** Counts since it was made, or over sliding windows. */
export function createHealth(deps: { readonly clock: Clock }): Health {
  const { clock } = deps;
  const calls = createTally();
  const errors = createTally();
  const waited = createLatency();
  const worked = createLatency();
  let drift: DriftState = { count: 0, lastAt: null, lastField: null };
  let answered: { readonly at: Date; readonly asOf: Date | null } | null = null;

  function record({ readings, attempts, waitedMs, sourceMs }: Measured): void {
    if (attempts > 0) {
      calls.count(readings.some(({ ok }) => ok) ? ANSWERED : SILENT);
      waited.record(waitedMs);
      worked.record(sourceMs);
    }
    const reasons = readings.flatMap((one) => (one.ok ? [] : [reasonOf(one.fault)]));
    for (const reason of new Set(reasons)) errors.count(reason);
    for (const field of readings.flatMap(driftedFields))
      drift = { count: drift.count + 1, lastAt: clock.now(), lastField: field };
    for (const reading of readings)
      if (reading.ok) answered = { at: clock.now(), asOf: reading.answer.asOf };
  }

  function state(): HealthState {
    return {
      availability: { fiveMinutes: shareOf(FIVE_MINUTES_MS), hour: shareOf(HOUR_MS) },
      latency: { hub: percentilesOf(waited), source: percentilesOf(worked) },
      errors: [...errors.within(HOUR_MS)]
        .map(([reason, count]) => ({ reason, count }))
        .toSorted((a, b) => b.count - a.count),
      drift,
      freshness: freshnessOf(),
    };
  }

  function shareOf(spanMs: number): number | null {
    const counts = calls.within(spanMs);
    const right = counts.get(ANSWERED) ?? 0;
    const all = right + (counts.get(SILENT) ?? 0);
    return all === 0 ? null : right / all;
  }

  function freshnessOf(): Freshness | null {
    if (answered === null) return null;
    const { at, asOf } = answered;
    const ageMs = asOf === null ? null : clock.now().getTime() - asOf.getTime();
    return { answeredAt: at, asOf, ageMs };
  }

  return { record, state };
}

/** One for every sign of drift; null where no field is named. */
function driftedFields(reading: Reading): readonly (string | null)[] {
  if (!reading.ok) {
    if (transportOf(reading.fault) !== 'SCHEMA_DRIFT') return [];
    const { pointer, field } = reading.fault.details;
    return [pointer ?? field ?? null].map((place) => (place === null ? null : String(place)));
  }
  return reading.answer.records.flatMap((record) => {
    const unknown = findingsOf(record).find(({ code }) => code === 'UNKNOWN_STATUS');
    return unknown === undefined ? [] : [unknown.detail];
  });
}

/** None where a connector returns what is no record: that is its bug, and is told elsewhere. */
function findingsOf(record: unknown): readonly Finding[] {
  if (typeof record !== 'object' || record === null || !('findings' in record)) return [];
  return Array.isArray(record.findings) ? (record.findings as readonly Finding[]) : [];
}

function percentilesOf(latency: Latency): Percentiles | null {
  const [p50Ms, p95Ms, p99Ms] = [0.5, 0.95, 0.99].map((share) => latency.percentile(share));
  if (p50Ms == null || p95Ms == null || p99Ms == null) return null;
  return { p50Ms, p95Ms, p99Ms };
}
