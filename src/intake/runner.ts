import type { Connector } from '../connector-kit/connector.ts';
import type { PassReport } from '../model/intake.ts';
import { isDue } from '../model/intake.ts';
import type { SourceRevision } from '../model/registered-source.ts';
import { outageLeftMs } from '../sources/outage.ts';
import type { MaintenanceWindow } from '../sources/policy.ts';
import { heldSourceOf, type HeldSource } from './held-source.ts';
import { listCollections } from './report-queries.ts';
import { runCollection, type RunDeps } from './runs.ts';

/** Runs passes in this process, several sources at a time. */
export interface Runner {
  /** Starts what is due, waiting for a place where all are taken, but not for what it started. */
  startDue(signal: AbortSignal): Promise<void>;
  /** Reads all collections now, or joins the run of this process that does. */
  readNow(revision: SourceRevision): Promise<Ended>;
  /** Aborts every run and waits for its end. */
  stop(): Promise<void>;
}

/** What came of a run over all collections of a source. */
export type Ended =
  | { readonly what: 'READ'; readonly reports: readonly PassReport[] }
  /** It cannot be built: its credentials are missing. */
  | { readonly what: 'NOT_BUILT' }
  /** It hands over nothing. */
  | { readonly what: 'NO_ROWS' };

/** What a runner works with. */
export interface RunnerDeps extends RunDeps {
  /** Of all sources. */
  listRevisions(): Promise<readonly SourceRevision[]>;
  /** A connector for a revision. Null: it cannot be built. */
  build(revision: SourceRevision): Promise<Connector | null>;
}

/** Sources that one process reads at a time. */
const PLACES = 4;
/** Editions times collections of one source. */
export const COLLECTIONS_MAX = 200;

/** True for a revision whose rows are read: in use, or about to be, so that they are there then. */
export function isRead({ state }: Pick<SourceRevision, 'state'>): boolean {
  return state === 'ACTIVE' || state === 'SHADOW';
}

/** Nothing runs before it is told to. */
export function createRunner(deps: RunnerDeps): Runner {
  const { clock, log } = deps;
  const stopping = new AbortController();
  const running = new Map<string, Promise<Ended>>();
  /** Revisions never change, and most sources hand over nothing. */
  const withoutRows = new Set<string>();

  function start(revision: SourceRevision, which: 'DUE' | 'ALL'): Promise<Ended> {
    const name = nameOf(revision);
    const before = running.get(name);
    if (before !== undefined) return before;
    const run = read(revision, which).finally(() => running.delete(name));
    running.set(name, run);
    return run;
  }

  async function read(revision: SourceRevision, which: 'DUE' | 'ALL'): Promise<Ended> {
    const connector = await deps.build(revision);
    if (connector === null) return { what: 'NOT_BUILT' };
    try {
      const held = heldSourceOf(revision, connector);
      if (held === null) {
        withoutRows.add(nameOf(revision));
        return { what: 'NO_ROWS' };
      }
      const reports: PassReport[] = [];
      const { signal } = stopping;
      // One after the other: later collections may refer to rows of earlier ones.
      for (const collection of await listToRead(held, which)) {
        if (signal.aborted) break;
        reports.push(...(await runCollection(deps, { held, collection, signal })));
      }
      return { what: 'READ', reports };
    } finally {
      await connector.close();
    }
  }

  async function listToRead(held: HeldSource, which: 'DUE' | 'ALL'): Promise<readonly string[]> {
    const { source, edition, holdings, policy } = held;
    if (which === 'ALL') return holdings.collections;
    const known = await listCollections(deps.db, { source, rowsMax: COLLECTIONS_MAX });
    const now = clock.now();
    return holdings.collections.filter((name) => {
      const one = known.find((each) => each.edition === edition && each.collection === name);
      return one === undefined || (!one.isBeingRead && isDue(one, policy, now));
    });
  }

  async function startDue(signal: AbortSignal): Promise<void> {
    const revisions = (await deps.listRevisions()).filter(
      (revision) => isRead(revision) && !withoutRows.has(nameOf(revision)) && !isDown(revision),
    );
    for (const revision of revisions) {
      while (running.size >= PLACES) await Promise.race([...running.values()].map(quiet));
      if (signal.aborted || stopping.signal.aborted) return;
      const { source, number } = revision;
      start(revision, 'DUE').catch((error: unknown) => {
        log.warn({ source, revision: number, err: error }, 'passes could not be run');
      });
    }
  }

  /** Announced maintenance is no time to read everything. */
  function isDown({ policy }: SourceRevision): boolean {
    // The registry has checked it when the revision was made.
    const windows = policy['windows'] as readonly MaintenanceWindow[] | undefined;
    return outageLeftMs(windows ?? [], clock.now()) !== null;
  }

  return {
    startDue,
    readNow: (revision) => start(revision, 'ALL'),
    async stop() {
      stopping.abort();
      await Promise.all([...running.values()].map(quiet));
    },
  };
}

function nameOf({ source, number }: SourceRevision): string {
  return `${source} r${number}`;
}

async function quiet(run: Promise<unknown>): Promise<void> {
  try {
    await run;
  } catch {
    // Whoever started it is told.
  }
}
