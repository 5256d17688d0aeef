import {
  join,
  piece,
  sql,
  type DialectName,
  type Piece,
} from '../connector-kit/tables/statement.ts';
import type { KeyType } from '../model/row-key.ts';
import type { Flavor } from './side.ts';

/**
 * What a column holds, whatever the database calls it. Two values are the same where their
 * canonical texts are: a number without trailing zeros, an instant in UTC with six digits.
 */
export type FieldType = KeyType | 'DECIMAL' | 'TIMESTAMP' | 'INSTANT' | 'BOOLEAN';

/** A value within a statement. */
export interface Value {
  readonly type: FieldType;
  /** The value as the database holds it. */
  readonly held: Piece;
  /** Its canonical text. */
  readonly text: Piece;
}

const MICROSECONDS = {
  postgresql: 'YYYY-MM-DD"T"HH24:MI:SS.US',
  mysql: '%Y-%m-%dT%H:%i:%s.%f',
} as const;

const INSTANT_FORM = `${MICROSECONDS.postgresql}"Z"`;

/** The value of a column of that type, in that dialect. */
export function valueOf(dialect: DialectName, type: FieldType, held: Piece): Value {
  const text = dialect === 'postgresql' ? postgresText(type, held) : mysqlText(type, held);
  return { type, held, text };
}

function postgresText(type: FieldType, held: Piece): Piece {
  switch (type) {
    case 'TEXT':
      return sql`(${held})::text`;
    case 'INTEGER':
      return sql`(${held})::int8::text`;
    case 'DECIMAL':
      return sql`trim_scale((${held})::numeric)::text`;
    case 'DATE':
      return sql`(${held})::date::text`;
    case 'TIMESTAMP':
      return sql`to_char((${held})::timestamp, ${piece('?', [MICROSECONDS.postgresql])})`;
    case 'INSTANT':
      return sql`to_char((${held})::timestamptz at time zone 'UTC', ${piece('?', [INSTANT_FORM])})`;
    case 'BOOLEAN':
      return sql`(${held})::boolean::text`;
    case 'UUID':
      return sql`(${held})::uuid::text`;
  }
}

function mysqlText(type: FieldType, held: Piece): Piece {
  const text = sql`cast(${held} as char character set utf8mb4)`;
  switch (type) {
    case 'TEXT':
      return text;
    case 'INTEGER':
      return sql`cast(cast(${held} as signed) as char character set utf8mb4)`;
    case 'DECIMAL': {
      const short = sql`trim(trailing '.' from trim(trailing '0' from ${text}))`;
      return sql`case when locate('.', ${text}) > 0 then ${short} else ${text} end`;
    }
    case 'DATE':
      return sql`date_format(${held}, '%Y-%m-%d')`;
    case 'TIMESTAMP':
      return sql`date_format(${held}, ${piece(`'${MICROSECONDS.mysql}'`)})`;
    case 'INSTANT':
      // Sessions are in the offset of China, in which the server shows a timestamp.
      return sql`date_format(convert_tz(${held}, '+08:00', '+00:00'),
        ${piece(`'${MICROSECONDS.mysql}Z'`)})`;
    case 'BOOLEAN':
      return sql`case when ${held} is null then null when ${held} then 'true' else 'false' end`;
    case 'UUID':
      return sql`lower(${text})`;
  }
}

/** The text of `encodeKey`; null where a part of the key is. */
export function keyText(dialect: DialectName, key: readonly Value[]): Piece {
  const isPostgres = dialect === 'postgresql';
  const parts = key.map((value) => (isPostgres ? postgresPart(value) : mysqlPart(value)));
  if (parts.length === 1) return parts[0] ?? piece("''");
  if (isPostgres) return sql`(${join(parts, ' || chr(1) || ')})`;
  return sql`concat(${join(parts, ", convert(x'01' using utf8mb4), ")})`;
}

function postgresPart({ type, held, text }: Value): Piece {
  if (type === 'INTEGER')
    return sql`encode(int8send((${held})::int8 # (-9223372036854775807 - 1)::int8), 'hex')`;
  if (type !== 'TEXT') return text;
  return sql`replace(replace(${text}, chr(2), chr(2) || chr(3)), chr(1), chr(2) || chr(2))`;
}

function mysqlPart({ type, held, text }: Value): Piece {
  if (type === 'INTEGER')
    return sql`lower(lpad(hex(cast(${held} as signed) ^ 9223372036854775808), 16, '0'))`;
  if (type !== 'TEXT') return text;
  const [one, two, three] = ['01', '02', '03'].map((byte) =>
    piece(`convert(x'${byte}' using utf8mb4)`),
  );
  if (one === undefined || two === undefined || three === undefined) return text;
  const escaped = sql`replace(${text}, ${two}, concat(${two}, ${three}))`;
  return sql`replace(${escaped}, ${one}, concat(${two}, ${two}))`;
}

/** Canonical texts of a row as one, which no other row has: each with its length before it. */
export function rowText(dialect: DialectName, values: readonly Value[]): Piece {
  if (dialect === 'postgresql') {
    const parts = values.map(
      ({ text }) => sql`coalesce(length(${text}) || ':' || ${text} || ';', '-;')`,
    );
    return sql`(${join(parts, ' || ')})`;
  }
  const parts = values.map(
    ({ text }) => sql`coalesce(concat(char_length(${text}), ':', ${text}, ';'), '-;')`,
  );
  return sql`concat('', ${join(parts, ', ')})`;
}

/**
 * A number of 64 bits, signed, that tells a row from every other. The key goes into the hash of
 * every value: rows that have swapped values would otherwise have the same sum as before.
 */
export function rowHash(
  flavor: Exclude<Flavor, 'stream'>,
  dialect: DialectName,
  { values, keys }: { readonly values: readonly Value[]; readonly keys: number },
): Piece {
  const text = rowText(dialect, values);
  if (dialect === 'mysql')
    return sql`cast(cast(conv(left(md5(${text}), 16), 16, 10) as unsigned) as signed)`;
  if (flavor === 'md5_text')
    return sql`('x' || left(md5(convert_to(${text}, 'UTF8')), 16))::bit(64)::int8`;
  if (flavor === 'pg_text') return sql`hashtextextended(${text} collate "C", 0)`;
  return recordHash(values, keys);
}

/**
 * Texts are hashed one after the other, each with the hash of those before it as its seed, the rest
 * as a record with the last of them: half of what it costs to make a record of everything.
 */
function recordHash(values: readonly Value[], keys: number): Piece {
  const texts = values.filter(({ type }) => type === 'TEXT');
  // The key is in the seed.
  const others = values.filter(({ type }, at) => type !== 'TEXT' && at >= keys);
  const none = piece('?', [NO_TEXT]);
  const seed = texts.reduce(
    (before, { held }) =>
      sql`hashtextextended(coalesce((${held})::text, ${none}) collate "C", ${before})`,
    seedOf(values.slice(0, keys)),
  );
  // A record of nothing but nulls would be 0 whatever its seed is.
  const members = [piece('1'), ...others.map(recordMember)];
  return sql`hash_record_extended(row(${join(members, ', ')}), ${seed})`;
}

/** Stands for null among texts; no text of anybody is it. */
const NO_TEXT = '\u0001null 4b7d0c93e85a41f6 9d2ab6170f3ce85d';

/** Hashes of integers and instants fold 64 bits to 32, those of bytes do not. */
function recordMember({ type, held }: Value): Piece {
  switch (type) {
    case 'TEXT':
      return sql`(${held})::text collate "C"`;
    case 'INTEGER':
      return sql`int8send((${held})::int8)`;
    case 'DECIMAL':
      return sql`(${held})::numeric`;
    case 'DATE':
      return sql`(${held})::date`;
    case 'TIMESTAMP':
      return sql`timestamp_send((${held})::timestamp)`;
    case 'INSTANT':
      return sql`timestamptz_send((${held})::timestamptz)`;
    case 'BOOLEAN':
      return sql`(${held})::boolean`;
    case 'UUID':
      return sql`(${held})::uuid`;
  }
}

/** What of the key is not among the texts. */
function seedOf(key: readonly Value[]): Piece {
  const [first] = key;
  if (key.length === 1 && first?.type === 'INTEGER') return sql`(${first.held})::int8`;
  const others = key.filter(({ type }) => type !== 'TEXT');
  if (others.length === 0) return piece('0');
  return sql`hash_record_extended(row(${join(others.map(recordMember), ', ')}), 0)`;
}

/** One value of every type, for two servers to show that they hash alike. */
const CANARY: readonly (readonly [FieldType, string, Piece])[] = [
  ['TEXT', '济宁㐀𠮷', piece("cast('济宁㐀𠮷' as char(9) character set utf8mb4)")],
  ['INTEGER', '-7000000001', piece('-7000000001')],
  ['DECIMAL', '12.50', piece('cast(12.50 as decimal(9, 2))')],
  ['DATE', '2024-02-29', piece("date '2024-02-29'")],
  ['TIMESTAMP', '2024-02-29T08:09:10.5', piece("timestamp '2024-02-29 08:09:10.500000'")],
  ['BOOLEAN', 'true', piece('true')],
  ['UUID', '5f0c2d1e-8a4b-4c6d-9e7f-001122334455', piece("'5f0c2d1e-8a4b-4c6d-9e7f-001122334455'")],
  ['TEXT', '', piece("''")],
];

/** The hash of a row that is the same everywhere. Null where the dialect has no such flavor. */
export function canaryHash(flavor: Flavor, dialect: DialectName): Piece | null {
  if (flavor === 'stream' || (dialect === 'mysql' && flavor !== 'md5_text')) return null;
  const values = CANARY.map(([type, text, mysql]) =>
    valueOf(dialect, type, dialect === 'mysql' ? mysql : castTo(type, text)),
  );
  return rowHash(flavor, dialect, { values, keys: 2 });
}

/** A canonical text as a value of its type, in PostgreSQL. */
export function castTo(type: FieldType, text: string): Piece {
  return held(type, sql`${piece('?', [text])}::text`);
}

const POSTGRES_TYPES: Readonly<Record<FieldType, string>> = {
  TEXT: 'text',
  INTEGER: 'int8',
  DECIMAL: 'numeric',
  DATE: 'date',
  TIMESTAMP: 'timestamp',
  INSTANT: 'timestamptz',
  BOOLEAN: 'boolean',
  UUID: 'uuid',
};

/** A piece that is a canonical text, as a value of its type, in PostgreSQL. */
export function held(type: FieldType, text: Piece): Piece {
  return sql`(${text})::${piece(POSTGRES_TYPES[type])}`;
}

/** Name of the type in PostgreSQL, e.g. for arrays of it. */
export function postgresType(type: FieldType): string {
  return POSTGRES_TYPES[type];
}
