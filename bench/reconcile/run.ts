import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';

import { DEFAULT_PACE } from '../../src/model/chunk-pace.ts';
import { instant } from '../wiring.ts';
import { compare, linesOfDiff, placesIn, receive, writeDrop } from './drops.ts';
import { measure, shell, type Cost } from './measure.ts';
import { startServer, type BenchServer } from './server.ts';
import {
  findByAntiJoin,
  findByDigests,
  growSource,
  prepareTables,
  readSource,
  type Found,
} from './tables.ts';
import { startWorkers } from './workers.ts';

const ROWS = Number(process.env['ROWS'] ?? 5_000_000);
const RANGE_KEYS = Number(process.env['RANGE_KEYS'] ?? 256);
/** Rows of one table whose digests are read, beside the comparisons: 0 for none. */
const MANY = Number(process.env['MANY'] ?? 0);
const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
const DIFFERENCES = Math.max(9, Math.round((900 * ROWS) / 5_000_000));
const RESULT_FILE = join(import.meta.dirname, '..', 'results', 'reconcile.json');

/** One measurement: what it cost by the hub, and by whatever else does the same. */
interface Result {
  readonly name: string;
  readonly hub: Cost;
  readonly others: Readonly<Record<string, Cost>>;
  /** CPU of the other over that of the hub. */
  readonly ratios: Readonly<Record<string, number>>;
  readonly differences: number;
}

/** How much faster two processes are than one, by the clock. */
interface WorkersResult {
  readonly restShare: number;
  readonly one: Cost;
  readonly two: Cost;
  readonly ratio: number;
  readonly load: number;
}

const folder = await mkdtemp(join(tmpdir(), 'hecha-bench-reconcile-'));
const results: Result[] = [];
const workers: WorkersResult[] = [];
try {
  await benchTables();
  await benchDrops();
  await mkdir(join(RESULT_FILE, '..'), { recursive: true });
  const machine = { cores: cpus().length, load: loadavg()[0], measuredAt: instant().toISOString() };
  await writeFile(
    RESULT_FILE,
    `${JSON.stringify({ machine, rows: ROWS, results, workers }, null, 2)}\n`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function benchTables(): Promise<void> {
  const server = await startServer(folder);
  try {
    await prepareTables(server, { rows: ROWS, differences: DIFFERENCES, rangeKeys: RANGE_KEYS });
    for (let round = 1; round <= ROUNDS; round += 1) {
      const hub = await measure(server.postmaster, () => findByDigests(server));
      const other = await measure(server.postmaster, () => findByAntiJoin(server));
      requireSame(hub.result.found, other.result);
      tell(`tables, round ${round}`, hub, { 'copy + anti-join': other.cost });
    }
    const source = await measure(server.postmaster, () => readSource(server));
    tell('source alone, no differences', { ...source, result: { found: [] } }, {});
    for (const restShare of [0, DEFAULT_PACE.restShare]) await benchWorkers(server, restShare);
    await benchMany(server);
  } finally {
    await server.stop();
  }
}

/** Digests of all ranges of one table, as a source with nothing changed is asked for them. */
async function benchMany(server: BenchServer): Promise<void> {
  if (MANY === 0) return;
  await growSource(server, MANY);
  for (let round = 1; round <= ROUNDS; round += 1) {
    const source = await measure(server.postmaster, () => readSource(server));
    tell(`${MANY} rows, source alone, round ${round}`, { ...source, result: { found: [] } }, {});
  }
}

/**
 * By the clock, because that is what a window is made of. Without rests the source's own processes
 * keep both cores busy; with them, as shipped, the source has time for twice as much.
 */
async function benchWorkers(server: BenchServer, restShare: number): Promise<void> {
  const one = await startWorkers(server, 1);
  const alone = await measure(server.postmaster, () => one.find(1, ROWS, restShare));
  const two = await startWorkers(server, 2);
  const together = await measure(server.postmaster, () => two.find(2, ROWS, restShare));
  requireSame(alone.result, together.result);
  const ratio = alone.cost.seconds / together.cost.seconds;
  const load = loadavg()[0] ?? 0;
  workers.push({ restShare, one: alone.cost, two: together.cost, ratio, load });
  print(
    `two workers, rest ${restShare}: ${costOf(together.cost)}; one: ${costOf(alone.cost)}: ` +
      `${ratio.toFixed(2)} x faster, load ${load.toFixed(1)}`,
  );
}

async function benchDrops(): Promise<void> {
  const places = placesIn(folder);
  await writeDrop(places.old, ROWS, 0);
  await writeDrop(places.now, ROWS, Math.round(ROWS / DIFFERENCES));
  const received = await measure(null, () => receive(places.old, join(folder, 'received')));
  const { result: first, cost } = await measure(null, () =>
    compare({ given: received.result, kept: null, folder: places.keptOld }),
  );
  const none = { found: [] };
  tell('drop received, SHA-256', { cost: received.cost, result: none }, {});
  tell('first drop, nothing to compare with', { cost, result: none }, {});
  for (let round = 1; round <= ROUNDS; round += 1) {
    const given = await receive(places.now, join(folder, 'received'));
    const kept = first.drop;
    const hub = await measure(null, () => compare({ given, kept, folder: places.keptNow }));
    const other = await measure(null, () => shell(`diff '${places.old}' '${places.now}' || true`));
    requireSame(hub.result.found, linesOfDiff(other.result));
    const others = { 'GNU diff': other.cost, ...(await benchDuck(places, hub.result.found)) };
    tell(`drops, round ${round}`, hub, others);
    await rm(places.keptNow, { recursive: true });
  }
}

/** Nothing where DuckDB is not there: see docs/bench.md. */
async function benchDuck(
  { old, now }: { readonly old: string; readonly now: string },
  found: Found,
): Promise<Readonly<Record<string, Cost>>> {
  const library = process.env['DUCKDB'];
  if (library === undefined) return {};
  const script = join(import.meta.dirname, 'duck.ts');
  const { cost, result } = await measure(null, () =>
    shell(`npx tsx '${script}' '${library}' '${old}' '${now}'`),
  );
  requireSame(found, result.trimEnd().split('\n').toSorted());
  return { DuckDB: cost };
}

function requireSame(one: Found, other: Found): void {
  if (JSON.stringify(one) !== JSON.stringify(other))
    throw new Error(`The ways disagree: ${one.length} and ${other.length} differences.`);
}

function tell(
  name: string,
  { cost: hub, result }: { readonly cost: Cost; readonly result: { readonly found: Found } },
  others: Readonly<Record<string, Cost>>,
): void {
  const ratios = Object.fromEntries(
    Object.entries(others).map(([other, { cpuSeconds }]) => [other, cpuSeconds / hub.cpuSeconds]),
  );
  results.push({ name, hub, others, ratios, differences: result.found.length });
  const told = Object.entries(others).map(
    ([other, cost]) => `${other} ${costOf(cost)}: ${ratios[other]?.toFixed(1) ?? ''} x`,
  );
  print([`${name}: ${costOf(hub)}, ${result.found.length} differences`, ...told].join('; '));
}

function costOf({ cpuSeconds, seconds, peakMegabytes }: Cost): string {
  const [cpu, wall] = [cpuSeconds.toFixed(2), seconds.toFixed(2)];
  return `${cpu} s CPU, ${wall} s, peak ${peakMegabytes.toFixed(0)} MB`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
