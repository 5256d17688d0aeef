import type { CallContext } from '../connector-kit/connector.ts';
import type { Holdings, ScanPage } from '../connector-kit/scan.ts';
import { HubError, type FaultCode } from '../errors.ts';
import type { Clock } from '../model/clock.ts';
import { SHRUNK, STOPPED, type PassReport } from '../model/intake.ts';
import type { PassPolicy } from '../model/pass-policy.ts';
import type { Database } from '../store/database.ts';
import { toStoreFault } from '../store/faults.ts';
import type { ClaimedCollection, Lease, OpenPass } from './collection-queries.ts';
import { endReading } from './end-reading.ts';
import { keepPage, REPLACED, type KeptPage } from './keep-page.ts';
import { isText } from './page-rows.ts';
import { findDone } from './pass-queries.ts';

/** What one reading of a collection needs. */
export interface ReadingDeps {
  readonly db: Database;
  readonly clock: Clock;
  readonly holdings: Holdings;
  readonly collection: string;
  readonly call: CallContext;
  readonly policy: PassPolicy;
}

/** What one reading of a collection did. */
export interface CollectionReading {
  /** In the order in which passes were worked on; none where nothing was kept. */
  readonly reports: readonly PassReport[];
  /** Why it ended early. Null when it came to its end. */
  readonly fault: string | null;
  /** Where the next reading begins; the watermark of the last complete pass. */
  readonly watermark: string | null;
  /** Whether the pass that was gone on with is given up, so that it can begin anew. */
  readonly isGivenUp: boolean;
  /** What was thrown that is no fault, for the log. Null for none. */
  readonly bug: unknown;
}

/** The scan ended without saying that it came to the end. */
const INCOMPLETE = 'INCOMPLETE';

/** After these the same resume fails again; a new pass may not. */
const RESUME_IN_VAIN: readonly FaultCode[] = [
  'SOURCE_UNSUPPORTED',
  'SOURCE_MALFORMED',
  'SOURCE_INTEGRITY_FAILED',
  'SOURCE_SCHEMA_DRIFT',
];

/**
 * Reads a collection from where it was left, page by page, until there is nothing more.
 *
 * @throws what the database throws; pages that were kept before stand.
 */
export async function readCollection(
  deps: ReadingDeps,
  claimed: ClaimedCollection,
  lease: Lease,
): Promise<CollectionReading> {
  const { db, clock, holdings, collection, call } = deps;
  const { watermark: since, open } = claimed;
  const resume = open?.resume ?? null;
  const isDone = createIsDone(db, lease.collectionId);
  const pages = startScan(holdings, { request: { collection, since, resume, isDone }, call });
  const progress: Progress = { open, watermark: since, reports: new Map(), hasKept: false };
  let ending: Ending | null;
  try {
    ending = await keepPages(deps, { pages, lease, progress });
  } finally {
    await pages.close();
  }
  const { open: last, reports, watermark } = progress;
  if (ending === null) return { ...LOST, watermark, reports: [...reports.values()] };
  const { bug } = ending;
  // A scan that ends where it was to go on, or fails there for good, has to begin anew.
  const isInVain = ending.isFinal || ending.fault === null;
  const isGivenUp = open !== null && !progress.hasKept && isInVain;
  const fault = ending.fault ?? (last === null ? null : INCOMPLETE);
  if (last !== null) markFailed(reports, last.number, fault);
  const end = { lease, open: last, fault, at: clock.now(), isGivenUp };
  const isHeld = await endReading(db, end);
  const told = { watermark, reports: [...reports.values()] };
  return isHeld ? { ...told, fault, isGivenUp, bug } : { ...told, ...LOST };
}

/** Another run has taken the collection over, and what this one reads no longer counts. */
const LOST = { fault: 'LOST', isGivenUp: false, bug: null } as const;

/** How far a reading has come. Changes with every page. */
interface Progress {
  open: OpenPass | null;
  watermark: string | null;
  /** By number of the pass. */
  readonly reports: Map<number, PassReport>;
  hasKept: boolean;
}

/** Null when another run has taken over. */
async function keepPages(
  { db, clock, collection, call, policy }: ReadingDeps,
  reading: { readonly pages: Pages; readonly lease: Lease; readonly progress: Progress },
): Promise<Ending | null> {
  const { pages, lease, progress } = reading;
  const { reports } = progress;
  const startedAt = clock.now();
  for (;;) {
    const read = await readNext(pages, call.signal);
    if (read.page === null) return read;
    const { page } = read;
    const { open, hasKept } = progress;
    const times = { startedAt, now: clock.now() };
    const place = { lease, open, isNewAttempt: !hasKept, ...times, policy };
    const kept = await keepOrRefuse(db, page, place);
    if (kept === null) return null;
    if ('fault' in kept) return kept;
    const { number } = kept.pass;
    if (open !== null && open.number !== number) markFailed(reports, open.number, REPLACED);
    reports.set(number, reportOf(collection, kept));
    progress.hasKept = true;
    progress.open = page.complete ? null : { ...kept.pass, resume: page.resume };
    if (kept.result === 'COMPLETE') progress.watermark = page.watermark;
    if (kept.result === 'SHRUNK') return { fault: SHRUNK, bug: null, isFinal: true };
  }
}

/** Why there is no further page. */
interface Ending {
  /** Null where the scan came to its end. */
  readonly fault: string | null;
  readonly bug: unknown;
  /** Whether the same request would end in the same way. */
  readonly isFinal: boolean;
}

/** What is more than the policy allows ends the pass as a fault of its source would. */
async function keepOrRefuse(
  ...[db, page, place]: Parameters<typeof keepPage>
): Promise<KeptPage | Ending | null> {
  try {
    return await keepPage(db, page, place);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    return { fault: reasonOf(error), bug: null, isFinal: false };
  }
}

/** @throws {HubError} STORE_UNAVAILABLE, which ends the pass as a fault of its source would. */
function createIsDone(db: Database, collectionId: number): (name: string) => Promise<boolean> {
  return async (name) => {
    try {
      return await findDone(db, { collectionId, name });
    } catch (error) {
      throw toStoreFault(error) ?? error;
    }
  };
}

interface Pages {
  next(): Promise<ScanPage | null>;
  close(): Promise<void>;
}

function startScan(
  holdings: Holdings,
  { request, call }: { request: Parameters<Holdings['scan']>[0]; call: CallContext },
): Pages {
  let iterator: AsyncIterator<ScanPage> | null = null;
  return {
    async next() {
      iterator ??= holdings.scan(request, call)[Symbol.asyncIterator]();
      const step = await iterator.next();
      return step.done === true ? null : step.value;
    },
    async close() {
      try {
        await iterator?.return?.();
      } catch {
        // The pages that were kept stand, and what the source does at its end changes nothing.
      }
    },
  };
}

async function readNext(
  pages: Pages,
  signal: AbortSignal,
): Promise<{ readonly page: ScanPage } | ({ readonly page: null } & Ending)> {
  const stopped = { page: null, fault: STOPPED, bug: null, isFinal: false } as const;
  const isStopped = (): boolean => signal.aborted;
  if (isStopped()) return stopped;
  try {
    const page = await pages.next();
    if (page === null) return { page, fault: null, bug: null, isFinal: false };
    requireNames(page);
    return { page };
  } catch (error) {
    if (isStopped()) return stopped;
    // A connector may throw faults only; anything else is its bug, and ends its pass all the same.
    if (!(error instanceof HubError)) {
      return { page: null, fault: 'BUG', bug: error, isFinal: false };
    }
    const isFinal = !error.retryable && RESUME_IN_VAIN.includes(error.code);
    return { page: null, fault: reasonOf(error), bug: null, isFinal };
  }
}

/** @throws {HubError} SOURCE_MALFORMED for a page whose pass cannot be told from others. */
function requireNames({ pass, resume, watermark }: ScanPage): void {
  const isSound = pass !== '' && [pass, resume ?? '', watermark ?? ''].every(isText);
  if (isSound) return;
  throw new HubError('SOURCE_MALFORMED', { details: { hop: 'CONNECTOR', reason: 'PASS_NAME' } });
}

function reasonOf({ code, details }: HubError): string {
  const reason = details['reason'];
  return typeof reason === 'string' && reason !== '' ? `${code}:${reason}` : code;
}

function reportOf(collection: string, { pass, result }: KeptPage): PassReport {
  return {
    collection,
    // Until it is complete.
    result: result === 'COMPLETE' ? 'COMPLETE' : 'FAILED',
    passId: pass.id,
    reason: result === 'SHRUNK' ? SHRUNK : null,
  };
}

function markFailed(reports: Map<number, PassReport>, number: number, reason: string | null): void {
  const report = reports.get(number);
  if (report !== undefined) reports.set(number, { ...report, result: 'FAILED', reason });
}
