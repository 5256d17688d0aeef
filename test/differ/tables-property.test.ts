import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type pg from 'pg';

import type { Flavor } from '../../src/differ/side.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { caseOf } from './cases.ts';
import {
  askOracle,
  connect,
  createTables,
  fill,
  linesOf,
  onlyFlavor,
  openTables,
  reuse,
  run,
  type Layout,
} from './rig.ts';

const LAYOUTS: readonly Layout[] = [
  { name: 'number', keys: ['INTEGER'], isIndexed: true },
  { name: 'code', keys: ['TEXT'], isIndexed: true },
  { name: 'heap', keys: ['TEXT'], isIndexed: false },
  { name: 'pair', keys: ['TEXT', 'INTEGER'], isIndexed: true },
  { name: 'triple', keys: ['DATE', 'UUID', 'TEXT'], isIndexed: false },
];
const RUNS = Number(process.env['HECHA_DIFFER_CASES'] ?? 60);

let database: TestDatabase;
let writer: pg.Client;
let clients: { l: pg.Client; r: pg.Client };

beforeAll(async () => {
  database = await createTestDatabase();
  writer = await connect(database.url);
  clients = { l: await connect(database.url), r: await connect(database.url) };
  await createTables(writer, LAYOUTS);
});
afterAll(async () => {
  await Promise.all([writer, clients.l, clients.r].map((client) => client.end()));
  await database.drop();
});

describe.each<Flavor>(['pg_record', 'pg_text', 'md5_text', 'stream'])('%s', (flavor) => {
  test.each(LAYOUTS)(
    'whatever differs between two tables is what an anti-join finds: $name',
    async (layout) => {
      const sessions = {
        l: reuse(clients.l, { hasCopy: true }),
        r: reuse(clients.r, { hasCopy: false }),
      };

      await fc.assert(
        fc.asyncProperty(caseOf(layout, { isUnique: false }), async (one) => {
          await fill(writer, layout, one);
          const expected = await askOracle(writer, layout);

          const { differences, outcome } = await run({
            layout,
            policy: {
              ...one.policy,
              pace: { chunkMs: 500, restShare: 0, rangesMax: one.rangesMax },
            },
            cutsAt: one.cutsAt,
            sides: async () => {
              const { left, right } = await openTables(layout, sessions);
              return { left: onlyFlavor(left, flavor), right: onlyFlavor(right, flavor) };
            },
          });

          expect(outcome.flavor).toBe(flavor);
          expect(linesOf(layout, differences)).toEqual(expected);
          expect(outcome.checkpoint.counts.left + outcome.unkeyed.left).toBe(one.l.length);
          expect(outcome.checkpoint.counts.right + outcome.unkeyed.right).toBe(one.r.length);
        }),
        { numRuns: RUNS },
      );
    },
    120_000,
  );
});
