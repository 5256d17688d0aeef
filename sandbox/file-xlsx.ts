import { writeZip, type ZipPart } from './file-zip.ts';

/**
 * A cell as office software writes it: a shared text, a text inside the cell, a number as
 * digits, a day as a serial number in one of the styles, an error. Null for no cell.
 */
export type XlsxCell =
  | string
  | null
  | { readonly inline: string }
  | { readonly number: string; readonly style?: keyof typeof STYLES }
  | { readonly error: string };

/** Cell styles by name, and what their index is in the book. */
export const STYLES = { general: 0, day: 1, moment: 2, chinese: 3, money: 4 } as const;

export interface XlsxOptions {
  readonly sheet?: string;
  readonly is1904?: boolean;
  /** Parts in place of those of the book, or beside them. */
  readonly parts?: readonly ZipPart[];
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

/** A spreadsheet of one sheet (ISO/IEC 29500). */
export function writeXlsx(
  rows: readonly (readonly XlsxCell[])[],
  options: XlsxOptions = {},
): Buffer {
  const texts: string[] = [];
  const sheet = writeSheet(rows, texts);
  const parts: ZipPart[] = [
    {
      name: '[Content_Types].xml',
      bytes: `${DECLARATION}<Types xmlns="${PACKAGE}/content-types"/>`,
    },
    { name: 'xl/workbook.xml', bytes: writeBook(options) },
    { name: 'xl/_rels/workbook.xml.rels', bytes: writeRelations() },
    { name: 'xl/styles.xml', bytes: writeStyles() },
    { name: 'xl/sharedStrings.xml', bytes: writeTexts(texts) },
    { name: 'xl/worksheets/sheet1.xml', bytes: sheet },
  ];
  const own = options.parts ?? [];
  const kept = parts.filter(({ name }) => own.every((each) => each.name !== name));
  return writeZip([...kept, ...own]);
}

/** The sheet alone, for who wants to spoil it. */
export function writeSheet(rows: readonly (readonly XlsxCell[])[], texts: string[]): string {
  const places = new Map<string, number>();
  const lines = rows.map((cells, index) => {
    const row = index + 1;
    const written = cells.map((cell, column) =>
      writeCell(cell, { reference: `${letters(column)}${row}`, texts, places }),
    );
    return `<row r="${row}">${written.join('')}</row>`;
  });
  const data = `<sheetData>${lines.join('')}</sheetData>`;
  return `${DECLARATION}<worksheet xmlns="${MAIN}">${data}</worksheet>`;
}

function writeCell(
  cell: XlsxCell,
  where: {
    readonly reference: string;
    readonly texts: string[];
    readonly places: Map<string, number>;
  },
): string {
  const { reference, texts, places } = where;
  if (cell === null) return '';
  if (typeof cell === 'string') {
    let place = places.get(cell);
    if (place === undefined) {
      place = texts.push(cell) - 1;
      places.set(cell, place);
    }
    return `<c r="${reference}" t="s"><v>${place}</v></c>`;
  }
  if ('inline' in cell) {
    return `<c r="${reference}" t="inlineStr"><is><t>${escapeXml(cell.inline)}</t></is></c>`;
  }
  if ('error' in cell) return `<c r="${reference}" t="e"><v>${cell.error}</v></c>`;
  return `<c r="${reference}" s="${STYLES[cell.style ?? 'general']}"><v>${cell.number}</v></c>`;
}

function writeBook({ sheet = 'Sheet1', is1904 = false }: XlsxOptions): string {
  return (
    `${DECLARATION}<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}">` +
    `<workbookPr date1904="${is1904 ? 1 : 0}"/><sheets>` +
    `<sheet name="${escapeXml(sheet)}" sheetId="1" r:id="rId1"/></sheets></workbook>`
  );
}

function writeRelations(): string {
  return (
    `${DECLARATION}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" ` +
    `Type="${RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`
  );
}

function writeStyles(): string {
  const formats = [
    '<numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>',
    '<numFmt numFmtId="165" formatCode="#,##0.00&quot;元&quot;"/>',
  ];
  const styles = [0, 14, 22, 164, 165].map((id) => `<xf numFmtId="${id}"/>`);
  return (
    `${DECLARATION}<styleSheet xmlns="${MAIN}"><numFmts>${formats.join('')}</numFmts>` +
    `<cellXfs>${styles.join('')}</cellXfs></styleSheet>`
  );
}

/** Every second text has runs and a pronunciation, as office software writes them. */
function writeTexts(texts: readonly string[]): string {
  const items = texts.map((text, index) => {
    const escaped = escapeXml(text);
    if (index % 2 === 0) return `<si><t xml:space="preserve">${escaped}</t></si>`;
    return `<si><r><t>${escaped}</t></r><rPh sb="0" eb="1"><t>pinyin</t></rPh></si>`;
  });
  return `${DECLARATION}<sst xmlns="${MAIN}">${items.join('')}</sst>`;
}

/** A for 0, Z for 25, AA for 26. */
function letters(column: number): string {
  const rest = Math.floor(column / 26);
  const last = String.fromCharCode(65 + (column % 26));
  return rest === 0 ? last : `${letters(rest - 1)}${last}`;
}

/** Text between tags or in an attribute. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
