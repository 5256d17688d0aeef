import { expect, test } from '@jest/globals';

import { currentRegion, regionFindings } from '../../src/model/region.ts';
import { HISTORIC_REGIONS, REGION_NAMES } from '../../src/model/region-table.ts';

test.each([
  ['370811', '370811', '任城区', false],
  ['370871', '370871', '济宁高新技术产业开发区', false],
  ['370800', '370800', '济宁市', false],
  ['370000', '370000', '山东省', false],
  ['370802', '370811', '任城区', true],
  ['370882', '370812', '兖州区', true],
  ['370825', '370883', '邹城市', true],
  ['440524', '440524', null, false],
  ['100000', '100000', null, false],
])('region %s counts as %s today', (code, currentCode, name, historic) => {
  expect(currentRegion(code)).toEqual({ code, currentCode, name, historic });
});

test.each([
  ['370811', []],
  ['440524', []],
  ['100000', []],
  ['830000', []],
  ['370802', ['HISTORIC_REGION']],
  ['990000', ['UNKNOWN_REGION']],
  ['MA3TE0', ['UNKNOWN_REGION']],
])('the region %s inside an identifier is worth the findings %j', (code, findings) => {
  expect(regionFindings(code).map((one) => one.code)).toEqual(findings);
});

test('every historic region leads to one that exists today', () => {
  const successors = [...HISTORIC_REGIONS.values()].map(({ successor }) => successor);

  expect(successors.filter((code) => !REGION_NAMES.has(code))).toEqual([]);
  expect(successors.filter((code) => HISTORIC_REGIONS.has(code))).toEqual([]);
});
