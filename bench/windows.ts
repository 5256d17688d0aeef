import { readdirSync, readFileSync } from 'node:fs';

import autocannon from 'autocannon';

import { CONCURRENCY, type Upstreams, type Variant } from './wiring.ts';

const TICKS_PER_SECOND = 100;

/** A server that is measured. */
export interface Target {
  readonly variant: Variant;
  readonly url: string;
  /** One for each case. */
  readonly requests: readonly autocannon.Request[];
  readonly pid: number;
  readonly upstreams: Upstreams;
}

/** What one window showed. */
export interface Window {
  readonly queries: number;
  readonly errors: number;
  readonly queriesPerSecond: number;
  /** User and system time of the server's process. */
  readonly cpuMsPerQuery: number;
  /** The same of all processes of the database server. Null where it is not ours to see. */
  readonly databaseCpuMsPerQuery: number | null;
  /** Milliseconds of each query. */
  readonly latencies: readonly number[];
  /** Calls each source counted, for each query. */
  readonly callsPerQuery: Readonly<Record<string, number>>;
}

/**
 * Sends a number of queries and waits for the last answer, so that no work leaks into the next
 * window. Every connection rotates over its own cases.
 */
export async function runWindow(
  target: Target,
  given: { readonly queries: number; readonly databasePid: number | null },
): Promise<Window> {
  const { upstreams, pid } = target;
  await forgetCalls(upstreams);
  const latencies: number[] = [];
  const cpuBefore = cpuMsOf([pid]);
  const databaseBefore = databaseCpuMs(given.databasePid);
  const { errors, non2xx, mismatches, seconds } = await shoot(target, given.queries, latencies);
  const cpuMs = cpuMsOf([pid]) - cpuBefore;
  const databaseAfter = databaseCpuMs(given.databasePid);
  const queries = latencies.length;
  return {
    queries,
    errors: errors + non2xx + mismatches,
    queriesPerSecond: queries / seconds,
    cpuMsPerQuery: cpuMs / queries,
    databaseCpuMsPerQuery:
      databaseBefore === null || databaseAfter === null
        ? null
        : (databaseAfter - databaseBefore) / queries,
    latencies,
    callsPerQuery: await countCalls(upstreams, queries),
  };
}

/** How often autocannon looks whether it is done. */
const SAMPLE_MS = 50;

interface Shot extends autocannon.Result {
  /** From the first request to the last answer. */
  readonly seconds: number;
}

function shoot(target: Target, queries: number, latencies: number[]): Promise<Shot> {
  let connection = 0;
  const startedAt = performance.now();
  let answeredAt = startedAt;
  const { requests } = target;
  return new Promise((resolve, reject) => {
    const run = autocannon(
      {
        url: target.url,
        connections: CONCURRENCY,
        amount: queries,
        timeout: 30,
        sampleInt: SAMPLE_MS,
        // An answer with errors is HTTP 200 in GraphQL.
        verifyBody: (body: unknown) => !String(body).includes('"errors":'),
        setupClient: (client: autocannon.Client) => {
          const own = requests.filter((_, index) => index % CONCURRENCY === connection);
          connection += 1;
          client.setRequests(own);
        },
      },
      (error: unknown, result) => {
        const seconds = (answeredAt - startedAt) / 1_000;
        if (error === null || error === undefined) resolve({ ...result, seconds });
        else reject(new Error('The load could not be sent.', { cause: error }));
      },
    );
    run.on('response', (_client, _status, _bytes, milliseconds) => {
      latencies.push(milliseconds);
      answeredAt = performance.now();
    });
  });
}

/** User and system time in milliseconds, of processes that are still there. */
function cpuMsOf(pids: readonly number[]): number {
  const ticks = pids.map((pid) => {
    const [, , , , , , , , , , , user, system] = statOf(pid);
    return Number(user ?? 0) + Number(system ?? 0);
  });
  return (ticks.reduce((sum, one) => sum + one, 0) * 1_000) / TICKS_PER_SECOND;
}

function databaseCpuMs(serverPid: number | null): number | null {
  if (serverPid === null) return null;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return cpuMsOf(pids.map(Number).filter((pid) => Number(statOf(pid)[1] ?? 0) === serverPid));
}

/** The fields of /proc/<pid>/stat from the state on; empty when the process is gone. */
function statOf(pid: number): readonly string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    // It ended between the listing and the reading.
    return [];
  }
}

/** Fetches of a working secret are not calls of the query: they happen twice an hour. */
const BESIDE_THE_QUERY = 'refresh';

async function countCalls(
  upstreams: Upstreams,
  queries: number,
): Promise<Readonly<Record<string, number>>> {
  const counts = Object.entries(upstreams).map(async ([id, { controlUrl }]) => {
    const response = await fetch(`${controlUrl}/calls`);
    const { calls } = (await response.json()) as { calls: { operation: string }[] };
    const own = calls.filter(({ operation }) => !operation.includes(BESIDE_THE_QUERY));
    return [id, own.length / queries] as const;
  });
  return Object.fromEntries(await Promise.all(counts));
}

async function forgetCalls(upstreams: Upstreams): Promise<void> {
  for (const { controlUrl } of Object.values(upstreams))
    await fetch(`${controlUrl}/calls`, { method: 'DELETE' });
}
