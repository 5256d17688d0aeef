import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { DEFAULT_PACE, firstPace, nextPace, type PacePolicy } from '../../src/model/chunk-pace.ts';

const POLICY: PacePolicy = { chunkMs: 500, restShare: 0.5, rangesMax: 4_096 };

describe('the first statement', () => {
  test('takes 64 ranges, whatever may come later', () => {
    expect(firstPace(DEFAULT_PACE)).toEqual({ ranges: 64, quickestMs: null });
  });

  test('takes no more than any other may', () => {
    expect(firstPace({ ...POLICY, rangesMax: 4 })).toEqual({ ranges: 4, quickestMs: null });
  });
});

describe('the next statement', () => {
  test.each([
    ['is twice as large where the source was quick', 64, 10, 128],
    ['is as large as takes half a second', 64, 400, 80],
    ['is smaller where the source was slow', 64, 2_000, 16],
    ['has one range at least', 64, 64_000, 1],
    ['has no more than the most', 4_000, 10, 4_096],
  ])('%s', (_, ranges, ms, expected) => {
    const { pace } = nextPace(firstPace(POLICY), { ranges, ms }, POLICY);

    expect(pace.ranges).toBe(expected);
  });

  test.each([
    ['as long as it worked, for half of the time', 0.5, 400],
    ['not at all', 0, 0],
    ['a third of as long, for a quarter of the time', 0.25, 400 / 3],
  ])('comes after the source was left alone: %s', (_, restShare, expected) => {
    const took = { ranges: 64, ms: 400 };

    const { restMs } = nextPace(firstPace(POLICY), took, { ...POLICY, restShare });

    expect(restMs).toBeCloseTo(expected);
  });

  test('waits four times as long where the source is three times as slow as at its best', () => {
    const best = { ranges: 64, quickestMs: 5 };

    const slow = nextPace(best, { ranges: 100, ms: 1_600 }, { ...POLICY, restShare: 0 });
    const busy = nextPace(best, { ranges: 100, ms: 1_400 }, { ...POLICY, restShare: 0 });

    expect([slow.restMs, busy.restMs]).toEqual([6_400, 0]);
    expect(slow.pace.quickestMs).toBe(5);
  });

  test('is never out of bounds, and never waits longer than half a minute', () => {
    const took = fc.record({
      ranges: fc.nat(5_000),
      ms: fc.double({ min: 0, max: 1e7, noNaN: true }),
    });
    const share = fc.double({ min: -1, max: 2, noNaN: true });
    fc.assert(
      fc.property(fc.array(took, { minLength: 1 }), share, (all, restShare) => {
        let pace = firstPace(POLICY);
        for (const one of all) {
          const next = nextPace(pace, one, { ...POLICY, restShare });
          pace = next.pace;
          expect(pace.ranges).toBeGreaterThanOrEqual(1);
          expect(pace.ranges).toBeLessThanOrEqual(POLICY.rangesMax);
          expect(Number.isInteger(pace.ranges)).toBe(true);
          expect(next.restMs).toBeGreaterThanOrEqual(0);
          expect(next.restMs).toBeLessThanOrEqual(30_000);
        }
      }),
    );
  });
});
