import { encodeGbk } from './charsets.ts';

/** Charsets that sources write files in. GBK loses what it cannot hold; GB18030 holds all. */
export type FileCharset = 'utf-8' | 'gbk' | 'gb18030';

/** Text as bytes of that charset. */
export function encodeText(text: string, charset: FileCharset): Buffer {
  if (charset === 'utf-8') return Buffer.from(text);
  return charset === 'gbk' ? encodeGbk(text) : encodeGb18030(text);
}

const encoded = new Map<string, Buffer>();

/** Two bytes where GBK has them, four for every other character (GB 18030). */
export function encodeGb18030(text: string): Buffer {
  const parts: Buffer[] = [];
  for (const character of text) {
    let bytes = encoded.get(character);
    if (bytes === undefined) {
      bytes = encodeCharacter(character);
      encoded.set(character, bytes);
    }
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}

const SUPPLEMENT = 0x10000;
/** Where the characters beyond the first plane begin: 90 30 81 30. */
const SUPPLEMENT_POINTER = 189_000;
const FIRST_PLANE_POINTERS = 39_420;

function encodeCharacter(character: string): Buffer {
  const short = encodeGbk(character);
  if (character === '?' || short.toString('latin1') !== '?') return short;
  const code = character.codePointAt(0) ?? 0;
  if (code >= SUPPLEMENT) return fourBytes(SUPPLEMENT_POINTER + code - SUPPLEMENT);
  pointers ??= readPointers();
  const pointer = pointers.get(character);
  if (pointer === undefined) throw new RangeError('A character that is in no charset.');
  return fourBytes(pointer);
}

let pointers: ReadonlyMap<string, number> | null = null;

/** Every four-byte character of the first plane, read back from the platform's decoder. */
function readPointers(): ReadonlyMap<string, number> {
  const all = Buffer.concat(
    Array.from({ length: FIRST_PLANE_POINTERS }, (_, pointer) => fourBytes(pointer)),
  );
  const characters = [...new TextDecoder('gb18030').decode(all)];
  return new Map(characters.map((character, pointer) => [character, pointer]));
}

function fourBytes(pointer: number): Buffer {
  return Buffer.from([
    0x81 + Math.floor(pointer / 12_600),
    0x30 + Math.floor((pointer % 12_600) / 1_260),
    0x81 + Math.floor((pointer % 1_260) / 10),
    0x30 + (pointer % 10),
  ]);
}
