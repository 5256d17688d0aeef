import { createHash } from 'node:crypto';

import { printable } from '../model/printable.ts';
import type {
  PrintedBlock,
  PrintedColumn,
  PrintedDocument,
  PrintedTable,
} from '../model/printed-document.ts';

/**
 * A document as one HTML page that needs nothing else: no script, no picture, no other address. It
 * prints on A4 as the PDF does. Text is escaped, and what a reader would not see is made visible.
 */
export function renderHtml(document: PrintedDocument): string {
  const { title, subtitle, blocks, footer } = document;
  return [
    '<!doctype html>',
    '<html lang="zh-CN" dir="ltr">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="content-security-policy" content="${META_POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<h1>${escaped(title)}</h1>`,
    ...(subtitle === null ? [] : [`<p class="subtitle">${escaped(subtitle)}</p>`]),
    ...blocks.map(htmlOf),
    '</main>',
    ...(footer === null ? [] : [`<footer>${linesOf(footer, 'p')}</footer>`]),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

const STYLE = `
@page { size: A4; margin: 37mm 26mm 35mm 28mm; }
body { margin: 0; color: #000; background: #fff;
  font: 16pt/1.8 FangSong, STFangsong, "Noto Serif SC", "Source Han Serif SC", SimSun, serif; }
main { max-width: 156mm; margin: 0 auto; padding: 10mm 6mm; text-align: justify;
  overflow-wrap: anywhere; line-break: strict; }
h1, h2, .subtitle, caption { text-align: center; }
h1 { font-size: 22pt; line-height: 1.5; margin: 0 0 .4em; }
h2 { font-size: 18pt; margin: 1em 0 .3em; }
h3, h4 { font-size: inherit; margin: 0; text-indent: 2em; break-after: avoid; }
h4 { font-weight: normal; }
h2, caption { break-after: avoid; }
p { margin: 0; text-indent: 2em; unicode-bidi: isolate; }
.subtitle, .note, footer p { text-indent: 0; font-size: 12pt; }
.note, footer p { font-size: 10.5pt; }
table { width: 100%; border-collapse: collapse; margin: .5em 0 1em; font-size: 12pt;
  line-height: 1.5; table-layout: fixed; text-align: left; }
th, td { border: .5pt solid #000; padding: 3pt 5pt; vertical-align: top; unicode-bidi: isolate; }
thead th { text-align: center; }
tbody th { font-weight: normal; width: 25%; text-align: left; }
tr { break-inside: avoid; }
caption { font-weight: bold; }
.center { text-align: center; }
.end { text-align: right; }
.signature { margin-top: 1.5em; break-inside: avoid; }
.signature p { text-align: right; text-indent: 0; padding-right: 4em; }
.page { break-after: page; }
footer { max-width: 156mm; margin: 0 auto; padding: 4mm 6mm; border-top: .5pt solid #000;
  overflow-wrap: anywhere; }
@media print { main, footer { padding: 0; } footer { margin-top: 1em; } }
`;

const STYLE_DIGEST = createHash('sha256').update(STYLE, 'utf8').digest('base64');

const RULES = ["default-src 'none'", `style-src 'sha256-${STYLE_DIGEST}'`];
const META_POLICY = [...RULES, "base-uri 'none'", "form-action 'none'"].join('; ');

/** The policy that such a page is served with: nothing runs, and nothing is loaded. */
export const HTML_POLICY = `${META_POLICY}; frame-ancestors 'none'; sandbox`;

function htmlOf(block: PrintedBlock): string {
  switch (block.kind) {
    case 'HEADING':
      return `<h${block.level + 1}>${escaped(block.text)}</h${block.level + 1}>`;
    case 'PARAGRAPH':
      return linesOf(block.text, block.form === 'NOTE' ? 'p class="note"' : 'p');
    case 'FACTS':
      return factsOf(block.facts);
    case 'TABLE':
      return tableOf(block);
    case 'SIGNATURE':
      return `<div class="signature">${linesOf(block.lines.join('\n'), 'p')}</div>`;
    case 'PAGE_BREAK':
      return '<div class="page"></div>';
  }
}

function factsOf(facts: readonly { readonly term: string; readonly text: string }[]): string {
  const rows = facts.map(
    ({ term, text }) => `<tr><th scope="row">${cellOf(term)}</th><td>${cellOf(text)}</td></tr>`,
  );
  return `<table><tbody>${rows.join('\n')}</tbody></table>`;
}

function tableOf({ caption, columns, rows }: PrintedTable): string {
  const sum = columns.reduce((total, { share }) => total + share, 0);
  const percent = ({ share }: PrintedColumn) => Math.round((share / sum) * 1000) / 10;
  const head = columns.map(
    (column) => `<th scope="col" width="${percent(column)}%">${cellOf(column.heading)}</th>`,
  );
  const bodies = rows.map(
    (row) =>
      `<tr>${columns
        .map(({ align }, index) => `<td${CLASSES[align]}>${cellOf(row[index] ?? '')}</td>`)
        .join('')}</tr>`,
  );
  return [
    '<table>',
    ...(caption === null ? [] : [`<caption>${escaped(caption)}</caption>`]),
    `<thead><tr>${head.join('')}</tr></thead>`,
    `<tbody>${bodies.join('\n')}</tbody>`,
    '</table>',
  ].join('\n');
}

const CLASSES: Readonly<Record<PrintedColumn['align'], string>> = {
  START: '',
  CENTER: ' class="center"',
  END: ' class="end"',
};

function linesOf(text: string, tag: string): string {
  const [name = ''] = tag.split(' ');
  return printable(text)
    .split('\n')
    .map((line) => `<${tag}>${escaped(line)}</${name}>`)
    .join('\n');
}

function cellOf(text: string): string {
  return escaped(text).replaceAll('\n', '<br>');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/gu, (character) => ENTITIES[character] ?? '');
}
