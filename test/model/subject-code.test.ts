import { expect, test } from '@jest/globals';

import { parseSubjectCode, type SubjectKind } from '../../src/model/subject-code.ts';

test.each<[SubjectKind, string, string, string | null]>([
  ['ENTERPRISE', ' 91370811ma3te0t0xe', '91370811MA3TE0T0XE', '370811'],
  ['ENTERPRISE', '52370800MJE123400P', '52370800MJE123400P', '370800'],
  ['ENTERPRISE', '11370800MB28559184', '11370800MB28559184', '370800'],
  ['INDIVIDUAL_BUSINESS', '92370811MA3TE0T266', '92370811MA3TE0T266', '370811'],
  ['PERSON', '370800199001010015', '370800199001010015', '370800'],
  ['PERSON', '370800900101001', '370800199001010015', '370800'],
])('a subject of kind %s is known by %s as %s', (kind, text, code, regionCode) => {
  expect(parseSubjectCode(kind, text)).toMatchObject({ value: { kind, code, regionCode } });
});

test.each<[SubjectKind, string, string]>([
  ['ENTERPRISE', '92370811MA3TE0T266', 'WRONG_KIND'],
  ['ENTERPRISE', '370800199001010015', 'WRONG_KIND'],
  ['INDIVIDUAL_BUSINESS', '91370811MA3TE0T0XE', 'WRONG_KIND'],
  ['INDIVIDUAL_BUSINESS', '370800199001010015', 'WRONG_KIND'],
  ['PERSON', '91370811MA3TE0T0XE', 'WRONG_KIND'],
  ['PERSON', '113700000045030270', 'WRONG_KIND'],
  ['ENTERPRISE', '91370811MA3TE0T0XA', 'INVALID_CHECK_CHARACTER'],
  ['PERSON', '370800199001010016', 'INVALID_CHECK_CHARACTER'],
  ['PERSON', '370800199002300012', 'BAD_DATE'],
  ['PERSON', '3.708E+17', 'UNRECOVERABLE'],
  ['ENTERPRISE', '91370811MA3TEOT0XE', 'FOREIGN_CHARACTER'],
  ['ENTERPRISE', '91370811*******0XE', 'MASKED'],
  ['ENTERPRISE', '', 'EMPTY'],
])('as the code of a subject of kind %s, %s is refused as %s', (kind, text, reason) => {
  expect(parseSubjectCode(kind, text)).toMatchObject({ ok: false, reason });
});

test('a refusal keeps the hint that helps to correct it', () => {
  expect(parseSubjectCode('ENTERPRISE', '91370811MA3TEOT0XE').findings).toEqual([
    { code: 'CONFUSABLE_CHARACTER', detail: 'position 14' },
  ]);
});

test('a subject with a historic region is known, and the region is pointed out', () => {
  const result = parseSubjectCode('PERSON', '370802900101001');

  expect(result.ok).toBe(true);
  expect(result.findings.map(({ code }) => code)).toEqual(['FIFTEEN_DIGITS', 'HISTORIC_REGION']);
});
