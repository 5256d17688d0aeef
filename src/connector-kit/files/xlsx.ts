import { driftFault, sourceFault } from '../fault.ts';
import type { XmlElement } from '../xml.ts';
import { limitFault } from './drop-place.ts';
import {
  readHeader,
  rejected,
  type FileRecord,
  type ReadLimits,
  type ReadPlan,
} from './file-record.ts';
import { openArchive, type Archive } from './xlsx-archive.ts';
import {
  columnOf,
  readRichText,
  readXlsxCell,
  type CellValue,
  type Workbook,
} from './xlsx-cell.ts';
import { readDateForms } from './xlsx-style.ts';
import { readXmlStream } from './xml-stream.ts';

/** How a spreadsheet holds its records. */
export interface XlsxFormat {
  /** Name of the sheet; null for the first one. */
  readonly sheet: string | null;
  /** The columns in order; null where the first row names them. */
  readonly columns: readonly string[] | null;
}

/** Bytes of the parts that describe the book and are read whole. */
const PART_BYTES_MAX = 8 * 1024 * 1024;
/** Bytes of the texts that cells share and that are kept while the sheet is read. */
const TEXTS_BYTES_MAX = 64 * 1024 * 1024;

/**
 * The records of an XLSX file (ISO/IEC 29500), row by row. The packed file is held in memory;
 * the sheet is not.
 *
 * @throws {HubError} SOURCE_MALFORMED reason TOO_LARGE, ZIP, ZIP_… or XML_…; SOURCE_SCHEMA_DRIFT
 * reason NO_SHEET, or a header that is not what was agreed.
 */
export async function* readXlsx(
  chunks: AsyncIterable<Uint8Array>,
  { format, plan }: { readonly format: XlsxFormat; readonly plan: ReadPlan },
): AsyncGenerator<readonly FileRecord[]> {
  const { limits } = plan;
  const archive = await openArchive(await collect(chunks, limits.archiveBytesMax), plan);
  const book = await readBook(archive, format.sheet);
  const sheet = archive.open(book.sheetPath);
  if (sheet === null) throw driftFault('', 'NO_SHEET');
  const taker = createTaker(book.workbook, { format, plan });
  for await (const elements of readRows(sheet, { depth: 3, limits })) {
    const records = elements.filter(({ name }) => name === 'row').flatMap(taker.take);
    if (records.length > 0) yield records;
  }
  taker.finish();
}

function createTaker(
  workbook: Workbook,
  { format, plan }: { readonly format: XlsxFormat; readonly plan: ReadPlan },
): { take(row: XmlElement): readonly FileRecord[]; finish(): void } {
  let columns = format.columns === null ? null : readHeader(format.columns, plan);
  let place = 0;
  return {
    take(row) {
      place = placeOf(row, place);
      const cells = readCells(row, workbook);
      if (cells === null) return [rejected(place, 'COLUMN_COUNT')];
      if (cells.every((cell) => cell.ok && cell.value === null)) return [];
      if (columns !== null) return [toRecord(cells, { columns, place })];
      const last = cells.findLastIndex((cell) => !cell.ok || cell.value !== null);
      const names = cells.slice(0, last + 1).map((cell) => (cell.ok ? (cell.value ?? '') : ''));
      columns = readHeader(names, plan);
      return [];
    },
    finish() {
      if (columns === null) throw driftFault('', 'NO_HEADER');
    },
  };
}

/** Rows may say their number, and then only upwards. */
function placeOf({ attributes }: XmlElement, previous: number): number {
  const told = Number(attributes['r'] ?? previous + 1);
  if (!Number.isSafeInteger(told) || told <= previous) {
    throw sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason: 'ROW_NUMBER' });
  }
  return told;
}

/** The cells by column, blanks where none is written. Null where their references make no row. */
function readCells(row: XmlElement, workbook: Workbook): readonly CellValue[] | null {
  const cells: CellValue[] = [];
  for (const cell of row.children.filter(({ name }) => name === 'c')) {
    const reference = cell.attributes['r'];
    const column = reference === undefined ? cells.length : columnOf(reference);
    if (column === null || column < cells.length) return null;
    while (cells.length < column) cells.push({ ok: true, value: null });
    cells.push(readXlsxCell(cell, workbook));
  }
  return cells;
}

function toRecord(
  cells: readonly CellValue[],
  { columns, place }: { readonly columns: readonly string[]; readonly place: number },
): FileRecord {
  const values: (readonly [string, string | null])[] = [];
  for (const [index, column] of columns.entries()) {
    const cell = cells[index] ?? { ok: true, value: null };
    if (!cell.ok) return rejected(place, cell.reason, column);
    values.push([column, cell.value]);
  }
  const isBeside = cells.slice(columns.length).some((cell) => !cell.ok || cell.value !== null);
  if (isBeside) return rejected(place, 'COLUMN_COUNT');
  return { type: 'ROW', place, values: Object.fromEntries(values) };
}

interface Book {
  readonly sheetPath: string;
  readonly workbook: Workbook;
}

async function readBook(archive: Archive, wanted: string | null): Promise<Book> {
  const book = await readPart(archive, 'xl/workbook.xml');
  const relations = await readPart(archive, 'xl/_rels/workbook.xml.rels');
  if (book === null || relations === null) throw driftFault('', 'NO_SHEET');
  const sheets = childrenOf(book, 'sheets');
  const sheet = sheets.find(({ attributes }) => wanted === null || attributes['name'] === wanted);
  const target = relations.children.find(
    ({ attributes }) => attributes['Id'] === sheet?.attributes['id'],
  )?.attributes['Target'];
  if (sheet === undefined || target === undefined) throw driftFault('', 'NO_SHEET');
  const styles = await readPart(archive, 'xl/styles.xml');
  const properties = book.children.find(({ name }) => name === 'workbookPr')?.attributes ?? {};
  return {
    sheetPath: target.startsWith('/') ? target.slice(1) : `xl/${target}`,
    workbook: {
      texts: await readTexts(archive),
      forms: styles === null ? [] : readDateForms(styles),
      is1904: ['1', 'true'].includes(properties['date1904'] ?? ''),
    },
  };
}

async function readPart(archive: Archive, name: string): Promise<XmlElement | null> {
  const part = archive.open(name);
  if (part === null) return null;
  const limits = { lineBytesMax: PART_BYTES_MAX, xmlDepthMax: 64 };
  for await (const [root] of readRows(part, { depth: 1, limits })) return root ?? null;
  return null;
}

async function readTexts(archive: Archive): Promise<readonly string[]> {
  const part = archive.open('xl/sharedStrings.xml');
  if (part === null) return [];
  const texts: string[] = [];
  const limits = { lineBytesMax: PART_BYTES_MAX, xmlDepthMax: 64 };
  for await (const elements of readRows(capped(part, TEXTS_BYTES_MAX), { depth: 2, limits })) {
    texts.push(...elements.filter(({ name }) => name === 'si').map(readRichText));
  }
  return texts;
}

function readRows(
  part: AsyncIterable<Uint8Array>,
  plan: {
    readonly depth: number;
    readonly limits: Pick<ReadLimits, 'lineBytesMax' | 'xmlDepthMax'>;
  },
): AsyncIterable<readonly XmlElement[]> {
  const { depth, limits } = plan;
  const { lineBytesMax: elementBytesMax, xmlDepthMax: depthMax } = limits;
  return readXmlStream(part, { charset: 'utf-8', depth, elementBytesMax, depthMax });
}

async function* capped(
  chunks: AsyncIterable<Uint8Array>,
  bytesMax: number,
  limit: keyof ReadLimits = 'unpackedBytesMax',
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw limitFault('TOO_LARGE', limit);
    yield chunk;
  }
}

async function collect(chunks: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of capped(chunks, bytesMax, 'archiveBytesMax')) parts.push(chunk);
  return Buffer.concat(parts);
}

function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.find((child) => child.name === name)?.children ?? [];
}
