import type { Stamp } from './change-time.ts';
import { readStamp } from './change-time.ts';
import { asText, column, digestNumbers, trimmedText } from './fragments.ts';
import { hasId, isOrderedByTime, stampOfRow, type ScanGround } from './page-query.ts';
import { count, join, piece, sql, type Piece } from './statement.ts';

/** What a table looks like at the beginning of a pass. */
export interface Survey {
  /** Rows without an id, and those without a time in a column of times. */
  readonly nameless: number;
  readonly timeless: number;
  /** Different ids, by the database's own collation. */
  readonly ids: number;
  /** The greatest time that is not in the future. Null where there is none to be compared. */
  readonly newest: Stamp | null;
}

/** Counts a table once. */
export async function surveyTable(ground: ScanGround, now: Stamp): Promise<Survey> {
  const { session, reading, time } = ground;
  const named = hasId(ground);
  const stamp = stampOfRow(ground);
  const isTimeless = isOrderedByTime(ground)
    ? sql`${named} and ${column(time.name)} is null`
    : piece('1 = 0');
  const isPast = sql`${stamp} <= ${piece('?', [now])}`;
  const columns = [
    sql`${countIf(ground, sql`not (${named})`)} as a`,
    sql`${countIf(ground, isTimeless)} as b`,
    sql`max(case when ${isPast} then ${stamp} end) as c`,
    sql`${asText(session, sql`count(distinct ${idTuple(ground)})`)} as d`,
  ];
  const [row] = await session.all(
    sql`select ${join(columns, ', ')} from ${column(reading.setting.table)}`,
  );
  return {
    nameless: Number(row?.['a'] ?? 0),
    timeless: Number(row?.['b'] ?? 0),
    newest: readStamp(row?.['c'] ?? ''),
    ids: Number(row?.['d'] ?? 0),
  };
}

function idTuple({ session, reading }: ScanGround): Piece {
  const ids = join(reading.setting.id.map(column), ', ');
  return session.dialect === 'postgresql' ? sql`(${ids})` : ids;
}

/** A batch that is a new copy of everything. */
export interface Reload {
  readonly batch: string;
  /** Null where the whole table is that batch, or its times cannot be compared. */
  readonly begin: Stamp | null;
  /** Its newest change. Null where its times cannot be compared. */
  readonly newest: Stamp | null;
  readonly ids: number;
}

/** Batches that are looked at, newest first. */
const BATCHES_MAX = 1_000;

/**
 * The newest batch that says of no row what happened to it: then it is no delta but a copy of
 * everything there is. Of a table that holds everything, also a batch that stands there alone and
 * changes nothing. Null where there is none.
 */
export async function findReload(ground: ScanGround): Promise<Reload | null> {
  const { session, reading } = ground;
  const { batch, operation, reload, holds, deletions, changes, table } = reading.setting;
  const isWanted = reload === 'DETECT' || (reload === null && holds === 'EVERYTHING');
  if (batch === null || !isWanted) return null;
  const mark = operation === null ? piece("''") : trimmedText(session, operation);
  const isBlank = sql`coalesce(${mark}, '') in ('', '-', '--')`;
  const told = [...deletions, ...changes.slice(1)];
  const isChange = sql`upper(${mark}) in (${bindAll(told.map((one) => one.toUpperCase()))})`;
  const name = trimmedText(session, batch);
  const stamp = stampOfRow(ground);
  const columns = [
    sql`${name} as b`,
    sql`${countIf(ground, sql`not (${isBlank})`)} as t`,
    sql`${countIf(ground, isChange)} as u`,
    sql`min(${stamp}) as f`,
    sql`max(${stamp}) as l`,
    sql`${asText(session, sql`count(distinct ${idTuple(ground)})`)} as i`,
  ];
  const rows = await session.all(sql`select ${join(columns, ', ')} from ${column(table)}
    group by ${name} order by max(${stamp}) desc, ${name} desc limit ${count(BATCHES_MAX)}`);
  const batches = rows.map((row) => ({
    batch: row['b'] ?? '',
    isSilent: row['t'] === '0',
    isUnchanging: row['u'] === '0',
    first: readStamp(row['f'] ?? ''),
    newest: readStamp(row['l'] ?? ''),
    ids: Number(row['i'] ?? 0),
  }));
  const silent = batches.find((each) => each.isSilent && each.batch !== '') ?? null;
  const [only = null] = batches.length === 1 ? batches : [];
  if (holds === 'EVERYTHING') {
    const isAlone = only?.isUnchanging === true && only.batch !== '';
    const found = silent ?? (isAlone ? only : null);
    return found === null ? null : { ...found, begin: null };
  }
  return silent === null || silent.first === null ? null : { ...silent, begin: silent.first };
}

/** Tells a table from the same table after any row was added, moved in time or taken away. */
export async function printTable({ session, reading, time }: ScanGround): Promise<string> {
  const { id, table } = reading.setting;
  const sums = digestNumbers(session, [...id, time.name]).map(
    (number, at) => sql`${asText(session, sql`coalesce(sum(${number}), 0)`)} as ${piece(`s${at}`)}`,
  );
  const [row] = await session.all(sql`select ${join(sums, ', ')} from ${column(table)}`);
  return ['s0', 's1', 's2', 's3'].map((alias) => row?.[alias] ?? '').join('-');
}

function countIf({ session }: ScanGround, condition: Piece): Piece {
  return asText(session, sql`coalesce(sum(case when ${condition} then 1 else 0 end), 0)`);
}

function bindAll(values: readonly string[]): Piece {
  return join(
    values.map((value) => piece('?', [value])),
    ', ',
  );
}
