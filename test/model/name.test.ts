import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { compareNames, isLegibleName, nameKey, type NameKind } from '../../src/model/name.ts';

const E = 'ORGANIZATION';
const P = 'PERSON';

test.each<[NameKind, string | null, string | null, string, readonly string[]]>([
  [E, '济宁示例商贸有限公司', '济宁示例商贸有限公司', 'MATCH_EXACT', []],
  [
    E,
    '济宁（高新）示例商贸有限公司',
    '济宁(高新)示例商贸有限公司',
    'MATCH_NORMALIZED',
    ['BRACKETS@1'],
  ],
  [E, '济宁〔高新〕示例', '济宁【高新】示例', 'MATCH_NORMALIZED', ['BRACKETS@1']],
  [E, '济宁 示例\u00A0商贸', '济宁示例商贸', 'MATCH_NORMALIZED', ['SPACES@1']],
  [E, '济宁示例\u200B', '济宁示例', 'MATCH_NORMALIZED', ['SPACES@1']],
  [E, 'ＡＢＣ示例', 'ABC示例', 'MATCH_NORMALIZED', ['WIDTH@1']],
  [E, 'abc示例', 'ABC示例', 'MATCH_NORMALIZED', ['CASE@1']],
  [E, 'ａｂｃ（示例）', 'ABC (示例)', 'MATCH_NORMALIZED', ['SPACES@1', 'WIDTH@1', 'CASE@1']],
  [E, '⻢庄示例', '马庄示例', 'MATCH_NORMALIZED', ['RADICALS@1']],
  [E, '⻰山⼭示例', '龙山山示例', 'MATCH_NORMALIZED', ['RADICALS@1', 'WIDTH@1']],
  [E, '济宁示例商贸有限公司', '济宁示例商贸公司', 'MISMATCH', []],
  [E, '瀋陽示例實業有限公司', '沈阳示例实业有限公司', 'MATCH_APPROXIMATE', ['TRADITIONAL@1']],
  [E, '瀋陽（示例）', '沈阳(示例)', 'MATCH_APPROXIMATE', ['BRACKETS@1', 'TRADITIONAL@1']],
  [E, '瀋陽乾隆示例', '沈阳干隆示例', 'MISMATCH', []],
  [E, '阿·示例', '阿•示例', 'MISMATCH', []],
  [P, '张三', '张三', 'MATCH_EXACT', []],
  [P, '张 三', '张三', 'MATCH_NORMALIZED', ['SPACES@1']],
  [P, '阿不都·艾买提', '阿不都•艾买提', 'MATCH_NORMALIZED', ['INTERPUNCT@1']],
  [P, '阿不都·艾买提', '阿不都．艾买提', 'MATCH_NORMALIZED', ['INTERPUNCT@1']],
  [P, '阿不都·艾买提', '阿不都.艾买提', 'MATCH_NORMALIZED', ['INTERPUNCT@1']],
  [P, '阿不都·艾买提', '阿不都･艾买提', 'MATCH_NORMALIZED', ['INTERPUNCT@1']],
  [P, '阿不都·艾买提', '阿不都?艾买提', 'MATCH_APPROXIMATE', ['UNMAPPABLE_CHARACTER@1']],
  [P, '阿不都·艾买提', '阿不都艾买提', 'MATCH_APPROXIMATE', ['INTERPUNCT_OMITTED@1']],
  [P, '⻢三', '马三', 'MATCH_NORMALIZED', ['RADICALS@1']],
  [P, '李裡', '李里', 'MISMATCH', []],
  [P, '李峯', '李峰', 'MISMATCH', []],
  [P, '李喆', '李哲', 'MISMATCH', []],
  [P, '張三', '张三', 'MISMATCH', []],
  [P, '张三', '张四', 'MISMATCH', []],
  [P, '张𠮷', '张?', 'MATCH_APPROXIMATE', ['UNMAPPABLE_CHARACTER@1']],
  [P, '张三', '张\uE000', 'MATCH_APPROXIMATE', ['UNMAPPABLE_CHARACTER@1']],
  [P, '张□', '张三', 'MATCH_APPROXIMATE', ['UNMAPPABLE_CHARACTER@1']],
  [P, '张 三丰', '张三＊', 'MATCH_APPROXIMATE', ['SPACES@1', 'UNMAPPABLE_CHARACTER@1']],
  [P, '张?', '张?', 'MATCH_APPROXIMATE', ['UNMAPPABLE_CHARACTER@1']],
  [P, '张三丰', '张？', 'NOT_COMPARABLE', []],
  [P, '李四', '张?', 'NOT_COMPARABLE', []],
  [P, '张𠮷', '张??', 'NOT_COMPARABLE', []],
  [P, '张三', '??', 'NOT_COMPARABLE', []],
  [P, '张三', null, 'SOURCE_BLANK', []],
  [P, '张三', '--', 'SOURCE_BLANK', []],
  [P, '张三', '\u3000', 'SOURCE_BLANK', []],
  [P, '张三', '无', 'SOURCE_BLANK', []],
  [P, null, null, 'SOURCE_BLANK', []],
  [P, null, '张三', 'NOT_COMPARABLE', []],
  [P, '', '张三', 'NOT_COMPARABLE', []],
])('for a name of kind %s, %s against %s is %s by %j', (kind, claimed, held, outcome, rules) => {
  expect(compareNames(claimed, held, kind)).toEqual({ outcome, rules });
});

test('a name that has lost a character never refutes', () => {
  const damaged = fc
    .record({
      name: fc.string({ unit: fc.constantFrom(...'张三李四阿不都·'), minLength: 1, maxLength: 6 }),
      lost: fc.constantFrom('?', '？', '*', '＊', '□', '\uE123', '\uFFFD', '〓', '\u{F0000}'),
      at: fc.nat({ max: 6 }),
    })
    .map(({ name, lost, at }) => name.slice(0, at) + lost + name.slice(at));
  const any = fc.string({ unit: 'grapheme', maxLength: 8 });

  fc.assert(
    fc.property(damaged, any, fc.constantFrom<NameKind>(E, P), (held, claimed, kind) => {
      expect(compareNames(claimed, held, kind).outcome).not.toBe('MISMATCH');
      expect(compareNames(claimed, held, kind).outcome).not.toBe('MATCH_EXACT');
      expect(['SOURCE_BLANK', 'NOT_COMPARABLE', 'MATCH_APPROXIMATE']).toContain(
        compareNames(held, claimed, kind).outcome,
      );
    }),
  );
});

test('normalizing a name twice is normalizing it once', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 12 }),
      fc.constantFrom<NameKind>(E, P),
      (name, kind) => {
        const key = nameKey(name, kind);

        expect(nameKey(key, kind)).toBe(key);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('the comparison of two names does not depend on which side claims', () => {
  const name = fc.string({
    unit: fc.constantFrom(...'张三（）() a阿·•?陽阳', '\u00A0'),
    minLength: 1,
    maxLength: 5,
  });

  fc.assert(
    fc.property(name, name, fc.constantFrom<NameKind>(E, P), (left, right, kind) => {
      fc.pre(/[张三阿陽阳]/u.test(left) && /[张三阿陽阳]/u.test(right));

      expect(compareNames(left, right, kind)).toEqual(compareNames(right, left, kind));
    }),
  );
});

test('a name is legible while no character is lost', () => {
  expect(isLegibleName('阿不都·艾买提')).toBe(true);
  expect(isLegibleName('阿不都?艾买提')).toBe(false);
});
