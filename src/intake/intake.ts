import { setTimeout as after } from 'node:timers/promises';

import type { Refusals } from '../audit/refusals.ts';
import type { Connector } from '../connector-kit/connector.ts';
import type { MappedCapability } from '../connector-kit/mapping/keys.ts';
import type { Caller } from '../model/caller.ts';
import { decodeCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import {
  freshnessOf,
  type Freshness,
  type IntakeCollection,
  type IntakePass,
  type IntakeReject,
} from '../model/intake.ts';
import type { Page, PageRequest } from '../model/page.ts';
import type { SourceRevision } from '../model/registered-source.ts';
import { mistake, type Accepted } from '../model/user-error.ts';
import type { Database } from '../store/database.ts';
import { acceptPass } from './acceptance.ts';
import { useHeldRecords, type HeldRecords } from './held-records.ts';
import { editionOf, heldSourceOf, passPolicyOf } from './held-source.ts';
import { findPassById, listCollections, listPasses, listRejects } from './report-queries.ts';
import { DEFAULT_RETENTION, sweepPast, type Retention } from './retention.ts';
import { COLLECTIONS_MAX, createRunner, isRead, type RunnerDeps } from './runner.ts';
import { withHoldings } from './with-holdings.ts';

/** Rows that sources hand over in passes: read, kept, and answered from. */
export interface Intake {
  /**
   * The connector with what its kept rows answer among its capabilities; as it is where it hands
   * over nothing. A lookup throws SOURCE_DEFERRED, hop HUB, reason NOT_LOADED, until every
   * collection was read to the end once: what was not read yet is never absent.
   */
  complete(revision: SourceRevision, connector: Connector): Connector;
  /** Starts the passes that are due. Safe on every replica: one run reads a collection. */
  startDue(signal: AbortSignal): Promise<void>;
  /** Deletes what is beyond the limits of retention. */
  sweepPast(signal: AbortSignal): Promise<void>;
  /** Reads all collections of a source now. Ended, or still going on, after 7 s at the latest. */
  run(caller: Caller, sourceId: string): Promise<Accepted<readonly SeenCollection[]>>;
  /** How the collections of a source stand, of all editions. */
  collections(sourceId: string): Promise<readonly SeenCollection[]>;
  /** Newest first, of all editions and collections. @throws {HubError} MALFORMED_CURSOR */
  pageOfPasses(sourceId: string, page: PageRequest): Promise<Page<IntakePass>>;
  /** Null where there is none. */
  findPass(passId: string): Promise<IntakePass | null>;
  /**
   * What a pass did not take, in the order in which it was met; of each pass the first thousand.
   *
   * @throws {HubError} MALFORMED_CURSOR
   */
  pageOfRejects(passId: string, page: PageRequest): Promise<Page<IntakeReject>>;
  /**
   * Proposes to accept what a pass that failed as SHRUNK removes, or what a complete pass did not
   * take; when a second operator does the same, it is done.
   */
  accept(caller: Caller, input: AcceptInput): Promise<Accepted<IntakePass>>;
  /**
   * What the active revision of a source has handed over, to be used while `use` runs. Null where
   * the source has none, cannot be built, or hands over nothing that answers this.
   */
  useRecords<N extends MappedCapability, R>(
    wanted: { readonly source: string; readonly capability: N },
    use: (records: HeldRecords<N>) => Promise<R>,
  ): Promise<R | null>;
  /** Aborts what runs, and waits for its end. The next run goes on where this one was. */
  stop(): Promise<void>;
}

/** A collection, and what its silence is worth to the revision that reads it. */
export interface SeenCollection extends IntakeCollection {
  /** Newest revision by whose settings it is read. Null where there is none any more. */
  readonly revision: number | null;
  readonly freshness: Freshness;
}

/** Which pass, and why it is to be accepted. */
export interface AcceptInput {
  readonly passId: string;
  readonly reason: string;
}

/** What the room works with. */
export interface IntakeDependencies extends Omit<RunnerDeps, 'db' | 'leaseMs'> {
  /** Answers questions, which are in a hurry. */
  readonly db: Database;
  /** Keeps pages, which are not. */
  readonly passesDb: Database;
  readonly refusals: Pick<Refusals, 'refuse'>;
  /** How long a collection stays with a run of which nothing is heard; 60 s by default. */
  readonly leaseMs?: number;
  readonly retention?: Retention;
}

const LEASE_MS = 60_000;
/** A request does not live as long as the longest pass takes. */
const WAIT_MS = 7_000;
const REASON_LENGTH_MAX = 500;

/** The room that keeps rows. Nothing runs before it is told to. */
export function createIntake(deps: IntakeDependencies): Intake {
  const { db, passesDb, clock, log, refusals } = deps;
  const { leaseMs = LEASE_MS, retention = DEFAULT_RETENTION } = deps;
  const runner = createRunner({ ...deps, db: passesDb, leaseMs });

  async function collections(source: string): Promise<readonly SeenCollection[]> {
    const [known, revisions] = await Promise.all([
      listCollections(db, { source, rowsMax: COLLECTIONS_MAX }),
      deps.listRevisions(),
    ]);
    const own = revisions
      .filter((one) => one.source === source)
      .toSorted((one, other) => other.number - one.number)
      .map((revision) => ({ revision, edition: editionOf(revision) }));
    return known.map((collection) => {
      const readers = own.filter(({ edition }) => edition === collection.edition);
      const reader = readers.find(({ revision }) => isRead(revision)) ?? readers[0];
      return seenBy(collection, reader?.revision ?? null);
    });
  }

  function seenBy(one: IntakeCollection, revision: SourceRevision | null): SeenCollection {
    const { complete, last, fault, notTaken } = one;
    const state = { complete, lastState: last?.state ?? null, isFaulty: fault !== null, notTaken };
    const policy = passPolicyOf(revision ?? { policy: {} });
    const freshness = freshnessOf(state, policy, clock.now());
    return { ...one, revision: revision?.number ?? null, freshness };
  }

  async function run(caller: Caller, source: string): Promise<Accepted<readonly SeenCollection[]>> {
    const refuse = (...told: Parameters<typeof mistake>) =>
      refusals.refuse(caller, 'runPasses', [mistake(...told)]);
    const revisions = await deps.listRevisions();
    const own = revisions.filter((one) => one.source === source);
    if (own.length === 0) return refuse('UNKNOWN_SOURCE', ['id'], 'See query `registeredSources`.');
    const read = own.filter(isRead);
    if (read.length === 0)
      return refuse('STEP_NOT_ALLOWED', ['id'], 'It has no revision that is active or in shadow.');
    log.info({ source, actor: caller.account }, 'passes are run by an operator');
    const runs = Promise.all(read.map((revision) => runner.readNow(revision)));
    const ended = await Promise.race([runs, after(WAIT_MS, null, { ref: false })]);
    if (ended === null) {
      runs.catch((error: unknown) => log.warn({ source, err: error }, 'passes could not be run'));
    } else if (ended.every(({ what }) => what === 'NO_ROWS')) {
      return refuse('STEP_NOT_ALLOWED', ['id'], 'It hands over no rows: it is asked each time.');
    } else if (ended.every(({ what }) => what === 'NOT_BUILT')) {
      return refuse('SECRETS_MISSING', ['id'], 'It cannot be built. Set its secrets first.');
    }
    return { ok: true, value: await collections(source) };
  }

  async function accept(caller: Caller, input: AcceptInput): Promise<Accepted<IntakePass>> {
    const reason = input.reason.trim();
    const isSaid = reason !== '' && reason.length <= REASON_LENGTH_MAX;
    const accepting = isSaid
      ? await acceptPass(
          { db: passesDb, clock, leaseMs },
          { passId: input.passId, by: caller.account, reason },
        )
      : { pass: null, error: unsaid() };
    const { pass, error } = accepting;
    if (pass !== null) return { ok: true, value: pass };
    return refusals.refuse(caller, 'acceptPass', [error]);
  }

  async function pageOfPasses(source: string, page: PageRequest): Promise<Page<IntakePass>> {
    const before = numberOf(decodeCursor(page.after, 1));
    const rows = await listPasses(db, { source, before, rowsMax: rowsToRead(page) });
    const cut = pageOf(rows, page, ({ number }) => [String(number)]);
    return { ...cut, nodes: cut.nodes.map(({ pass }) => pass) };
  }

  async function pageOfRejects(passId: string, page: PageRequest): Promise<Page<IntakeReject>> {
    const after = numberOf(decodeCursor(page.after, 1)) ?? 0;
    const wanted = { passId, after, rowsMax: rowsToRead(page) };
    const rows = isUuid(passId) ? await listRejects(db, wanted) : [];
    return pageOf(rows, page, ({ ordinal }) => [String(ordinal)]);
  }

  return {
    complete(revision, connector) {
      const held = heldSourceOf(revision, connector);
      return held === null ? connector : withHoldings(connector, held, { db, clock });
    },
    startDue: (signal) => runner.startDue(signal),
    sweepPast: async (signal) =>
      sweepPast({ db: passesDb, leaseMs, retention }, await deps.listRevisions(), signal),
    ...{ run, collections, pageOfPasses, pageOfRejects, accept },
    findPass: async (passId) => (isUuid(passId) ? findPassById(db, passId) : null),
    useRecords: (wanted, use) => useHeldRecords({ ...deps, db: passesDb }, wanted, use),
    stop: () => runner.stop(),
  };
}

function unsaid() {
  return mistake('LENGTH_OUT_OF_RANGE', ['reason'], `Send 1 to ${REASON_LENGTH_MAX} characters.`);
}

/** Null for no cursor; what is no number is behind everything. */
function numberOf(keys: readonly string[] | null): number | null {
  const [text] = keys ?? [];
  if (text === undefined) return null;
  return /^\d{1,9}$/u.test(text) ? Number(text) : 0;
}
