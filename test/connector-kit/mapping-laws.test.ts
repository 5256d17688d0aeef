import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { compileMapping } from '../../src/connector-kit/mapping/mapping.ts';
import { SHIPPED_TABLES } from '../../src/connector-kit/mapping/tables/shipped.ts';
import { foldCode } from '../../src/connector-kit/mapping/tables/table.ts';
import { ENTERPRISE_CODE, GOLDENS, PERSON_CODE, write } from './mapping-samples.ts';

const RUNS = { numRuns: Number(process.env['HECHA_MUTATIONS'] ?? 500) };

/** What real rows hold, and what they should not. */
const held = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom(
    ENTERPRISE_CODE,
    PERSON_CODE,
    '存续',
    '吊销，未注销',
    '01',
    '长期',
    '2021年2月9日',
    '2021-02-30',
    '--',
    null,
  ),
);

/** Golden rows of which some places hold something else, or nothing. */
function disturbed(rows: readonly Readonly<Record<string, unknown>>[]): fc.Arbitrary<object> {
  const keys = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return fc
    .record({
      row: fc.constantFrom(...rows),
      changes: fc.dictionary(fc.constantFrom(...keys), held, { maxKeys: 4 }),
      gone: fc.subarray(keys, { maxLength: 2 }),
    })
    .map(({ row, changes, gone }) =>
      Object.fromEntries(
        Object.entries({ ...row, ...changes }).filter(([key]) => !gone.includes(key)),
      ),
    );
}

describe.each(GOLDENS)('a mapping of $capability', ({ capability, mapping, rows }) => {
  const compiled = compileMapping(capability, mapping);

  test('gives a record or a drift fault below the row, whatever it is given', () => {
    const anything = fc.oneof(fc.anything(), fc.jsonValue(), disturbed(rows));

    fc.assert(
      fc.property(anything, (row) => {
        const result = compiled.map(row, '/r/0');

        if (result.ok) return true;
        const { code, details } = result.fault;
        return code === 'SOURCE_SCHEMA_DRIFT' && String(details['pointer']).startsWith('/r/0');
      }),
      RUNS,
    );
  });

  test('gives the same for the same row, and leaves the row as it was', () => {
    fc.assert(
      fc.property(disturbed(rows), (row) => {
        const before = JSON.stringify(row);

        const [first, second] = [compiled.map(row, ''), compiled.map(structuredClone(row), '')];

        expect(second).toEqual(first);
        expect(JSON.stringify(row)).toBe(before);
      }),
      RUNS,
    );
  });
});

describe('a status', () => {
  const sound = { c: ENTERPRISE_CODE, n: '甲' };
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.integer({ min: -20, max: 120 }),
    fc
      .constantFrom('存续', '注销', '吊销', '未', '已', '拟', '，', '企业', '(', '备案')
      .chain((one) =>
        fc.constantFrom('', '注销', '吊销', '未注销', '企业', '存续').map((two) => one + two),
      ),
  );

  test('is one of its table, and only for a text that is in it whole or word by word', () => {
    const table = SHIPPED_TABLES.get('registration-status') ?? {};
    const known = new Map(Object.entries(table).map(([text, value]) => [foldCode(text), value]));
    const mapping = write({
      fields: {
        code: { from: '/c' },
        name: { from: '/n' },
        status: { from: '/s', table: 'registration-status' },
      },
    });
    const compiled = compileMapping('enterprise.registration', mapping);

    fc.assert(
      fc.property(texts, (s) => {
        const result = compiled.map({ ...sound, s }, '');
        if (!result.ok || !('status' in result.record)) return true;
        const { status, findings } = result.record;
        if (status === 'UNKNOWN') return findings.some(({ code }) => code === 'UNKNOWN_STATUS');
        const whole = known.get(foldCode(String(s)));
        if (whole !== undefined) return whole === status;
        const rest = [...known.keys(), '企业', '已', '登记', '状态', '个体工商户', '个体户']
          .filter((word) => word.length > 1 || word === '已')
          .toSorted((left, right) => right.length - left.length)
          .reduce((text, word) => text.replaceAll(word, ''), foldCode(String(s)));
        return rest === '';
      }),
      RUNS,
    );
  });

  test('is never told by a table that is empty of it', () => {
    const mapping = write({
      fields: {
        code: { from: '/c' },
        name: { from: '/n' },
        status: { from: '/s', pairs: { Q7: 'ACTIVE' } },
      },
    });
    const compiled = compileMapping('enterprise.registration', mapping);

    fc.assert(
      fc.property(texts, (s) => {
        fc.pre(foldCode(String(s)) !== 'Q7');
        const result = compiled.map({ ...sound, s }, '');
        return !result.ok || ('status' in result.record && result.record.status === 'UNKNOWN');
      }),
      RUNS,
    );
  });
});

test('flat rows and nested rows that hold the same are the same record', () => {
  const golden = GOLDENS[0];
  if (golden === undefined) throw new Error('There are goldens.');
  const nest = (from: string) => `/data/zz~1mx/0${from}`;
  const fields = Object.fromEntries(
    Object.entries(golden.mapping.fields).map(([name, rule]) => [
      name,
      {
        ...rule,
        from: typeof rule.from === 'string' ? nest(rule.from) : (rule.from?.map(nest) ?? null),
      },
    ]),
  );
  const flat = compileMapping('license.byIdentifier', golden.mapping);
  const nested = compileMapping('license.byIdentifier', write({ fields }));
  const texts = fc.dictionary(
    fc.constantFrom(...Object.keys(golden.rows[0] ?? {})),
    fc.oneof(fc.string(), fc.constantFrom(null, '01', '长期', PERSON_CODE)),
    { maxKeys: 4 },
  );

  fc.assert(
    fc.property(fc.constantFrom(...golden.rows), texts, (row, changes) => {
      const whole = { ...row, ...changes };

      const [outer, inner] = [
        flat.map(whole, '/data/zz~1mx/0'),
        nested.map({ data: { 'zz/mx': [whole] } }, ''),
      ];

      expect(JSON.stringify(inner)).toBe(JSON.stringify(outer));
    }),
    RUNS,
  );
});
