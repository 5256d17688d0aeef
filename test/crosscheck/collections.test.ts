import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { findDiffering, type CollectionDependencies } from '../../src/crosscheck/collections.ts';
import { createMirrors } from '../../src/differ/mirrors.ts';
import { systemClock } from '../../src/model/clock.ts';
import type { CrossCheck } from '../../src/model/cross-check.ts';
import type { License } from '../../src/model/license.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const NEVER = new AbortController().signal;
const CHECK = {
  ...{ left: 'LICENSE_COLLECTION', right: 'LICENSE_COLLECTION' },
  collections: { left: 'city', right: 'province' },
  fields: [{ field: 'STATUS', rule: 'SAME' }],
} as unknown as CrossCheck;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

interface HandedOver {
  readonly keys: readonly string[];
  /** The walk ends with a fault after so many keys. */
  readonly failsAfter?: number;
}

/** Rooms over one database, and two sources that hand over licenses under these keys. */
function deps(sources: Readonly<Record<string, HandedOver>>): CollectionDependencies {
  const { db } = database;
  const license = { flaggedStatus: 'VALID', longTerm: false } as License;
  return {
    ...{ db, clock: systemClock, mirrors: createMirrors({ db }), digestKey: (text) => text },
    useRecords: (({ source }: { source: string }, use: (records: unknown) => Promise<unknown>) => {
      const { keys, failsAfter = Infinity } = sources[source]!;
      const under = (key: string) => ({ question: { identifier: key }, key, records: [license] });
      return use({
        ...{ edition: source, absence: 'COVERED', freshness: async () => 'FRESH' },
        async *walk() {
          for (let at = 0; at < keys.length; at += 10) {
            if (at >= failsAfter) throw new Error('the snapshot is gone');
            yield keys.slice(at, at + 10).map(under);
          }
        },
        under: async (wanted: readonly string[]) =>
          wanted.filter((k) => keys.includes(k)).map(under),
      });
    }) as CollectionDependencies['useRecords'],
  };
}

const keysTo = (count: number) =>
  Array.from({ length: count }, (_, at) => `K${String(at).padStart(4, '0')}`);
const heldOf = async (source: string) =>
  (
    await database
      .db('mirror_row')
      .join('mirror_collection', 'mirror_collection.id', 'collection_id')
      .where({ name: `cross-check:LICENSE:${source}` })
      .orderBy('key')
      .select<{ fields: string[] }[]>('fields')
  ).map(({ fields }) => fields[0]);

test('a walk that breaks off takes nothing away, and the next one goes through', async () => {
  const all = keysTo(95);
  await findDiffering(deps({ city: { keys: all }, province: { keys: all } }), CHECK, NEVER);
  const broken = deps({ city: { keys: all, failsAfter: 40 }, province: { keys: all } });

  await expect(findDiffering(broken, CHECK, NEVER)).rejects.toThrow('the snapshot is gone');
  const afterBreak = await heldOf('city');
  const fewer = all.filter((_, at) => at % 10 !== 3);
  const next = await findDiffering(
    deps({ city: { keys: fewer }, province: { keys: all } }),
    CHECK,
    NEVER,
  );

  expect(afterBreak).toEqual(all);
  expect(await heldOf('city')).toEqual(fewer);
  expect(next).toEqual({
    ...{ what: 'COMPARED', alike: fewer.length },
    keys: all.filter((_, at) => at % 10 === 3),
  });
});

test('what is last, first or everything on one side is found', async () => {
  const all = keysTo(30);
  const differing = async (city: readonly string[], province: readonly string[]) => {
    const found = await findDiffering(
      deps({ city: { keys: city }, province: { keys: province } }),
      CHECK,
      NEVER,
    );
    return found.what === 'COMPARED' ? found.keys : found;
  };

  expect(await differing(all.slice(1, -1), all)).toEqual([all[0], all.at(-1)]);
  expect(await differing([], all)).toEqual(all);
  expect(await differing(all, [])).toEqual(all);
  expect(await differing([], [])).toEqual([]);
});
