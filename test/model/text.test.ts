import { expect, test } from '@jest/globals';

import { DOCUMENT_NUMBER_RULES } from '../../src/model/document-number.ts';
import { ORGANIZATION_RULES, PERSON_RULES } from '../../src/model/name.ts';
import { isBlank, normalizerVersion, rulesThatChange, TEXT_RULES } from '../../src/model/text.ts';
import { TRADITIONAL } from '../../src/model/traditional-table.ts';

test('the version of the normalizer names exactly these rules in this order', () => {
  const ids = [...DOCUMENT_NUMBER_RULES, ...PERSON_RULES, ...ORGANIZATION_RULES].map(
    ({ id }) => id,
  );

  expect(normalizerVersion).toBe('hecha-normalizer@1');
  expect([...new Set(ids)]).toEqual([
    'RADICALS@1',
    'SPACES@1',
    'WIDTH@1',
    'BRACKETS@1',
    'CASE@1',
    'DOCUMENT_NUMBER@1',
    'INTERPUNCT@1',
  ]);
});

test.each([
  null,
  '',
  ' ',
  '\u3000',
  '\u200B',
  '-',
  '--',
  '－－',
  '——',
  '/',
  'N/A',
  'n/a',
  'null',
  '无',
])('the text %j means nothing', (text) => {
  expect(isBlank(text)).toBe(true);
});

test.each(['0', '?', '*', '张', '无锡', 'NULLA', '空调'])('the text %j means something', (text) => {
  expect(isBlank(text)).toBe(false);
});

test('the rules that change a text are told apart', () => {
  expect(rulesThatChange('ａb （示例）', TEXT_RULES)).toEqual(['SPACES@1', 'WIDTH@1', 'CASE@1']);
  expect(rulesThatChange('ａb（示例）', TEXT_RULES)).toEqual(['WIDTH@1', 'CASE@1']);
  expect(rulesThatChange('（示例）', TEXT_RULES)).toEqual(['BRACKETS@1']);
  expect(rulesThatChange('示例', TEXT_RULES)).toEqual([]);
});

test('every traditional character has one simplified form, which is not folded again', () => {
  for (const [traditional, simplified] of TRADITIONAL) {
    expect([...simplified]).toHaveLength(1);
    expect(simplified).not.toBe(traditional);
    expect(TRADITIONAL.has(simplified)).toBe(false);
  }
  expect(TRADITIONAL.size).toBeGreaterThan(400);
  expect(['龍', '陽', '瀋'].map((one) => TRADITIONAL.get(one))).toEqual(['龙', '阳', '沈']);
});

test('characters that are names of their own are not in the traditional table', () => {
  expect(['裡', '峯', '喆', '乾', '後'].filter((one) => TRADITIONAL.has(one))).toEqual([]);
});
