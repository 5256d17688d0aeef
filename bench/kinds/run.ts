import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

import type { CapabilityName } from '../../src/connector-kit/connector.ts';
import { createChildren } from '../children.ts';
import { createBenchDatabase } from '../database.ts';
import { instant } from '../wiring.ts';
import { measured, type Asked } from './asked-kind.ts';
import { DECLARED_KINDS } from './declared-kinds.ts';
import { KINDS_OF_RECORD } from './kinds-of-record.ts';
import { startFileDrop, startTableExchange } from './kept-kinds.ts';
import type { MeasuredKind } from './measured-kind.ts';

const ROUNDS = 5;
const RESULT_FILE = join(import.meta.dirname, '..', 'results', 'kinds.json');
const MICROSECONDS = 1_000_000;

/** One slice, read one way. */
interface Slice {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

interface Result {
  readonly kind: string;
  readonly bare: string;
  /** Read by the connector, over all rounds. */
  readonly records: number;
  readonly recordsPerSecond: number;
  readonly barePerSecond: number;
  /** CPU of the connector over that of the bare decoder; median of the rounds. */
  readonly cpuRatio: number;
}

/** Reads every kind both ways, round by round, and tells records per second and the ratio. */
async function run(): Promise<void> {
  const children = createChildren();
  const folder = await mkdtemp(join(tmpdir(), 'hecha-bench-kinds-'));
  const results: Result[] = [];
  try {
    const database = await createBenchDatabase(children, folder);
    const starts = [
      ...[...DECLARED_KINDS, ...KINDS_OF_RECORD].map(
        (ask) => async () => measured(children, (await ask()) as Asked<CapabilityName>),
      ),
      startFileDrop,
      () => startTableExchange(database.serverUrl, database.url),
    ];
    for (const start of starts) {
      const kind = await start();
      const result = await measure(kind).finally(() => kind.stop());
      process.stdout.write(`${lineOf(result)}\n`);
      results.push(result);
    }
    await database.drop();
  } finally {
    await children.stopAll();
    await rm(folder, { recursive: true, force: true });
  }
  await mkdir(join(RESULT_FILE, '..'), { recursive: true });
  const machine = { cores: cpus().length, load: loadavg()[0], measuredAt: instant().toISOString() };
  await writeFile(
    RESULT_FILE,
    `${JSON.stringify({ machine, rounds: ROUNDS, results }, null, 2)}\n`,
  );
}

async function measure(kind: MeasuredKind): Promise<Result> {
  const { records } = kind;
  const connector: Slice[] = [];
  const bare: Slice[] = [];
  await timed(records, () => kind.readByConnector());
  await timed(records, () => kind.readBare());
  for (let round = 0; round < ROUNDS; round += 1) {
    const first = round % 2 === 0;
    if (first) connector.push(await timed(records, () => kind.readByConnector()));
    bare.push(await timed(records, () => kind.readBare()));
    if (!first) connector.push(await timed(records, () => kind.readByConnector()));
  }
  const perSecond = (slices: readonly Slice[]) =>
    Math.round(records / median(slices.map(({ seconds }) => seconds)));
  const ratios = connector.map((one, index) => one.cpuSeconds / (bare[index]?.cpuSeconds ?? NaN));
  return {
    ...{ kind: kind.kind, bare: kind.bare, records: records * ROUNDS },
    ...{ recordsPerSecond: perSecond(connector), barePerSecond: perSecond(bare) },
    cpuRatio: Math.round(median(ratios) * 100) / 100,
  };
}

/** @throws {Error} when fewer records were read than there are: then nothing was measured. */
async function timed(records: number, read: () => Promise<number>): Promise<Slice> {
  const began = performance.now();
  const before = process.cpuUsage();
  const got = await read();
  const { user, system } = process.cpuUsage(before);
  const seconds = (performance.now() - began) / 1_000;
  if (got !== records) throw new Error(`${got} records were read instead of ${records}`);
  return { seconds, cpuSeconds: (user + system) / MICROSECONDS };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function lineOf({ kind, bare, records, recordsPerSecond, barePerSecond, cpuRatio }: Result) {
  return [
    kind.padEnd(18),
    `${records} records`.padEnd(16),
    `${recordsPerSecond}/s`.padStart(10),
    `bare ${barePerSecond}/s`.padStart(16),
    `CPU x ${cpuRatio.toFixed(2)}`.padStart(12),
    `  (${bare})`,
  ].join(' ');
}

await run();
