import { setTimeout as pause } from 'node:timers/promises';

import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { createBatcher } from '../../src/sources/batcher.ts';
import { createCoalescer } from '../../src/sources/coalescer.ts';
import { createGroup } from '../../src/sources/group.ts';
import { keyText } from '../../src/sources/key-text.ts';
import { createLatency } from '../../src/sources/latency.ts';
import { createRetryBudget } from '../../src/sources/retry-budget.ts';

test('what arrives while a group is at work forms the next group', async () => {
  const groups: (readonly number[])[] = [];
  const group = createGroup<number, number>({
    run: async (entries) => {
      groups.push(entries);
      await pause(10);
      return entries.map((entry) => entry * 2);
    },
    weigh: () => 1,
    refuse: () => new Error('full'),
    weightMax: 100,
    waitingMax: 100,
  });

  const first = [group.add(1), group.add(2)];
  await pause(5);
  const second = [group.add(3), group.add(4)];

  expect(await Promise.all([...first, ...second])).toEqual([2, 4, 6, 8]);
  expect(groups).toEqual([
    [1, 2],
    [3, 4],
  ]);
});

test('a group is never heavier than allowed, unless one entry is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 40 }), async (all) => {
      const groups: (readonly number[])[] = [];
      const group = createGroup<number, number>({
        run: async (entries) => {
          groups.push(entries);
          return entries;
        },
        weigh: (entry) => entry,
        refuse: () => new Error('full'),
        weightMax: 20,
        waitingMax: 1_000,
      });

      const results = await Promise.all(all.map((entry) => group.add(entry)));

      const sum = (entries: readonly number[]) => entries.reduce((a, b) => a + b, 0);
      expect(results).toEqual(all);
      expect(groups.flat()).toEqual(all);
      expect(groups.every((one) => sum(one) <= 20 || one.length === 1)).toBe(true);
    }),
  );
});

test('a group turns away what exceeds its queue, and goes on', async () => {
  const group = createGroup<number, number>({
    run: async (entries) => entries,
    weigh: () => 1,
    refuse: () => new Error('full'),
    weightMax: 10,
    waitingMax: 3,
  });

  const added = await Promise.allSettled([1, 2, 3, 4].map((entry) => group.add(entry)));

  expect(added.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'rejected',
  ]);
  await expect(group.add(5)).resolves.toBe(5);
});

test('a batch waits for keys that were announced, and not for ever', async () => {
  const calls: (readonly number[])[] = [];
  const batcher = createBatcher<number, number>({
    run: async (keys) => {
      calls.push(keys);
      return keys;
    },
    max: 10,
    windowMs: 10,
  });

  const withdraw = batcher.announce();
  const first = batcher.add('', 1);
  await pause(25);
  const second = batcher.add('', 2);
  withdraw();
  withdraw();
  await Promise.all([first, second]);
  batcher.announce();
  await batcher.add('', 3);

  expect(calls).toEqual([[1, 2], [3]]);
});

test('a shared rejection reaches everyone, and the next asker starts anew', async () => {
  const coalescer = createCoalescer<number>();
  let starts = 0;
  const failing = async (): Promise<number> => {
    starts += 1;
    throw new Error('no');
  };

  const shared = await Promise.allSettled([1, 2].map(() => coalescer.share('key', failing)));
  await Promise.allSettled([coalescer.share('key', failing)]);

  expect(shared.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(starts).toBe(2);
});

test('percentiles are those of the latest calls', () => {
  const latency = createLatency();
  const before = latency.percentile(0.5);
  for (let ms = 1; ms <= 1_000; ms += 1) latency.record(ms);

  expect(before).toBeNull();
  expect(latency.percentile(0.5)).toBe(872);
  expect(latency.percentile(0.95)).toBe(988);
  expect(latency.percentile(1)).toBe(1_000);
});

test('a quiet source may be retried a few times, a busy one for a tenth of its calls', () => {
  const quiet = createRetryBudget();
  const busy = createRetryBudget();
  for (let call = 0; call < 200; call += 1) busy.recordCall();

  const taken = (budget: typeof quiet) =>
    Array.from({ length: 100 }, () => budget.takeRetry()).filter(Boolean).length;

  expect(taken(quiet)).toBe(3);
  expect(taken(busy)).toBe(20);
});

test('the text of a key tells capabilities and values apart, and nothing else', () => {
  const key = { kind: 'PERSON', code: 'c', name: null } as const;

  const turned = { name: null, code: 'c', kind: 'PERSON' } as const;

  expect(keyText('credit.profile', key)).toBe(keyText('credit.profile', turned));
  expect(keyText('credit.profile', key)).not.toBe(keyText('enterprise.registration', key));
  expect(keyText('credit.profile', key)).not.toBe(
    keyText('credit.profile', { ...key, name: 'null' }),
  );
});
