import { deflateSync } from 'node:zlib';

import { expect, test } from '@jest/globals';

import { fontOfWoff } from '../../src/documents/woff.ts';

const GLYPHS = Buffer.from('glyphs '.repeat(20));
const HEAD = Buffer.from([1, 2, 3, 4, 5]);

/** Two tables, the first packed and the second not. */
function woffOf(tables: readonly { tag: string; packed: Buffer; bytes: number }[]): Buffer {
  const header = Buffer.alloc(44 + 20 * tables.length);
  header.write('wOFF', 0, 'latin1');
  header.writeUInt32BE(0x00010000, 4);
  header.writeUInt16BE(tables.length, 12);
  let offset = header.length;
  tables.forEach(({ tag, packed, bytes }, index) => {
    const at = 44 + 20 * index;
    header.write(tag, at, 'latin1');
    [offset, packed.length, bytes, 7].forEach((value, field) => {
      header.writeUInt32BE(value, at + 4 + 4 * field);
    });
    offset += packed.length;
  });
  return Buffer.concat([header, ...tables.map(({ packed }) => packed)]);
}

const packed = deflateSync(GLYPHS);

test('the tables of a WOFF file are unpacked, each at a multiple of four bytes', () => {
  const font = fontOfWoff(
    woffOf([
      { tag: 'glyf', packed, bytes: GLYPHS.length },
      { tag: 'head', packed: HEAD, bytes: HEAD.length },
    ]),
  );

  const head = 12 + 2 * 16;
  expect(font.subarray(0, 12).toString('hex')).toBe('000100000002002000010000');
  expect(font.subarray(12, 28).toString('hex')).toBe(
    `${Buffer.from('glyf').toString('hex')}000000070000002c0000008c`,
  );
  expect(font.subarray(head, head + GLYPHS.length)).toEqual(GLYPHS);
  expect(font.subarray(head + 140)).toEqual(Buffer.from([1, 2, 3, 4, 5, 0, 0, 0]));
});

test('a file that is cut off, that unpacks to more than it says, or that is no WOFF is refused', () => {
  const whole = woffOf([{ tag: 'glyf', packed, bytes: GLYPHS.length }]);
  const lying = woffOf([{ tag: 'glyf', packed, bytes: packed.length + 1 }]);

  expect(() => fontOfWoff(whole.subarray(0, -3))).toThrow();
  expect(() => fontOfWoff(lying)).toThrow();
  expect(() => fontOfWoff(Buffer.from('wOF2'.repeat(20)))).toThrow('not a WOFF 1.0 file');
});
