import type { Connector } from '../connector-kit/connector.ts';
import type { Network } from '../connector-kit/network.ts';
import type { Log } from '../log.ts';
import type { Clock } from '../model/clock.ts';
import type { SourceRevision } from '../model/registered-source.ts';
import type { RoutedSource } from '../model/route.ts';
import { DEFAULT_POLICY, type SourcePolicy } from '../sources/policy.ts';
import type { Sources } from '../sources/sources.ts';
import { connectionStringOf, type Database } from '../store/database.ts';
import { listen, type Listening } from '../store/listen.ts';
import { createCandidates, type SeenCandidate } from './candidates.ts';
import type { Credentials } from './credentials.ts';
import { withFallback } from './fallback-credentials.ts';
import { originsText, type BuildableKind } from './kinds.ts';
import { findRegistryVersion, listRevisions, listSources } from './revision-queries.ts';

/** Keeps what this replica runs equal to what the registry says. */
export interface Rollout {
  /** Every source that is asked, with what it is asked for. As of now. */
  routed(): readonly RoutedSource[];
  /** Brings this replica up to date, and follows the registry from then on. Never rejects. */
  start(): Promise<void>;
  /** The revision of a source that is in the shadow here. Null where there is none. */
  candidateOf(source: string): SeenCandidate | null;
  /** A connector for a revision, with the credentials bound to it. Null: it cannot be built. */
  build(revision: SourceRevision): Promise<Connector | null>;
  stop(): Promise<void>;
}

/** What a rollout works with. */
export interface RolloutDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly network: Network;
  readonly kinds: readonly BuildableKind[];
  readonly credentials: Credentials;
  readonly sources: Pick<Sources, 'install' | 'remove' | 'pause' | 'resume'>;
  /** Where revisions in the shadow are asked. */
  readonly candidates: Pick<Sources, 'install' | 'remove'>;
  /** Gives a connector that hands over rows the answers the hub keeps for it. */
  complete(revision: SourceRevision, connector: Connector): Connector;
}

const CHANNEL = 'hecha_registry';
/** A lost notification costs no more than this. */
const LOOK_MS = 1_000;

interface Running {
  /** Revision and versions of the credentials. */
  readonly signature: string;
  readonly routes: SourceRevision['routes'];
  readonly pause: string | null;
}

/** Follows nothing before it is started. */
export function createRollout(deps: RolloutDependencies): Rollout {
  const { db, log, sources } = deps;
  const kinds = new Map(deps.kinds.map((one) => [one.kind.kind, one]));
  const running = new Map<string, Running>();
  const candidates = createCandidates({ ...deps, signatureOf, labelOf, build });
  let seen: string | null = null;
  let syncing: Promise<void> | null = null;
  let wantedAgain = false;
  let stopped = false;
  let isFailing = false;
  let line: Listening | null = null;
  let looking: NodeJS.Timeout | null = null;

  function start(): Promise<void> {
    line = listen(connectionStringOf(db), CHANNEL, {
      onNotice: () => void sync(),
      applicationName: 'hecha-registry',
    });
    looking = setInterval(() => void sync(), LOOK_MS);
    return sync();
  }

  function sync(): Promise<void> {
    if (stopped) return Promise.resolve();
    if (syncing !== null) {
      wantedAgain = true;
      return syncing;
    }
    syncing = look().finally(() => {
      syncing = null;
      if (wantedAgain) {
        wantedAgain = false;
        void sync();
      }
    });
    return syncing;
  }

  async function look(): Promise<void> {
    try {
      const version = await findRegistryVersion(db);
      if (version === seen) return;
      await bringUpToDate();
      seen = version;
      isFailing = false;
    } catch (error) {
      if (!isFailing) log.warn({ err: error }, 'registry cannot be read; what runs stays as it is');
      isFailing = true;
    }
  }

  async function bringUpToDate(): Promise<void> {
    const [registered, revisions] = await Promise.all([listSources(db), listRevisions(db, null)]);
    const titles = new Map(registered.map(({ id, title }) => [id, title]));
    const inUse = revisions.filter(({ state }) => state === 'ACTIVE' || state === 'PAUSED');
    for (const revision of inUse)
      await bring(revision, titles.get(revision.source) ?? revision.source);
    const ids = new Set(inUse.map(({ source }) => source));
    for (const id of running.keys())
      if (!ids.has(id)) {
        running.delete(id);
        await sources.remove(id);
        log.info({ source: id }, 'source is no longer asked');
      }
    await candidates.bring(revisions);
  }

  async function bring(revision: SourceRevision, title: string): Promise<void> {
    const { source } = revision;
    const before = running.get(source);
    const signature = await signatureOf(revision);
    const pause =
      revision.state === 'PAUSED' ? `${revision.reason} ${revision.until?.getTime()}` : null;
    if (before?.signature !== signature) {
      const connector = await build(revision);
      if (connector === null) return;
      await sources.install({
        id: source,
        title,
        connector,
        label: labelOf(revision),
        policy: { ...DEFAULT_POLICY, ...(revision.policy as Partial<SourcePolicy>) },
      });
      log.info({ source, revision: revision.number }, 'source is asked by this revision');
    }
    if (before?.signature !== signature || before.pause !== pause) {
      if (pause === null) sources.resume(source);
      else sources.pause(source, { reason: revision.reason ?? '', until: revision.until });
    }
    running.set(source, { signature, routes: revision.routes, pause });
  }

  async function signatureOf(revision: SourceRevision): Promise<string> {
    const secrets = await liveSecretsOf(revision);
    return `r${revision.number} s${secrets.map(({ version }) => version).join('+')}`;
  }

  function labelOf({ kind, number }: SourceRevision): string {
    return `${kind}@${kinds.get(kind)?.kind.version ?? '?'}+r${number}`;
  }

  async function liveSecretsOf(revision: SourceRevision) {
    const settings = kinds.get(revision.kind)?.readSettings(revision.settings);
    if (settings?.ok !== true) return [];
    const origins = originsText(settings.value.origins);
    return deps.credentials.listLive(db, { source: revision.source, origins });
  }

  async function build(revision: SourceRevision): Promise<Connector | null> {
    const kind = kinds.get(revision.kind);
    const { settings, source } = revision;
    try {
      const live = await liveSecretsOf(revision);
      const bundles = live.length === 0 ? [{}] : live.map(({ secrets }) => secrets);
      const built = bundles.map((secrets) => kind?.build({ settings, secrets, ...deps }));
      const [newer, older] = built;
      if (newer === undefined) throw new Error(`no connector kind ${revision.kind}`);
      const connector = older === undefined ? newer : withFallback(newer, older);
      return deps.complete(revision, connector);
    } catch (error) {
      log.warn({ source, revision: revision.number, err: error }, 'revision cannot be built');
      return null;
    }
  }

  return {
    start,
    build,
    candidateOf: (source) => candidates.find(source),
    routed: () =>
      [...running].flatMap(([source, { routes }]) => routes.map((route) => ({ source, route }))),
    async stop() {
      stopped = true;
      if (looking !== null) clearInterval(looking);
      await line?.stop();
      await syncing;
    },
  };
}
