import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';

import { compareDrops, DEFAULT_DROP_MEMORY } from '../../src/differ/drops/compare-drops.ts';
import type { KeptDrop } from '../../src/differ/drops/kept-drop.ts';
import { receiveDrop, type ReceivedDrop } from '../../src/differ/drops/receive-drop.ts';
import type { DropFormat } from '../../src/differ/drops/record-scan.ts';

export const DROP_FORMAT: DropFormat = {
  separator: ',',
  quote: '"',
  charset: 'utf-8',
  columns: null,
  key: [{ column: 'id', type: 'INTEGER' }],
  emptyIsNull: true,
};

const NAMES = ['春和', '永安', '长青', '明德', '同庆'];
const HEADING =
  'id,certificate_number,kind,holder_name,holder_code,' +
  'issuer,issued_on,valid_until,status,changed_at\n';
const LINES_PART = 4_096;

/** The rows of a day; `every` says which of them differ from the day before: none for 0. */
export async function writeDrop(path: string, rows: number, every: number): Promise<void> {
  const file = createWriteStream(path);
  let part = HEADING;
  for (let id = 1; id <= rows; id += 1) {
    const place = every > 0 && id % every === 0 ? Math.floor(id / every) % 9 : -1;
    // Two of nine are gone, two are new, five are changed.
    if (place !== 0 && place !== 1) part += lineOf(id * 2, place >= 4);
    if (place === 2 || place === 3) part += lineOf(id * 2 + 1, false);
    if (id % LINES_PART !== 0) continue;
    if (!file.write(part)) await once(file, 'drain');
    part = '';
  }
  file.end(part);
  await once(file, 'finish');
}

function lineOf(id: number, isChanged: boolean): string {
  const hash = (id * 2_246_822_519) % 4_294_967_296;
  const code = hash.toString(16).toUpperCase().padStart(8, '0');
  const status = isChanged ? 'ANNULLED' : id % 7 === 0 ? 'REVOKED' : 'VALID';
  const until = id % 6 === 0 ? '' : `2027-0${1 + (id % 9)}-1${id % 10}`;
  return (
    `${id},JN${String((id * 6_700_417) % 9_999_999_967).padStart(12, '0')}-${id % 89},${id % 61},` +
    `"${NAMES[id % 5] ?? ''}食品经营部${id}, 济宁",92370811MA${code},` +
    `市市场监管局,20${10 + (id % 15)}-0${1 + (id % 9)}-2${id % 9},${until},${status},` +
    `2026-0${1 + (id % 9)}-1${id % 10}T0${id % 10}:00:00Z\n`
  );
}

/** Takes a drop over, with a manifest that fits it. */
export async function receive(path: string, to: string): Promise<ReceivedDrop> {
  const { size } = await stat(path);
  const received = await receiveDrop({
    chunks: createReadStream(path, { highWaterMark: 1024 * 1024 }),
    path: to,
    manifest: { rows: null, bytes: size, digest: null, sequence: null, charset: 'utf-8' },
    last: null,
    charset: 'utf-8',
    algorithm: 'SHA256',
    bytesMax: Number.MAX_SAFE_INTEGER,
  });
  if (received.state === 'REFUSED') throw new Error(received.refusal);
  return received;
}

/** Compares with the day before, and gives one line for each difference. */
export async function compare(options: {
  readonly given: ReceivedDrop;
  readonly kept: KeptDrop | null;
  readonly folder: string;
}): Promise<{ readonly drop: KeptDrop; readonly found: readonly string[] }> {
  const outcome = await compareDrops({
    ...options,
    format: DROP_FORMAT,
    memory: DEFAULT_DROP_MEMORY,
    differencesMax: 1_000_000,
    signal: new AbortController().signal,
  });
  if (outcome.state === 'REFUSED') throw new Error(outcome.refusal);
  const found: string[] = [];
  for await (const { type, left, right } of outcome.readDifferences())
    found.push(`${type} ${left[0]?.[0] ?? right[0]?.[0] ?? ''}`);
  return { drop: outcome.drop, found: found.toSorted() };
}

/** What GNU diff says of the same two files, in the same form. */
export function linesOfDiff(text: string): readonly string[] {
  const old = new Set<string>();
  const now = new Set<string>();
  for (const line of text.split('\n')) {
    const id = /^[<>] (\d+),/u.exec(line)?.[1];
    if (id !== undefined) (line.startsWith('<') ? old : now).add(id);
  }
  const word = (id: string): string =>
    old.has(id) && now.has(id) ? 'DIFFERS' : now.has(id) ? 'LEFT_ONLY' : 'RIGHT_ONLY';
  return [...new Set([...old, ...now])].map((id) => `${word(id)} ${id}`).toSorted();
}

/** Where the files of the bench are. */
export function placesIn(folder: string) {
  const at = (name: string): string => join(folder, name);
  return {
    old: at('old.csv'),
    now: at('now.csv'),
    keptOld: at('kept-old'),
    keptNow: at('kept-now'),
  };
}
