import { createHmac } from 'node:crypto';

import type { JSONWebKeySet } from 'jose';

import { assistance as assistanceKind } from '../connectors/assistance/connector.ts';
import { creditPlatform } from '../connectors/credit-platform/connector.ts';
import { licenseLibrary } from '../connectors/license-library/connector.ts';
import { publicitySystem } from '../connectors/publicity-system/connector.ts';
import { createTokenVerifier } from './access/tokens.ts';
import { createAssistance } from './assistance/assistance.ts';
import { createDeliveries } from './assistance/delivery.ts';
import { createRefusals } from './audit/refusals.ts';
import { createCalendar } from './calendar/calendar.ts';
import { createCasework } from './casework/casework.ts';
import { createCatalog } from './catalog/catalog.ts';
import type { Config } from './config.ts';
import type { Connector, ConnectorKind } from './connector-kit/connector.ts';
import { OPEN_NETWORK } from './connector-kit/network.ts';
import { createGateway } from './gateway/gateway.ts';
import { startSchedules, type Schedules } from './jobs/schedule.ts';
import type { Log } from './log.ts';
import { createMetrics } from './metrics.ts';
import type { Clock } from './model/clock.ts';
import type { ListedSource, SourceList } from './source-list.ts';
import { DEFAULT_POLICY } from './sources/policy.ts';
import { createSources, type Sources } from './sources/sources.ts';
import { openDatabase, type Database } from './store/database.ts';
import { withStoreFaults } from './store/faults.ts';
import { createSubjects } from './subject/subject.ts';
import { createVerifications } from './verification/verification.ts';

const CONNECTIONS_MAX = 10;
// A request lives 10 s: a database that does not answer must be noticed well before.
const STATEMENT_MS_MAX = 2_000;

/** Every connector kind this hub can build. */
const KINDS = [
  buildable(licenseLibrary),
  buildable(publicitySystem),
  buildable(creditPlatform),
  buildable(assistanceKind),
];

/** What a hub is composed of and told. */
export interface HubOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  /** Public keys of the identity provider. */
  readonly keys: JSONWebKeySet;
  readonly digestSecret: string;
  readonly list: SourceList;
  readonly clock: Clock;
  readonly log: Log;
  /** Names this process in job slots and logs. */
  readonly replica: string;
  /** Serve GraphiQL, and the files of this folder as the console. */
  readonly graphiql: boolean;
  readonly consoleFolder: string | null;
  /**
   * Run a job on every replica only when its slot is won; off in tests that drive jobs themselves.
   */
  readonly runsJobs: boolean;
}

/** The hub, composed and not yet listening. */
export interface Hub {
  readonly db: Database;
  readonly sources: Sources;
  readonly catalog: ReturnType<typeof createCatalog>;
  /** Tells assisting agencies' systems whatever is due. */
  deliverDue(signal: AbortSignal): Promise<void>;
  /** Listens and begins to run jobs. Port 0 takes any free one. */
  start(): Promise<{ readonly url: string }>;
  /** In reverse: no new requests, those under way end, then jobs, sources, pool. Idempotent. */
  stop(): Promise<void>;
}

/** Builds every room and passes each what it needs. Nothing connects before it is used. */
export function openHub(options: HubOptions): Hub {
  const { clock, log, list, config } = options;
  const db = openDatabase(options.databaseUrl, {
    connectionsMax: CONNECTIONS_MAX,
    applicationName: `hecha-${options.replica}`,
    statementTimeoutMs: STATEMENT_MS_MAX,
  });
  const metrics = createMetrics();
  const sources = createSources({
    registered: list.sources.map((listed) => registerSource(listed, clock)),
    db,
    clock,
    log,
    digestKey: (text) => createHmac('sha256', options.digestSecret).update(text).digest('hex'),
    onCall: metrics.countCall,
  });
  const rooms = createRooms({ db, clock, sources, routes: list.routes });
  const gateway = createGateway({
    services: { ...servicesOf(rooms), sources },
    verifyToken: createTokenVerifier({
      keys: options.keys,
      issuer: config.issuer,
      audience: config.audience,
      clock,
    }),
    log,
    metrics,
    clock,
    readiness: () => readiness(db),
    options: {
      introspection: config.introspection,
      graphiql: options.graphiql,
      consoleFolder: options.consoleFolder,
      compiled: true,
    },
  });

  let schedules: Schedules | null = null;
  let stopping: Promise<void> | null = null;

  async function start(): Promise<{ readonly url: string }> {
    if (options.runsJobs) {
      schedules = startSchedules({ ...options, db, jobs: jobsOf() });
      // Operators need not wait for the first tick to see whether the test records are right.
      void sources.readCanaries();
    }
    return gateway.start({ host: config.host, port: config.port });
  }

  function jobsOf() {
    return [
      // Absence counts only while the test records were answered rightly not long ago.
      { name: 'canaries', cron: '*/5 * * * *', run: () => sources.readCanaries() },
      { name: 'assistance-delivery', cron: '* * * * *', run: rooms.deliverDue },
    ];
  }

  async function end(): Promise<void> {
    // If one part will not stop, the rest still do.
    const steps = [
      () => gateway.stop(),
      async () => schedules?.stop(),
      () => sources.close(),
      () => db.destroy(),
    ];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        log.warn({ err: error }, 'a part of the hub did not stop');
      }
    }
  }

  return {
    db,
    sources,
    catalog: rooms.catalog,
    deliverDue: rooms.deliverDue,
    start,
    stop: () => (stopping ??= end()),
  };
}

/** The connector of a listed source. @throws {Error} that names the source and the setting. */
export function createConnector(listed: ListedSource, clock: Clock): Connector {
  return kindOf(listed).build(listed, clock);
}

function kindOf(listed: ListedSource) {
  const kind = KINDS.find((one) => one.kind === listed.kind);
  if (kind !== undefined) return kind;
  const known = KINDS.map((one) => one.kind).join(', ');
  throw new Error(`Source ${listed.id}: no connector kind ${listed.kind}. There are: ${known}.`);
}

/** A kind with its own types of settings and secrets behind one signature. */
function buildable<Settings, Secrets>(kind: ConnectorKind<Settings, Secrets>) {
  return {
    kind: kind.kind,
    version: kind.version,
    build(listed: ListedSource, clock: Clock): Connector {
      const settings = kind.settings.safeParse(listed.settings);
      if (!settings.success) throw badSetting(listed, 'settings', settings.error.issues[0]);
      const secrets = kind.secrets.safeParse(listed.secrets);
      if (!secrets.success) throw badSetting(listed, 'secrets', secrets.error.issues[0]);
      return kind.create({
        settings: settings.data,
        secrets: secrets.data,
        clock,
        network: OPEN_NETWORK,
      });
    },
  };
}

function badSetting(
  listed: ListedSource,
  part: 'settings' | 'secrets',
  issue: { readonly path: readonly PropertyKey[]; readonly message: string } | undefined,
): Error {
  const place = [part, ...(issue?.path ?? []).map(String)].join('.');
  return new Error(`Source ${listed.id}: ${place}: ${issue?.message ?? 'not right'}.`);
}

function registerSource(listed: ListedSource, clock: Clock) {
  const { kind, version } = kindOf(listed);
  return {
    id: listed.id,
    title: listed.title,
    connector: createConnector(listed, clock),
    label: `${kind}@${version}`,
    policy: { ...DEFAULT_POLICY, ...listed.policy },
  };
}

/** The rooms of floor 4. Where two must meet, one is passed to the other here. */
function createRooms(deps: {
  db: Database;
  clock: Clock;
  sources: Sources;
  routes: SourceList['routes'];
}) {
  const { db, sources, routes } = deps;
  const calendar = createCalendar();
  const refusals = createRefusals(deps);
  const catalog = createCatalog(deps);
  const casework = createCasework({ ...deps, catalog, refusals });
  const records = {
    listCases: casework.listCases,
    listSubjects: casework.listSubjects,
    listMatterVersions: catalog.listVersions,
  };
  const deliveries = createDeliveries({ db, sources });
  const verifications = createVerifications({
    ...deps,
    records,
    refusals,
    calendar,
    requestAssistance: (wanted, purpose) => assistance.request(wanted, purpose),
  });
  const assistance = createAssistance({
    ...deps,
    calendar,
    refusals,
    deliveries,
    source: routes.ASSISTANCE,
    onReplied: async (trx, request, reply) => {
      await verifications.reconsider(trx, {
        requestId: request.id,
        agencyCode: request.askingAgency,
        caseId: request.caseId,
        subjectId: request.subjectId,
        requirement: request.requirement,
        reply,
      });
    },
  });
  const subjects = createSubjects(deps);
  const { deliverDue } = deliveries;
  return { catalog, casework, refusals, subjects, verifications, assistance, deliverDue };
}

/** The rooms as callers see them: an unreachable database is a fault of the catalog. */
function servicesOf(rooms: ReturnType<typeof createRooms>) {
  return {
    catalog: withStoreFaults(rooms.catalog),
    casework: withStoreFaults(rooms.casework),
    refusals: withStoreFaults(rooms.refusals),
    subjects: withStoreFaults(rooms.subjects),
    verifications: withStoreFaults(rooms.verifications),
    assistance: withStoreFaults(rooms.assistance),
  };
}

/**
 * What the hub cannot do without. Never a source: one agency's outage must not take the hub down.
 */
async function readiness(db: Database) {
  try {
    await db.raw('select 1');
    return [{ name: 'database', ok: true }];
  } catch {
    // Whatever the reason, the database cannot be used now.
    return [{ name: 'database', ok: false }];
  }
}
