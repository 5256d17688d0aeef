import { HubError } from '../errors.ts';

/** What COPY BINARY begins with, so that nobody takes it for text (PostgreSQL, COPY). */
const SIGNATURE = Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1');
const HEAD_BYTES = SIGNATURE.length + 8;
const COUNT_BYTES = 2;
const LENGTH_BYTES = 4;
const NULL = -1;
/** A row longer than this is not what was asked for. */
const ROW_BYTES_MAX = 16 * 1024 * 1024;

/**
 * Takes apart what COPY BINARY sends of rows of two columns that are not null. `take` gets each row
 * as one text of bytes: the first value, the length of the second in four bytes, the second.
 *
 * @returns what takes the pieces, in order, however they were cut.
 * @throws {HubError} SOURCE_MALFORMED, reason COPY, where it is something else.
 */
export function readCopiedPairs(take: (row: string) => void): (chunk: Buffer) => void {
  let isBegun = false;
  let held: Buffer = Buffer.alloc(0);
  const read = (bytes: Buffer): number => {
    let at = 0;
    if (!isBegun) {
      at = endOfHead(bytes);
      if (at === 0) return 0;
      isBegun = true;
    }
    for (;;) {
      const end = endOfRow(bytes, at);
      if (end === null) return at;
      if (end > at + COUNT_BYTES)
        take(bytes.toString('latin1', at + COUNT_BYTES + LENGTH_BYTES, end));
      at = end;
    }
  };
  return (chunk) => {
    const bytes = held.length === 0 ? chunk : Buffer.concat([held, chunk]);
    const end = read(bytes);
    if (bytes.length - end > ROW_BYTES_MAX) throw malformed();
    // The driver writes into the same memory again.
    held = end === bytes.length ? Buffer.alloc(0) : Buffer.from(bytes.subarray(end));
  };
}

/** Where the first row begins. 0 where that has not arrived yet. */
function endOfHead(bytes: Buffer): number {
  if (bytes.length < HEAD_BYTES) return 0;
  if (SIGNATURE.compare(bytes, 0, SIGNATURE.length) !== 0) throw malformed();
  return HEAD_BYTES + bytes.readInt32BE(SIGNATURE.length + 4);
}

/** Where the row ends that begins there. Null where it has not arrived as a whole. */
function endOfRow(bytes: Buffer, at: number): number | null {
  if (bytes.length < at + COUNT_BYTES) return null;
  const count = bytes.readInt16BE(at);
  // Nothing follows the mark of the end.
  if (count === -1) return at + COUNT_BYTES;
  if (count !== 2) throw malformed();
  let end = at + COUNT_BYTES;
  for (let column = 0; column < 2; column += 1) {
    if (bytes.length < end + LENGTH_BYTES) return null;
    const length = bytes.readInt32BE(end);
    if (length === NULL) throw malformed();
    end += LENGTH_BYTES + length;
  }
  return end > bytes.length ? null : end;
}

function malformed(): HubError {
  return new HubError('SOURCE_MALFORMED', { details: { hop: 'SOURCE', reason: 'COPY' } });
}
