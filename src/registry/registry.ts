import { randomUUID } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';

import type { Refusals } from '../audit/refusals.ts';
import type { Collection } from '../connector-kit/connector.ts';
import type { Log } from '../log.ts';
import type { Caller } from '../model/caller.ts';
import type { Clock } from '../model/clock.ts';
import type {
  RegisteredSource,
  SourceEvent,
  SourceRevision,
  SourceSecretVersion,
} from '../model/registered-source.ts';
import { isCandidate, isInUse } from '../model/source-life.ts';
import { mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database } from '../store/database.ts';
import { adoptSources, type FoundingSource } from './adoption.ts';
import { listChecks } from './check-queries.ts';
import type { Credentials } from './credentials.ts';
import type { Examinations, SourceCheck } from './examination.ts';
import type { BuildableKind } from './kinds.ts';
import { originsText } from './kinds.ts';
import { createDrafts } from './drafts.ts';
import { createMoves, type Move } from './moves.ts';
import {
  checkIntroduction,
  checkProposal,
  settingMistake,
  type Introduction,
  type Proposal,
} from './proposal.ts';
import {
  insertSource,
  listEvents,
  listRevisions,
  listSources,
  lockSource,
} from './revision-queries.ts';

/** A source with everything that was ever said to it. */
export interface SourceFile extends RegisteredSource {
  /** Newest first. */
  readonly revisions: readonly SourceRevision[];
}

/** Sources as operators register, revise, check and use them. */
export interface Registry {
  register(caller: Caller, input: Introduction & Proposal): Promise<Accepted<SourceFile>>;
  /** A candidate that was on its way before is discarded. */
  revise(caller: Caller, input: Proposal & { readonly id: string }): Promise<Accepted<SourceFile>>;
  setSecrets(caller: Caller, input: SecretsInput): Promise<Accepted<SourceFile>>;
  endSecrets(
    caller: Caller,
    input: { readonly id: string; readonly version: number },
  ): Promise<Accepted<SourceFile>>;
  /**
   * Probes and examines; a candidate that passes is CHECKED. A report that takes longer than seven
   * seconds is made in the background, and listed when it is done.
   */
  check(caller: Caller, input: RevisionInput): Promise<Accepted<SourceFile>>;
  discover(caller: Caller, input: RevisionInput): Promise<Accepted<readonly Collection[]>>;
  move(caller: Caller, input: Move): Promise<Accepted<SourceFile>>;

  list(): Promise<readonly SourceFile[]>;
  /** Null where there is none. */
  find(id: string): Promise<SourceFile | null>;
  /** Newest first, at most 100. */
  listEvents(id: string): Promise<readonly SourceEvent[]>;
  listSecrets(id: string): Promise<readonly SourceSecretVersion[]>;
  /** Newest first, at most 10. */
  listChecks(id: string, revision: number): Promise<readonly SourceCheck[]>;
  /** In the order of their names. */
  kinds(): readonly BuildableKind[];
  /** Registers, revises and activates what the deployment itself lists. Idempotent. */
  adopt(founding: readonly FoundingSource[]): Promise<void>;
}

/** Which revision is meant; null for the candidate, or the one in use. */
export interface RevisionInput {
  readonly id: string;
  readonly revision: number | null;
}

/** Credentials for the places a revision leads to; null for the newest revision. */
export interface SecretsInput extends RevisionInput {
  readonly secrets: unknown;
}

/** What the registry works with. */
export interface RegistryDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly kinds: readonly BuildableKind[];
  readonly credentials: Credentials;
  readonly examinations: Examinations;
  readonly log: Pick<Log, 'warn'>;
  readonly refusals: Pick<Refusals, 'refuse'>;
  /** Whether it is known what this revision would change. */
  hasShadowReport(source: string, revision: number): Promise<boolean>;
}

const EVENTS_MAX = 100;
/** How long an operator waits for a report before it is one that is made in the background. */
const WAIT_MS = 7_000;

/** The room that keeps the registry. Which sources run is the business of `createRollout`. */
export function createRegistry(deps: RegistryDependencies): Registry {
  const { db, clock, credentials, refusals, examinations } = deps;
  const kinds = new Map(
    deps.kinds
      .toSorted((a, b) => (a.kind.kind < b.kind.kind ? -1 : 1))
      .map((k) => [k.kind.kind, k]),
  );
  const drafts = createDrafts(deps);
  const moves = createMoves({ ...deps, kinds });

  async function find(id: string): Promise<SourceFile | null> {
    const [source] = await listSources(db, [id]);
    return source === undefined ? null : { ...source, revisions: await listRevisions(db, [id]) };
  }

  async function list(): Promise<readonly SourceFile[]> {
    const [sources, revisions] = await Promise.all([listSources(db), listRevisions(db, null)]);
    return sources.map((source) => ({
      ...source,
      revisions: revisions.filter((one) => one.source === source.id),
    }));
  }

  async function found(id: string): Promise<Accepted<SourceFile>> {
    const file = await find(id);
    if (file === null) throw new Error('A source that was just written is not there.');
    return { ok: true, value: file };
  }

  async function register(
    caller: Caller,
    input: Introduction & Proposal,
  ): Promise<Accepted<SourceFile>> {
    const proposal = checkProposal(input, kinds);
    const errors = [...checkIntroduction(input), ...(proposal.ok ? [] : proposal.errors)];
    if (!proposal.ok || errors.length > 0) return refusals.refuse(caller, 'registerSource', errors);
    const isNew = await db.transaction(async (trx) => {
      await lockSource(trx, input.id);
      const inserted = await insertSource(trx, {
        id: input.id,
        title: input.title.trim(),
        ownerAgency: input.ownerAgency,
        catalogReference: input.catalogReference,
        registeredAt: clock.now(),
        registeredBy: caller.account,
      });
      if (inserted)
        await drafts.draft(trx, caller, { id: input.id, number: 1, proposal: proposal.value });
      return inserted;
    });
    if (isNew) return found(input.id);
    const taken = mistake('ALREADY_REGISTERED', ['id'], 'Choose another id, or revise the source.');
    return refusals.refuse(caller, 'registerSource', [taken]);
  }

  async function revise(
    caller: Caller,
    input: Proposal & { readonly id: string },
  ): Promise<Accepted<SourceFile>> {
    const proposal = checkProposal(input, kinds);
    if (!proposal.ok) return refusals.refuse(caller, 'reviseSource', proposal.errors);
    const isThere = await db.transaction(async (trx) => {
      await lockSource(trx, input.id);
      const earlier = await listRevisions(trx, [input.id]);
      const number = (earlier[0]?.number ?? 0) + 1;
      if (number === 1) return false;
      await drafts.discard(trx, caller, { revisions: earlier, inFavorOf: number });
      await drafts.draft(trx, caller, { id: input.id, number, proposal: proposal.value });
      return true;
    });
    return isThere ? found(input.id) : refuseUnknown(caller, 'reviseSource');
  }

  async function setSecrets(caller: Caller, input: SecretsInput): Promise<Accepted<SourceFile>> {
    const file = await find(input.id);
    const revision =
      input.revision === null
        ? file?.revisions[0]
        : file?.revisions.find(({ number }) => number === input.revision);
    const kind = revision === undefined ? undefined : kinds.get(revision.kind);
    if (revision === undefined || kind === undefined)
      return refuseUnknown(caller, 'setSourceSecrets');
    const secrets = kind.readSecrets(input.secrets);
    const settings = kind.readSettings(revision.settings);
    const errors = [
      ...(secrets.ok ? [] : secrets.problems.map((one) => settingMistake(one, 'secrets'))),
      ...(settings.ok ? [] : settings.problems.map((one) => settingMistake(one, 'settings'))),
    ];
    if (!settings.ok || errors.length > 0)
      return refusals.refuse(caller, 'setSourceSecrets', errors);
    const origins = originsText(settings.value.origins);
    await db.transaction(async (trx) => {
      await lockSource(trx, input.id);
      const wanted = { source: input.id, origins, secrets: input.secrets, by: caller.account };
      await credentials.set(trx, wanted);
    });
    return found(input.id);
  }

  async function endSecrets(
    caller: Caller,
    input: { readonly id: string; readonly version: number },
  ): Promise<Accepted<SourceFile>> {
    const versions = await credentials.list(db, input.id);
    if (!versions.some(({ version }) => version === input.version))
      return refuseUnknown(caller, 'endSourceSecrets');
    await db.transaction(async (trx) => {
      await lockSource(trx, input.id);
      await credentials.end(trx, { source: input.id, version: input.version, by: caller.account });
    });
    return found(input.id);
  }

  /** The revision a probe is for. */
  async function probed({ id, revision }: RevisionInput): Promise<SourceRevision | null> {
    const revisions = (await find(id))?.revisions ?? [];
    const meant =
      revision === null
        ? (revisions.find(({ state }) => isCandidate(state)) ??
          revisions.find(({ state }) => isInUse(state)))
        : revisions.find(({ number }) => number === revision);
    return meant ?? null;
  }

  async function check(caller: Caller, input: RevisionInput): Promise<Accepted<SourceFile>> {
    const revision = await probed(input);
    if (revision === null) return refuseUnknown(caller, 'checkSource');
    const examined = examine(caller, revision);
    const errors = await Promise.race([examined, after(WAIT_MS, null, { ref: false })]);
    if (errors !== null && errors.length > 0) return refusals.refuse(caller, 'checkSource', errors);
    if (errors === null)
      examined.catch((error: unknown) => deps.log.warn({ err: error }, 'check was not made'));
    return found(input.id);
  }

  async function examine(caller: Caller, revision: SourceRevision): Promise<readonly UserError[]> {
    const examined = await examinations.check(caller, revision);
    if (!examined.ok) return examined.errors;
    if (examined.value.passed) await moves.markChecked(caller, revision);
    return [];
  }

  async function discover(
    caller: Caller,
    input: RevisionInput,
  ): Promise<Accepted<readonly Collection[]>> {
    const revision = await probed(input);
    if (revision === null) return refuseUnknown(caller, 'discoverSource');
    const found = await examinations.discover(caller, revision);
    return found.ok ? found : refusals.refuse(caller, 'discoverSource', found.errors);
  }

  async function move(caller: Caller, input: Move): Promise<Accepted<SourceFile>> {
    const errors = await moves.move(caller, input);
    return errors.length === 0 ? found(input.id) : refusals.refuse(caller, 'moveSource', errors);
  }

  function refuseUnknown(caller: Caller, operation: string) {
    return refusals.refuse(caller, operation, [
      mistake('UNKNOWN_SOURCE', ['id'], 'See query `registeredSources`.'),
    ]);
  }

  return {
    ...{ register, revise, setSecrets, endSecrets, check, discover, move, list, find },
    listEvents: (id) => listEvents(db, id, EVENTS_MAX),
    listSecrets: (id) => credentials.list(db, id),
    listChecks: (id, revision) => listChecks(db, { source: id, revision }),
    kinds: () => [...kinds.values()],
    adopt: (founding) => adoptSources({ ...deps, kinds }, founding, randomUUID()),
  };
}
