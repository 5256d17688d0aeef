import pg from 'pg';

import { compile } from '../../src/connector-kit/tables/statement.ts';
import { compareCollections } from '../../src/differ/compare-collections.ts';
import type { ComparedTable } from '../../src/differ/compared-table.ts';
import {
  DEFAULT_COMPARISON,
  type Checkpoint,
  type ComparisonOutcome,
  type ComparisonPolicy,
} from '../../src/differ/comparison.ts';
import { openTableSide } from '../../src/differ/table-side.ts';
import type { ReadSession } from '../../src/differ/read-session.ts';
import type { FieldType } from '../../src/differ/row-speech.ts';
import type { Flavor, Side } from '../../src/differ/side.ts';
import type { Difference } from '../../src/model/difference.ts';
import { decodeKey, type KeyType } from '../../src/model/row-key.ts';
import { copyOut } from '../../src/store/copy-out.ts';

/** A kind of table: its columns, those of the key first, and whether an index leads through it. */
export interface Layout {
  readonly name: string;
  readonly keys: readonly KeyType[];
  readonly isIndexed: boolean;
}

export const VALUE_FIELDS = [
  ['label', 'TEXT'],
  ['amount', 'DECIMAL'],
  ['day', 'DATE'],
  ['changed', 'INSTANT'],
  ['valid', 'BOOLEAN'],
  ['size', 'INTEGER'],
] as const satisfies readonly (readonly [string, FieldType])[];

export type Row = readonly (string | null)[];

const SQL_TYPES: Readonly<Record<FieldType, string>> = {
  TEXT: 'text',
  INTEGER: 'bigint',
  DECIMAL: 'numeric',
  DATE: 'date',
  TIMESTAMP: 'timestamp',
  INSTANT: 'timestamptz',
  BOOLEAN: 'boolean',
  UUID: 'uuid',
};

export function fieldsOf({ keys }: Layout): readonly (readonly [string, FieldType])[] {
  return [...keys.map((type, at) => [`k${at}`, type] as const), ...VALUE_FIELDS];
}

export function tableOf(layout: Layout, side: string): ComparedTable {
  return {
    table: `${side}_${layout.name}`,
    fields: fieldsOf(layout).map(([name, type]) => ({ name, column: name, type })),
    keys: layout.keys.length,
    settle: null,
  };
}

/** Two tables of each layout. */
export async function createTables(client: pg.Client, layouts: readonly Layout[]): Promise<void> {
  for (const layout of layouts)
    for (const side of ['l', 'r']) {
      const table = `${side}_${layout.name}`;
      const columns = fieldsOf(layout).map(([name, type]) => `${name} ${SQL_TYPES[type]}`);
      await client.query(`create table ${table} (${columns.join(', ')})`);
      const key = layout.keys.map((_, at) => `k${at}`).join(', ');
      if (layout.isIndexed) await client.query(`create index on ${table} (${key})`);
    }
}

/** Puts these rows in the place of all others. */
export async function fill(
  client: pg.Client,
  layout: Layout,
  rows: { readonly l: readonly Row[]; readonly r: readonly Row[] },
): Promise<void> {
  const fields = fieldsOf(layout);
  const columns = fields.map(([, type], at) => `(e ->> ${at})::${SQL_TYPES[type]}`).join(', ');
  for (const side of ['l', 'r'] as const) {
    await client.query(`delete from ${side}_${layout.name}`);
    await client.query(
      `insert into ${side}_${layout.name} select ${columns} from jsonb_array_elements($1::jsonb) e`,
      [JSON.stringify(rows[side])],
    );
  }
}

/**
 * What the database itself says: an anti-join of the rows under each key. Sorted, one line for each
 * key under which the tables hold different rows.
 */
export async function askOracle(client: pg.Client, layout: Layout): Promise<readonly string[]> {
  const fields = fieldsOf(layout).map(([name]) => name);
  const keys = layout.keys.map((_, at) => `k${at}`);
  const all = fields.join(', ');
  const side = (name: string): string => `
    (select ${keys.join(', ')}, count(*) as n, array_agg(row(${all}) order by row(${all})) as held,
            ${fields.map((field) => `(array_agg(${field}))[1] as one_${field}`).join(', ')}
       from ${name}_${layout.name}
      where ${keys.map((key) => `${key} is not null`).join(' and ')}
      group by ${keys.join(', ')}) ${name}`;
  const differing = fields
    .map((field) => `case when l.one_${field} is distinct from r.one_${field} then '${field}' end`)
    .join(', ');
  const { rows } = await client.query<{ type: string; key: string; fields: string }>(`
    select case when l.n > 1 or r.n > 1 then 'DUPLICATE_KEY' when r.n is null then 'LEFT_ONLY'
                when l.n is null then 'RIGHT_ONLY' else 'DIFFERS' end as type,
           to_json(array[${keys.map((key) => `coalesce(l.${key}, r.${key})::text`).join(', ')}])::text as key,
           case when l.n = 1 and r.n = 1 then concat_ws(',', ${differing}) else '' end as fields
      from ${side('l')} full join ${side('r')}
        on ${keys.map((key) => `l.${key} = r.${key}`).join(' and ')}
     where l.held is distinct from r.held`);
  return rows
    .map(({ type, key, fields: named }) => lineOf(type, JSON.parse(key) as string[], named))
    .toSorted();
}

function lineOf(type: string, key: readonly string[], fields: string): string {
  return `${type} ${JSON.stringify(key)} ${fields}`;
}

/** The same form of what the engine found. */
export function linesOf(layout: Layout, differences: readonly Difference[]): readonly string[] {
  return differences
    .map(({ type, key, fields }) => lineOf(type, decodeKey(key, layout.keys), fields.join(',')))
    .toSorted();
}

/** A snapshot on a connection that is used again for the next. */
export interface ReusedSession extends ReadSession {
  renew(): Promise<void>;
}

export function reuse(client: pg.Client, options: { hasCopy: boolean }): ReusedSession {
  const copy: ReadSession['copy'] = (query, take) => {
    const { text, values } = compile('postgresql', query);
    const bound = text.replaceAll(/\$(\d+)/gu, (_, place: string) =>
      client.escapeLiteral(values[Number(place) - 1] ?? ''),
    );
    return copyOut(client, `copy (${bound}) to stdout (format binary)`, take);
  };
  return {
    dialect: 'postgresql',
    isMariaDb: false,
    async all(query) {
      const { text, values } = compile('postgresql', query);
      const { rows } = await client.query<Record<string, string | null>>(text, [...values]);
      return rows;
    },
    copy: options.hasCopy ? copy : null,
    async renew() {
      await client.query('commit; begin isolation level repeatable read read only');
    },
  };
}

/** A connection whose values are all texts, in the settings of a snapshot. */
export async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    types: { getTypeParser: () => (text: string) => text },
  });
  await client.connect();
  await client.query("set timezone = 'UTC'; set datestyle = 'ISO, YMD'");
  return client;
}

/** A side that hashes in one way only. */
export function onlyFlavor(side: Side, flavor: Flavor): Side {
  return {
    ...side,
    async canaries() {
      const all = await side.canaries();
      return new Map([...all].filter(([one]) => one === flavor));
    },
  };
}

/** Thrown where a run is to end early. */
export class Cut extends Error {}

export interface RunOptions {
  readonly layout: Layout;
  readonly sides: () => Promise<{ readonly left: Side; readonly right: Side }>;
  readonly policy?: Partial<ComparisonPolicy>;
  /** The run is cut off before this chunk is taken, and gone on with. */
  readonly cutsAt?: readonly number[];
}

/** Runs a comparison to its end, however often it is cut off, and keeps what was given out. */
export async function run(options: RunOptions): Promise<{
  readonly differences: readonly Difference[];
  readonly outcome: ComparisonOutcome;
}> {
  const { layout, sides, policy = {}, cutsAt = [] } = options;
  const kept: { differences: Difference[]; checkpoint: Checkpoint | null } = {
    differences: [],
    checkpoint: null,
  };
  const cuts = [...cutsAt];
  let chunks = 0;
  for (;;) {
    const opened = await sides();
    try {
      const outcome = await compareCollections({
        ...opened,
        fields: fieldsOf(layout).map(([name]) => name),
        span: { from: null, to: null },
        checkpoint: kept.checkpoint,
        policy: {
          ...DEFAULT_COMPARISON,
          pace: { chunkMs: 500, restShare: 0, rangesMax: 4_096 },
          ...policy,
        },
        signal: new AbortController().signal,
        onChunk: async ({ differences, checkpoint }) => {
          chunks += 1;
          if (cuts[0] === chunks) {
            cuts.shift();
            throw new Cut();
          }
          kept.differences.push(...differences);
          kept.checkpoint = structuredClone(checkpoint);
        },
      });
      return { differences: kept.differences, outcome };
    } catch (error) {
      if (!(error instanceof Cut)) throw error;
    }
  }
}

/** Both tables of a layout, in new snapshots. */
export async function openTables(
  layout: Layout,
  sessions: { readonly l: ReusedSession; readonly r: ReusedSession },
): Promise<{ readonly left: Side; readonly right: Side }> {
  await sessions.l.renew();
  await sessions.r.renew();
  return {
    left: await openTableSide(sessions.l, tableOf(layout, 'l')),
    right: await openTableSide(sessions.r, tableOf(layout, 'r')),
  };
}
