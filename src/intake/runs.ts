import { randomUUID } from 'node:crypto';

import type { CallContext } from '../connector-kit/connector.ts';
import type { Clock } from '../model/clock.ts';
import type { PassReport } from '../model/intake.ts';
import type { Purpose } from '../model/purpose.ts';
import type { Database } from '../store/database.ts';
import { keepLease } from '../store/lease-keeper.ts';
import {
  claimCollection,
  extendLease,
  releaseCollection,
  type ClaimedCollection,
  type Lease,
} from './collection-queries.ts';
import type { HeldSource } from './held-source.ts';
import { readCollection } from './read-collection.ts';
import { sortKeys } from './row-queries.ts';

/** What runs need. */
export interface RunDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Record<'info' | 'warn', (facts: object, message: string) => void>;
  /** How long a collection stays with a run of which nothing is heard. */
  readonly leaseMs: number;
}

/** What is to be read. */
export interface Run {
  readonly held: HeldSource;
  readonly collection: string;
  /** Aborted to stop; the next run goes on after the last page that was kept. */
  readonly signal: AbortSignal;
}

/** A resume that is in vain is given up once in a run, and the pass begun anew. */
const READINGS_MAX = 2;

/** What a source is told of a pass: no case, no person. */
const PASS_PURPOSE: Purpose = {
  caseId: 'intake',
  caseNumber: 'INTAKE',
  matterCode: 'INTAKE',
  matterName: '数据同步',
  legalBasis: '无',
  agencyCode: 'INTAKE',
  actor: 'job:intake',
  requestId: 'intake',
};

/**
 * Reads a collection from where it was left, if no other run does: a lease in its row decides.
 *
 * @throws what the database throws; what was kept before stands.
 */
export async function runCollection(deps: RunDeps, run: Run): Promise<readonly PassReport[]> {
  const { db, clock, leaseMs, log } = deps;
  const { collection, held } = run;
  const { source, edition } = held;
  const holder = randomUUID();
  const name = { source, edition, collection };
  const claimed = await claimCollection(db, { ...name, holder, leaseMs, runAt: clock.now() });
  if (claimed === null) return [reportOf(collection, 'BUSY', null)];
  const lease = { collectionId: claimed.id, holder, leaseMs };
  const keeper = keepLease({ leaseMs, extend: () => extendLease(db, lease) });
  try {
    const signal = AbortSignal.any([run.signal, keeper.lost]);
    const reports = await readAgain(deps, run, { claimed, lease, signal });
    if (reports.some(({ passId }) => passId !== null)) await sortKeys(db);
    for (const report of reports) {
      const level = report.result === 'FAILED' ? 'warn' : 'info';
      log[level]({ source, ...report }, 'pass ended');
    }
    return reports;
  } finally {
    await keeper.stop();
    // Without a database the lease ends by itself.
    await releaseCollection(db, lease).catch(() => undefined);
  }
}

async function readAgain(
  deps: RunDeps,
  { held, collection }: Run,
  {
    claimed,
    lease,
    signal,
  }: {
    readonly claimed: ClaimedCollection;
    readonly lease: Lease;
    readonly signal: AbortSignal;
  },
): Promise<readonly PassReport[]> {
  const { db, clock, log } = deps;
  const { holdings, policy, source } = held;
  const call: CallContext = { signal, purpose: PASS_PURPOSE };
  const reading = { db, clock, holdings, collection, call, policy };
  const reports: PassReport[] = [];
  let from = claimed;
  for (let count = 1; ; count += 1) {
    const read = await readCollection(reading, from, lease);
    const { bug, fault, watermark } = read;
    if (bug !== null)
      log.warn({ source, collection, ...kindOf(bug) }, 'a connector threw no fault');
    reports.push(...read.reports);
    if (!read.isGivenUp || count === READINGS_MAX || signal.aborted) {
      return reports.length > 0 && (fault === null || reports.at(-1)?.reason === fault)
        ? reports
        : [...reports, reportOf(collection, fault === null ? 'NOTHING_NEW' : 'FAILED', fault)];
    }
    from = { ...from, watermark, open: null };
  }
}

function reportOf(
  collection: string,
  result: PassReport['result'],
  reason: string | null,
): PassReport {
  return { collection, result, passId: null, reason };
}

/** Kind of an error; its message may quote a value. */
function kindOf(error: unknown): { readonly error: string } {
  return { error: error instanceof Error ? error.name : typeof error };
}
