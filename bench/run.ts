import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createChildren, type Children } from './children.ts';
import { digestOfFloor, digestOfHub } from './comparison.ts';
import { createBenchDatabase, type BenchDatabase } from './database.ts';
import { openCases, startHub, type BenchHub } from './hub.ts';
import {
  currentLoad,
  jsonOf,
  problemsOf,
  reportOf,
  tableOf,
  type Report,
  type Round,
} from './report.ts';
import { measureSm2 } from './sm2-cost.ts';
import { runWindow, type Target, type Window } from './windows.ts';
import {
  CONCURRENCY,
  instant,
  type FloorReady,
  type FloorTold,
  type SourcesReady,
  type Variant,
} from './wiring.ts';

const ROUNDS = 5;
const WARM_SECONDS = 1;
const WINDOW_SECONDS = 3;
const FIRST_QUERIES = 3 * CONCURRENCY;
/** No window begins later than this after the start, whatever the machine is like. */
const LAST_WINDOW_MS = 105_000;
const QUERY_FILE = join(import.meta.dirname, 'twenty-by-four.graphql');
const RESULT_FILE = join(import.meta.dirname, 'results', 'twenty-by-four.json');

/**
 * Measures floor, audited floor and hub side by side. Exit code 2 when the numbers mean nothing.
 */
async function run(): Promise<void> {
  if (process.platform !== 'linux')
    throw new Error('CPU time is read from /proc: run it on Linux.');
  const children = createChildren();
  const folder = await mkdtemp(join(tmpdir(), 'hecha-bench-'));
  let database: BenchDatabase | null = null;
  let ending: Promise<void> | null = null;
  const end = async () => {
    await children.stopAll();
    await database?.drop().catch((error: unknown) => {
      tell(`The database of the bench was not dropped: ${String(error)}`);
    });
    await rm(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      void (ending ??= end()).then(() => process.exit(130));
    });
  try {
    database = await createBenchDatabase(children, folder);
    const report = await measure(children, folder, database);
    await mkdir(join(RESULT_FILE, '..'), { recursive: true });
    await writeFile(RESULT_FILE, jsonOf(report));
    process.stdout.write(`${tableOf(report)}\n`);
    const problems = problemsOf(report);
    for (const problem of problems) tell(`Do not believe this: ${problem}.`);
    if (problems.length > 0) process.exitCode = 2;
  } finally {
    await (ending ??= end());
  }
}

async function measure(
  children: Children,
  folder: string,
  database: BenchDatabase,
): Promise<Report> {
  const sources = await children.startEntry('sources.ts');
  const ready = JSON.parse(sources.said) as SourcesReady;
  const { credentials } = ready;
  const hub = await startHub(children, {
    folder,
    credentials,
    databaseUrl: database.url,
    upstreams: ready.upstreams.hub,
  });
  const cases = await openCases(hub, ready.enterprises);
  const targets = [
    await startFloor(children, { variant: 'floor', ready, database, cases }),
    await startFloor(children, { variant: 'floor-audited', ready, database, cases }),
    await hubTarget(hub, ready, cases),
  ];
  const dataEqual = await compareAnswers(targets);
  const sm2CpuMs = await measureSm2(ready);
  const load = currentLoad();
  const rounds = await runRounds(targets, database.serverPid);
  const measuredAt = instant().toISOString();
  return reportOf({ rounds, sm2CpuMs, dataEqual, load, measuredAt });
}

async function startFloor(
  children: Children,
  given: {
    readonly variant: Exclude<Variant, 'hub'>;
    readonly ready: SourcesReady;
    readonly database: BenchDatabase;
    readonly cases: readonly string[];
  },
): Promise<Target> {
  const { variant, ready, database, cases } = given;
  const upstreams = ready.upstreams[variant];
  const told: FloorTold = {
    databaseUrl: database.url,
    isAudited: variant === 'floor-audited',
    upstreams,
    credentials: ready.credentials,
  };
  const child = await children.startEntry('floor.ts', { BENCH_FLOOR: JSON.stringify(told) });
  const { url } = JSON.parse(child.said) as FloorReady;
  const requests = cases.map((id) => ({ method: 'GET' as const, path: `/cases/${id}` }));
  return { variant, url, requests, pid: child.pid, upstreams };
}

async function hubTarget(
  hub: BenchHub,
  ready: SourcesReady,
  cases: readonly string[],
): Promise<Target> {
  const query = await readFile(QUERY_FILE, 'utf8');
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${hub.token}` };
  const requests = cases.map((caseId) => ({
    method: 'POST' as const,
    path: '/graphql',
    headers,
    body: JSON.stringify({ query, variables: { caseId } }),
  }));
  return {
    variant: 'hub',
    url: hub.url,
    requests,
    pid: hub.child.pid,
    upstreams: ready.upstreams.hub,
  };
}

/** Whether every case has the same names, statuses and grades in all variants. */
async function compareAnswers(targets: readonly Target[]): Promise<boolean> {
  const digests = await Promise.all(
    targets.map(async ({ variant, url, requests }) => {
      const seen: string[] = [];
      for (const { method = 'GET', path = '', headers = {}, body = null } of requests) {
        const response = await fetch(`${url}${path}`, {
          method,
          headers: headers as Record<string, string>,
          body: body as string | null,
        });
        const answer: unknown = await response.json();
        seen.push(variant === 'hub' ? digestOfHub(answer) : digestOfFloor(answer));
      }
      return seen.join(' ');
    }),
  );
  return new Set(digests).size === 1;
}

/** In alternating order, so that whatever changes with time meets every variant alike. */
async function runRounds(
  targets: readonly Target[],
  databasePid: number | null,
): Promise<readonly Round[]> {
  const rates = new Map<Variant, number>();
  const rounds: Round[] = [];
  for (let index = 0; index < ROUNDS; index += 1) {
    const order = index % 2 === 0 ? targets : targets.toReversed();
    const windows = new Map<Variant, Window>();
    for (const target of order) {
      if (performance.now() > LAST_WINDOW_MS)
        throw new Error(
          `This machine is too busy: only ${rounds.length} rounds were done in time.`,
        );
      const shoot = (seconds: number) =>
        runWindow(target, { queries: queriesIn(seconds, rates.get(target.variant)), databasePid });
      const warm = await shoot(WARM_SECONDS);
      rates.set(target.variant, warm.queriesPerSecond);
      windows.set(target.variant, await shoot(WINDOW_SECONDS));
    }
    rounds.push(Object.fromEntries(windows) as Round);
    tell(`round ${index + 1} of ${ROUNDS}`);
  }
  return rounds;
}

/** A whole number for every connection. */
function queriesIn(seconds: number, rate: number | undefined): number {
  if (rate === undefined) return FIRST_QUERIES;
  return Math.max(1, Math.round((rate * seconds) / CONCURRENCY)) * CONCURRENCY;
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

await run();
