import { describe, expect, test } from '@jest/globals';
import { CircuitState } from 'cockatiel';

import { HubError, type FaultDetails } from '../../src/errors.ts';
import type { License } from '../../src/model/license.ts';
import { createBreaker } from '../../src/sources/breaker.ts';
import { createHealth } from '../../src/sources/health.ts';
import type { Reading } from '../../src/sources/reading.ts';
import { createTally } from '../../src/sources/tally.ts';
import { answerOf, licenseOf } from './world.ts';

const NOW = new Date('2026-11-23T02:00:00Z');
const { Closed, HalfOpen } = CircuitState;

describe('the breaker', () => {
  test('a source half of whose calls fail rests within twenty calls', () => {
    const breaker = createBreaker(5);

    const opened = Array.from({ length: 20 }, (_, call) => {
      if (call % 2 === 1) return breaker.failure(Closed);
      breaker.success(Closed);
      return false;
    });

    expect(opened.indexOf(true)).toBe(9);
  });

  test('a few failures among few calls say nothing yet', () => {
    const breaker = createBreaker(5);

    const opened = Array.from({ length: 9 }, (_, call) => {
      if (call % 2 === 0) return breaker.failure(Closed);
      breaker.success(Closed);
      return false;
    });

    expect(opened).not.toContain(true);
  });

  test('a source that fails less often than every second time goes on', () => {
    const breaker = createBreaker(5);

    const opened = Array.from({ length: 200 }, (_, call) => {
      if (call % 3 === 2) return breaker.failure(Closed);
      breaker.success(Closed);
      return false;
    });

    expect(opened).not.toContain(true);
  });

  test('failures in a row count whatever came before', () => {
    const breaker = createBreaker(3);
    for (let call = 0; call < 100; call += 1) breaker.success(Closed);

    const opened = [1, 2, 3].map(() => breaker.failure(Closed));

    expect(opened).toEqual([false, false, true]);
  });

  test('after a probe that was answered the share is counted anew', () => {
    const breaker = createBreaker(50);
    for (let call = 0; call < 99; call += 1) breaker.failure(Closed);

    breaker.success(HalfOpen);

    expect(breaker.failure(Closed)).toBe(false);
  });
});

describe('the tally', () => {
  test('counts slide out of a window, and after an hour out of memory', () => {
    let now = 0;
    const tally = createTally(() => now);
    const within = (spanMs: number) => Object.fromEntries(tally.within(spanMs));

    tally.count('A');
    now = 100_000;
    tally.count('A');
    tally.count('B');
    now = 399_000;

    expect(within(300_000)).toEqual({ A: 1, B: 1 });
    expect(within(3_600_000)).toEqual({ A: 2, B: 1 });
    now += 3_600_000;
    expect(within(3_600_000)).toEqual({});
  });

  test('names that a connector makes up do not fill the memory', () => {
    const tally = createTally(() => 0);

    for (let name = 0; name < 1_000; name += 1) tally.count(`N-${name}`);

    expect(tally.within(1_000).size).toBeLessThanOrEqual(51);
    expect(tally.within(1_000).get('OTHER')).toBe(950);
  });
});

describe('the health of a source', () => {
  const call = {
    ...({
      id: 'c',
      source: 's',
      capability: 'license.byIdentifier',
      keys: 1,
      attempts: 1,
    } as const),
    ...{ started_at: NOW, ended_at: NOW, raw: new Uint8Array(), raw_digest: '' },
  };
  const answered = (records: readonly License[], asOf: Date | null = null): Reading => ({
    ok: true,
    answer: { ...answerOf(records), asOf },
    records: '[]',
    call,
  });
  const failed = (code: 'SOURCE_TIMEOUT' | 'SOURCE_SCHEMA_DRIFT', details: FaultDetails = {}) =>
    ({ ok: false, fault: new HubError(code, { details }), call: null }) as const;
  const timing = { attempts: 1, waitedMs: 5, sourceMs: 100 };

  function createMeasured() {
    return createHealth({ clock: { now: () => NOW } });
  }

  test('nothing is known of a source that was not asked', () => {
    expect(createMeasured().state()).toEqual({
      availability: { fiveMinutes: null, hour: null },
      latency: { hub: null, source: null },
      errors: [],
      drift: { count: 0, lastAt: null, lastField: null },
      freshness: null,
    });
  });

  test('a call that was not made says nothing of availability, but why', () => {
    const health = createMeasured();
    const fault = new HubError('SOURCE_QUOTA_EXHAUSTED', { details: { reason: 'BUDGET' } });

    health.record({ ...timing, attempts: 0, readings: [{ ok: false, fault, call: null }] });

    expect(health.state()).toMatchObject({
      availability: { fiveMinutes: null, hour: null },
      latency: { hub: null, source: null },
      errors: [{ reason: 'SOURCE_QUOTA_EXHAUSTED:BUDGET', count: 1 }],
    });
  });

  test('availability is the part that was answered, and reasons are counted once a call', () => {
    const health = createMeasured();
    for (const _ of [1, 2, 3]) health.record({ ...timing, readings: [answered([])] });

    health.record({ ...timing, readings: [failed('SOURCE_TIMEOUT'), failed('SOURCE_TIMEOUT')] });

    expect(health.state()).toMatchObject({
      availability: { fiveMinutes: 0.75, hour: 0.75 },
      latency: { hub: { p50Ms: 5, p95Ms: 5, p99Ms: 5 }, source: { p50Ms: 100 } },
      errors: [{ reason: 'SOURCE_TIMEOUT', count: 1 }],
    });
  });

  test('drift is a reply out of form, or a status that nobody knows, with its place', () => {
    const health = createMeasured();
    const strange = {
      ...licenseOf('L-1'),
      findings: [{ code: 'UNKNOWN_STATUS', detail: 'statusAsHeld' }] as const,
    };

    health.record({
      ...timing,
      readings: [failed('SOURCE_SCHEMA_DRIFT', { pointer: '/data/0/zt' })],
    });
    const first = health.state().drift;
    health.record({ ...timing, readings: [answered([strange, licenseOf('L-2')])] });

    expect(first).toEqual({ count: 1, lastAt: NOW, lastField: '/data/0/zt' });
    expect(health.state().drift).toEqual({ count: 2, lastAt: NOW, lastField: 'statusAsHeld' });
  });

  test('freshness is what the source said when it answered last', () => {
    const health = createMeasured();
    const asOf = new Date(NOW.getTime() - 60_000);

    health.record({ ...timing, readings: [answered([], asOf)] });
    const said = health.state().freshness;
    health.record({ ...timing, readings: [answered([])] });

    expect(said).toEqual({ answeredAt: NOW, asOf, ageMs: 60_000 });
    expect(health.state().freshness).toEqual({ answeredAt: NOW, asOf: null, ageMs: null });
  });
});
