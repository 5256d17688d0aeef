import type { CapabilityName, Connector } from '../connector-kit/connector.ts';
import type { Log } from '../log.ts';
import type { SourceRevision } from '../model/registered-source.ts';
import { shadowIdOf } from '../model/shadow.ts';
import { isInUse } from '../model/source-life.ts';
import { DEFAULT_POLICY, type SourcePolicy } from '../sources/policy.ts';
import type { Sources } from '../sources/sources.ts';

/** Revisions in the shadow, as this replica can ask them. */
export interface Candidates {
  /** Brings them in line with the registry. Never rejects: the shadow must not hold up the rest. */
  bring(revisions: readonly SourceRevision[]): Promise<void>;
  /** Null where none of the source is in the shadow, or it cannot be built. */
  find(source: string): SeenCandidate | null;
}

/** One revision in the shadow. */
export interface SeenCandidate {
  readonly revision: number;
  /** Part of the live questions it is asked as well, 0 to 1. */
  readonly share: number;
  /** False for what may not be asked twice, and for what it does not offer. */
  mayBeAsked(capability: CapabilityName): boolean;
}

/** Asked as well where the revision itself says nothing. */
const SHARE = 0.1;
/** One question at a time, once, and nobody waits for it. */
const GENTLY = { concurrencyMax: 1, waitingMax: 1, attemptsMax: 1, lateMs: 0 } as const;

/** Builds nothing before it is told of a revision. */
export function createCandidates(deps: {
  readonly log: Pick<Log, 'info' | 'warn'>;
  readonly candidates: Pick<Sources, 'install' | 'remove'>;
  signatureOf(revision: SourceRevision): Promise<string>;
  labelOf(revision: SourceRevision): string;
  build(revision: SourceRevision): Promise<Connector | null>;
}): Candidates {
  const { log, candidates } = deps;
  const running = new Map<string, { readonly signature: string; readonly seen: SeenCandidate }>();

  async function bring(revisions: readonly SourceRevision[]): Promise<void> {
    const inShadow = revisions.filter(({ state }) => state === 'SHADOW');
    for (const id of running.keys())
      if (!inShadow.some(({ source }) => source === id)) {
        running.delete(id);
        await candidates.remove(shadowIdOf(id));
      }
    for (const revision of inShadow) {
      const { source, number } = revision;
      const live = revisions.find((one) => one.source === source && isInUse(one.state)) ?? null;
      try {
        if (live !== null) await put(revision, live);
      } catch (error) {
        log.warn({ source, revision: number, err: error }, 'revision cannot be put in the shadow');
      }
    }
  }

  async function put(revision: SourceRevision, live: SourceRevision): Promise<void> {
    const { source, number } = revision;
    const signature = `${await deps.signatureOf(revision)} beside ${live.number}`;
    if (running.get(source)?.signature === signature) return;
    const connector = await deps.build(revision);
    if (connector === null) return;
    const told = revision.policy as Partial<SourcePolicy> & { readonly shadow?: { share: number } };
    // The agency allows what it allows, by whichever revision it is asked.
    const budget = (live.policy as Partial<SourcePolicy>).budget ?? told.budget ?? null;
    await candidates.install({
      id: shadowIdOf(source),
      beside: source,
      title: source,
      connector,
      label: deps.labelOf(revision),
      policy: { ...DEFAULT_POLICY, ...told, ...GENTLY, budget },
    });
    const mayBeAsked = (capability: CapabilityName): boolean =>
      connector.capabilities[capability]?.idempotent === true;
    const seen = { revision: number, share: told.shadow?.share ?? SHARE, mayBeAsked };
    running.set(source, { signature, seen });
    log.info({ source, revision: number, share: seen.share }, 'revision is asked in the shadow');
  }

  return { bring, find: (source) => running.get(source)?.seen ?? null };
}
