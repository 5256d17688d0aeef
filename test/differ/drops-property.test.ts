import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type pg from 'pg';

import type { DropFormat } from '../../src/differ/drops/record-scan.ts';
import type { KeptDrop } from '../../src/differ/drops/kept-drop.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import {
  createPlaces,
  dropLines,
  manifestOf,
  takeDrop,
  WITH_BAR,
  writeDrop,
  type Writing,
} from './drop-rig.ts';
import { connect, type Row } from './rig.ts';

const RUNS = Number(process.env['HECHA_DIFFER_CASES'] ?? 150);

const FORMATS: readonly (DropFormat & { readonly name: string })[] = [
  {
    name: 'quoted, by a number',
    separator: ',',
    quote: '"',
    charset: 'utf-8',
    columns: null,
    key: [{ column: 'k', type: 'INTEGER' }],
    emptyIsNull: true,
  },
  {
    name: 'quoted, by a text, GB18030',
    separator: '|',
    quote: '"',
    charset: 'gb18030',
    columns: ['k', 'j', 'v', 'w'],
    key: [{ column: 'k', type: 'TEXT' }],
    emptyIsNull: true,
  },
  {
    name: 'without quotes, by two columns',
    separator: '||',
    quote: null,
    charset: 'utf-8',
    columns: null,
    key: [
      { column: 'j', type: 'TEXT' },
      { column: 'k', type: 'INTEGER' },
    ],
    emptyIsNull: false,
  },
];
const COLUMNS = ['k', 'j', 'v', 'w'];

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = await connect(database.url);
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** Rows under each key, by an anti-join of the database. */
async function askOracle(
  format: DropFormat,
  days: { readonly now: readonly Row[]; readonly old: readonly Row[] },
): Promise<readonly string[]> {
  const keys = format.key.map(({ column }) => column);
  const side = (name: string): string => `
    (select ${keys.join(', ')}, count(*) as n, array_agg(row(${COLUMNS.join(', ')}) order by row(${COLUMNS.join(', ')})) as held,
            ${COLUMNS.map((column) => `(array_agg(${column}))[1] as one_${column}`).join(', ')}
       from (select ${COLUMNS.map((column, at) => `e ->> ${at} as ${column}`).join(', ')}
               from jsonb_array_elements($${name === 'l' ? 1 : 2}::jsonb) e) given
      where ${keys.map((key) => `${key} is not null`).join(' and ')}
      group by ${keys.join(', ')}) ${name}`;
  const { rows } = await client.query<{ type: string; key: string; fields: string }>(
    `select case when l.n > 1 or r.n > 1 then 'DUPLICATE_KEY' when r.n is null then 'LEFT_ONLY'
                 when l.n is null then 'RIGHT_ONLY' else 'DIFFERS' end as type,
            to_json(array[${keys.map((key) => `coalesce(l.${key}, r.${key})`).join(', ')}])::text as key,
            case when l.n = 1 and r.n = 1 then concat_ws(',', ${COLUMNS.map(
              (column) =>
                `case when l.one_${column} is distinct from r.one_${column} then '${column}' end`,
            ).join(', ')}) else '' end as fields
       from ${side('l')} full join ${side('r')} on ${keys.map((key) => `l.${key} = r.${key}`).join(' and ')}
      where l.held is distinct from r.held`,
    [JSON.stringify(days.now), JSON.stringify(days.old)],
  );
  return rows
    .map(({ type, key, fields }) => `${type} ${JSON.stringify(JSON.parse(key))} ${fields}`)
    .toSorted();
}

/** What a file in this form can say of a row. */
function asRead(row: Row, { quote, emptyIsNull }: DropFormat): Row {
  return row.map((value) => {
    if (!emptyIsNull) return value ?? '';
    return quote === null && value === '' ? null : value;
  });
}

function daysOf(format: DropFormat) {
  const numbers = ['-9223372036854775808', '-5', '0', '9', '10', '11', '9223372036854775807'];
  const awkward =
    format.quote === null ? [] : ['a\nb', 'a\r\nb', '"', 'say ""x"", "y"', ',|', '\n'];
  const texts = ['', ' ', 'x', '10', '9', '济宁', '甲；', `${WITH_BAR}"`, '𠮷', ...awkward].filter(
    (text) => format.quote !== null || !text.includes('"'),
  );
  const isNumber = (column: string): boolean =>
    format.key.some((one) => one.column === column && one.type === 'INTEGER');
  const keyOf = (column: string): fc.Arbitrary<string | null> => {
    const isKey = format.key.some((one) => one.column === column);
    const all = isNumber(column)
      ? fc.oneof(fc.constantFrom(...numbers), fc.integer({ min: -99, max: 99 }).map(String))
      : fc.constantFrom(...texts);
    const mayLack = isKey && isNumber(column) && !format.emptyIsNull ? 0 : 1;
    return fc.oneof(
      { weight: 30, arbitrary: all },
      { weight: mayLack, arbitrary: fc.constant<string | null>(null) },
    );
  };
  const value = fc.constantFrom<string | null>(null, ...texts);
  const row = fc.tuple(keyOf('k'), keyOf('j'), value, value);
  // A day is the day before, with some rows gone, others new, and some changed.
  const edit = fc.record({
    gone: fc.array(fc.nat(60), { maxLength: 4 }),
    come: fc.array(row, { maxLength: 4 }),
    changed: fc.array(fc.tuple(fc.nat(60), value), { maxLength: 3 }),
    isSorted: fc.boolean(),
  });
  return fc.record({
    first: fc.array(row, { maxLength: 60 }),
    edits: fc.array(edit, { minLength: 2, maxLength: 3 }),
    writing: fc.record<Writing>({
      end: fc.constantFrom('\n', '\r\n'),
      isEnded: fc.boolean(),
      quotesAll: fc.boolean(),
    }),
    sortBytes: fc.constantFrom(300, 3_000, 1_000_000),
    pointBytes: fc.constantFrom(1, 40, 1_000),
    windowBytes: fc.constantFrom(64, 1_000),
  });
}

test.each(FORMATS)(
  'what is new in a drop is what an anti-join with the day before finds: $name',
  async (format) => {
    await fc.assert(
      fc.asyncProperty(daysOf(format), async ({ first, edits, writing, ...memory }) => {
        const places = createPlaces();
        try {
          let kept: KeptDrop | null = null;
          let old: readonly Row[] = [];
          let rows: readonly Row[] = first;
          for (const [day, { gone, come, changed, isSorted }] of edits.entries()) {
            const now = rows.map((row) => asRead(row, format));
            const ordered = isSorted ? inOrder(now, format) : now;
            const bytes = writeDrop(ordered, format, { ...writing, columns: COLUMNS });
            const expected = kept === null ? [] : await askOracle(format, { now, old });

            const outcome = await takeDrop({
              bytes,
              manifest: manifestOf(bytes, { rows: now.length }),
              format,
              kept,
              places,
              day,
              memory,
            });

            expect(await dropLines(outcome, format)).toEqual(expected);
            if (outcome.state !== 'COMPARED') return;
            kept = outcome.drop;
            old = now;
            rows = rows
              .map((row, at) => {
                const found = changed.find(([place]) => place === at);
                return found === undefined
                  ? row
                  : [row[0] ?? null, row[1] ?? null, found[1], row[3] ?? null];
              })
              .filter((_, at) => !gone.includes(at))
              .concat(come);
          }
        } finally {
          places.remove();
        }
      }),
      { numRuns: RUNS },
    );
  },
  120_000,
);

/** As most sources write them: by the key. */
function inOrder(rows: readonly Row[], format: DropFormat): readonly Row[] {
  const places = format.key.map(({ column }) => COLUMNS.indexOf(column));
  return rows.toSorted((one, other) => {
    for (const [at, place] of places.entries()) {
      const [left, right] = [one[place] ?? '', other[place] ?? ''];
      if (left === right) continue;
      if (format.key[at]?.type === 'INTEGER')
        return left === '' || BigInt(left) < BigInt(right === '' ? '0' : right) ? -1 : 1;
      return Buffer.from(left).compare(Buffer.from(right));
    }
    return 0;
  });
}
