import { sourceFault } from '../fault.ts';
import {
  readChange,
  selectShape,
  type Change,
  type RowShape,
  type TableReading,
} from './change-row.ts';
import { writeTime, type Stamp } from './change-time.ts';
import { asText, boundFor, column, stampOfColumn, type Speech } from './fragments.ts';
import { count, join, piece, sql, type Piece, type TextRow } from './statement.ts';
import type { TableColumn } from './table-columns.ts';
import type { TableSession } from './table-database.ts';

/** What a pass over one table needs to know of it. */
export interface ScanGround {
  readonly session: TableSession;
  readonly reading: TableReading;
  readonly shape: RowShape;
  readonly time: TableColumn;
  readonly id: readonly TableColumn[];
}

/** Rows that belong together in time and id are never cut apart; so many of them at most. */
const GROUP_ROWS_MAX = 20_000;

/** One page, and where the next one begins. */
export interface TablePage {
  readonly changes: readonly Change[];
  /** Null when nothing follows. */
  readonly next: readonly string[] | null;
}

/**
 * Whether the database itself orders rows by time. A column of text may hold times in any form,
 * so that only its id brings it into order.
 */
export function isOrderedByTime({ time }: ScanGround): boolean {
  return time.type === 'DAY' || time.type === 'INSTANT';
}

/** Rows without an id cannot be named, those without a time cannot be brought into order. */
export function hasId({ id }: ScanGround): Piece {
  return join(
    id.map(({ name }) => sql`${column(name)} is not null`),
    ' and ',
  );
}

/** The stamp of a row, by the server. */
export function stampOfRow({ session, time }: ScanGround): Piece {
  return stampOfColumn(session, time);
}

/** Rows of this time or later, and all whose time only the hub can judge. */
export function since(ground: ScanGround, begin: Stamp | null): Piece {
  const { time } = ground;
  if (!isOrderedByTime(ground)) {
    if (begin === null) return piece('1 = 1');
    const stamp = stampOfRow(ground);
    return sql`(${stamp} is null or ${stamp} >= ${piece('?', [begin])})`;
  }
  if (begin === null) return sql`${column(time.name)} is not null`;
  const text = writeTime(begin);
  const bound = time.type === 'DAY' ? text.slice(0, 10) : text;
  return sql`${column(time.name)} >= ${piece('?', [bound])}`;
}

/**
 * The next rows in the order of time and id, at least one page where there are as many. The cut
 * never goes between rows that the database may hold for equal: its collation may not tell two
 * ids apart that differ here.
 *
 * @throws {HubError} SOURCE_MALFORMED, reason `GROUP_TOO_LARGE`.
 */
export async function readPage(
  ground: ScanGround,
  request: {
    readonly begin: Stamp | null;
    readonly after: readonly string[] | null;
    readonly pageRows: number;
  },
): Promise<TablePage> {
  const { begin, after } = request;
  const { reading, shape } = ground;
  for (let rowsMax = request.pageRows; rowsMax <= GROUP_ROWS_MAX; rowsMax *= 2) {
    const rows = await ground.session.all(pageQuery(ground, { begin, after, rowsMax }));
    const isEnd = rows.length <= rowsMax;
    const cut = isEnd ? rows.length : findCut(ground, rows);
    if (cut === 0 && !isEnd) continue;
    const last = rows[cut - 1];
    return {
      changes: rows.slice(0, cut).map((row) => readChange(reading, shape, row)),
      next: isEnd || last === undefined ? null : keyOf(ground, last),
    };
  }
  throw sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason: 'GROUP_TOO_LARGE' });
}

function pageQuery(
  ground: ScanGround,
  request: {
    readonly begin: Stamp | null;
    readonly after: readonly string[] | null;
    readonly rowsMax: number;
  },
): Piece {
  const { session, reading, shape } = ground;
  const keys = orderColumns(ground);
  const order = keys.map(({ name }) => column(name));
  const selected = keys.map(
    ({ name }, at) => sql`${asText(session, column(name))} as ${piece(`k${at}`)}`,
  );
  const where = [hasId(ground), since(ground, request.begin)];
  if (request.after !== null) where.push(...behind(session, keys, request.after));
  return sql`select ${selectShape(session, shape)}, ${join(selected, ', ')}
    from ${column(reading.setting.table)} where ${join(where, ' and ')}
    order by ${join(order, ', ')} limit ${count(request.rowsMax + 1)}`;
}

function orderColumns(ground: ScanGround): readonly TableColumn[] {
  return isOrderedByTime(ground) ? [ground.time, ...ground.id] : ground.id;
}

/** Behind a row, key by key; written out, for MySQL finds no index for a comparison of rows. */
function behind(
  speech: Speech,
  keys: readonly TableColumn[],
  after: readonly string[],
): readonly Piece[] {
  const bounds = keys.map(({ type }, at) => boundFor(speech, type, after[at] ?? ''));
  const compare = (at: number, sign: string): Piece =>
    sql`${column(keys[at]?.name ?? '')} ${piece(sign)} ${bounds[at] ?? piece('null')}`;
  const nested = keys.reduceRight<Piece | null>(
    (inner, _key, at) =>
      inner === null
        ? compare(at, '>')
        : sql`(${compare(at, '>')} or (${compare(at, '=')} and ${inner}))`,
    null,
  );
  return [compare(0, '>='), nested ?? piece('1 = 1')];
}

/** How many rows of a page may be handed over: up to the last place where nothing may be equal. */
function findCut(ground: ScanGround, rows: readonly TextRow[]): number {
  const folded = rows.map((row) => foldKey(ground, row));
  for (let at = rows.length - 1; at > 0; at -= 1) if (folded[at] !== folded[at - 1]) return at;
  return 0;
}

function keyOf(ground: ScanGround, row: TextRow): readonly string[] {
  return orderColumns(ground).map((_key, at) => row[`k${at}`] ?? '');
}

/** Equal for all keys that any collation holds for equal: no case, marks, blanks or signs. */
function foldKey(ground: ScanGround, row: TextRow): string {
  const fold = (text: string): string =>
    text
      .normalize('NFKD')
      .toUpperCase()
      .replace(/[\p{M}\p{Z}\p{C}\p{P}\p{S}]/gu, '');
  return JSON.stringify(keyOf(ground, row).map(fold));
}
