import { expect, test } from '@jest/globals';

import type { DateRole } from '../../src/model/business-date.ts';
import {
  compareCapital,
  compareCodes,
  compareDates,
  compareText,
} from '../../src/model/comparison.ts';
import { compareDocumentNumbers } from '../../src/model/document-number.ts';
import { parseLicenseIdentifier } from '../../src/model/license-identifier.ts';
import { parseOrganizationCode } from '../../src/model/organization-code.ts';
import { parseResidentId } from '../../src/model/resident-id.ts';
import { parseUnifiedSocialCreditCode } from '../../src/model/unified-social-credit-code.ts';

test.each([
  ['鲁政办发〔2020〕29号', '鲁政办发〔2020〕29号', 'MATCH_EXACT', []],
  ['鲁政办发〔2020〕29号', '鲁政办发[2020]29号', 'MATCH_NORMALIZED', ['BRACKETS@1']],
  ['鲁政办发〔2020〕29号', '鲁政办发（2020）29号', 'MATCH_NORMALIZED', ['BRACKETS@1']],
  ['鲁政办发〔2020〕29号', '鲁政办发〔2020〕29', 'MATCH_NORMALIZED', ['DOCUMENT_NUMBER@1']],
  ['鲁政办发〔2020〕第29号', '鲁政办发〔2020〕29号', 'MATCH_NORMALIZED', ['DOCUMENT_NUMBER@1']],
  ['SP—1234', 'sp-1234', 'MATCH_NORMALIZED', ['CASE@1', 'DOCUMENT_NUMBER@1']],
  ['鲁政办发〔2020〕29号', '鲁政办发〔2020〕30号', 'MISMATCH', []],
  ['鲁政办发〔2020〕29号', '鲁政办发〔2020〕2?号', 'MATCH_APPROXIMATE', ['UNMAPPABLE_CHARACTER@1']],
  ['370811000000016', '3.70811E+14', 'NOT_COMPARABLE', []],
  ['1', null, 'SOURCE_BLANK', []],
  [null, '1', 'NOT_COMPARABLE', []],
])('the document number %s against %s is %s by %j', (claimed, held, outcome, rules) => {
  expect(compareDocumentNumbers(claimed, held)).toEqual({ outcome, rules });
});

test.each([
  ['370800199001010015', '370800199001010015', 'MATCH_EXACT', []],
  ['370800199001010015', '370800900101001', 'MATCH_NORMALIZED', ['FIFTEEN_DIGITS@1']],
  ['11010519491231002x', '11010519491231002X', 'MATCH_NORMALIZED', ['CASE@1']],
  ['370800199001010015', '３70800199001010015 ', 'MATCH_NORMALIZED', ['SPACES@1', 'WIDTH@1']],
  ['370800199001010015', '370800198512310023', 'MISMATCH', []],
  ['370800199001010015', '370800199001010016', 'NOT_COMPARABLE', []],
  ['370800199001010016', '370800199001010015', 'NOT_COMPARABLE', []],
  ['370800199001010016', '370800199001010016', 'MATCH_EXACT', []],
  ['370800199001010015', '370800********0015', 'NOT_COMPARABLE', []],
  ['370800********0015', '370800********0015', 'NOT_COMPARABLE', []],
  ['370800199001010015', '3.70800E+17', 'NOT_COMPARABLE', []],
  ['370800199001010015', '--', 'SOURCE_BLANK', []],
  [null, '370800199001010015', 'NOT_COMPARABLE', []],
])('the resident id %s against %s is %s by %j', (claimed, held, outcome, rules) => {
  expect(compareCodes(claimed, held, parseResidentId)).toEqual({ outcome, rules });
});

test('codes of any kind are compared by their canonical form', () => {
  expect(compareCodes('d2143569-x', 'D2143569X', parseOrganizationCode)).toEqual({
    outcome: 'MATCH_NORMALIZED',
    rules: ['CASE@1'],
  });
  expect(compareCodes('D2143569-X', 'D2143569X', parseOrganizationCode)).toEqual({
    outcome: 'MATCH_NORMALIZED',
    rules: ['SEPARATORS@1'],
  });
  expect(
    compareCodes('91370811MA3TE0T0XE', '91370812MA3TE0T18W', parseUnifiedSocialCreditCode).outcome,
  ).toBe('MISMATCH');
});

test('two versions of one license are different identifiers', () => {
  const root = '1.2.156.3005.2.11100000MB0143028R001.11370800MB28559184.2021020900000001';

  const comparison = compareCodes(`${root}.001.0`, `${root}.002.Y`, parseLicenseIdentifier);

  expect(comparison.outcome).toBe('MISMATCH');
});

test.each<[string | null, string | number | null, DateRole, string]>([
  ['2021-02-09', '2021-02-09', 'OTHER', 'MATCH_EXACT'],
  ['2021-02-09', '2021年2月9日', 'OTHER', 'MATCH_NORMALIZED'],
  ['2021-02-09', 1612800000000, 'OTHER', 'MATCH_NORMALIZED'],
  ['2021-02-09', '2021-02-10', 'OTHER', 'MISMATCH'],
  ['长期', '9999-12-31', 'VALIDITY_END', 'MATCH_NORMALIZED'],
  ['长期', '2099/12/31', 'VALIDITY_END', 'MATCH_NORMALIZED'],
  ['长期', '2099/12/31', 'OTHER', 'MISMATCH'],
  ['长期', '2041-02-08', 'VALIDITY_END', 'MISMATCH'],
  ['2021-02-09', '2021年2月', 'OTHER', 'NOT_COMPARABLE'],
  ['2月9日', '2021-02-09', 'OTHER', 'NOT_COMPARABLE'],
  ['2021-02-09', null, 'OTHER', 'SOURCE_BLANK'],
  [null, '2021-02-09', 'OTHER', 'NOT_COMPARABLE'],
])('the date %s against %s as %s is %s', (claimed, held, role, outcome) => {
  expect(compareDates(claimed, held, { role })).toEqual({
    outcome,
    rules: outcome === 'MATCH_NORMALIZED' ? ['DATE_FORM@1'] : [],
  });
});

test.each([
  ['任城区示例路1号', '任城区示例路1号', 'MATCH_EXACT', []],
  ['任城区示例路1号（东）', '任城区示例路1号(东)', 'MATCH_NORMALIZED', ['BRACKETS@1']],
  ['山东省济宁市任城区示例路1号', '任城区示例路1号', 'MATCH_APPROXIMATE', ['REGION_PREFIX@1']],
  ['示例路1号院内', '济宁市任城区示例路1号院内', 'MATCH_APPROXIMATE', ['REGION_PREFIX@1']],
  ['示例路1号', '示例路2号', 'MISMATCH', []],
  ['路1号', '济宁市任城区路1号', 'MISMATCH', []],
  ['示例路1号', '北示例路1号', 'MISMATCH', []],
  ['示例路1号', null, 'SOURCE_BLANK', []],
])('the address %s against %s is %s by %j', (claimed, held, outcome, rules) => {
  expect(compareText(claimed, held)).toEqual({ outcome, rules });
});

test.each([
  ['100万元人民币', '100万元人民币', 'MATCH_EXACT', []],
  ['100万元', '100.000000万元人民币', 'MATCH_NORMALIZED', ['CAPITAL_FORM@1']],
  ['1000000元', '100万人民币', 'MATCH_NORMALIZED', ['CAPITAL_FORM@1']],
  ['100万元', '101万元', 'MISMATCH', []],
  ['100万元', '100万美元', 'MISMATCH', []],
  ['100万美元', '100(万)', 'MATCH_APPROXIMATE', ['CURRENCY_ASSUMED@1']],
  ['100万美元', '99(万)', 'NOT_COMPARABLE', []],
  ['100万元', '100(万)', 'MATCH_NORMALIZED', ['CAPITAL_FORM@1']],
  ['100万元', '99(万)', 'MISMATCH', []],
  ['100万元', '0万人民币', 'SOURCE_BLANK', []],
  ['100万元', '万人民币', 'SOURCE_BLANK', []],
  ['100万元', 'N/A', 'SOURCE_BLANK', []],
  ['100万元', '壹佰万元', 'NOT_COMPARABLE', []],
  ['', '100万元', 'NOT_COMPARABLE', []],
])('the capital %s against %s is %s by %j', (claimed, held, outcome, rules) => {
  expect(compareCapital(claimed, held)).toEqual({ outcome, rules });
});
