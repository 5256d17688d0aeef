import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { breakLines } from '../../src/documents/line-breaking.ts';

/** Ideographs and their marks are two wide, everything else one. */
const widthOf = (character: string) => (/[\u2014-\u2026\u3000-\uffff𠮷]/u.test(character) ? 2 : 1);
const linesOf = (text: string, widthMax: number, firstIndent = 0) =>
  breakLines(text, { widthMax, firstIndent, widthOf }).map((line) => line.text);

describe('a line', () => {
  test.each([
    ['is as full as it can be', '一二三四五六', 8, ['一二三四', '五六']],
    ['does not begin with a stop', '一二三四，五', 8, ['一二三', '四，五']],
    ['does not begin with several marks', '一二三四”。）五', 8, ['一二三', '四”。）', '五']],
    ['does not end with an opening mark', '一二三（四五', 8, ['一二三', '（四五']],
    ['does not part a dash', '一二三——四', 8, ['一二三', '——四']],
    ['does not part an ellipsis from what it ends', '一二三……四', 8, ['一二', '三……四']],
    ['does not part a word or a number', '一二abc12三', 8, ['一二', 'abc12三']],
    ['does not part a code that stands for a character', '一〔U+1〕', 8, ['一', '〔U+1〕']],
    ['parts a word that is longer than a line', 'abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['keeps spaces at its end, where nobody sees them', 'ab    cd', 3, ['ab    ', 'cd']],
    ['is one, and empty, for an empty text', '', 8, ['']],
    ['counts a character beyond 16 bits once', '𠮷𠮷𠮷', 4, ['𠮷𠮷', '𠮷']],
    ['stays with what is put over it', '一二e\u0301三', 5, ['一二', 'e\u0301三']],
  ])('%s', (_rule, text, widthMax, lines) => {
    expect(linesOf(text, widthMax)).toEqual(lines);
  });

  test('is shorter by the indent when it is the first', () => {
    expect(linesOf('一二三四五六', 8, 4)).toEqual(['一二', '三四五六']);
  });

  test('holds every character once and in order, and is never too wide, for any text', () => {
    const texts = fc.array(fc.constantFrom(...'一二三，。（《”…— ab1.,%〔〕𠮷'), { maxLength: 80 });

    fc.assert(
      fc.property(texts, fc.integer({ min: 2, max: 30 }), (characters, widthMax) => {
        const text = characters.join('');
        const lines = breakLines(text, { widthMax, firstIndent: 0, widthOf });

        expect(lines.map((line) => line.text).join('')).toBe(text);
        for (const { width } of lines) expect(width).toBeLessThanOrEqual(widthMax);
        expect(lines.map(({ isLast }) => isLast).lastIndexOf(true)).toBe(lines.length - 1);
        expect(lines.filter(({ isLast }) => isLast)).toHaveLength(1);
      }),
    );
  });
});
