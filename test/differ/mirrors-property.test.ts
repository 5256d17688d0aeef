import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type pg from 'pg';

import { fanSides } from '../../src/differ/fanned-side.ts';
import { openMirrorSide } from '../../src/differ/mirror-side.ts';
import { createMirrors, type Mirrors } from '../../src/differ/mirrors.ts';
import { openTableSide } from '../../src/differ/table-side.ts';
import type { Side } from '../../src/differ/side.ts';
import { bucketOf, encodeKey, type RowKey } from '../../src/model/row-key.ts';
import { createFolder, startFast } from '../support/embedded.ts';
import { createTestDatabase, MIGRATIONS, type TestDatabase } from '../support/database.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { caseOf } from './cases.ts';
import {
  askOracle,
  connect,
  createTables,
  fieldsOf,
  fill,
  linesOf,
  reuse,
  run,
  tableOf,
  type Layout,
  type ReusedSession,
  type Row,
} from './rig.ts';

const LAYOUTS: readonly Layout[] = [
  { name: 'number', keys: ['INTEGER'], isIndexed: true },
  { name: 'code', keys: ['TEXT'], isIndexed: true },
  { name: 'pair', keys: ['TEXT', 'INTEGER'], isIndexed: true },
];
const FLAVORS = ['pg_record', 'pg_text', 'md5_text'] as const;
const RUNS = Number(process.env['HECHA_DIFFER_CASES'] ?? 40);
const NOW = new Date('2026-09-18T01:00:00Z');

/** A server that keeps mirrors, or a part of each. */
interface Keeper {
  readonly db: Database;
  readonly client: pg.Client;
  readonly session: ReusedSession;
  readonly mirrors: Mirrors;
}

let database: TestDatabase;
let writer: pg.Client;
let left: { client: pg.Client; session: ReusedSession };
let keeper: Keeper;

async function keep(db: Database, url: string): Promise<Keeper> {
  const client = await connect(url);
  return { db, client, session: reuse(client, { hasCopy: true }), mirrors: createMirrors({ db }) };
}

beforeAll(async () => {
  database = await createTestDatabase();
  writer = await connect(database.url);
  const client = await connect(database.url);
  left = { client, session: reuse(client, { hasCopy: true }) };
  keeper = await keep(database.db, database.url);
  await createTables(writer, LAYOUTS);
});
afterAll(async () => {
  await Promise.all([writer, left.client, keeper.client].map((client) => client.end()));
  await database.drop();
});

/** A mirror of a layout with nothing in it. */
async function emptyMirror(
  { db, mirrors }: Keeper,
  layout: Layout,
  options: { readonly flavor: (typeof FLAVORS)[number]; readonly rangeKeys: number },
) {
  await db.raw('delete from mirror_row');
  await db.raw('delete from mirror_range');
  await db.raw('delete from mirror_collection');
  return mirrors.open({
    name: layout.name,
    fields: fieldsOf(layout).map(([name, type]) => ({ name, type })),
    keys: layout.keys.length,
    ...options,
  });
}

function keyOf(layout: Layout, row: Row): RowKey {
  const key = encodeKey(row, layout.keys);
  if (key === null) throw new Error('A row of the case has no key.');
  return key;
}

/** Stored digests that are not those of the rows. */
async function listWrongDigests(db: Database): Promise<readonly unknown[]> {
  const { rows } = await db.raw<{ rows: unknown[] }>(`
    select r.lower, r.rows, d.rows as counted
      from mirror_range r
      cross join lateral (
        select count(*) as rows, coalesce(bit_xor(row_hash), 0) as xor64, coalesce(sum(row_hash), 0) as sum64
          from mirror_row m
         where m.collection_id = r.collection_id and m.key >= r.lower and (r.upper is null or m.key < r.upper)) d
     where (r.rows, r.xor64, r.sum64) is distinct from (d.rows, d.xor64, d.sum64)`);
  return rows;
}

describe.each(FLAVORS)('%s', (flavor) => {
  test.each(LAYOUTS)(
    'digests follow every write, and what they do not agree on is what an anti-join finds: $name',
    async (layout) => {
      const one = fc.tuple(
        caseOf(layout, { isUnique: true }),
        caseOf(layout, { isUnique: true }),
        fc.boolean(),
      );

      await fc.assert(
        fc.asyncProperty(one, async ([first, last, isCutBefore]) => {
          const { mirrors, session } = keeper;
          const mirror = await emptyMirror(keeper, layout, {
            flavor,
            rangeKeys: last.policy.rangeKeys,
          });
          // What was there before goes, changes or stays.
          await mirrors.put(mirror, first.r, NOW);
          if (isCutBefore) await mirrors.cutLongRanges(mirror);
          const keys = new Set(last.r.map((row) => keyOf(layout, row)));
          const gone = first.r.map((row) => keyOf(layout, row)).filter((key) => !keys.has(key));
          await mirrors.remove(mirror, gone);
          await mirrors.put(mirror, last.r, NOW);
          await mirrors.cutLongRanges(mirror);
          await fill(writer, layout, last);
          const expected = await askOracle(writer, layout);

          const { differences, outcome } = await run({
            layout,
            policy: {
              ...last.policy,
              pace: { chunkMs: 500, restShare: 0, rangesMax: last.rangesMax },
            },
            cutsAt: last.cutsAt,
            sides: async () => {
              await session.renew();
              await left.session.renew();
              return {
                left: await openTableSide(left.session, tableOf(layout, 'l')),
                right: openMirrorSide(session, mirror, 0),
              };
            },
          });

          expect(await listWrongDigests(keeper.db)).toEqual([]);
          expect(outcome.flavor).toBe(flavor);
          expect(linesOf(layout, differences)).toEqual(expected);
        }),
        { numRuns: RUNS },
      );
    },
    120_000,
  );
});

test('a row that is put as it is already there is not written', async () => {
  const [layout] = LAYOUTS as [Layout];
  const mirror = await emptyMirror(keeper, layout, { flavor: 'pg_record', rangeKeys: 4 });
  const row = ['7', 'x', '1.50', '2024-02-29', '2024-02-29T08:00:00Z', 'true', '1'];

  const first = await keeper.mirrors.put(mirror, [row], NOW);
  const again = await keeper.mirrors.put(
    mirror,
    [['007', 'x', '1.5', '2024-02-29', '2024-02-29T16:00:00+08:00', 'true', '01']],
    NOW,
  );

  expect([first, again]).toEqual([1, 0]);
});

test('two writers of one collection leave digests that are right', async () => {
  const [layout] = LAYOUTS as [Layout];
  const mirror = await emptyMirror(keeper, layout, { flavor: 'pg_record', rangeKeys: 8 });
  const rows = (from: number): readonly Row[] =>
    Array.from({ length: 50 }, (_, at) => [String(from + at), 'x', null, null, null, null, null]);

  await Promise.all(
    [0, 25, 50, 75, 10].map(async (from) => {
      await keeper.mirrors.put(mirror, rows(from), NOW);
      await keeper.mirrors.cutLongRanges(mirror);
    }),
  );

  expect(await listWrongDigests(keeper.db)).toEqual([]);
  const { rows: ranges } = await keeper.db.raw<{ rows: { count: number; rows: number }[] }>(
    'select count(*) as count, sum(rows)::int as rows from mirror_range',
  );
  expect(ranges[0]?.rows).toBe(125);
  expect(ranges[0]?.count).toBeGreaterThan(4);
});

test('buckets on two servers are matched as one collection, each row where its bucket is', async () => {
  const { folder, remove } = createFolder();
  const server = await startFast(folder);
  const db = openDatabase(server.url, { connectionsMax: 4, applicationName: 'test' });
  await migrate(db, MIGRATIONS);
  const other = await keep(db, server.url);
  const layout = LAYOUTS[1] as Layout;
  try {
    await fc.assert(
      fc.asyncProperty(caseOf(layout, { isUnique: true }), async (one) => {
        const keepers = [keeper, other] as const;
        const opened = await Promise.all(
          keepers.map(async (part, place) => {
            const options = { flavor: 'pg_record', rangeKeys: one.policy.rangeKeys } as const;
            const mirror = await emptyMirror(part, layout, options);
            const own = one.r.filter((row) => bucketOf(keyOf(layout, row)) % 2 === place);
            await part.mirrors.put(mirror, own, NOW);
            await part.mirrors.cutLongRanges(mirror);
            return { part, mirror };
          }),
        );
        await fill(writer, layout, one);
        const expected = await askOracle(writer, layout);

        const { differences, outcome } = await run({
          layout,
          policy: { ...one.policy, pace: { chunkMs: 500, restShare: 0, rangesMax: one.rangesMax } },
          cutsAt: one.cutsAt,
          sides: async () => {
            await left.session.renew();
            const parts: Side[] = [];
            for (const { part, mirror } of opened) {
              await part.session.renew();
              parts.push(openMirrorSide(part.session, mirror, 0));
            }
            return {
              left: await openTableSide(left.session, tableOf(layout, 'l')),
              right: fanSides(parts),
            };
          },
        });

        expect(linesOf(layout, differences)).toEqual(expected);
        expect(outcome.checkpoint.counts.right).toBe(one.r.length);
      }),
      { numRuns: RUNS },
    );
  } finally {
    await other.client.end();
    await db.destroy();
    await server.stop();
    remove();
  }
}, 120_000);
