import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Charset } from '../../src/connector-kit/decode.ts';
import {
  compareDrops,
  DEFAULT_DROP_MEMORY,
  type DropMemory,
  type DropOutcome,
} from '../../src/differ/drops/compare-drops.ts';
import type { KeptDrop } from '../../src/differ/drops/kept-drop.ts';
import type { DropFormat } from '../../src/differ/drops/record-scan.ts';
import { receiveDrop } from '../../src/differ/drops/receive-drop.ts';
import type { DropManifest, LastDrop } from '../../src/model/drop-manifest.ts';
import type { Difference } from '../../src/model/difference.ts';
import { decodeKey } from '../../src/model/row-key.ts';
import type { Row } from './rig.ts';

/** A character whose second byte in GB18030 is `|`. */
export const WITH_BAR = new TextDecoder('gb18030').decode(Buffer.from([0x95, 0x7c]));

/** Characters of the tests in GB18030, which this platform can read and not write. */
const TWO_BYTES: ReadonlyMap<string, Buffer> = new Map(
  ['济', '宁', '甲', '；', WITH_BAR].map((sign) => [sign, findBytes(sign)] as const),
);

function findBytes(sign: string): Buffer {
  const decoder = new TextDecoder('gb18030');
  for (let first = 0x81; first < 0xff; first += 1)
    for (let second = 0x40; second < 0xff; second += 1) {
      const bytes = Buffer.from([first, second]);
      if (decoder.decode(bytes) === sign) return bytes;
    }
  throw new Error(`${sign} is none of two bytes.`);
}

export function encode(text: string, charset: Charset): Buffer {
  if (charset === 'utf-8') return Buffer.from(text, 'utf8');
  return Buffer.concat(
    [...text].map((sign) => {
      const code = sign.codePointAt(0) ?? 0;
      if (code < 0x80) return Buffer.from([code]);
      return TWO_BYTES.get(sign) ?? fourBytes(code);
    }),
  );
}

/** Beyond the first plane, GB18030 counts on from 90 30 81 30. */
function fourBytes(code: number): Buffer {
  if (code < 0x10000) throw new Error('Not among the characters of these tests.');
  const place = code - 0x10000;
  return Buffer.from([
    0x90 + Math.floor(place / 12_600),
    0x30 + (Math.floor(place / 1_260) % 10),
    0x81 + (Math.floor(place / 10) % 126),
    0x30 + (place % 10),
  ]);
}

/** How a source writes its file. */
export interface Writing {
  readonly end: '\n' | '\r\n';
  readonly isEnded: boolean;
  /** Puts quotes around everything, where there are quotes. */
  readonly quotesAll: boolean;
}

export function writeDrop(
  rows: readonly Row[],
  format: DropFormat,
  options: Writing & { readonly columns: readonly string[] },
): Buffer {
  const { quote, separator } = format;
  const write = (value: string | null): string => {
    if (value === null) return '';
    if (quote === null) return value;
    const needs =
      value === '' || value.includes(separator) || /[\r\n]/u.test(value) || value.includes(quote);
    if (!needs && !options.quotesAll) return value;
    return `${quote}${value.replaceAll(quote, quote + quote)}${quote}`;
  };
  const lines = rows.map((row) => row.map(write).join(separator));
  const heading = format.columns === null ? [options.columns.join(separator)] : [];
  const text = [...heading, ...lines].join(options.end);
  const isEmpty = heading.length + lines.length === 0;
  return encode(options.isEnded && !isEmpty ? `${text}${options.end}` : text, format.charset);
}

/** A folder in which drops are received and kept. */
export interface DropPlaces {
  readonly folder: string;
  remove(): void;
}

export function createPlaces(): DropPlaces {
  const folder = mkdtempSync(join(tmpdir(), 'hecha-drops-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

async function* piecesOf(bytes: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1_000) yield bytes.subarray(at, at + 1_000);
}

export function manifestOf(bytes: Buffer, rest: Partial<DropManifest> = {}): DropManifest {
  const digest = createHash('sha256').update(bytes).digest('hex');
  return { rows: null, bytes: bytes.length, digest, sequence: null, charset: null, ...rest };
}

/** Receives and compares, as a night does. */
export async function takeDrop(drop: {
  readonly bytes: Buffer;
  readonly manifest: DropManifest | null;
  readonly format: DropFormat;
  readonly kept: KeptDrop | null;
  readonly last?: LastDrop | null;
  readonly places: DropPlaces;
  readonly day: number;
  readonly memory?: Partial<DropMemory>;
  readonly differencesMax?: number;
}): Promise<DropOutcome> {
  const { bytes, manifest, format, kept, places, day } = drop;
  const given = await receiveDrop({
    chunks: piecesOf(bytes),
    path: join(places.folder, `received-${day}`),
    manifest,
    last: drop.last ?? null,
    charset: format.charset,
    algorithm: 'SHA256',
    bytesMax: 1e9,
  });
  if (given.state === 'REFUSED') return given;
  return compareDrops({
    given,
    kept,
    format,
    folder: join(places.folder, `day-${day}`),
    memory: { ...DEFAULT_DROP_MEMORY, ...drop.memory },
    differencesMax: drop.differencesMax ?? 100_000,
    signal: new AbortController().signal,
  });
}

/** The form of the oracle's lines. */
export async function dropLines(
  outcome: DropOutcome,
  format: DropFormat,
): Promise<readonly string[]> {
  if (outcome.state !== 'COMPARED') throw new Error(`refused: ${outcome.refusal}`);
  const types = format.key.map(({ type }) => type);
  const lines: string[] = [];
  for await (const { type, key, fields } of outcome.readDifferences() as AsyncIterable<Difference>)
    lines.push(`${type} ${JSON.stringify(decodeKey(key, types))} ${fields.join(',')}`);
  return lines.toSorted();
}
