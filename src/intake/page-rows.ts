import type { ScanPage, ScanReject, ScannedRow } from '../connector-kit/scan.ts';
import type { StoredChange } from './row-queries.ts';

/** What of a page is kept. */
export interface PageRows {
  /** One for each id: the change that stands among those of the page. */
  readonly changes: readonly StoredChange[];
  /** Changes that the page showed and that can be kept, overtaken ones included. */
  readonly taken: number;
  /** Those of the page, and rows that the hub cannot keep. */
  readonly rejects: readonly ScanReject[];
}

/** Characters of what rows are found and compared by; an index takes no more. */
const TERM_LENGTH_MAX = 512;
const KEYS_MAX = 64;
/** Bytes of the values of one row, as JSON. */
const BYTES_MAX = 262_144;
const FIELD_LENGTH_MAX = 200;

/** PostgreSQL keeps neither of them in a text. */
const NOT_TEXT = /[\0\p{Surrogate}]/u;
/** UTF-8 sorts what is beyond the basic plane elsewhere than code units do. */
const BEYOND_BASIC = /[\u{10000}-\u{10FFFF}]/u;

/** Sorts a page out. `before` is how many rows and rejects of the pass came before it. Pure. */
export function readPageRows(page: Pick<ScanPage, 'rows' | 'rejects'>, before: number): PageRows {
  const standing = new Map<string, StoredChange>();
  const rejects: ScanReject[] = page.rejects.map(toReject);
  let taken = 0;
  for (const [index, row] of page.rows.entries()) {
    const reason = judgeRow(row);
    if (reason !== null) {
      rejects.push({ place: before + index + 1, field: null, reason });
      continue;
    }
    taken += 1;
    const known = standing.get(row.id);
    if (known === undefined || row.order >= known.change_order) {
      standing.set(row.id, toChange(row));
    }
  }
  return { changes: [...standing.values()], taken, rejects };
}

/** Whether a text can be kept at all. */
export function isText(text: string): boolean {
  return !NOT_TEXT.test(text);
}

/** Why a row cannot be kept. Null where it can. */
function judgeRow({ id, about, keys, order, values }: ScannedRow): string | null {
  if (id === '') return 'NO_ID';
  const terms = [id, about, order, ...keys];
  const texts = [...terms, ...Object.keys(values), ...Object.values(values)];
  if (texts.some((text) => text !== null && !isText(text))) return 'NOT_TEXT';
  if (BEYOND_BASIC.test(order)) return 'ORDER_NOT_COMPARABLE';
  const isTooLong =
    terms.some((term) => term.length > TERM_LENGTH_MAX) ||
    keys.length > KEYS_MAX ||
    bytesOf(values) > BYTES_MAX;
  return isTooLong ? 'TOO_LONG' : null;
}

/** What is gone is found by nobody, and what it said is not kept. */
function toChange({ id, about, keys, change, order, values }: ScannedRow): StoredChange {
  const deleted = change === 'DELETE';
  return {
    row_id: id,
    about,
    keys: deleted ? [] : [...new Set(keys)].toSorted(),
    change_order: order,
    deleted,
    values: deleted ? {} : values,
    bytes: deleted ? 0 : bytesOf(values),
  };
}

function bytesOf(values: ScannedRow['values']): number {
  return Buffer.byteLength(JSON.stringify(values));
}

function toReject({ place, field, reason }: ScanReject): ScanReject {
  const isShown = field !== null && isText(field) && field.length <= FIELD_LENGTH_MAX;
  return { place, field: isShown ? field : null, reason };
}
