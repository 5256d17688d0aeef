import { expect, test } from '@jest/globals';

import { chooseSources, type SourceRoute } from '../../src/model/route.ts';

const EVERYWHERE: SourceRoute = {
  dataset: 'LICENSE',
  regions: [],
  licenseTypes: [],
  tier: 'PRIMARY',
  rank: 0,
};
const ASKED = { dataset: 'LICENSE', regionCode: '370811', licenseTypeCode: 'T1' } as const;

function choose(
  routes: Readonly<Record<string, Partial<SourceRoute>>>,
  asked: Partial<Parameters<typeof chooseSources>[1]> = {},
): readonly string[] {
  const routed = Object.entries(routes).map(([source, route]) => ({
    source,
    route: { ...EVERYWHERE, ...route },
  }));
  return chooseSources(routed, { ...ASKED, ...asked });
}

test('the narrowest region that fits is asked first: county, city, province', () => {
  const routes = {
    province: { regions: ['37'] },
    county: { regions: ['370811'] },
    city: { regions: ['3708'] },
    other: { regions: ['370812'] },
  };

  expect(choose(routes)).toEqual(['county', 'city', 'province']);
});

test('rank goes before region, and a primary before every equivalent', () => {
  const routes = {
    a: { tier: 'EQUIVALENT', rank: 9 },
    b: { rank: 1, regions: ['370811'] },
    c: { rank: 2 },
  } as const;

  expect(choose(routes)).toEqual(['c', 'b', 'a']);
});

test('a source that holds other types of licenses is not asked', () => {
  expect(choose({ a: { licenseTypes: ['T2'] }, b: { licenseTypes: ['T1', 'T3'] } })).toEqual(['b']);
});

test('a source of another dataset is not asked', () => {
  expect(choose({ a: { dataset: 'CREDIT' } })).toEqual([]);
});

test('without a region, sources bound to one are asked last', () => {
  expect(choose({ a: { regions: ['3708'] }, b: {} }, { regionCode: null })).toEqual(['b', 'a']);
});

test('a source with several fitting routes is asked once, by its best', () => {
  const routed = [
    { source: 'a', route: { ...EVERYWHERE, tier: 'EQUIVALENT' as const } },
    { source: 'b', route: EVERYWHERE },
    { source: 'a', route: { ...EVERYWHERE, rank: 1 } },
  ];

  expect(chooseSources(routed, ASKED)).toEqual(['a', 'b']);
});
