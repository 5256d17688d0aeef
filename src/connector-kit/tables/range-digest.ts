import type { CallContext } from '../connector.ts';
import { unsupported } from '../lookup.ts';
import type { ScannedRow } from '../scan.ts';
import { digestOfValues, shapeOf, trimPadding, type TableReading } from './change-row.ts';
import type { Stamp } from './change-time.ts';
import {
  asText,
  column,
  digestNumbers,
  stampOfColumn,
  trimmedText,
  type Speech,
} from './fragments.ts';
import { count, join, piece, sql, type Piece } from './statement.ts';
import { readColumns, type TableColumn } from './table-columns.ts';
import type { TableDatabase } from './table-database.ts';
import type { TableSetting } from './table-settings.ts';

/** What stands in one range of ids. Equal digests and counts: the same rows, in any order. */
export interface RangeDigest {
  readonly rows: number;
  readonly digest: string;
}

/** Ranges that one statement takes. */
const RANGES_MAX = 1_000;

/**
 * Digests of the standing rows (the greatest change of each id, without deletions and without
 * changes in the future), computed by the database: nothing but sums travels. `bounds` cut the
 * texts of the first id column into ranges, ascending by code point: one more than there are
 * bounds. Equal to `digestRows` of a scan.
 *
 * @throws {HubError} a `SOURCE_…` fault; SOURCE_UNSUPPORTED where the order of changes is not the
 * database's to tell: without a time column, with one of text, or with more than 1,000 ranges.
 */
export async function digestRanges(
  database: TableDatabase,
  request: {
    readonly reading: TableReading;
    readonly bounds: readonly string[];
    readonly futureFrom: Stamp;
    readonly timeoutMs: number;
  },
  { signal }: Pick<CallContext, 'signal'>,
): Promise<readonly RangeDigest[]> {
  const { reading, bounds, futureFrom, timeoutMs } = request;
  const { setting } = reading;
  if (bounds.length >= RANGES_MAX || !isAscending(bounds)) throw unsupported('RANGES');
  const rows = await database.read({ signal, timeoutMs }, async (session) => {
    if (setting.time === null) throw unsupported('NO_TIME_COLUMN');
    const columns = await readColumns(session, setting.table);
    const time = columns.get(setting.time);
    const isTime = time.type === 'DAY' || time.type === 'INSTANT';
    if (!isTime) throw unsupported('TIME_AS_TEXT');
    const serial = setting.serial === null ? null : columns.get(setting.serial);
    const names = shapeOf(reading).handed;
    return session.all(digestQuery(session, { setting, names, time, serial, bounds, futureFrom }));
  });
  const byRange = new Map(rows.map((row) => [row['r'], row]));
  return Array.from({ length: bounds.length + 1 }, (_, range) => {
    const row = byRange.get(String(range));
    const sums = ['s0', 's1', 's2', 's3'].map((alias) => BigInt(row?.[alias] ?? '0'));
    return { rows: Number(row?.['n'] ?? 0), digest: writeSums(sums) };
  });
}

/** The same of scanned rows, of which the greatest `order` of each id stands. */
export function digestRows(
  rows: readonly ScannedRow[],
  { reading, bounds }: { readonly reading: TableReading; readonly bounds: readonly string[] },
): readonly RangeDigest[] {
  const standing = new Map<string, ScannedRow>();
  for (const row of rows) {
    const other = standing.get(row.id);
    if (other === undefined || other.order < row.order) standing.set(row.id, row);
  }
  const names = shapeOf(reading).handed;
  const [first = ''] = reading.setting.id;
  const ranges = Array.from({ length: bounds.length + 1 }, () => ({ rows: 0, sums: ZERO }));
  for (const { change, values } of standing.values()) {
    const at = rangeOf(trimPadding(values[first] ?? null) ?? '', bounds);
    const range = ranges[at];
    if (change === 'DELETE' || range === undefined) continue;
    const numbers = digestOfValues(values, names);
    range.rows += 1;
    range.sums = range.sums.map((sum, index) => sum + (numbers[index] ?? 0n));
  }
  return ranges.map((range) => ({ rows: range.rows, digest: writeSums(range.sums) }));
}

const ZERO: readonly bigint[] = [0n, 0n, 0n, 0n];

function writeSums(sums: readonly bigint[]): string {
  return sums.map((sum) => sum.toString(16)).join('-');
}

interface DigestPlan {
  readonly setting: TableSetting;
  readonly names: readonly string[];
  readonly time: TableColumn;
  readonly serial: TableColumn | null;
  readonly bounds: readonly string[];
  readonly futureFrom: Stamp;
}

function digestQuery(speech: Speech, plan: DigestPlan): Piece {
  const { setting, names, time } = plan;
  const stamp = stampOfColumn(speech, time);
  const ids = setting.id.map((name) => trimmedText(speech, name));
  const isNamed = ids.map((id) => sql`${id} <> ''`);
  const isPast = sql`${stamp} <= ${piece('?', [plan.futureFrom])}`;
  const taken = [...isNamed, isPast, ...hasKnownMark(speech, setting)];
  const ranked = sql`select ${rangeNumber(speech, plan)} as r,
      ${isDeletion(speech, setting)} as d,
      ${join(
        digestNumbers(speech, names).map((number, at) => sql`${number} as ${piece(`h${at}`)}`),
        ', ',
      )},
      row_number() over (partition by ${join(
        ids.map((id) => binary(speech, id)),
        ', ',
      )} order by ${stamp} desc, ${serialOrder(speech, plan)} ${markOrder(speech, setting)} desc) as p
    from ${column(setting.table)} where ${join(taken, ' and ')}`;
  const sums = [0, 1, 2, 3].map(
    (at) => sql`${asText(speech, piece(`sum(h${at})`))} as ${piece(`s${at}`)}`,
  );
  return sql`select ${asText(speech, piece('r'))} as r, ${asText(speech, piece('count(*)'))} as n,
    ${join(sums, ', ')} from (${ranked}) standing where p = 1 and d = 0 group by r`;
}

function rangeNumber(speech: Speech, { setting, bounds }: DigestPlan): Piece {
  if (bounds.length === 0) return piece('0');
  const id = binary(speech, trimmedText(speech, setting.id[0] ?? ''));
  const cases = bounds.map(
    (bound, at) => sql`when ${id} < ${binary(speech, piece('?', [bound]))} then ${count(at)}`,
  );
  return sql`case ${join(cases, ' ')} else ${count(bounds.length)} end`;
}

/** Compared code point by code point, as no collation of a language does. */
function binary({ dialect }: Speech, text: Piece): Piece {
  return dialect === 'postgresql' ? sql`(${text})::text collate "C"` : sql`binary ${text}`;
}

function isDeletion(speech: Speech, { operation, deletions }: TableSetting): Piece {
  if (operation === null) return piece('0');
  return sql`case when ${isOneOf(speech, operation, deletions)} then 1 else 0 end`;
}

/** A mark nobody agreed on is put aside by a scan. */
function hasKnownMark(speech: Speech, setting: TableSetting): readonly Piece[] {
  const { operation, deletions, changes } = setting;
  if (operation === null) return [];
  const isBlank = sql`coalesce(${trimmedText(speech, operation)}, '') in ('', '-', '--')`;
  return [sql`(${isBlank} or ${isOneOf(speech, operation, [...deletions, ...changes])})`];
}

/** As `readChange` orders them: numbers as numbers, padded to twenty digits. */
function serialOrder(speech: Speech, { serial }: DigestPlan): Piece {
  if (serial === null) return piece('');
  const text = sql`coalesce(${trimmedText(speech, serial.name)}, '')`;
  const like = speech.dialect === 'postgresql' ? piece('~') : piece('regexp');
  const isNumber = sql`${text} ${like} ${piece('?', ['^[0-9]{1,20}$'])}`;
  const padded = sql`case when ${isNumber} then lpad(${text}, 20, '0') else ${text} end`;
  return sql`${binary(speech, padded)} desc,`;
}

function markOrder(speech: Speech, { operation, deletions, changes }: TableSetting): Piece {
  if (operation === null) return piece('0');
  const later = changes.map(
    (mark, at) => sql`when ${isOneOf(speech, operation, [mark])} then ${count(at)}`,
  );
  const isDeletion = isOneOf(speech, operation, deletions);
  return sql`case when ${isDeletion} then 9 ${join(later, ' ')} else 0 end`;
}

function isOneOf(speech: Speech, name: string, marks: readonly string[]): Piece {
  const bound = marks.map((mark) => piece('?', [mark.toUpperCase()]));
  return sql`upper(${trimmedText(speech, name)}) in (${join(bound, ', ')})`;
}

function rangeOf(id: string, bounds: readonly string[]): number {
  const at = bounds.findIndex((bound) => compareCodePoints(id, bound) < 0);
  return at === -1 ? bounds.length : at;
}

function isAscending(bounds: readonly string[]): boolean {
  return bounds.every(
    (bound, at) => at === 0 || compareCodePoints(bounds[at - 1] ?? '', bound) < 0,
  );
}

/** As bytes of UTF-8 compare; code units of this language do not beyond the first plane. */
function compareCodePoints(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one, 'utf8'), Buffer.from(other, 'utf8'));
}
