import { monitorEventLoopDelay } from 'node:perf_hooks';

import { Counter, Gauge, Histogram, Registry } from 'prom-client';

import type { TransportOutcome } from './model/outcome.ts';

const NANOSECONDS_PER_SECOND = 1e9;
const SECONDS_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** How a request ended, as callers see it. */
export type RequestOutcome =
  | 'answered'
  | 'answered_in_part'
  | 'refused'
  | 'unauthenticated'
  | 'forbidden'
  | 'unavailable'
  | 'failed';

/** A call to a source that has ended. */
export interface EndedCall {
  readonly source: string;
  readonly transport: TransportOutcome;
  readonly tookMs: number;
}

/** How one source is doing, as far as numbers tell. See `SourceState` of the sources. */
export interface SourceNumbers {
  readonly id: string;
  readonly breaker: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
  /** Whether what it says against somebody is not believed. Null when that is not known. */
  readonly isHeld: boolean | null;
  readonly capabilities: readonly { readonly canary: { readonly right: boolean } | null }[];
  readonly health: {
    readonly availability: Readonly<Record<'fiveMinutes' | 'hour', number | null>>;
    readonly latency: Readonly<Record<'hub' | 'source', Percentiles | null>>;
    readonly drift: { readonly count: number };
    readonly freshness: { readonly ageMs: number | null } | null;
    readonly budget: {
      readonly quota: { readonly left: number | null };
      readonly rate: { readonly now: number | null };
    } | null;
  };
}

type Percentiles = Readonly<Record<'p50Ms' | 'p95Ms' | 'p99Ms', number>>;

/** What the hub counts. Labels are names from closed sets; never a person, an agency or a case. */
export interface Metrics {
  countRequest(ended: { outcome: RequestOutcome; tookMs: number }): void;
  countCall(ended: EndedCall): void;
  /** A compiled operation has run; `repeated` when the interpreter had to run it again. */
  countCompiledRun(run: 'compiled' | 'repeated'): void;
  /** A source is no longer believed where it speaks against somebody. */
  countHold(source: string): void;
  /** Requests under way, counted by whoever admits them. */
  setInFlight(count: number): void;
  /** Measures the sources at every scrape by what this tells. Replaces what was told before. */
  watchSources(read: () => Promise<readonly SourceNumbers[]>): void;
  /** Prometheus text exposition format 0.0.4. */
  text(): Promise<string>;
  readonly contentType: string;
  /** Ends the measuring of the event loop. */
  stop(): void;
}

/** Begins to watch the event loop; every hub has its own registry. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: 'hecha_requests_total',
    help: 'GraphQL requests by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'hecha_request_seconds',
    help: 'Duration of GraphQL requests.',
    buckets: SECONDS_BUCKETS,
    registers,
  });
  const calls = new Counter({
    name: 'hecha_source_calls_total',
    help: 'Calls to sources by what became of them.',
    labelNames: ['source', 'transport'],
    registers,
  });
  const callDurations = new Histogram({
    name: 'hecha_source_call_seconds',
    help: 'Duration of calls to sources, waiting and attempts included.',
    labelNames: ['source'],
    buckets: SECONDS_BUCKETS,
    registers,
  });
  const { compiledRuns, holds } = createRareCounters(registers);
  const inFlight = new Gauge({
    name: 'hecha_requests_in_flight',
    help: 'GraphQL requests under way.',
    registers,
  });
  const loop = measureLoop(registers);
  const showSources = createSourceGauges(registers);
  let readSources: () => Promise<readonly SourceNumbers[]> = () => Promise.resolve([]);

  return {
    countRequest: ({ outcome, tookMs }) => {
      requests.inc({ outcome });
      durations.observe(tookMs / 1_000);
    },
    countCall: ({ source, transport, tookMs }) => {
      calls.inc({ source, transport });
      callDurations.observe({ source }, tookMs / 1_000);
    },
    countCompiledRun: (run) => {
      compiledRuns.inc({ run });
    },
    countHold: (source) => {
      holds.inc({ source });
    },
    setInFlight: (count) => {
      inFlight.set(count);
    },
    watchSources: (read) => {
      readSources = read;
    },
    text: async () => {
      showSources(await readSources());
      return registry.metrics();
    },
    contentType: registry.contentType,
    stop: loop.stop,
  };
}

function createRareCounters(registers: Registry[]) {
  return {
    compiledRuns: new Counter({
      name: 'hecha_compiled_runs_total',
      help: 'Runs of compiled operations, and how many of them the interpreter repeated.',
      labelNames: ['run'],
      registers,
    }),
    holds: new Counter({
      name: 'hecha_source_holds_total',
      help: 'Anomaly holds that this replica began.',
      labelNames: ['source'],
      registers,
    }),
  };
}

/** What is not known has no sample: an old number would look like a new one. */
function createSourceGauges(registers: Registry[]): (all: readonly SourceNumbers[]) => void {
  const gauges = SOURCE_GAUGES.map(({ name, help, labels, samplesOf }) => {
    const labelNames = ['source', ...labels];
    return { gauge: new Gauge({ name, help, labelNames, registers }), samplesOf };
  });
  return (all) => {
    for (const { gauge, samplesOf } of gauges) {
      gauge.reset();
      for (const source of all)
        for (const [labels, value] of samplesOf(source))
          if (value !== null) gauge.set({ source: source.id, ...labels }, value);
    }
  };
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number | null];

interface SourceGauge {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
  samplesOf(source: SourceNumbers): readonly Sample[];
}

const BREAKERS = { CLOSED: 0, HALF_OPEN: 0.5, OPEN: 1 } as const;

const SOURCE_GAUGES: readonly SourceGauge[] = [
  {
    name: 'hecha_source_availability',
    help: 'Part of the calls put to a source that were answered, over a sliding window.',
    labels: ['window'],
    samplesOf: ({ health: { availability } }) => [
      [{ window: '5m' }, availability.fiveMinutes],
      [{ window: '1h' }, availability.hour],
    ],
  },
  {
    name: 'hecha_source_latency_seconds',
    help: 'Percentiles of the latest calls by where the time went.',
    labels: ['hop', 'quantile'],
    samplesOf: ({ health: { latency } }) => [
      ...quantilesOf('hub', latency.hub),
      ...quantilesOf('source', latency.source),
    ],
  },
  {
    name: 'hecha_source_breaker_open',
    help: '1 while a source is left alone for having failed, 0.5 while it is probed.',
    labels: [],
    samplesOf: ({ breaker }) => [[{}, BREAKERS[breaker]]],
  },
  {
    name: 'hecha_source_held',
    help: '1 while a revision of the source is on anomaly hold, otherwise 0.',
    labels: [],
    samplesOf: ({ isHeld }) => [[{}, isHeld === null ? null : Number(isHeld)]],
  },
  {
    name: 'hecha_source_canary_right',
    help: '1 when every test record that was read was answered rightly, otherwise 0.',
    labels: [],
    samplesOf: ({ capabilities }) => {
      const read = capabilities.flatMap(({ canary }) => canary ?? []);
      return [[{}, read.length === 0 ? null : Number(read.every(({ right }) => right))]];
    },
  },
  {
    name: 'hecha_source_drift',
    help: 'Signs of an answer in a form that was not agreed upon, since the source was installed.',
    labels: [],
    samplesOf: ({ health: { drift } }) => [[{}, drift.count]],
  },
  {
    name: 'hecha_source_quota_left',
    help: 'Calls that all replicas may still make today.',
    labels: [],
    samplesOf: ({ health: { budget } }) => [[{}, budget?.quota.left ?? null]],
  },
  {
    name: 'hecha_source_rate',
    help: 'Calls a second that all replicas may make now.',
    labels: [],
    samplesOf: ({ health: { budget } }) => [[{}, budget?.rate.now ?? null]],
  },
  {
    name: 'hecha_source_age_seconds',
    help: 'Age of the holdings, as the source said when it answered last.',
    labels: [],
    samplesOf: ({ health: { freshness } }) => [[{}, secondsOf(freshness?.ageMs ?? null)]],
  },
];

function quantilesOf(hop: string, latency: Percentiles | null): readonly Sample[] {
  return [
    [{ hop, quantile: '0.5' }, secondsOf(latency?.p50Ms ?? null)],
    [{ hop, quantile: '0.95' }, secondsOf(latency?.p95Ms ?? null)],
    [{ hop, quantile: '0.99' }, secondsOf(latency?.p99Ms ?? null)],
  ];
}

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : ms / 1_000;
}

/** The 99th percentile since the last look, so that a pause shows once and not for ever. */
function measureLoop(registers: Registry[]): { stop(): void } {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  new Gauge({
    name: 'hecha_event_loop_lag_seconds',
    help: 'Delay of the event loop, 99th percentile since the last scrape.',
    registers,
    collect() {
      this.set(delay.percentile(99) / NANOSECONDS_PER_SECOND);
      delay.reset();
    },
  });
  new Gauge({
    name: 'hecha_resident_memory_bytes',
    help: 'Memory of the process.',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  return {
    stop: () => {
      delay.disable();
    },
  };
}
