import { printable } from '../model/printable.ts';
import type { PrintedBlock, PrintedDocument, PrintedPdf } from '../model/printed-document.ts';
import {
  AREA,
  LEADING,
  openPages,
  SIZES,
  type Pages,
  type Setting,
  type Size,
} from './pdf-page.ts';
import { setTable } from './pdf-table.ts';
import type { Typefaces } from './typefaces.ts';

/**
 * A document as PDF, its fonts inside. The same document gives the same bytes.
 *
 * @throws {TooManyPages} beyond `PAGES_MAX`.
 */
export async function renderPdf(faces: Typefaces, document: PrintedDocument): Promise<PrintedPdf> {
  const missing = new Set<string>();
  const clean = (text: string): string =>
    faces.withMarks(printable(text), (name) => missing.add(name));
  const title = withoutMarkup(printable(document.title));
  const pages = openPages(faces, { title, madeAt: document.madeAt });
  setTitle(pages, clean(document.title), clean(document.subtitle ?? ''));
  for (const block of document.blocks) setBlock(pages, block, clean);
  const footer = clean(document.footer ?? '');
  const unprinted = [...missing].sort();
  if (unprinted.length > 0) setNote(pages, missingNote(unprinted));
  const count = pages.foot((page, of) => [
    `— ${page} / ${of} —`,
    ...(footer === '' ? [] : footer.split('\n')),
  ]);
  return { bytes: await pages.end(), pages: count, unprinted };
}

/** pdfkit writes the title into the XML of the metadata as it is. */
function withoutMarkup(title: string): string {
  return title.replaceAll('&', '＆').replaceAll('<', '＜').replaceAll('>', '＞');
}

const WIDE = { x: AREA.left, width: AREA.width } as const;
const INDENT = 2 * SIZES.body;
/** Names of missing characters that are listed at the end. */
const NAMED_MAX = 50;

function missingNote(names: readonly string[]): string {
  const listed = names.slice(0, NAMED_MAX).join('、');
  const more = names.length > NAMED_MAX ? `等共${names.length}个` : '';
  return `注：本文件所用字库未收录下列字符，正文中以〔U+编码〕标示，原字见网页版或数据版：${listed}${more}。`;
}

function setTitle(pages: Pages, title: string, subtitle: string): void {
  setLines(pages, title, { ...WIDE, size: 'title', weight: 'BOLD', align: 'CENTER' });
  if (subtitle !== '')
    setLines(pages, subtitle, { ...WIDE, size: 'table', weight: 'REGULAR', align: 'CENTER' });
  pages.down(LEADING.body / 2);
}

function setBlock(pages: Pages, block: PrintedBlock, clean: (text: string) => string): void {
  switch (block.kind) {
    case 'HEADING':
      setHeading(pages, block.level, clean(block.text));
      return;
    case 'PARAGRAPH':
      if (block.form === 'NOTE') setNote(pages, clean(block.text));
      else setLines(pages, clean(block.text), BODY, INDENT);
      return;
    case 'FACTS':
      setTable(pages, {
        ...{ kind: 'TABLE', caption: null },
        columns: FACT_COLUMNS,
        rows: block.facts.map(({ term, text }) => [clean(term), clean(text)]),
      });
      pages.down(LEADING.table);
      return;
    case 'TABLE':
      setCaption(pages, clean(block.caption ?? ''));
      setTable(pages, {
        ...block,
        columns: block.columns.map((one) => ({ ...one, heading: clean(one.heading) })),
        rows: block.rows.map((row) => row.map(clean)),
      });
      pages.down(LEADING.table);
      return;
    case 'SIGNATURE':
      setSignature(pages, block.lines.map(clean));
      return;
    case 'PAGE_BREAK':
      pages.newPage();
  }
}

const BODY: Setting = { ...WIDE, size: 'body', weight: 'REGULAR', align: 'SPREAD' };
const FACT_COLUMNS = [
  { heading: '', share: 1, align: 'START' },
  { heading: '', share: 3, align: 'START' },
] as const;

function setHeading(pages: Pages, level: 1 | 2 | 3, text: string): void {
  const isPart = level === 1;
  const size: Size = isPart ? 'part' : 'body';
  // A heading at the foot of a page, without any of what it heads, helps nobody.
  pages.keep(LEADING[size] + 2 * LEADING.body);
  if (isPart && pages.y() > AREA.top) pages.down(LEADING.body / 2);
  const align = isPart ? 'CENTER' : 'START';
  const weight = level === 3 ? 'REGULAR' : 'BOLD';
  setLines(pages, text, { ...WIDE, size, weight, align }, isPart ? 0 : INDENT);
  if (isPart) pages.down(LEADING.body / 4);
}

function setCaption(pages: Pages, caption: string): void {
  if (caption === '') return;
  pages.keep(LEADING.table * 4);
  setLines(pages, caption, { ...WIDE, size: 'table', weight: 'BOLD', align: 'CENTER' });
}

function setNote(pages: Pages, text: string): void {
  if (pages.y() > AREA.top) pages.down(LEADING.note / 2);
  setLines(pages, text, { ...WIDE, size: 'note', weight: 'REGULAR', align: 'SPREAD' });
}

function setSignature(pages: Pages, lines: readonly string[]): void {
  pages.keep((lines.length + 1) * LEADING.body);
  pages.down(LEADING.body);
  const setting: Setting = { ...BODY, width: AREA.width - 2 * INDENT, align: 'END' };
  for (const line of lines) setLines(pages, line, setting);
}

/** Paragraphs of one form, over as many pages as they need. */
function setLines(pages: Pages, text: string, setting: Setting, firstIndent = 0): void {
  for (const paragraph of text.split('\n'))
    pages.lines(paragraph, setting, firstIndent).forEach((line, index) => {
      pages.keep(LEADING[setting.size]);
      const indent = index === 0 ? firstIndent : 0;
      const { x, width } = setting;
      pages.set(line, pages.y(), { ...setting, x: x + indent, width: width - indent });
      pages.down(LEADING[setting.size]);
    });
}
