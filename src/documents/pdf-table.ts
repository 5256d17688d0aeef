import type { PrintedColumn, PrintedTable } from '../model/printed-document.ts';
import type { Line } from './line-breaking.ts';
import { AREA, LEADING, type Pages, type Setting } from './pdf-page.ts';
import type { Weight } from './typefaces.ts';

const PADDING = 5;

/** A cell that is laid out: its lines, and how they are set. */
interface Cell {
  readonly lines: readonly Line[];
  readonly setting: Setting;
}

/** A column on the page. */
interface Place extends PrintedColumn {
  readonly x: number;
  readonly width: number;
}

/** Sets a ruled table: its head again on every page, a row whole if it fits on one. */
export function setTable(pages: Pages, table: PrintedTable): void {
  if (table.columns.length === 0) return;
  const columns = placesOf(table.columns);
  const head = rowOf(pages, columns, {
    weight: 'BOLD',
    texts: table.columns.map((c) => c.heading),
  });
  const hasHead = table.columns.some(({ heading }) => heading !== '');
  const headHeight = hasHead ? heightOf(head) : 0;
  const setHead = (): void => {
    if (hasHead) setRow(pages, columns, head);
  };

  pages.keep(headHeight + LEADING.table * 2);
  setHead();
  for (const texts of table.rows) {
    const row = rowOf(pages, columns, { weight: 'REGULAR', texts });
    for (let from = 0; from < lineCount(row);) {
      const fits = Math.floor((pages.left() - 2 * PADDING) / LEADING.table);
      const isWhole = heightOf(row) <= PAGE_HEIGHT - headHeight;
      const rest = lineCount(row) - from;
      if (fits < (isWhole ? rest : Math.min(rest, 1))) {
        pages.newPage();
        setHead();
        continue;
      }
      const part = partOf(row, from, from + fits);
      setRow(pages, columns, part);
      from += lineCount(part);
    }
  }
}

const PAGE_HEIGHT = AREA.bottom - AREA.top;

function placesOf(columns: readonly PrintedColumn[]): readonly Place[] {
  const sum = columns.reduce((total, { share }) => total + share, 0);
  let x: number = AREA.left;
  return columns.map((column) => {
    const width = (AREA.width * column.share) / sum;
    x += width;
    return { ...column, x: x - width, width };
  });
}

function rowOf(
  pages: Pages,
  columns: readonly Place[],
  { weight, texts }: { readonly weight: Weight; readonly texts: readonly string[] },
): readonly Cell[] {
  return columns.map(({ x, width, align }, index) => {
    const setting: Setting = {
      ...{ x: x + PADDING, width: width - 2 * PADDING, size: 'table', weight },
      align: weight === 'BOLD' ? 'CENTER' : align,
    };
    const lines = (texts[index] ?? '').split('\n').flatMap((text) => pages.lines(text, setting));
    return { lines, setting };
  });
}

function lineCount(row: readonly Cell[]): number {
  return Math.max(1, ...row.map(({ lines }) => lines.length));
}

function heightOf(row: readonly Cell[]): number {
  return lineCount(row) * LEADING.table + 2 * PADDING;
}

function partOf(row: readonly Cell[], from: number, to: number): readonly Cell[] {
  return row.map(({ lines, setting }) => ({ lines: lines.slice(from, to), setting }));
}

function setRow(pages: Pages, columns: readonly Place[], row: readonly Cell[]): void {
  const top = pages.y();
  const bottom = top + heightOf(row);
  const right = AREA.left + AREA.width;
  for (const { lines, setting } of row)
    lines.forEach((line, index) => {
      pages.set(line, top + PADDING + index * LEADING.table, setting);
    });
  for (const y of [top, bottom]) pages.rule([AREA.left, y], [right, y]);
  for (const x of [...columns.map((column) => column.x), right]) pages.rule([x, top], [x, bottom]);
  pages.down(bottom - top);
}
