import { createAgencies } from '../agencies/agencies.ts';
import { createAssistance } from '../assistance/assistance.ts';
import { createDeliveries } from '../assistance/delivery.ts';
import { createAnomalies } from '../anomaly/anomaly.ts';
import { createRefusals, type Refusals } from '../audit/refusals.ts';
import { createKeptCalendar, type DeadlineRoom } from '../calendar/kept-calendar.ts';
import { createCasework, type Casework } from '../casework/casework.ts';
import { createDownloads } from '../downloads/downloads.ts';
import { createConsents } from '../consents/consents.ts';
import { conformanceOfRegistered } from '../connector-kit/conformance/registered.ts';
import { runConformance } from '../connector-kit/conformance/conformance.ts';
import type { Network } from '../connector-kit/network.ts';
import { createIntake, type Intake } from '../intake/intake.ts';
import { KINDS } from '../kinds.ts';
import type { Log } from '../log.ts';
import type { SourceHold } from '../model/anomaly.ts';
import { INBOX } from '../model/assistance.ts';
import type { Clock } from '../model/clock.ts';
import { currentRegionCode } from '../model/region.ts';
import { createCredentials } from '../registry/credentials.ts';
import { createExaminations } from '../registry/examination.ts';
import { createRegistry } from '../registry/registry.ts';
import { createRetreat } from '../registry/retreat.ts';
import { createRollout } from '../registry/rollout.ts';
import { createLiveShadow } from '../shadow/live.ts';
import { createShadow } from '../shadow/shadow.ts';
import { createRoutedAsk, type RoutedAsk } from '../sources/routed-ask.ts';
import type { Sources } from '../sources/sources.ts';
import type { Database } from '../store/database.ts';
import { withStoreFaults } from '../store/faults.ts';
import { createSubjects } from '../subject/subject.ts';
import type { Signer } from '../crosscheck/signing.ts';
import { createSupervisionRooms } from './supervision-rooms.ts';
import type { RoutedSource } from '../model/route.ts';
import type { Vault } from '../vault/vault.ts';
import { createVerifications } from '../verification/verification.ts';
import { bulkServicesOf } from './bulk-room.ts';
import { catalogServicesOf, createCatalogRooms } from './catalog-rooms.ts';
import { crossCheckServicesOf } from './cross-check-room.ts';
import { createJobRooms } from './job-rooms.ts';
import { commitmentServicesOf, createCommitmentRooms } from './commitment-rooms.ts';
import { createWorkOrderRoom, listenersOf } from './work-order-room.ts';
import { createMatterRooms, matterServicesOf } from './matter-rooms.ts';

/** A verification waits this long for a slow source; a request lives 10 s. */
const PATIENCE_MS = 5_000;
const PROBES_PER_HOUR_MAX = 10;

/** What the rooms of floor 4 are composed of. */
export interface RoomsDependencies {
  readonly db: Database;
  /** Keeps what passes read: waits longer than a request may. */
  readonly passesDb: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** Names this process. */
  readonly replica: string;
  readonly sources: Sources;
  /** Revisions in the shadow, beside the sources. */
  readonly candidates: Sources;
  readonly network: Network;
  readonly vault: Vault;
  /** In whose name summaries of cross-checks are signed. */
  readonly signer: Signer;
  /** HMAC-SHA-256, 64 hex digits. */
  digestKey(text: string): string;
  /** Told when a source is no longer believed, for metrics. */
  onHold(hold: SourceHold): void;
}

/** The rooms of floor 4. Where two must meet, one is passed to the other here. */
export function createRooms(deps: RoomsDependencies) {
  const { db, sources } = deps;
  const agencies = createAgencies(deps);
  const refusals = createRefusals(deps);
  const keptCalendar = createKeptCalendar({ ...deps, refusals, deadlines: () => deadlines });
  const { calendar } = keptCalendar;
  const ofMatters = createMatterRooms({ ...deps, agencies, refusals });
  const { catalog } = ofMatters;
  const casework = createCasework({ ...deps, catalog, refusals });
  const { listCases, listSubjects, findInCase } = casework;
  const records = { listCases, listSubjects, listMatterVersions: catalog.listVersions };
  const ofSources = createSourceRooms({ ...deps, refusals });
  const { rollout, anomalies, liveShadow } = ofSources;
  const routedAsk = createRoutedAsk({ sources, routed: () => rollout.routed() });
  const assistanceSource = assistanceSourceOf(routedAsk);
  const deliveries = createDeliveries({ db, sources });
  const { downloads: files } = sources;
  const downloads = createDownloads({ ...deps, refusals, routedAsk, files, findInCase });
  const consents = createConsentRoom({ ...deps, refusals, casework, routedAsk });
  const verifications = createVerifications({
    ...{ ...deps, routedAsk, records, refusals, calendar, assistanceSource, findInCase },
    patienceMs: PATIENCE_MS,
    requestAssistance: (wanted, purpose) => assistance.request(wanted, purpose),
    listSeenOnSite: (about) => workOrders.listSeen(about),
    onLadder: (trx, moved) => workOrders.follow(trx, moved),
    ...{ holds: anomalies, holdsOfJobs: ofSources.holdsOfJobs },
    findConsent: consents.findUsable,
    choosePolicy: ofMatters.policies.choose,
    onVerdict: liveShadow.offer,
  });
  const workOrders = createWorkOrderRoom({
    ...{ ...deps, calendar, refusals, casework, verifications, onVerdict: liveShadow.offer },
  });
  const assistance = createAssistance({
    ...{ ...deps, agencies, calendar, refusals, deliveries, findInCase },
    ...{ source: assistanceSource, ...listenersOf(verifications) },
  });
  const subjects = createSubjects({ ...deps, routedAsk });
  const ofCommitments = createCommitmentRooms({
    ...{ ...deps, agencies, calendar, refusals, catalog, casework, subjects, verifications },
  });
  const { texts } = ofCommitments;
  const ofSupervision = createSupervisionRooms({ ...deps, refusals, agencies });
  const routed = () => routedInUse(sources, rollout);
  const ofCatalog = createCatalogRooms({ ...deps, agencies, calendar, refusals, texts, routed });
  // Whoever keeps due days registers here, and has them counted anew when the calendar changes.
  const deadlines: readonly DeadlineRoom[] = [
    { name: 'follow-ups', recompute: verifications.recompute },
    { name: 'assistance', recompute: assistance.clocks.recompute },
    { name: 'format-text-tasks', recompute: texts.recount },
    { name: 'adoptions', recompute: ofCatalog.adoptions.recompute },
    { name: 'filings', recompute: ofCatalog.filings.recompute },
    {
      name: 'cross-checks',
      recompute: (trx, counted) => ofJobs.crossChecks.recompute(trx, counted),
    },
  ];
  const { deliverDue } = deliveries;
  const ofJobs = createJobRooms({
    ...{ ...deps, routedAsk, refusals, calendar, agencies, records, consents, assistanceSource },
    ...{ ...ofMatters, casework, verifications, ...ofSources },
  });
  return {
    ...{ casework, consents, downloads, refusals, subjects },
    ...{ verifications, assistance, deliverDue },
    ...{ ...ofMatters, ...ofCommitments, ...ofCatalog, ...ofJobs },
    ...{ agencies, keptCalendar, workOrders, ...ofSupervision, ...ofSources },
  };
}

/** What sources are registered for, without those that an operator has paused. */
function routedInUse(
  sources: Pick<Sources, 'states'>,
  rollout: { routed(): readonly RoutedSource[] },
): readonly RoutedSource[] {
  const paused = sources.states().filter(({ health }) => health.paused !== null);
  return rollout.routed().filter(({ source }) => paused.every(({ id }) => id !== source));
}

/** By which source another agency is told now, or the inbox. */
function assistanceSourceOf(routedAsk: Pick<RoutedAsk, 'choose'>): () => string {
  const sought = { dataset: 'ASSISTANCE', capability: 'assistance.request' } as const;
  return () => routedAsk.choose({ ...sought, regionCode: null, licenseTypeCode: null })[0] ?? INBOX;
}

/** The room that asks holders, at whichever source gives their licenses away by consent. */
function createConsentRoom(
  deps: RoomsDependencies & {
    readonly refusals: Refusals;
    readonly casework: Pick<Casework, 'findInCase'>;
    readonly routedAsk: Pick<RoutedAsk, 'choose'>;
  },
) {
  return createConsents({
    ...{ ...deps, sourceConsents: deps.sources.consents, findInCase: deps.casework.findInCase },
    sourceFor({ subject: { regionCode } }, licenseTypeCode) {
      const [source] = deps.routedAsk.choose({
        ...{ dataset: 'LICENSE', capability: 'license.byConsent', licenseTypeCode },
        regionCode: currentRegionCode(regionCode),
      });
      return source ?? null;
    },
  });
}

/** The rooms that know sources as operators register them. */
function createSourceRooms(deps: RoomsDependencies & { readonly refusals: Refusals }) {
  const credentials = createCredentials(deps);
  const rollout = createRollout({
    ...{ ...deps, credentials, kinds: KINDS },
    complete: (revision, connector) => intake.complete(revision, connector),
  });
  const registry = createRegistry({
    ...{ ...deps, credentials, kinds: KINDS },
    examinations: createExaminations({
      ...{ ...deps, credentials, kinds: KINDS },
      examine: (examined, signal) => runConformance(conformanceOfRegistered(examined), { signal }),
      probesPerHourMax: PROBES_PER_HOUR_MAX,
    }),
    hasShadowReport: (source, revision) => shadow.hasReport(source, revision),
  });
  const shadow = createShadow({
    ...deps,
    listRevisions: async (source) => (await registry.find(source))?.revisions ?? [],
    build: (revision) => rollout.build(revision),
  });
  const intake: Intake = createIntake({
    ...deps,
    listRevisions: async () => (await registry.list()).flatMap(({ revisions }) => revisions),
    build: (revision) => rollout.build(revision),
  });
  const kinds = new Map(KINDS.map((one) => [one.kind.kind, one]));
  const retreat = createRetreat({ ...deps, credentials, kinds });
  const anomalies = createAnomalies({ ...deps, retreat });
  const holdsOfJobs = createAnomalies({ ...deps, db: deps.passesDb, retreat });
  const liveShadow = createLiveShadow({ ...deps, candidateOf: rollout.candidateOf });
  return { registry, rollout, shadow, liveShadow, intake, anomalies, holdsOfJobs };
}

/** The rooms as callers see them: an unreachable database is a fault of the catalog. */
export function servicesOf(rooms: ReturnType<typeof createRooms>) {
  return {
    agencies: withStoreFaults(rooms.agencies),
    calendar: withStoreFaults(rooms.keptCalendar),
    ...matterServicesOf(rooms),
    bulks: bulkServicesOf(rooms.bulks),
    casework: withStoreFaults(rooms.casework),
    consents: withStoreFaults(rooms.consents),
    downloads: withStoreFaults(rooms.downloads),
    refusals: withStoreFaults(rooms.refusals),
    subjects: withStoreFaults(rooms.subjects),
    verifications: withStoreFaults(rooms.verifications),
    assistance: withStoreFaults(rooms.assistance),
    assistanceItems: withStoreFaults(rooms.assistance.items),
    ...commitmentServicesOf(rooms),
    ...catalogServicesOf(rooms),
    registry: withStoreFaults(rooms.registry),
    anomalies: withStoreFaults(rooms.anomalies),
    shadow: withStoreFaults(rooms.shadow),
    intake: withStoreFaults(rooms.intake),
    supervision: withStoreFaults(rooms.supervision),
    statistics: withStoreFaults(rooms.statistics),
    yearlyReports: withStoreFaults(rooms.yearlyReports),
    workOrders: withStoreFaults(rooms.workOrders),
    crossChecks: crossCheckServicesOf(rooms.crossChecks),
  };
}
