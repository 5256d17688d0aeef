import knex from 'knex';

/** The databases that can be read. MariaDB speaks the protocol of MySQL. */
export const DIALECTS = ['postgresql', 'mysql'] as const;
export type DialectName = (typeof DIALECTS)[number];

/** One fixed statement of this folder, and the values bound to its places. */
export interface Statement {
  readonly text: string;
  readonly values: readonly (string | null)[];
}

/** A row by the aliases of its statement. All values are text, whatever their type. */
export type TextRow = Readonly<Record<string, string | null>>;

/** A piece of SQL: `??` is a name from the settings, `?` a bound value. */
export interface Piece {
  readonly sql: string;
  readonly bindings: readonly (string | null)[];
}

/** A piece of SQL with what stands in its places, in order. */
export function piece(sql: string, bindings: readonly (string | null)[] = []): Piece {
  return { sql, bindings };
}

/** Pieces with something between them. */
export function join(pieces: readonly Piece[], separator: string): Piece {
  return {
    sql: pieces.map(({ sql }) => sql).join(separator),
    bindings: pieces.flatMap(({ bindings }) => bindings),
  };
}

/**
 * A template whose holes are pieces of SQL, so that no text of an operator or of a question can
 * become SQL: it can only be bound, or quoted as a name.
 */
export function sql(texts: TemplateStringsArray, ...holes: readonly Piece[]): Piece {
  return {
    sql: texts.map((text, index) => text + (holes[index]?.sql ?? '')).join(''),
    bindings: holes.flatMap(({ bindings }) => bindings),
  };
}

/** A whole number of this program's own, written into the statement. */
export function count(value: number): Piece {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError('No count.');
  return piece(String(value));
}

const COMPILERS = {
  postgresql: knex({ client: 'pg' }),
  mysql: knex({ client: 'mysql2' }),
} as const satisfies Record<DialectName, unknown>;

/** The statement with names quoted as the dialect quotes them. Opens nothing. */
export function compile(dialect: DialectName, { sql: text, bindings }: Piece): Statement {
  const { sql: native, bindings: values } = COMPILERS[dialect]
    .raw(text, [...bindings])
    .toSQL()
    .toNative();
  // Of MySQL the compiler leaves the backslash before a question mark that is no place.
  const plain = dialect === 'mysql' ? native.replaceAll('\\?', '?') : native;
  return { text: plain, values: values as readonly (string | null)[] };
}
