import { isDeepStrictEqual } from 'node:util';

import type { HubError } from '../../errors.ts';
import { driftFault, sourceFault } from '../fault.ts';
import {
  readChange,
  selectShape,
  shapeOf,
  type Change,
  type TableReading,
  type Values,
} from './change-row.ts';
import type { Stamp } from './change-time.ts';
import { boundFor, column, trimmedText, type Speech } from './fragments.ts';
import { count, join, piece, sql, type Piece } from './statement.ts';
import { readColumns, type TableColumn } from './table-columns.ts';
import type { TableSession } from './table-database.ts';

/** What is asked of one table, in one statement. */
export interface RowQuestion {
  readonly reading: TableReading;
  /** Columns that are compared, each with the part of a key of the same place. */
  readonly keyColumns: readonly string[];
  /**
   * `TRIMMED` finds keys whatever blanks stand around them and in either case, and reads the
   * whole table for it. `EXACT` uses an index, and finds what is held exactly so (after which
   * CHAR columns may be padded).
   */
  readonly keyForm: 'TRIMMED' | 'EXACT';
  /** Parts of the keys, none of them blank. */
  readonly keys: readonly (readonly string[])[];
  readonly rowsMax: number;
  /** A change after this lies in the future and does not count. */
  readonly futureFrom: Stamp;
}

/** What stands under one key. */
export interface FoundRows {
  /** The standing row of each id. */
  readonly rows: readonly { readonly id: string; readonly values: Values }[];
  /** Whether a row was left out because its time lies in the future: then absence means nothing. */
  readonly hasFuture: boolean;
  /** Why what is held cannot be brought into order. Null where it can. */
  readonly fault: HubError | null;
}

/**
 * The standing rows under each key, in the order of the keys. Of the changes of one id the one
 * with the greatest time and serial stands; a deletion (D) leaves nothing. Changes of an id are
 * seen even where they hold another key, or none.
 *
 * @throws {HubError} SOURCE_SCHEMA_DRIFT for a table or column that is not there;
 * SOURCE_MALFORMED, reason `TOO_MANY_ROWS`.
 */
export async function lookupRows(
  session: TableSession,
  question: RowQuestion,
): Promise<readonly FoundRows[]> {
  const { reading, keyColumns, keys, rowsMax } = question;
  const columns = await readColumns(session, reading.setting.table);
  const asked = { ...reading, columns: [...reading.columns, ...keyColumns] };
  const shape = shapeOf(asked);
  shape.read.forEach((name) => columns.get(name));
  const match = matchKeys(session, question, keyColumns.map(columns.get));
  if (match === null) return keys.map(() => NOTHING);
  const rows = await session.all(rowsQuery(asked, { speech: session, match, rowsMax }));
  if (rows.length > rowsMax) {
    throw sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason: 'TOO_MANY_ROWS' });
  }
  const groups = groupById(rows.map((row) => readChange(asked, shape, row)));
  return keys.map((key) => findUnder(key, groups, question));
}

const NOTHING: FoundRows = { rows: [], hasFuture: false, fault: null };

/** Null when no key can be held by columns of these types. */
function matchKeys(
  speech: Speech,
  { keyForm, keys }: RowQuestion,
  columns: readonly TableColumn[],
): Piece | null {
  const isTrimmed = keyForm === 'TRIMMED';
  const left = columns.map(({ name }) =>
    isTrimmed ? sql`upper(${trimmedText(speech, name)})` : column(name),
  );
  const tuples = keys
    .filter((key) => isTrimmed || key.every((part, at) => canHold(columns[at], part)))
    .map((key) =>
      key.map((part, at) =>
        isTrimmed ? piece('?', [foldPart(part)]) : bindExact(speech, columns[at], part),
      ),
    );
  if (tuples.length === 0) return null;
  const rights = tuples.map((tuple) => sql`(${join(tuple, ', ')})`);
  return sql`(${join(left, ', ')}) in (${join(rights, ', ')})`;
}

/** A text of letters is in no column of numbers; databases make an error of it, or the number 0. */
function canHold(held: TableColumn | undefined, part: string): boolean {
  return held?.type !== 'NUMBER' || /^\d{1,18}$/u.test(part);
}

function bindExact(speech: Speech, held: TableColumn | undefined, part: string): Piece {
  const isNumber = held?.type === 'NUMBER';
  if (isNumber && speech.dialect === 'postgresql') return piece('cast(? as bigint)', [part]);
  return boundFor(speech, held?.type ?? 'TEXT', part);
}

/** Rows that match, and all other rows of their ids. */
function rowsQuery(
  { setting, ...rest }: TableReading,
  options: { readonly speech: Speech; readonly match: Piece; readonly rowsMax: number },
): Piece {
  const { speech, match, rowsMax } = options;
  const selected = selectShape(speech, shapeOf({ setting, ...rest }));
  const table = column(setting.table);
  const own = sql`select ${selected} from ${table} where ${match}`;
  // Without changes a row is all there is of its id.
  if (setting.time === null) return sql`${own} limit ${count(rowsMax + 1)}`;
  const ids = join(setting.id.map(column), ', ');
  const others = sql`select ${selected} from ${table}
    where (${ids}) in (select ${ids} from ${table} where ${match}) and (${match}) is not true`;
  return sql`${own} union all ${others} limit ${count(rowsMax + 1)}`;
}

/** Changes by id; rows without one stand alone. */
function groupById(changes: readonly Change[]): readonly (readonly Change[])[] {
  const groups = new Map<string, Change[]>();
  for (const change of changes) {
    if (change.id === null) continue;
    const group = groups.get(change.id) ?? [];
    group.push(change);
    groups.set(change.id, group);
  }
  return [...groups.values(), ...changes.filter(({ id }) => id === null).map((each) => [each])];
}

function findUnder(
  key: readonly string[],
  groups: readonly (readonly Change[])[],
  { reading, keyColumns, keyForm, futureFrom }: RowQuestion,
): FoundRows {
  const fold = keyForm === 'TRIMMED' ? foldPart : (text: string) => text;
  const isUnder = ({ values }: Change): boolean =>
    keyColumns.every((name, at) => fold(values[name] ?? '') === fold(key[at] ?? ''));
  const found: { id: string; values: Values }[] = [];
  let hasFuture = false;
  for (const group of groups) {
    const own = group.filter(isUnder);
    if (own.length === 0) continue;
    const fault = group.map((each) => judge(reading, group, each)).find((each) => each !== null);
    if (fault !== undefined) return { rows: [], hasFuture, fault };
    const past = group.filter(({ stamp }) => stamp === null || stamp <= futureFrom);
    const standing = past.toSorted(byOrder).at(-1) ?? null;
    const isRivaled = past.some((each) => standing !== null && isRival(each, standing));
    if (isRivaled) return { rows: [], hasFuture, fault: driftFault('', 'AMBIGUOUS_ORDER') };
    const isStanding = standing !== null && isUnder(standing) && standing.change === 'PUT';
    if (isStanding) found.push({ id: standing.id ?? '', values: standing.values });
    else hasFuture ||= own.some((each) => !past.includes(each));
  }
  return { rows: found, hasFuture, fault: null };
}

/** Why a row cannot be placed among the others of its id. Null where it can. */
function judge(
  { setting }: TableReading,
  group: readonly Change[],
  { id, tooLong, change, stamp }: Change,
): HubError | null {
  if (tooLong !== null) return driftFault(`/${tooLong}`, 'TOO_LONG');
  if (id === null) return driftFault(`/${setting.id[0] ?? ''}`, 'NO_ID');
  if (change === null) return driftFault(`/${setting.operation ?? ''}`, 'UNKNOWN_OPERATION');
  const isAlone = group.length === 1;
  if (stamp === null && setting.time !== null && !isAlone) {
    return driftFault(`/${setting.time}`, 'BAD_TIME');
  }
  // Without times nobody knows which of several rows of one id stands.
  return setting.time === null && !isAlone ? driftFault('', 'DUPLICATE_ID') : null;
}

function byOrder(one: Change, other: Change): number {
  if (one.order === other.order) return 0;
  return one.order < other.order ? -1 : 1;
}

/** Of two different rows with one time and serial nobody knows which one stands. */
function isRival(one: Change, other: Change): boolean {
  return one.order === other.order && !isDeepStrictEqual(one.values, other.values);
}

/** Only ASCII letters: what else has case in no register. */
function foldPart(text: string): string {
  return text.trim().replace(/[a-z]/gu, (letter) => letter.toUpperCase());
}
