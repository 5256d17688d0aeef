import { cpus, loadavg } from 'node:os';

import { CONCURRENCY, type Variant } from './wiring.ts';
import type { Window } from './windows.ts';

/** Calls the query needs: one for each holder, one of twenty codes, one, none. */
const EXPECTED_CALLS: Readonly<Record<string, number>> = {
  'license-library': 20,
  'publicity-system': 1,
  'credit-platform': 1,
  assistance: 0,
};
const CALLS_TOLERANCE = 0.001;

/**
 * The platform takes 50 subjects in a call and a query has 20, so that the hub sends those of two
 * queries that wait at the same moment together. Fewer calls there are no sign of a cache.
 */
const SHARED_CALLS = ['credit-platform'];

/** What a run came to; written to bench/results. */
export interface Report {
  readonly measuredAt: string;
  readonly machine: {
    readonly node: string;
    readonly processor: string;
    readonly cores: number;
    /** Before the first window, one minute's mean: what others were doing. */
    readonly load: number;
  };
  readonly concurrency: number;
  readonly rounds: number;
  /** Names, statuses and grades of all cases were equal in all variants. */
  readonly dataEqual: boolean;
  /** CPU milliseconds that opening twenty SM2 ciphertexts takes: both sides pay them. */
  readonly sm2CpuMs: number;
  readonly rows: readonly Row[];
}

export interface Row {
  readonly variant: Variant;
  readonly queries: number;
  readonly errors: number;
  readonly queriesPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly cpuMsPerQuery: number;
  readonly databaseCpuMsPerQuery: number | null;
  /** Median over rounds of CPU against the floor's in the same round, and the quartiles. */
  readonly timesFloor: number;
  readonly timesFloorQuartiles: { readonly lower: number; readonly upper: number };
  /** Median over rounds of CPU milliseconds beyond the floor's in the same round. */
  readonly cpuMsBeyondFloor: number;
  readonly callsPerQuery: Readonly<Record<string, number>>;
}

/** One round: a window of every variant. */
export type Round = Readonly<Record<Variant, Window>>;

export function reportOf(given: {
  readonly rounds: readonly Round[];
  readonly sm2CpuMs: number;
  readonly dataEqual: boolean;
  readonly load: number;
  readonly measuredAt: string;
}): Report {
  const { rounds, sm2CpuMs } = given;
  const variants = Object.keys(rounds[0] ?? {}) as Variant[];
  const processors = cpus();
  return {
    measuredAt: given.measuredAt,
    machine: {
      node: process.version,
      processor: processors[0]?.model ?? '',
      cores: processors.length,
      load: given.load,
    },
    concurrency: CONCURRENCY,
    rounds: rounds.length,
    dataEqual: given.dataEqual,
    sm2CpuMs,
    rows: variants.map((variant) => rowOf(variant, rounds)),
  };
}

function rowOf(variant: Variant, rounds: readonly Round[]): Row {
  const windows = rounds.map((round) => round[variant]);
  const medianOf = (read: (window: Window) => number) => median(windows.map(read));
  const latencies = windows.flatMap((window) => window.latencies);
  const ratios = rounds.map((round) => round[variant].cpuMsPerQuery / round.floor.cpuMsPerQuery);
  const beyond = rounds.map((round) => round[variant].cpuMsPerQuery - round.floor.cpuMsPerQuery);
  const database = windows.map((window) => window.databaseCpuMsPerQuery);
  const sources = Object.keys(EXPECTED_CALLS);
  return {
    variant,
    queries: latencies.length,
    errors: windows.reduce((sum, { errors }) => sum + errors, 0),
    queriesPerSecond: medianOf((window) => window.queriesPerSecond),
    p50Ms: quantile(latencies, 0.5),
    p99Ms: quantile(latencies, 0.99),
    cpuMsPerQuery: medianOf((window) => window.cpuMsPerQuery),
    databaseCpuMsPerQuery: database.includes(null) ? null : median(database.map(Number)),
    timesFloor: median(ratios),
    timesFloorQuartiles: { lower: quantile(ratios, 0.25), upper: quantile(ratios, 0.75) },
    cpuMsBeyondFloor: median(beyond),
    callsPerQuery: Object.fromEntries(
      sources.map((id) => [id, medianOf((window) => window.callsPerQuery[id] ?? 0)]),
    ),
  };
}

/** Reasons not to believe the numbers; empty when there is none. */
export function problemsOf(report: Report): readonly string[] {
  const problems = report.dataEqual ? [] : ['the variants answered different data'];
  for (const { variant, errors, callsPerQuery } of report.rows) {
    if (errors > 0) problems.push(`${variant} had ${errors} errors`);
    for (const [source, expected] of Object.entries(EXPECTED_CALLS)) {
      const counted = callsPerQuery[source] ?? 0;
      const isMore = counted > expected + CALLS_TOLERANCE;
      const isFewer = counted < expected - CALLS_TOLERANCE && !SHARED_CALLS.includes(source);
      if (isMore || isFewer)
        problems.push(`${variant} called ${source} ${counted.toFixed(2)} times, not ${expected}`);
    }
  }
  return problems;
}

/** The report as people read it. */
export function tableOf(report: Report): string {
  const { machine, rows, sm2CpuMs } = report;
  const heads = ['variant', 'req/s', 'p50 ms', 'p99 ms', 'CPU ms/query', 'DB ms/query'];
  const more = ['x floor [quartiles]', 'ms beyond floor', 'calls/query'];
  const lines = rows.map((row) => {
    const { lower, upper } = row.timesFloorQuartiles;
    return [
      row.variant,
      row.queriesPerSecond.toFixed(1),
      row.p50Ms.toFixed(0),
      row.p99Ms.toFixed(0),
      row.cpuMsPerQuery.toFixed(1),
      row.databaseCpuMsPerQuery?.toFixed(1) ?? '-',
      `${row.timesFloor.toFixed(2)} [${lower.toFixed(2)} ${upper.toFixed(2)}]`,
      row.cpuMsBeyondFloor.toFixed(1),
      callsOf(row.callsPerQuery),
    ];
  });
  return [
    `20 x 4: one case, 20 enterprises, four sources each; ${report.rounds} rounds, ` +
      `concurrency ${report.concurrency}, no upstream delay`,
    `${machine.node}, ${machine.cores} x ${machine.processor}, ` +
      `load before ${machine.load.toFixed(1)}`,
    '',
    drawTable([[...heads, ...more], ...lines]),
    '',
    `Calls expected: ${callsOf(EXPECTED_CALLS)} (license-library + publicity-system + ` +
      `credit-platform + assistance).`,
    'Fewer calls to credit-platform: keys of two queries that wait at once share one of 50.',
    `Opening 20 SM2 ciphertexts takes ${sm2CpuMs.toFixed(0)} CPU ms of every query on all sides, ` +
      'which draws the ratio towards 1: look at "ms beyond floor" too.',
    `Equal names, statuses and grades: ${report.dataEqual ? 'yes' : 'NO'}.`,
    CAVEATS,
  ].join('\n');
}

const CAVEATS =
  'The floor has no GraphQL, authentication, limits, deadlines, retries, journal or partial ' +
  'answers (floor-audited writes an intent and an outcome row for each question, not the raw ' +
  'replies); all run on one machine beside their sources and their load, so only the ratios are ' +
  'a claim.';

function callsOf(calls: Readonly<Record<string, number>>): string {
  return Object.values(calls)
    .map((count) => String(Number(count.toFixed(2))))
    .join(' + ');
}

function drawTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const draw = (row: readonly string[]) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ');
  const rule = widths.map((width) => '-'.repeat(width)).join('-|-');
  const [head = [], ...body] = rows;
  return [draw(head), rule, ...body.map(draw)].join('\n');
}

/** The report as it is kept: fractions no finer than they can be believed. */
export function jsonOf(report: Report): string {
  const round = (_key: string, value: unknown) =>
    typeof value === 'number' ? Math.round(value * 1_000) / 1_000 : value;
  return `${JSON.stringify(report, round, 2)}\n`;
}

/** Of the last minute. */
export function currentLoad(): number {
  return loadavg()[0] ?? 0;
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Linear between neighbors; 0 for no values. */
function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? below;
  return below + (above - below) * (place - Math.floor(place));
}
