import writeXlsxFile, { type CellObject, type Sheet } from 'write-excel-file/node';

/** One sheet of a workbook: a heading row that stays in view, and rows. */
export interface SheetOfTable {
  /** Made fit for a tab: 31 characters at most, without the signs that tabs may not have. */
  readonly name: string;
  readonly headings: readonly string[];
  /** Widths in characters. */
  readonly widths: readonly number[];
  readonly rows: readonly (readonly SheetCell[])[];
}

/**
 * Numbers stay numbers, a share is shown in percent, null is an empty cell. Texts are texts,
 * whatever they begin with.
 */
export type SheetCell = string | number | { readonly share: number } | null;

/** Media type of a workbook. */
export const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

const TAB_LENGTH_MAX = 31;
const FONT = { fontFamily: 'SimSun', fontSize: 11 } as const;
const HEADING: CellObject = {
  ...{ ...FONT, fontWeight: 'bold', align: 'center', alignVertical: 'center', wrap: true },
  ...{ backgroundColor: '#E7EEF7', borderStyle: 'thin', borderColor: '#8A99AD' },
};
const BODY: CellObject = { ...FONT, borderStyle: 'thin', borderColor: '#C5CDD8' };

/** A workbook as it is opened by Excel and WPS, as bytes. Everything is in memory: for reports. */
export async function writeWorkbook(sheets: readonly SheetOfTable[]): Promise<Buffer> {
  const written = sheets.map(({ name, headings, widths, rows }): Sheet<Buffer> => ({
    sheet: tabOf(name),
    columns: widths.map((width) => ({ width })),
    ...{ stickyRowsCount: 1, orientation: 'landscape' },
    data: [
      headings.map((value): CellObject => ({ ...HEADING, type: String, value })),
      ...rows.map((row) => row.map(cellOf)),
    ],
  }));
  return writeXlsxFile(written).toBuffer();
}

function cellOf(value: SheetCell): CellObject {
  if (value === null) return { ...BODY };
  if (typeof value === 'object')
    return { ...BODY, type: Number, value: value.share, format: '0.0%', align: 'right' };
  return typeof value === 'number'
    ? { ...BODY, type: Number, value, align: 'right' }
    : { ...BODY, type: String, value, wrap: true };
}

function tabOf(name: string): string {
  return name.replace(/[\\/?*[\]:]/gu, ' ').slice(0, TAB_LENGTH_MAX);
}
