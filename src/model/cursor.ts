import { HubError } from '../errors.ts';
import { PAGE_ROWS_MAX, type Page, type PageRequest } from './page.ts';

const CURSOR_LENGTH_MAX = 400;

/** The keys of a row, as an opaque text that a caller hands back to get the rows after it. */
export function encodeCursor(keys: readonly string[]): string {
  return Buffer.from(JSON.stringify(keys)).toString('base64url');
}

/**
 * The keys a cursor was made of, `count` of them; null for no cursor.
 *
 * @throws {HubError} MALFORMED_CURSOR when the text was not made by `encodeCursor`.
 */
export function decodeCursor(cursor: string | null, count: number): readonly string[] | null {
  if (cursor === null) return null;
  const keys = cursor.length > CURSOR_LENGTH_MAX ? null : parseKeys(cursor);
  if (keys === null || keys.length !== count) throw new HubError('MALFORMED_CURSOR');
  return keys;
}

/**
 * The keys of a list ordered by instant and id, newest first. @throws {HubError} MALFORMED_CURSOR
 */
export function decodeInstantCursor(cursor: string | null): { at: Date; id: string } | null {
  const keys = decodeCursor(cursor, 2);
  if (keys === null) return null;
  const [instant = '', id = ''] = keys;
  const milliseconds = Date.parse(instant);
  if (Number.isNaN(milliseconds) || !isUuid(id)) throw new HubError('MALFORMED_CURSOR');
  return { at: new Date(milliseconds), id };
}

/** How many rows to read to fill a page and learn whether there are more. */
export function rowsToRead({ first }: PageRequest): number {
  return Math.min(Math.max(first, 1), PAGE_ROWS_MAX) + 1;
}

/** Cuts rows read by `rowsToRead` to a page. */
export function pageOf<T>(
  rows: readonly T[],
  request: PageRequest,
  keysOf: (row: T) => readonly string[],
): Page<T> {
  const nodes = rows.slice(0, rowsToRead(request) - 1);
  const last = nodes.at(-1);
  return {
    nodes,
    hasNextPage: rows.length > nodes.length,
    endCursor: last === undefined ? null : encodeCursor(keysOf(last)),
  };
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether a text can be an id of this hub at all; PostgreSQL would raise on anything else. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

function parseKeys(cursor: string): readonly string[] | null {
  try {
    const keys: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(keys) && keys.every((key) => typeof key === 'string') ? keys : null;
  } catch {
    // Not JSON: somebody made the text up.
    return null;
  }
}
