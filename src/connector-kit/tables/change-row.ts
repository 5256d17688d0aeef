import { createHash } from 'node:crypto';

import { isBlank } from '../../model/text.ts';
import { parseStamp, type Stamp } from './change-time.ts';
import { heldText, VALUE_LENGTH_MAX, type Speech } from './fragments.ts';
import { join, piece, sql, type Piece, type TextRow } from './statement.ts';
import type { TableSetting } from './table-settings.ts';

/** Column to text, as held and without padding. */
export type Values = Readonly<Record<string, string | null>>;

/** Which columns of a table are handed over, besides those that its setting names. */
export interface TableReading {
  readonly setting: TableSetting;
  readonly columns: readonly string[];
  /** What a question finds the row by. Pure. */
  keysOf(values: Values): readonly string[];
}

/** A row of a table, as far as its own columns say what it is. */
export interface Change {
  /** Null where it does not say. */
  readonly id: string | null;
  readonly about: string | null;
  /** Null for a mark that is none of the agreed ones. */
  readonly change: 'PUT' | 'DELETE' | null;
  /** Null where there is no time, or none that can be read. */
  readonly stamp: Stamp | null;
  /** Of two changes to one id the greater one stands. */
  readonly order: string;
  /** The first column whose value is longer than any that is taken. */
  readonly tooLong: string | null;
  readonly values: Values;
}

/** Every column that is read of a row, each once. The handed over ones come first. */
export interface RowShape {
  readonly handed: readonly string[];
  readonly read: readonly string[];
}

/** What of a table has to be selected. */
export function shapeOf({ setting, columns }: TableReading): RowShape {
  const { id, about, operation, time, serial } = setting;
  const handed = [...new Set([...id, ...(about === null ? [] : [about]), ...columns])];
  const own = [operation, time, serial].filter((name) => name !== null);
  return { handed, read: [...new Set([...handed, ...own])] };
}

/** The columns of a shape as texts, under the aliases `c0`, `c1` and so on. */
export function selectShape(speech: Speech, { read }: RowShape): Piece {
  const columns = read.map((name, at) => sql`${heldText(speech, name)} as ${piece(`c${at}`)}`);
  return join(columns, ', ');
}

/** What a selected row says. Never throws. */
export function readChange(reading: TableReading, shape: RowShape, row: TextRow): Change {
  const { setting } = reading;
  const held = new Map(shape.read.map((name, at) => [name, row[`c${at}`] ?? null]));
  const textOf = (name: string | null): string | null =>
    name === null ? null : blankToNull(held.get(name) ?? null);
  const parts = setting.id.map(textOf);
  const id = parts.every((part) => part !== null) ? idOf(parts) : null;
  const stamp = parseStamp(textOf(setting.time));
  const mark = textOf(setting.operation);
  const place = placeOf(setting, mark);
  return {
    id,
    about: textOf(setting.about) ?? id,
    change: place === null ? null : place === DELETED ? 'DELETE' : 'PUT',
    stamp,
    order: orderOf({ stamp, serial: textOf(setting.serial), place: place ?? 0 }),
    tooLong: shape.read.find((name) => (held.get(name) ?? '').length > VALUE_LENGTH_MAX) ?? null,
    values: Object.fromEntries(
      shape.handed.map((name) => [name, trimPadding(held.get(name) ?? null)]),
    ),
  };
}

/** The id of a row: its text, or the texts of several columns as JSON. */
export function idOf(parts: readonly string[]): string {
  const [only = ''] = parts;
  return parts.length === 1 ? only : JSON.stringify(parts);
}

/** Without the blanks that CHAR columns and careless writers put around a value. */
export function trimPadding(held: string | null): string | null {
  return held === null ? null : held.replace(/^ +| +$/gu, '');
}

/** Four numbers that tell these values from all others; see `digestNumbers`. */
export function digestOfValues(values: Values, names: readonly string[]): readonly bigint[] {
  const text = names
    .map((name) => {
      const held = trimPadding(values[name] ?? null);
      return held === null ? '-;' : `${[...held].length}:${held};`;
    })
    .join('');
  const digest = createHash('sha256').update(text, 'utf8').digest('hex');
  return [0, 15, 30, 45].map((at) => BigInt(`0x${digest.slice(at, at + 15)}`));
}

/** After every other change of the same time. */
const DELETED = 9;

/** Where a mark stands among changes of one time. A blank one is a row of a full copy. */
function placeOf({ operation, deletions, changes }: TableSetting, mark: string | null) {
  if (operation === null || mark === null) return 0;
  const isMark = (one: string): boolean => one.toUpperCase() === mark.toUpperCase();
  if (deletions.some(isMark)) return DELETED;
  const place = changes.findIndex(isMark);
  return place === -1 ? null : place;
}

/** A serial number counts as a number; one of letters as text. */
function orderOf(parts: {
  readonly stamp: Stamp | null;
  readonly serial: string | null;
  readonly place: number;
}): string {
  const serial = parts.serial ?? '';
  const padded = /^\d{1,20}$/u.test(serial) ? serial.padStart(20, '0') : serial;
  return `${parts.stamp ?? ''} ${padded} ${parts.place}`;
}

function blankToNull(held: string | null): string | null {
  return isBlank(held) ? null : trimPadding(held);
}
