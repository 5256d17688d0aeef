import { inflateSync } from 'node:zlib';

const SIGNATURE = 0x774f4646;
const HEADER_BYTES = 44;
const ENTRY_BYTES = 20;
const SFNT_HEADER_BYTES = 12;
const SFNT_ENTRY_BYTES = 16;

interface Table {
  readonly tag: Uint8Array;
  readonly checksum: number;
  readonly bytes: Uint8Array;
}

/**
 * The font that a WOFF 1.0 file (W3C Recommendation, 2012) holds, as TrueType or OpenType. Unpacked
 * once by Node's zlib: a reader in JavaScript takes seconds for a font of this size.
 *
 * @throws {Error} when the file is not WOFF 1.0 or is cut off.
 */
export function fontOfWoff(woff: Buffer): Buffer {
  if (woff.readUInt32BE(0) !== SIGNATURE) throw new Error('not a WOFF 1.0 file');
  const count = woff.readUInt16BE(12);
  const tables = Array.from({ length: count }, (_, index) =>
    tableAt(woff, HEADER_BYTES + index * ENTRY_BYTES),
  );
  return sfntOf(woff.readUInt32BE(4), tables);
}

function tableAt(woff: Buffer, at: number): Table {
  const offset = woff.readUInt32BE(at + 4);
  const packedBytes = woff.readUInt32BE(at + 8);
  const bytes = woff.readUInt32BE(at + 12);
  const packed = woff.subarray(offset, offset + packedBytes);
  const unpacked =
    packedBytes < bytes ? inflateSync(packed, { maxOutputLength: bytes }) : Uint8Array.from(packed);
  if (unpacked.length !== bytes) throw new Error('a table of the WOFF file is cut off');
  return {
    tag: woff.subarray(at, at + 4),
    checksum: woff.readUInt32BE(at + 16),
    bytes: unpacked,
  };
}

function sfntOf(flavor: number, tables: readonly Table[]): Buffer {
  const head = SFNT_HEADER_BYTES + SFNT_ENTRY_BYTES * tables.length;
  const size = tables.reduce((sum, { bytes }) => sum + padded(bytes.length), head);
  const font = Buffer.alloc(size);
  const power = Math.floor(Math.log2(Math.max(1, tables.length)));
  font.writeUInt32BE(flavor, 0);
  font.writeUInt16BE(tables.length, 4);
  font.writeUInt16BE(2 ** power * SFNT_ENTRY_BYTES, 6);
  font.writeUInt16BE(power, 8);
  font.writeUInt16BE((tables.length - 2 ** power) * SFNT_ENTRY_BYTES, 10);
  let offset = head;
  tables.forEach(({ tag, checksum, bytes }, index) => {
    const at = SFNT_HEADER_BYTES + index * SFNT_ENTRY_BYTES;
    font.set(tag, at);
    font.writeUInt32BE(checksum, at + 4);
    font.writeUInt32BE(offset, at + 8);
    font.writeUInt32BE(bytes.length, at + 12);
    font.set(bytes, offset);
    offset += padded(bytes.length);
  });
  return font;
}

/** Tables begin at multiples of four bytes. */
function padded(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}
