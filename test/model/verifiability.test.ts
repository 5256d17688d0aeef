import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { STARTER_MATTERS } from '../../src/catalog/starter/matters.ts';
import { EXCLUSION_GROUNDS, type ListedMatter } from '../../src/model/listed-matter.ts';
import type { RoutedSource } from '../../src/model/route.ts';
import {
  shortfallsOf,
  verifiabilityOf,
  type WeighedMatter,
} from '../../src/model/verifiability.ts';

const LICENSE_TYPE = '11100000MB03271699031';

function routed(
  source: string,
  dataset: RoutedSource['route']['dataset'],
  licenseTypes: readonly string[] = [],
): RoutedSource {
  return { source, route: { dataset, regions: [], licenseTypes, tier: 'PRIMARY', rank: 1 } };
}

const ALL = [
  routed('library', 'LICENSE'),
  routed('register', 'REGISTRATION'),
  routed('credit', 'CREDIT'),
  routed('inbox', 'ASSISTANCE'),
];
const license: WeighedMatter = { policy: null, licenseTypeCode: LICENSE_TYPE, exclusions: [] };

describe('a matter without a policy', () => {
  test.each<[string, WeighedMatter, readonly RoutedSource[], number, boolean]>([
    ['whose license a library holds', license, [routed('library', 'LICENSE')], 100, true],
    ['whose license another library holds', license, [routed('x', 'LICENSE', ['other'])], 0, false],
    ['whose certificate is no license', { ...license, licenseTypeCode: null }, ALL, 0, false],
    ['that is excluded', { ...license, exclusions: ['STATE_SECRETS'] }, ALL, 100, false],
  ])('%s', (_, matter, sources, score, shouldUse) => {
    expect(verifiabilityOf(matter, sources)).toMatchObject({ score, shouldUse });
  });
});

const weighed = STARTER_MATTERS.map(({ policy }) => ({
  policy,
  licenseTypeCode: null,
  exclusions: [],
}));

test('only what online sources can say counts: a clerk who answers by hand does not', () => {
  for (const matter of weighed) {
    expect(verifiabilityOf(matter, [routed('inbox', 'ASSISTANCE')]).score).toBe(0);
    const { fields } = verifiabilityOf(matter, ALL);
    expect(fields.flatMap(({ sources }) => sources)).not.toContain('inbox');
  }
});

test('a further source never lowers a score, and a score of 100 leaves no field open', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...weighed),
      fc.subarray(ALL),
      fc.constantFrom(...ALL),
      (matter, some, more) => {
        const before = verifiabilityOf(matter, some);
        const after = verifiabilityOf(matter, [...some, more]);
        expect(after.score).toBeGreaterThanOrEqual(before.score);
        const isWhole =
          after.fields.length > 0 && after.fields.every((one) => one.sources.length > 0);
        expect(after.score === 100).toBe(isWhole);
      },
    ),
  );
});

test('what should be active and is not: on the own list, or on the one above', () => {
  const listed = (code: string, more: Partial<ListedMatter>) =>
    ({ ...license, code, isActive: true, ...more }) as ListedMatter;
  const own = [
    listed('a', {}),
    listed('b', { isActive: false }),
    listed('c', { isActive: false, exclusions: [EXCLUSION_GROUNDS[0]] }),
    listed('d', { isActive: false, licenseTypeCode: null }),
  ];
  const upper = [listed('a', {}), listed('e', {}), listed('f', { isActive: false })];

  const found = shortfallsOf(own, upper, ALL).map(({ matter, reason }) => [matter.code, reason]);

  expect(found).toEqual([
    ['b', 'NOT_ACTIVE'],
    ['e', 'NOT_LISTED'],
  ]);
});
