import { createHash } from 'node:crypto';

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { renderPdf } from '../../src/documents/pdf.ts';
import { createTypefaces } from '../../src/documents/typefaces.ts';
import type { PrintedBlock, PrintedDocument } from '../../src/model/printed-document.ts';
import { textOfPdf } from '../support/pdf-text.ts';

const faces = createTypefaces();
const SENTENCE =
  '不愿承诺或者无法承诺的，应当提交法律、法规或者国务院决定要求的证明；' +
  '作出“虚假承诺”的，依法终止办理、责令限期整改、撤销行政决定——涉嫌犯罪的，移送司法机关……';

const documentOf = (...blocks: readonly PrintedBlock[]): PrintedDocument => ({
  ...{ title: '告知承诺书', subtitle: null, footer: null, blocks },
  madeAt: new Date('2026-09-18T04:00:00Z'),
});
const body = (text: string): PrintedBlock => ({ kind: 'PARAGRAPH', text, form: 'BODY' });
const signature: PrintedBlock = { kind: 'SIGNATURE', lines: ['承诺人：', '2026年9月18日'] };

const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Without the title, without the page numbers at the foot. */
async function linesOf(document: PrintedDocument): Promise<readonly (readonly string[])[]> {
  const { bytes } = await renderPdf(faces, document);
  return textOfPdf(bytes)
    .map((lines) => lines.filter((line) => !/^— \d+ \/ \d+ —$/u.test(line)))
    .map((lines, page) => (page === 0 ? lines.slice(1) : lines));
}
const textOf = async (document: PrintedDocument) => (await linesOf(document)).flat().join('');

describe('what is taken out of a PDF', () => {
  test('is the text, character for character, over lines and pages', async () => {
    const text = Array.from({ length: 40 }, (_, index) => `${index + 1}．${SENTENCE}`).join('');

    const pages = await linesOf(documentOf(body(text)));

    expect(pages.length).toBeGreaterThan(3);
    expect(pages.flat().join('')).toBe(text);
  });

  test('holds rare characters of names, in whatever face they are set', async () => {
    const { bytes, unprinted } = await renderPdf(faces, documentOf(body('𠮷䶮㛃𬱖喆镕，男')));

    expect(unprinted).toEqual([]);
    expect(textOfPdf(bytes)[0]).toContain('𠮷䶮㛃𬱖喆镕，男');
  });

  test('names a character that no font has, where it stands and in a note', async () => {
    const { bytes, unprinted } = await renderPdf(faces, documentOf(body('张😀三\u{2A6D6}')));

    expect(unprinted).toEqual(['U+1F600', 'U+2A6D6']);
    const text = textOfPdf(bytes).flat().join('');
    expect(text).toContain('张〔U+1F600〕三〔U+2A6D6〕');
    expect(text).toContain('未收录下列字符');
    expect(text).toContain('U+1F600、U+2A6D6。');
  });

  test('shows controls of direction, invisible and lost characters by their codes', async () => {
    const text = await textOf(documentOf(body('甲\u202e乙\u200b丙\ud800丁\u0007戊')));

    expect(text).toBe('甲〔U+202E〕乙〔U+200B〕丙〔U+D800〕丁〔U+0007〕戊');
  });

  test('is every text that can be written in Chinese and Latin', async () => {
    const character = fc.constantFrom(...SENTENCE, ...'aZ09 .,()%〔〕《》', '𠮷', '龘');
    const texts = fc.array(character, { maxLength: 200 }).map((all) => all.join(''));

    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const dense = (it: string) => it.replaceAll(' ', '');
        expect(dense(await textOf(documentOf(body(text))))).toBe(dense(text));
      }),
      { numRuns: 30 },
    );
  });
});

describe('a page', () => {
  test('begins no line with a stop, and ends none with an opening mark', async () => {
    const text = Array.from({ length: 30 }, (_, index) => 'x'.repeat(index) + SENTENCE).join('（');

    const lines = (await linesOf(documentOf(body(text)))).flat();

    expect(lines.length).toBeGreaterThan(40);
    expect(lines.filter((line) => /^[，、。；：！？”）》〕…]/u.test(line))).toEqual([]);
    expect(lines.filter((line) => /[“（《〔]$/u.test(line))).toEqual([]);
  });

  test('has its number, and the footer, on every page', async () => {
    const document = { ...documentOf(body(SENTENCE.repeat(30))), footer: '文本摘要 abc' };

    const pages = textOfPdf((await renderPdf(faces, document)).bytes);

    expect(pages.length).toBeGreaterThan(1);
    pages.forEach((lines, index) => {
      expect(lines.slice(-2)).toEqual([`— ${index + 1} / ${pages.length} —`, '文本摘要 abc']);
    });
  });

  test('keeps a signature together, with its day', async () => {
    // 22 lines are a page, and the title takes almost two of them.
    const pages = await linesOf(documentOf(body('甲\n'.repeat(18) + '甲'), signature));

    expect(pages.at(-1)).toEqual(['承诺人：', '2026年9月18日']);
  });

  test('has the head of a table again, and no row in two parts that fits on one', async () => {
    const columns = [
      { heading: '机关', share: 2, align: 'START' },
      { heading: '件数', share: 1, align: 'END' },
    ] as const;
    const rows = Array.from({ length: 40 }, (_, index) => [`机关${index}\n第二行`, String(index)]);

    const pages = await linesOf(documentOf({ kind: 'TABLE', caption: '表1', columns, rows }));

    expect(pages.length).toBeGreaterThan(1);
    expect(pages[0]!.slice(0, 2)).toEqual(['表1', '机关件数']);
    for (const lines of pages.slice(1)) expect(lines[0]).toBe('机关件数');
    for (const lines of pages) expect(lines.at(-1)).toMatch(/第二行|^\d+$/u);
  });
});

describe('the bytes', () => {
  test('are the same for the same document, and others for another', async () => {
    const document = documentOf(body(SENTENCE), signature);

    const [first, again, other, later] = await Promise.all(
      [
        document,
        { ...document, blocks: [...document.blocks] },
        documentOf(body(SENTENCE + '。')),
        { ...document, madeAt: new Date('2026-09-19T04:00:00Z') },
      ].map(async (one) => digestOf((await renderPdf(faces, one)).bytes)),
    );

    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(later).not.toBe(first);
  });

  test('hold a title with markup as text, in metadata, too', async () => {
    const evil = { ...documentOf(body('甲')), title: '</rdf:li><x:y a="1">&b' };

    const { bytes } = await renderPdf(faces, evil);

    const metadata = Buffer.from(bytes).toString('utf8');
    expect(metadata).toContain('＜/rdf:li＞＜x:y a="1"＞＆b');
    expect(metadata).not.toContain('<x:y');
    expect(textOfPdf(bytes)[0]?.[0]).toBe('</rdf:li><x:y a="1">&b');
  });

  test('hold the title, the language and no trace of the machine', async () => {
    const { bytes } = await renderPdf(faces, documentOf(body('甲')));

    const raw = Buffer.from(bytes).toString('latin1');
    expect(raw).toContain('/Lang (zh-CN)');
    expect(raw).toContain('(D:20260918040000Z)');
    expect(raw).not.toMatch(/\/tmp|\/home|\/root|node_modules/u);
  });
});
