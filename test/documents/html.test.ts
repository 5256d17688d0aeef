import { describe, expect, test } from '@jest/globals';

import { HTML_POLICY, renderHtml } from '../../src/documents/html.ts';
import type { PrintedBlock, PrintedDocument } from '../../src/model/printed-document.ts';

const EVIL = `</p><script>alert("1")</script><img src='x' onerror=a()>&amp;`;
const ESCAPED =
  '&lt;/p&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;' +
  '&lt;img src=&#39;x&#39; onerror=a()&gt;&amp;amp;';

const documentOf = (text: string, ...blocks: readonly PrintedBlock[]): PrintedDocument => ({
  ...{ title: text, subtitle: text, footer: text, blocks },
  madeAt: new Date('2026-09-18T04:00:00Z'),
});
const everyBlock = (text: string): readonly PrintedBlock[] => [
  { kind: 'HEADING', level: 1, text },
  { kind: 'PARAGRAPH', text, form: 'BODY' },
  { kind: 'PARAGRAPH', text, form: 'NOTE' },
  { kind: 'FACTS', facts: [{ term: text, text }] },
  {
    ...{ kind: 'TABLE', caption: text, rows: [[text]] },
    columns: [{ heading: text, share: 1, align: 'END' }],
  },
  { kind: 'SIGNATURE', lines: [text] },
  { kind: 'PAGE_BREAK' },
];

describe('a page', () => {
  test('holds what is written as text, wherever it stands, and never as markup', () => {
    const html = renderHtml(documentOf(EVIL, ...everyBlock(EVIL)));

    // The title twice, the subtitle, the footer, and ten places in the blocks.
    expect(html.split(ESCAPED)).toHaveLength(4 + 9 + 1);
    expect(html).not.toContain('<script');
    expect(html).not.toContain('<img');
  });

  test('has the same elements, whatever is written', () => {
    const elementsOf = (text: string) =>
      [...renderHtml(documentOf(text, ...everyBlock(text))).matchAll(/<[^>]*>/gu)].map(
        ([element]) => element,
      );

    expect(elementsOf(EVIL)).toEqual(elementsOf('告知承诺书'));
  });

  test('runs nothing, loads nothing and names no other address', () => {
    const html = renderHtml(documentOf('告知承诺书', ...everyBlock('一')));

    expect(html).not.toMatch(/\s(?:src|href|on\w+|style)=|url\(|@import|https?:/u);
    expect(HTML_POLICY).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/]{43}='/u);
    expect(HTML_POLICY).toMatch(/frame-ancestors 'none'; sandbox$/u);
  });

  test('shows marks that turn the direction of others by their codes', () => {
    const html = renderHtml(documentOf('甲\u202e乙\u2066丙'));

    expect(html).toContain('甲〔U+202E〕乙〔U+2066〕丙');
    expect(html).not.toMatch(/[\u202a-\u202e\u2066-\u2069]/u);
  });

  test('begins a further paragraph at the end of a line, and a further line in a cell', () => {
    const html = renderHtml(
      documentOf(
        '题',
        { kind: 'PARAGRAPH', text: '甲\r\n乙', form: 'BODY' },
        { kind: 'FACTS', facts: [{ term: '丙', text: '丁\n戊' }] },
      ),
    );

    expect(html).toContain('<p>甲</p>\n<p>乙</p>');
    expect(html).toContain('<th scope="row">丙</th><td>丁<br>戊</td>');
  });
});
