import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type pg from 'pg';

import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import {
  createTableDatabase,
  type TableDatabase,
} from '../../src/connector-kit/tables/table-database.ts';
import { openTableSide } from '../../src/differ/table-side.ts';
import { sessionOfTables } from '../../src/differ/read-session.ts';
import type { Flavor } from '../../src/differ/side.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startMariadb, whyNoMariadb, type MariadbServer } from '../support/mariadb.ts';
import { caseOf } from './cases.ts';
import {
  askOracle,
  connect,
  createTables,
  fill,
  linesOf,
  onlyFlavor,
  reuse,
  run,
  tableOf,
  type Layout,
  type Row,
} from './rig.ts';

const LAYOUTS: readonly Layout[] = [
  { name: 'number', keys: ['INTEGER'], isIndexed: true },
  { name: 'code', keys: ['TEXT'], isIndexed: true },
  { name: 'pair', keys: ['INTEGER', 'TEXT'], isIndexed: true },
];
const RUNS = Number(process.env['HECHA_DIFFER_CASES'] ?? 30);
const reason = whyNoMariadb();
const suite = reason === null ? describe : describe.skip;

/** As a MariaDB holds the types of the tests' fields. */
const COLUMNS =
  'label text, amount decimal(20, 4), day date, changed timestamp(6) null, valid boolean, size bigint';

suite(`MariaDB${reason === null ? '' : `, skipped: ${reason}`}`, () => {
  let database: TestDatabase;
  let writer: pg.Client;
  let reader: pg.Client;
  let server: MariadbServer;
  let source: TableDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
    writer = await connect(database.url);
    reader = await connect(database.url);
    await createTables(writer, LAYOUTS);
    server = await startMariadb();
    await createSource(server);
    source = openSource(server);
  }, 120_000);
  afterAll(async () => {
    await source.close();
    await server.stop();
    await Promise.all([writer.end(), reader.end()]);
    await database.drop();
  });

  describe.each<Flavor>(['md5_text', 'stream'])('%s', (flavor) => {
    test.each(LAYOUTS)(
      'a table over there and one here differ in what an anti-join of their rows finds: $name',
      async (layout) => {
        const session = reuse(reader, { hasCopy: true });

        await fc.assert(
          fc.asyncProperty(caseOf(layout, { isUnique: false }), async (one) => {
            await fill(writer, layout, one);
            await fillSource(server, layout, one.l);
            const expected = await askOracle(writer, layout);
            const opened: { end(): Promise<void> }[] = [];

            const { differences, outcome } = await run({
              layout,
              policy: {
                ...one.policy,
                pace: { chunkMs: 500, restShare: 0, rangesMax: one.rangesMax },
              },
              cutsAt: one.cutsAt,
              sides: async () => {
                await session.renew();
                await opened.pop()?.end();
                const there = await source.open({
                  signal: AbortSignal.timeout(60_000),
                  timeoutMs: 10_000,
                });
                opened.push(there);
                const table = tableOf(layout, 'l');
                return {
                  left: onlyFlavor(await openTableSide(sessionOfTables(there), table), flavor),
                  right: await openTableSide(session, tableOf(layout, 'r')),
                };
              },
            }).finally(() => Promise.all(opened.map((there) => there.end())));

            expect(outcome.flavor).toBe(flavor);
            expect(linesOf(layout, differences)).toEqual(expected);
          }),
          { numRuns: RUNS, endOnFailure: true },
        );
      },
      120_000,
    );
  });
});

function openSource({ host, port, user, password }: MariadbServer): TableDatabase {
  return createTableDatabase({
    settings: {
      dialect: 'mysql',
      host,
      port,
      database: 'source',
      user,
      encryption: 'NONE',
      caPem: null,
      connectionsMax: 2,
      statementTimeoutMs: 10_000,
      scanTimeoutMs: 60_000,
      rowsMax: 10_000,
      pageRows: 1_000,
    },
    password,
    network: OPEN_NETWORK,
  });
}

async function createSource(server: MariadbServer): Promise<void> {
  await server.administer(
    'create database source',
    ...LAYOUTS.map(({ name, keys }) => {
      const columns = keys.map((type, at) =>
        type === 'INTEGER' ? `k${at} bigint` : `k${at} varchar(50)`,
      );
      const key = keys.map((_, at) => `k${at}`).join(', ');
      return `create table source.l_${name} (${columns.join(', ')}, ${COLUMNS}, index (${key}))
        charset utf8mb4 collate utf8mb4_general_ci`;
    }),
  );
}

/** Literals of the tests' own values. */
async function fillSource(
  server: MariadbServer,
  layout: Layout,
  rows: readonly Row[],
): Promise<void> {
  const literal = (value: string | null): string => {
    if (value === null) return 'null';
    if (value === 'true' || value === 'false') return value;
    if (/^\d{4}-.*T/u.test(value)) {
      const utc = new Date(value).toISOString().slice(0, 19).replace('T', ' ');
      const fraction = /\.(\d{6})/u.exec(value)?.[1] ?? '000000';
      return `'${utc}.${fraction}'`;
    }
    return `convert(x'${Buffer.from(value, 'utf8').toString('hex')}' using utf8mb4)`;
  };
  const lines = rows.map((row) => `(${row.map(literal).join(', ')})`);
  await server.administer(
    "set time_zone = '+00:00'",
    `delete from source.l_${layout.name}`,
    ...(lines.length === 0
      ? []
      : [`insert into source.l_${layout.name} values ${lines.join(', ')}`]),
  );
}
