import { afterEach, expect, test } from '@jest/globals';

import { createMetrics } from '../../src/metrics.ts';
import { budgetOf, fakeSource, findAll, openWorld, type World } from './world.ts';

let world: World;

afterEach(() => world.close());

test('every scrape measures the sources, and shows no number for what is not known', async () => {
  const budget = budgetOf({ perDay: 10, perSecond: 5 });
  const asOf = new Date('2026-09-18T01:59:00.000Z');
  const source = fakeSource('library', {
    policy: { budget },
    lookup: async (keys, call) =>
      (await findAll(keys, call)).map((one) =>
        one.ok ? { ok: true, answer: { ...one.answer, asOf } } : one,
      ),
  });
  world = await openWorld(source, fakeSource('zoo'));
  const metrics = createMetrics();
  metrics.watchSources(async () => {
    const states = await world.sources.readStates();
    return states.map((state) => ({ ...state, isHeld: state.id === 'zoo' ? true : null }));
  });
  await metrics.text();
  await world.ask('L-1');

  const lines = (await metrics.text()).split('\n').filter((line) => /^hecha_source/u.test(line));
  metrics.stop();

  const told = lines.filter((line) => !line.startsWith('hecha_source_latency'));
  expect(told).toEqual([
    'hecha_source_availability{source="library",window="5m"} 1',
    'hecha_source_availability{source="library",window="1h"} 1',
    'hecha_source_breaker_open{source="library"} 0',
    'hecha_source_breaker_open{source="zoo"} 0',
    'hecha_source_held{source="zoo"} 1',
    'hecha_source_drift{source="library"} 0',
    'hecha_source_drift{source="zoo"} 0',
    'hecha_source_quota_left{source="library"} 9',
    'hecha_source_rate{source="library"} 5',
    'hecha_source_age_seconds{source="library"} 60',
  ]);
  expect(lines).toContainEqual(
    expect.stringMatching(
      /^hecha_source_latency_seconds\{source="library",hop="source",quantile="0.99"\} /u,
    ),
  );
  expect(lines.length - told.length).toBe(6);
});
