import type { TableColumn } from './table-columns.ts';
import { count, join, piece, sql, type DialectName, type Piece } from './statement.ts';

/** Which SQL is spoken. MariaDB and MySQL differ in regular expressions. */
export interface Speech {
  readonly dialect: DialectName;
  readonly isMariaDb: boolean;
}

/** Characters of one value, beyond which a row is not taken. */
export const VALUE_LENGTH_MAX = 20_000;

/** A column of the table that is read, or of an alias of it. */
export function column(name: string): Piece {
  return piece('??', [name]);
}

/** A value as text. */
export function asText({ dialect }: Speech, value: Piece): Piece {
  return dialect === 'postgresql'
    ? sql`(${value})::text`
    : sql`cast(${value} as char character set utf8mb4)`;
}

/** A column as text, cut where it is longer than any value that is taken. */
export function heldText(speech: Speech, name: string): Piece {
  return sql`left(${asText(speech, column(name))}, ${count(VALUE_LENGTH_MAX + 1)})`;
}

/** A column as text without padding. */
export function trimmedText(speech: Speech, name: string): Piece {
  return sql`trim(${asText(speech, column(name))})`;
}

/** Texts by which changes of any kind of time column sort, twenty digits; null for other texts. */
export function stampOfColumn(speech: Speech, { name, type }: TableColumn): Piece {
  if (type === 'DAY' || type === 'INSTANT') {
    return speech.dialect === 'postgresql'
      ? piece(`to_char(??${type === 'DAY' ? '::timestamp' : ''}, 'YYYYMMDDHH24MISSUS')`, [name])
      : piece("date_format(??, '%Y%m%d%H%i%s%f')", [name]);
  }
  const text = trimmedText(speech, name);
  const padded = replaceAll(speech, text, piece('?', [LONE_DIGIT]), backReference(speech));
  const digits = replaceAll(speech, padded, piece("'[^0-9]'"), piece("''"));
  const like = speech.dialect === 'postgresql' ? piece('~') : piece('regexp');
  const isRegular = sql`${text} ${like} ${piece('?', [REGULAR])}`;
  return sql`case when ${isRegular} then left(rpad(${digits}, 20, '0'), 20) end`;
}

/**
 * Forms that sort as text once their digits are padded. Everything else (offsets, milliseconds
 * since 1970, fractions of one or two digits) is read in every pass and judged here.
 */
const REGULAR =
  '^(19|20)[0-9]{2}([-/.][0-9]{1,2}[-/.][0-9]{1,2}|年[0-9]{1,2}月[0-9]{1,2}日{0,1}|[0-9]{4})' +
  '([ T]{0,1}[0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}([.][0-9]{3,6}){0,1}){0,1}|[0-9]{6}){0,1}$';
const LONE_DIGIT = '(?<![0-9])([0-9])(?![0-9])';

function backReference({ dialect, isMariaDb }: Speech): Piece {
  return piece('?', [dialect === 'postgresql' || isMariaDb ? '0\\1' : '0$1']);
}

function replaceAll(speech: Speech, text: Piece, pattern: Piece, by: Piece): Piece {
  return speech.dialect === 'postgresql'
    ? sql`regexp_replace(${text}, ${pattern}, ${by}, 'g')`
    : sql`regexp_replace(${text}, ${pattern}, ${by})`;
}

/** A value bound so that it compares exactly with a column of this type. */
export function boundFor({ dialect }: Speech, type: TableColumn['type'], value: string): Piece {
  if (type !== 'NUMBER') return piece('?', [value]);
  // MySQL would compare a number with a text as doubles, which hold no 18 digits.
  return dialect === 'mysql' ? piece('cast(? as decimal(65, 10))', [value]) : piece('?', [value]);
}

/** Arguments of one call; PostgreSQL takes a hundred. */
const ARGUMENTS_MAX = 50;

/**
 * Four numbers of 60 bits that tell a row from every other, over these columns without padding.
 * `digestOfValues` gives the same ones.
 */
export function digestNumbers(speech: Speech, names: readonly string[]): readonly Piece[] {
  const parts = names.map((name) => {
    const text = trimmedText(speech, name);
    const length = asText(speech, sql`char_length(${text})`);
    return sql`case when ${text} is null then '-;' else concat(${length}, ':', ${text}, ';') end`;
  });
  const row = concatAll(parts);
  const isPostgres = speech.dialect === 'postgresql';
  const digest = isPostgres
    ? sql`encode(sha256(convert_to(${row}, 'UTF8')), 'hex')`
    : sql`sha2(${row}, 256)`;
  return [1, 16, 31, 46].map((at) => {
    const digits = sql`substr(${digest}, ${count(at)}, 15)`;
    return isPostgres
      ? sql`(concat('x0', ${digits}))::bit(64)::bigint`
      : sql`cast(conv(${digits}, 16, 10) as unsigned)`;
  });
}

function concatAll(parts: readonly Piece[]): Piece {
  if (parts.length <= ARGUMENTS_MAX) return sql`concat('', ${join(parts, ', ')})`;
  const chunks = Array.from({ length: Math.ceil(parts.length / ARGUMENTS_MAX) }, (_, at) =>
    concatAll(parts.slice(at * ARGUMENTS_MAX, (at + 1) * ARGUMENTS_MAX)),
  );
  return concatAll(chunks);
}
