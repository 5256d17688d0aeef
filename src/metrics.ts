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

/** What the hub counts. Labels are names from closed sets; never a person, an agency or a case. */
export interface Metrics {
  countRequest(ended: { outcome: RequestOutcome; tookMs: number }): void;
  countCall(ended: EndedCall): void;
  /** A compiled operation has run; `repeated` when the interpreter had to run it again. */
  countCompiledRun(run: 'compiled' | 'repeated'): void;
  /** Requests under way, counted by whoever admits them. */
  setInFlight(count: number): void;
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
  const compiledRuns = new Counter({
    name: 'hecha_compiled_runs_total',
    help: 'Runs of compiled operations, and how many of them the interpreter repeated.',
    labelNames: ['run'],
    registers,
  });
  const inFlight = new Gauge({
    name: 'hecha_requests_in_flight',
    help: 'GraphQL requests under way.',
    registers,
  });
  const loop = measureLoop(registers);

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
    setInFlight: (count) => {
      inFlight.set(count);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
    stop: loop.stop,
  };
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
