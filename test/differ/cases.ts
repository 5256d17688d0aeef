import fc from 'fast-check';

import type { KeyType } from '../../src/model/row-key.ts';
import type { Layout, Row } from './rig.ts';

/** What keys of each type are taken from: few, so that they meet, and all that is awkward. */
const KEYS: Readonly<Record<KeyType, readonly string[]>> = {
  INTEGER: [
    '-9223372036854775808',
    '-1',
    '0',
    '9',
    '10',
    '11',
    '12',
    '1',
    '4294967296',
    '-2',
    '-4294967297',
    '9223372036854775807',
  ],
  TEXT: [
    '',
    ' ',
    'a',
    'A',
    'a ',
    'B',
    '10',
    '9',
    '济宁',
    '㐀',
    '𠮷',
    '\uffee',
    'a\u0001b',
    'a\u0002b',
    '"\\{},',
    'line\nend',
    "o'clock",
  ],
  DATE: ['0001-01-01', '1999-12-31', '2024-02-29', '2026-11-23'],
  UUID: [
    '00000000-0000-0000-0000-000000000000',
    '5f0c2d1e-8a4b-4c6d-9e7f-001122334455',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
    '80000000-0000-0000-0000-000000000000',
  ],
};

const values = fc.tuple(
  fc.constantFrom(null, '', ' ', 'x', '10:', '甲;', '\\N', 'NULL'),
  fc.constantFrom(null, '1', '1.0', '1.00', '-0', '0.10'),
  fc.constantFrom(null, '2024-02-29', '2024-03-01'),
  fc.constantFrom(
    null,
    '2024-02-29T08:00:00Z',
    '2024-02-29T16:00:00+08:00',
    '2024-02-29T06:48:25.032705Z',
  ),
  fc.constantFrom(null, 'true', 'false'),
  // The database's own hash of integers does not tell the last two apart.
  fc.constantFrom(null, '1', '4294967296'),
);
const INSTANT = 3;
const SIZE = 5;

/**
 * Integers that a hash folds into one which takes 64 bits for 32: halves that are combined, with
 * or without the sign, and what is cut off.
 */
const FOLDED: readonly (readonly [string, string])[] = [
  ['1', '4294967296'],
  ['1', '-2'],
  ['-2', '-4294967297'],
  ['0', '-1'],
  ['12', '4294967308'],
];
/** The same of instants, in microseconds since 2000, as the database keeps them. */
const FOLDED_INSTANTS = ['2024-02-29T08:00:00Z', '2024-02-29T06:48:25.032705Z'] as const;

type Values = readonly (string | null)[];

/** A row of which one value alone has changed, to one that a careless hash takes for the same. */
const folded = (one: fc.Arbitrary<Values>): fc.Arbitrary<{ l: Values[]; r: Values[] }> =>
  fc.tuple(one, fc.constantFrom(...FOLDED), fc.boolean()).map(([row, [was, is], isInstant]) => {
    const [from, to] = isInstant ? FOLDED_INSTANTS : [was, is];
    const place = isInstant ? INSTANT : SIZE;
    return { l: [row.with(place, to)], r: [row.with(place, from)] };
  });

/** Rows that stand an even number of times: an exclusive or of their hashes is that of none. */
const paired = (one: fc.Arbitrary<Values>): fc.Arbitrary<{ l: Values[]; r: Values[] }> =>
  fc
    .tuple(one, one)
    .chain(([row, other]) =>
      fc.constantFrom(
        { l: [row, row], r: [] },
        { l: [], r: [row, row] },
        { l: [row, row, row], r: [row] },
        { l: [row, row], r: [other, other] },
      ),
    );

/** Under one key: what stands on the left, what on the right. */
const held = (one: fc.Arbitrary<Values>) =>
  fc.oneof(
    { weight: 6, arbitrary: one.map((row) => ({ l: [row], r: [row] })) },
    { weight: 2, arbitrary: fc.tuple(one, one).map(([l, r]) => ({ l: [l], r: [r] })) },
    { weight: 1, arbitrary: one.map((row) => ({ l: [row], r: [] })) },
    { weight: 1, arbitrary: one.map((row) => ({ l: [], r: [row] })) },
    {
      weight: 1,
      arbitrary: fc.record({
        l: fc.array(one, { maxLength: 3 }),
        r: fc.array(one, { maxLength: 3 }),
      }),
    },
    { weight: 1, arbitrary: one.map((row) => ({ l: [row, row], r: [row, row] })) },
    { weight: 2, arbitrary: folded(one) },
    { weight: 2, arbitrary: paired(one) },
  );

/** A row that has gone, and the same under a key that a careless hash takes for the same. */
const moved = (types: readonly KeyType[], key: fc.Arbitrary<Row>) =>
  fc.tuple(key, fc.constantFrom(...FOLDED), values).map(([one, [was, is], row]) => {
    const keyWith = (number: string): Row =>
      one.map((part, at) => (types[at] === 'INTEGER' ? number : part));
    return [
      [keyWith(was), { l: [], r: [row] }],
      [keyWith(is), { l: [row], r: [] }],
    ] as [Row, { l: Values[]; r: Values[] }][];
  });

export interface Case {
  readonly l: readonly Row[];
  readonly r: readonly Row[];
  readonly policy: {
    readonly rangeKeys: number;
    readonly pairsMax: number;
    readonly streamShare: number;
  };
  readonly rangesMax: number;
  readonly cutsAt: readonly number[];
}

/** Two tables that are alike but for some rows, and how they are compared. */
export function caseOf({ keys }: Layout, options: { isUnique: boolean }): fc.Arbitrary<Case> {
  const key = fc.tuple(
    ...keys.map((type) =>
      fc.oneof(
        { weight: 20, arbitrary: fc.constantFrom<string | null>(...KEYS[type]) },
        { weight: 1, arbitrary: fc.constant<string | null>(null) },
        ...(type === 'TEXT'
          ? [
              {
                weight: 8,
                arbitrary: fc
                  .string({ unit: 'binary', maxLength: 4 })
                  .filter((text) => !text.includes('\0')) as fc.Arbitrary<string | null>,
              },
            ]
          : []),
        ...(type === 'INTEGER'
          ? [
              {
                weight: 8,
                arbitrary: fc.integer({ min: -40, max: 40 }).map(String) as fc.Arbitrary<
                  string | null
                >,
              },
            ]
          : []),
      ),
    ),
  );
  const groups = fc
    .tuple(
      fc.array(fc.tuple(key, held(values)), { maxLength: 30 }),
      fc.array(moved(keys, key), { maxLength: 2 }),
    )
    .map(([all, moves]) => [...all, ...moves.flat()]);
  return fc
    .record({
      groups: groups.map((all) =>
        options.isUnique
          ? all.filter(
              ([one], at) =>
                isFirst(
                  all.map(([other]) => other),
                  at,
                ) && !one.includes(null),
            )
          : all,
      ),
      rangeKeys: fc.integer({ min: 1, max: 6 }),
      pairsMax: fc.constantFrom(64, 1_000),
      streamShare: fc.constantFrom(0.01, 0.4, 2),
      rangesMax: fc.constantFrom(1, 2, 3, 100),
      cutsAt: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
    })
    .map(({ groups: all, rangeKeys, pairsMax, streamShare, rangesMax, cutsAt }) => ({
      l: all.flatMap(([one, { l }]) => l.map((row) => [...one, ...row])),
      r: all.flatMap(([one, { r }]) =>
        (options.isUnique ? r.slice(0, 1) : r).map((row) => [...one, ...row]),
      ),
      policy: { rangeKeys, pairsMax, streamShare },
      rangesMax,
      cutsAt: cutsAt.toSorted((a, b) => a - b),
    }));
}

function isFirst(keys: readonly Row[], at: number): boolean {
  const texts = keys.map((key) => JSON.stringify(key));
  return texts.indexOf(texts[at] ?? '') === at;
}
