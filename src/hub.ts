import { createHmac } from 'node:crypto';

import type { JSONWebKeySet } from 'jose';

import { createTokenVerifier } from './access/tokens.ts';
import type { Agencies } from './agencies/agencies.ts';
import type { Anomalies } from './anomaly/anomaly.ts';
import type { Calendar } from './calendar/calendar.ts';
import type { Catalog } from './catalog/catalog.ts';
import type { Consents } from './consents/consents.ts';
import type { Credit } from './credit/credit.ts';
import type { Config } from './config.ts';
import { createNetwork, type Egress } from './connector-kit/egress.ts';
import { createRenderer } from './documents/renderer.ts';
import { createGateway } from './gateway/gateway.ts';
import { startSchedules, type Schedules } from './jobs/schedule.ts';
import type { Log } from './log.ts';
import { createMetrics, type SourceNumbers } from './metrics.ts';
import type { Clock } from './model/clock.ts';
import type { SigningKey } from './model/ed25519.ts';
import type { Repairs } from './repairs/repairs.ts';
import type { StatisticsRoom } from './statistics/statistics.ts';
import { jobsOf } from './hub/jobs.ts';
import { createRooms, servicesOf } from './hub/rooms.ts';
import type { FoundingSource } from './registry/adoption.ts';
import { createSources, type Sources } from './sources/sources.ts';
import { createVault, type VaultKey } from './vault/vault.ts';
import { openDatabase, type Database } from './store/database.ts';

const CONNECTIONS_MAX = 10;
const PASSES_CONNECTIONS_MAX = 8;
const PASSES_STATEMENT_MS_MAX = 60_000;
// A request lives 10 s: a database that does not answer must be noticed well before.
const STATEMENT_MS_MAX = 2_000;

/** What a hub is composed of and told. */
export interface HubOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  /** Public keys of the identity provider. */
  readonly keys: JSONWebKeySet;
  readonly digestSecret: string;
  /** Sources the deployment itself lists; operators register others. */
  readonly founding: readonly FoundingSource[];
  /** Where sources may be. */
  readonly egress: Egress;
  /** Key encryption keys of the credentials, the current one first. */
  readonly vaultKeys: readonly VaultKey[];
  /** Keys that sign summaries of cross-checks, the current one first. Empty: nothing is signed. */
  readonly signingKeys: readonly SigningKey[];
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
  readonly agencies: Agencies;
  /** Hands over what the credit record has to hear of. */
  readonly pushDue: Credit['deliverDue'];
  /** Ends the records whose repair everybody knows of. Never rejects. */
  readonly propagateRepairs: Repairs['propagateDue'];
  /** Counts the days of the journal that are over. */
  readonly countDays: StatisticsRoom['countDays'];
  /** Writes down which consents of holders are over. Never rejects. */
  readonly expireConsents: Consents['expireDue'];
  readonly catalog: Catalog;
  /** Working days as this replica knows them now. */
  readonly calendar: Calendar;
  /** Tells assisting agencies' systems whatever is due. */
  deliverDue(signal: AbortSignal): Promise<void>;
  /** Works on lists until none of them may go on. */
  runBulks(signal: AbortSignal): Promise<void>;
  /** Opens the cross-checks whose slot is due. */
  openCrossChecks(signal: AbortSignal): Promise<void>;
  /** Works on cross-checks until none of them may go on now. */
  runCrossChecks(signal: AbortSignal): Promise<void>;
  /** Does to requests for assistance what the passing of time does to them. */
  runAssistanceClocks(signal: AbortSignal): Promise<void>;
  /** Begins to run jobs without listening. */
  work(): Promise<void>;
  /** Listens and begins to run jobs. Port 0 takes any free one. */
  start(): Promise<{ readonly url: string }>;
  /** In reverse: no new requests, those under way end, then jobs, sources, pool. Idempotent. */
  stop(): Promise<void>;
}

/** The pool of questions, and one for passes: they must not take the places of questions. */
function openDatabases({ databaseUrl, replica }: HubOptions) {
  const db = openDatabase(databaseUrl, {
    connectionsMax: CONNECTIONS_MAX,
    applicationName: `hecha-${replica}`,
    statementTimeoutMs: STATEMENT_MS_MAX,
  });
  // They may take longer as well.
  const passesDb = openDatabase(databaseUrl, {
    connectionsMax: PASSES_CONNECTIONS_MAX,
    applicationName: `hecha-${replica}-passes`,
    statementTimeoutMs: PASSES_STATEMENT_MS_MAX,
  });
  return { db, passesDb };
}

/** Builds every room and passes each what it needs. Nothing connects before it is used. */
export function openHub(options: HubOptions): Hub {
  const { clock, log, config } = options;
  const { db, passesDb } = openDatabases(options);
  const metrics = createMetrics();
  const digestKey = digestBy(options.digestSecret);
  const asking = { registered: [], db, clock, log, digestKey };
  const candidates = createSources(asking);
  const sources = createSources({
    ...asking,
    onCall: metrics.countCall,
    onLate: async (late, { purpose }) => {
      await rooms.verifications.answerCameLate(late, purpose);
    },
  });
  const rooms = createRooms({
    ...{ db, passesDb, clock, log, sources, candidates, digestKey },
    replica: options.replica,
    network: createNetwork(options.egress),
    vault: createVault(options.vaultKeys),
    signer: { hubId: config.audience, keys: options.signingKeys },
    onHold: ({ source }) => metrics.countHold(source),
  });
  metrics.watchSources(() => readNumbers(sources, rooms.anomalies));
  const renderer = createRenderer();
  const { registry, rollout } = rooms;
  const gateway = createGateway({
    services: { ...servicesOf(rooms), sources, renderer },
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

  async function work(): Promise<void> {
    await registry.adopt(options.founding);
    await rooms.crossChecks.adoptShipped();
    await rooms.keptCalendar.start();
    await rollout.start();
    if (options.runsJobs) {
      schedules = startSchedules({ ...options, db, jobs: jobsOf(rooms, sources) });
      // Operators need not wait for the first tick to see whether the test records are right.
      void sources.readCanaries();
      rooms.bulks.runner.start();
      rooms.crossChecks.runner.start();
    }
  }

  async function start(): Promise<{ readonly url: string }> {
    await work();
    return gateway.start({ host: config.host, port: config.port });
  }

  async function end(): Promise<void> {
    // If one part will not stop, the rest still do.
    const steps = [
      () => gateway.stop(),
      () => renderer.stop(),
      async () => schedules?.stop(),
      () =>
        Promise.all([
          rooms.intake.stop(),
          rooms.bulks.runner.stop(),
          rooms.crossChecks.runner.stop(),
        ]),
      () => rollout.stop(),
      () => rooms.keptCalendar.stop(),
      () => Promise.all([rooms.liveShadow.stop(), candidates.close()]),
      () => sources.close(),
      () => passesDb.destroy(),
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
    ...{ db, sources },
    ...{ agencies: rooms.agencies, catalog: rooms.catalog },
    calendar: rooms.keptCalendar.calendar,
    deliverDue: rooms.deliverDue,
    runBulks: rooms.bulks.runner.runDue,
    openCrossChecks: rooms.crossChecks.openDue,
    runCrossChecks: rooms.crossChecks.runner.runDue,
    runAssistanceClocks: rooms.assistance.clocks.run,
    pushDue: rooms.credit.deliverDue,
    propagateRepairs: rooms.repairs.propagateDue,
    countDays: rooms.statistics.countDays,
    expireConsents: rooms.consents.expireDue,
    work,
    start,
    stop: () => (stopping ??= end()),
  };
}

function digestBy(secret: string): (text: string) => string {
  return (text) => createHmac('sha256', secret).update(text).digest('hex');
}

/** How sources are doing. Which are held is not known without a database. */
async function readNumbers(
  sources: Pick<Sources, 'readStates'>,
  anomalies: Pick<Anomalies, 'listHeld'>,
): Promise<readonly SourceNumbers[]> {
  const [states, held] = await Promise.all([
    sources.readStates(),
    anomalies.listHeld().catch(() => null),
  ]);
  return states.map((state) => ({ ...state, isHeld: held?.includes(state.id) ?? null }));
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
