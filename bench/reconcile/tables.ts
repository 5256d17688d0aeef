import type pg from 'pg';

import { join, piece, sql, compile, type Piece } from '../../src/connector-kit/tables/statement.ts';
import { compareCollections } from '../../src/differ/compare-collections.ts';
import { DEFAULT_COMPARISON } from '../../src/differ/comparison.ts';
import { findMirror } from '../../src/differ/mirror-queries.ts';
import { openMirrorSide } from '../../src/differ/mirror-side.ts';
import { createMirrors } from '../../src/differ/mirrors.ts';
import { openTableSide } from '../../src/differ/table-side.ts';
import { sessionOfSnapshot } from '../../src/differ/read-session.ts';
import { keyText, rowHash, valueOf } from '../../src/differ/row-speech.ts';
import { DEFAULT_PACE } from '../../src/model/chunk-pace.ts';
import type { KeyRange } from '../../src/model/range-digest.ts';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openSnapshot } from '../../src/store/snapshot.ts';
import { changeLicenses, LICENSE_FIELDS, LICENSE_TABLE, makeLicenses } from './licenses.ts';
import { hasProgram, shell } from './measure.ts';
import type { BenchServer } from './server.ts';

/** One line for each difference, so that two ways can be held against each other. */
export type Found = readonly string[];

const NAMES = LICENSE_FIELDS.map(({ name }) => name);
const COLUMNS = LICENSE_FIELDS.map(({ column }) => column);

/** Two databases: a source, and a hub with the same table as it was, and as a mirror. */
export async function prepareTables(
  server: BenchServer,
  options: { readonly rows: number; readonly differences: number; readonly rangeKeys: number },
): Promise<void> {
  const source = await server.connect('source');
  for (const text of makeLicenses(options.rows)) await source.query(text);
  await source.end();
  const hub = await server.connect('hub');
  const db = openDatabase(server.urlOf('hub'), { connectionsMax: 2, applicationName: 'bench' });
  await migrate(db, 'migrations');
  for (const text of makeLicenses(options.rows)) await hub.query(text);
  for (const text of changeLicenses(options.rows, options.differences)) await hub.query(text);
  const mirrors = createMirrors({ db });
  const mirror = await mirrors.open({
    name: 'licenses',
    fields: LICENSE_FIELDS.map(({ name, type }) => ({ name, type })),
    keys: 1,
    flavor: 'pg_record',
    rangeKeys: options.rangeKeys,
  });
  await loadMirror(hub, mirror.id);
  await mirrors.cutLongRanges(mirror);
  await hub.query('vacuum analyze mirror_row');
  await hub.query('vacuum analyze mirror_range');
  await hub.end();
  await db.destroy();
}

/** In one statement, as no source would fill it: bucket by bucket does not matter here. */
async function loadMirror(hub: pg.Client, id: number): Promise<void> {
  const values = LICENSE_FIELDS.map(({ column, type }) =>
    valueOf('postgresql', type, piece('??', [`t.${column}`])),
  );
  const texts = join(
    values.map(({ text }) => text),
    ', ',
  );
  const hash = rowHash('pg_record', 'postgresql', { values, keys: 1 });
  const query: Piece = sql`insert into mirror_row (collection_id, bucket, key, row_hash, fields, changed_at)
    select ${piece(String(id))}, t.id % 64, ${keyText('postgresql', values.slice(0, 1))}, ${hash},
           array[${texts}], now() - interval '1 day' from license t order by t.id`;
  const { text, values: bound } = compile('postgresql', query);
  await hub.query("set timezone = 'UTC'");
  await hub.query(text, [...bound]);
}

/** What anybody would do: copy the source's table beside the hub's, and join. */
export async function findByAntiJoin(server: BenchServer): Promise<Found> {
  const columns = COLUMNS.join(', ');
  const hub = await server.connect('hub');
  await hub.query(
    'drop table if exists copied; create unlogged table copied (like license including defaults)',
  );
  if (!(await hasProgram('psql'))) throw new Error('The baseline needs psql.');
  const copy = (database: string, text: string): string =>
    `psql -X -q '${server.urlOf(database)}' -c "copy ${text} (format binary)"`;
  const out = copy('source', `license (${columns}) to stdout`);
  const into = copy('hub', `copied (${columns}) from stdin`);
  await shell(`set -o pipefail; ${out} | ${into}`);
  await hub.query('analyze copied');
  const differing = LICENSE_FIELDS.map(
    ({ name, column }) => `case when l.${column} is distinct from r.${column} then '${name}' end`,
  );
  const rows = (side: string): string => `(${COLUMNS.map((one) => `${side}.${one}`).join(', ')})`;
  const { rows: found } = await hub.query<{ line: string }>(
    `select case when r.id is null then 'LEFT_ONLY ' || l.id when l.id is null then 'RIGHT_ONLY ' || r.id
                 else 'DIFFERS ' || l.id || ' ' || concat_ws(',', ${differing.join(', ')}) end as line
       from copied l full join license r on l.id = r.id
      where l.id is null or r.id is null or row${rows('l')} is distinct from row${rows('r')}`,
  );
  await hub.query('drop table copied');
  await hub.end();
  return found.map(({ line }) => line).toSorted();
}

/** What of the keys is compared, and for which share of the time the source is left alone. */
export interface Part {
  readonly span: KeyRange;
  readonly restShare: number;
}

const WHOLE: Part = { span: { from: null, to: null }, restShare: 0 };

/** The same by the engine, with the digests that the hub has stored. */
export async function findByDigests(
  server: Pick<BenchServer, 'urlOf'>,
  { span, restShare }: Part = WHOLE,
): Promise<{ readonly found: Found; readonly ranges: number }> {
  const { signal } = new AbortController();
  const options = {
    applicationName: 'bench',
    statementMsMax: 60_000,
    idleMsMax: 60_000,
    snapshotId: null,
    signal,
  };
  const source = await openSnapshot(server.urlOf('source'), options);
  const hub = await openSnapshot(server.urlOf('hub'), options);
  const db = openDatabase(server.urlOf('hub'), { connectionsMax: 1, applicationName: 'bench' });
  const mirror = await findMirror(db, 'licenses');
  await db.destroy();
  if (mirror === null) throw new Error('The mirror was not made.');
  const found: string[] = [];
  const outcome = await compareCollections({
    left: await openTableSide(sessionOfSnapshot(source), LICENSE_TABLE),
    right: openMirrorSide(sessionOfSnapshot(hub), mirror, 0),
    fields: NAMES,
    span,
    checkpoint: null,
    policy: { ...DEFAULT_COMPARISON, pace: { ...DEFAULT_PACE, restShare } },
    signal,
    onChunk: async ({ differences }) => {
      for (const { type, left, right, fields } of differences) {
        const id = left[0]?.[0] ?? right[0]?.[0] ?? '';
        found.push([type, id, ...(fields.length === 0 ? [] : [fields.join(',')])].join(' '));
      }
    },
  });
  await source.end();
  await hub.end();
  return { found: found.toSorted(), ranges: outcome.checkpoint.counts.ranges };
}

/** The source's table anew, with so many rows. */
export async function growSource(server: BenchServer, rows: number): Promise<void> {
  const source = await server.connect('source');
  await source.query('drop table license');
  for (const text of makeLicenses(rows)) await source.query(text);
  await source.end();
}

/** Only what a source does for a night without differences: digests of all of its ranges. */
export async function readSource(server: BenchServer): Promise<number> {
  const source = await openSnapshot(server.urlOf('source'), {
    applicationName: 'bench',
    statementMsMax: 60_000,
    idleMsMax: 60_000,
    snapshotId: null,
    signal: new AbortController().signal,
  });
  const side = await openTableSide(sessionOfSnapshot(source), LICENSE_TABLE);
  const bounds = await side.bounds(
    { from: null, to: null },
    { rangeKeys: 2_048, limit: 1_000_000 },
  );
  const ranges = bounds.map((from, at) => ({ from, to: bounds[at + 1] ?? null }));
  const digests = await side.digests(ranges, 'pg_record');
  await source.end();
  return digests.reduce((sum, { rows }) => sum + rows, 0);
}
