import type { Connector, LicenseIdentifierKey } from '../../src/connector-kit/connector.ts';
import type { Holdings, ScannedRow, ScanPage, ScanRequest } from '../../src/connector-kit/scan.ts';
import { createIntake, type Intake } from '../../src/intake/intake.ts';
import type { Retention } from '../../src/intake/retention.ts';
import type { Caller } from '../../src/model/caller.ts';
import type { PassPolicy } from '../../src/model/pass-policy.ts';
import type { SourceRevision } from '../../src/model/registered-source.ts';
import { openDatabase, type Database } from '../../src/store/database.ts';
import { within } from '../connectors/rig.ts';
import { createTestDatabase } from '../support/database.ts';
import { createTestClock } from '../support/hub.ts';

export const SOURCE = 'county-tables';
export const COLLECTION = 'T_LICENSE';
export const NOON = '2026-09-18T04:00:00Z';

export const ONE = operator('operator-1');
export const TWO = operator('operator-2');

type Scan = (request: ScanRequest, signal: AbortSignal) => AsyncIterable<ScanPage>;

/** Rooms over one database, and a source that hands over what a test tells it to. */
export type IntakeRig = Awaited<ReturnType<typeof startIntakeRig>>;

/** One replica: a room with a pool of its own, as a process has it. */
export interface Replica {
  readonly intake: Intake;
  /** Takes its connections away, as the death of its process does. */
  kill(): Promise<void>;
}

export async function startIntakeRig() {
  const database = await createTestDatabase();
  const clock = createTestClock(NOON);
  const source = { scan: nothing as Scan, scans: 0 };
  let revisions: readonly SourceRevision[] = [revisionOf({})];
  const pools: Database[] = [];

  function replicate(more: { leaseMs?: number; retention?: Retention } = {}): Replica {
    const passesDb = openDatabase(database.url, { connectionsMax: 3, applicationName: 'replica' });
    pools.push(passesDb);
    const intake = createIntake({
      ...{ db: database.db, passesDb, clock },
      log: { info: () => undefined, warn: () => undefined },
      refusals: { refuse: async (_caller, _operation, errors) => ({ ok: false, errors }) },
      listRevisions: async () => revisions,
      build: async () => connectorOf(source),
      ...more,
    });
    return { intake, kill: () => passesDb.destroy() };
  }

  const { intake } = replicate();
  return {
    ...{ database, clock, source, intake, replicate },
    /** What the source hands over from now on. */
    hand(scan: Scan): void {
      source.scan = scan;
    },
    revise(...next: readonly Partial<SourceRevision>[]): void {
      revisions = next.map(revisionOf);
    },
    /** One run over everything, and the collection after it. */
    async read(by: Intake = intake) {
      const read = await by.run(ONE, SOURCE);
      if (!read.ok) throw new Error(JSON.stringify(read.errors));
      const [collection] = read.value;
      if (collection === undefined) throw new Error('no collection');
      return collection;
    },
    /** Ids of the rows that are there, with what they say. */
    async rows(): Promise<Readonly<Record<string, string | null>>> {
      const held = await database
        .db('intake_row')
        .where({ deleted: false })
        .orderBy('row_id')
        .select<{ row_id: string; values: { name: string | null } }[]>('row_id', 'values');
      return Object.fromEntries(held.map(({ row_id, values }) => [row_id, values.name]));
    },
    /** The answer to one key, as verification gets it. */
    async ask(identifier: string, revision: SourceRevision = revisionOf({})) {
      const complete = intake.complete(revision, connectorOf(source));
      const lookup = complete.capabilities['license.byIdentifier'];
      if (lookup === undefined) throw new Error('not offered');
      const [result] = await lookup.lookup([{ identifier }], within(5_000));
      if (result?.ok !== true) throw result?.fault ?? new Error('no result');
      return { ...result.answer, reread: complete.reread };
    },
    async clear(): Promise<void> {
      clock.set(NOON);
      source.scan = nothing;
      source.scans = 0;
      revisions = [revisionOf({})];
      await database.db.raw(`
        update intake_collection set open_pass = null, last_pass = null, complete_pass = null;
        delete from intake_reject; delete from intake_row; delete from intake_pass;
        delete from intake_collection`);
    },
    async stop(): Promise<void> {
      await intake.stop();
      await Promise.all(pools.map((pool) => pool.destroy()));
      await database.drop();
    },
  };
}

/** One row, its name being what it says. */
export function put(
  id: string,
  name: string,
  order = '1',
  more: Partial<ScannedRow> = {},
): ScannedRow {
  const change = 'PUT';
  return { ...{ id, about: id, keys: [id], change, order, values: { name } }, ...more };
}

export function gone(id: string, order: string): ScannedRow {
  return { ...put(id, '', order), keys: [], change: 'DELETE' };
}

/** What the pages of a pass are made from. */
interface Told {
  readonly full?: boolean;
  readonly watermark?: string | null;
  readonly rejects?: ScanPage['rejects'];
  readonly asOf?: Date | null;
  /** Thrown in place of this page, from 0. */
  readonly breakAt?: number;
  readonly fault?: unknown;
}

/** A pass over these pages, which goes on where its resume says. */
export function pass(
  name: string,
  pages: readonly (readonly ScannedRow[])[],
  told: Told = {},
): Scan {
  const { full = true, watermark = `after ${name}`, rejects = [], asOf = null } = told;
  return async function* (request) {
    const from = request.resume === null ? 0 : Number(request.resume.split('/').at(-1));
    for (const [index, rows] of pages.entries()) {
      if (index < from) continue;
      if (index === told.breakAt) throw told.fault;
      const isLast = index === pages.length - 1;
      yield {
        ...{ pass: name, rows, full, asOf },
        rejects: isLast ? rejects : [],
        resume: isLast ? null : `${name}/${index + 1}`,
        watermark: isLast ? watermark : null,
        complete: isLast,
      };
    }
  };
}

async function* nothing(): AsyncGenerator<ScanPage> {
  // There is no news.
}

export function revisionOf(more: Partial<SourceRevision>): SourceRevision {
  return {
    ...{ source: SOURCE, number: 1, kind: 'fake', settings: {}, policy: {}, routes: [] },
    ...{ note: '', digest: '', createdAt: new Date(NOON), createdBy: 'operator-1' },
    ...{ state: 'ACTIVE', until: null, reason: null },
    ...more,
  };
}

/** A policy of passes within the policy of a revision. */
export function withPasses(passes: Partial<PassPolicy>): Partial<SourceRevision> {
  return { policy: { passes } };
}

function connectorOf(source: { scan: Scan; scans: number }): Connector {
  const answers: Holdings['answers'] = {
    'license.byIdentifier': {
      keyOf: ({ identifier }: LicenseIdentifierKey) => identifier,
      assemble: (rows) => rows.map(({ values }) => values as never),
      absence: 'COVERED',
      follow: [],
    },
  };
  return {
    ...{ capabilities: {}, canaries: [], push: null, reread: null, discover: null },
    holdings: {
      collections: [COLLECTION],
      scan(request, { signal }) {
        source.scans += 1;
        return source.scan(request, signal);
      },
      answers,
    },
    check: async () => [],
    close: async () => undefined,
  };
}

function operator(account: string): Caller {
  return {
    ...{ account, agencyCode: '11370800MB28559184', roles: ['OPERATOR'], scopes: [] },
    requestId: `request of ${account}`,
  };
}
