import { crc32, deflateRawSync } from 'node:zlib';

/** A part of an archive. */
export interface ZipPart {
  readonly name: string;
  readonly bytes: Buffer | string;
  /** What the archive claims the part becomes when unpacked. Null for the truth. */
  readonly claimedSize?: number | null;
}

const VERSION = 20;
const DEFLATED = 8;
/** 1980-01-01, so that the same parts give the same bytes. */
const DOS_DATE = 0x21;

/** A ZIP archive of deflated parts. */
export function writeZip(parts: readonly ZipPart[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const part of parts) {
    const { head, packed } = packPart(part);
    const local = Buffer.concat([signature(0x04034b50), head, Buffer.from(part.name), packed]);
    directory.push(
      Buffer.concat([signature(0x02014b50), short(VERSION), head, entryTail(offset)]),
      Buffer.from(part.name),
    );
    locals.push(local);
    offset += local.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, listing, end]);
}

/** Version, flags, method, time, checksum and sizes, as both headers of a part have them. */
function packPart({ name, bytes, claimedSize = null }: ZipPart): { head: Buffer; packed: Buffer } {
  const plain = Buffer.from(bytes);
  const packed = deflateRawSync(plain);
  const head = Buffer.alloc(26);
  head.writeUInt16LE(VERSION, 0);
  head.writeUInt16LE(0x0800, 2);
  head.writeUInt16LE(DEFLATED, 4);
  head.writeUInt16LE(DOS_DATE, 8);
  head.writeUInt32LE(crc32(plain), 10);
  head.writeUInt32LE(packed.length, 14);
  head.writeUInt32LE(claimedSize ?? plain.length, 18);
  head.writeUInt16LE(Buffer.byteLength(name), 22);
  return { head, packed };
}

/** Comment, disk, attributes and place of an entry in the directory. */
function entryTail(offset: number): Buffer {
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE(offset, 10);
  return tail;
}

function signature(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function short(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}
