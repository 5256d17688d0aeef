import { describeKind } from '../../connector-kit/conformance/description.ts';
import type { BuildableKind } from '../../registry/kinds.ts';
import type { SourceFile } from '../../registry/registry.ts';
import type {
  Resolvers,
  SourceRevisionInput,
  UserError as UserErrorShape,
} from '../../generated/graphql.ts';
import { listDifferences } from '../../model/json-difference.ts';
import type { SourceRevision } from '../../model/registered-source.ts';
import { isCandidate, isInUse, stepsFrom } from '../../model/source-life.ts';
import type { Accepted } from '../../model/user-error.ts';
import type { RevisionSeen } from '../context.ts';

const REVISIONS_SHOWN = 20;

/** Finer times would tell more about the network than an operator needs. */
const TENTH_MS = 100;

/** Sources as operators register them. */
export const registryResolvers: Resolvers = {
  Query: {
    connectorKinds: (_root, _args, { services }) => services.registry.kinds(),
    registeredSources: (_root, _args, { services }) => services.registry.list(),
    registeredSource: (_root, { id }, { services }) => services.registry.find(id),
  },

  Mutation: {
    registerSource: async (_root, { input }, { caller, services }) =>
      payloadOf(
        await services.registry.register(caller, {
          id: input.id,
          title: input.title,
          ownerAgency: input.ownerAgency,
          catalogReference: input.catalogReference ?? null,
          ...proposalOf(input.revision),
        }),
      ),
    reviseSource: async (_root, { input }, { caller, services }) =>
      payloadOf(
        await services.registry.revise(caller, { id: input.id, ...proposalOf(input.revision) }),
      ),
    setSourceSecrets: async (_root, { input }, { caller, services }) =>
      payloadOf(
        await services.registry.setSecrets(caller, { ...input, revision: input.revision ?? null }),
      ),
    endSourceSecrets: async (_root, { input }, { caller, services }) =>
      payloadOf(await services.registry.endSecrets(caller, input)),
    checkSource: async (_root, { input }, { caller, services }) =>
      payloadOf(
        await services.registry.check(caller, { ...input, revision: input.revision ?? null }),
      ),
    moveSource: async (_root, { input }, { caller, services }) =>
      payloadOf(
        await services.registry.move(caller, {
          id: input.id,
          step: input.step,
          revision: input.revision ?? null,
          reason: input.reason ?? null,
          until: input.until ?? null,
        }),
      ),
  },

  ConnectorKind: {
    name: ({ kind }) => kind.kind,
    version: ({ kind }) => kind.version,
    contract: ({ kind }) => kind.contract,
    title: ({ kind }) => kind.title.zh,
    titleEn: ({ kind }) => kind.title.en,
    settingsSchema: ({ kind }: BuildableKind) => describeKind(kind).settingsSchema,
    secretsSchema: ({ kind }: BuildableKind) => describeKind(kind).secretsSchema,
  },

  RegisteredSource: {
    current: (file) => {
      const current = currentOf(file);
      return current === null ? null : { revision: current, against: null };
    },
    candidate: (file) => {
      const candidate = file.revisions.find(({ state }) => isCandidate(state));
      return candidate === undefined ? null : seenBeside(file, candidate);
    },
    revisions: (file) =>
      file.revisions.slice(0, REVISIONS_SHOWN).map((revision) => seenBeside(file, revision)),
    events: ({ id }, _args, { services }) => services.registry.listEvents(id),
    secrets: ({ id }, _args, { services }) => services.registry.listSecrets(id),
  },

  SourceRevision: {
    number: ({ revision }) => revision.number,
    kind: ({ revision }) => revision.kind,
    settings: ({ revision }) => revision.settings,
    policy: ({ revision }) => revision.policy,
    routes: ({ revision }) => revision.routes,
    note: ({ revision }) => revision.note,
    digest: ({ revision }) => revision.digest,
    createdAt: ({ revision }) => revision.createdAt,
    createdBy: ({ revision }) => revision.createdBy,
    state: ({ revision }) => revision.state,
    until: ({ revision }) => revision.until,
    reason: ({ revision }) => revision.reason,
    nextSteps: ({ revision }) => stepsFrom(revision.state),
    changes: ({ revision, against }) => listDifferences(toldIn(against), toldIn(revision)),
    checks: ({ revision }, _args, { services }) =>
      services.registry.listChecks(revision.source, revision.number),
  },

  SourceCheck: {
    probes: ({ probes }) =>
      probes.map(({ tookMs, ...told }) => ({ ...told, tookTenths: Math.ceil(tookMs / TENTH_MS) })),
    rules: ({ conformance }) => conformance?.lines ?? [],
  },

  SourceEvent: {
    id: ({ id }) => String(id),
    step: ({ step }) => (step === 'REGISTER' ? null : step),
  },
};

function currentOf(file: SourceFile): SourceRevision | null {
  return file.revisions.find(({ state }) => isInUse(state)) ?? null;
}

function seenBeside(file: SourceFile, revision: SourceRevision): RevisionSeen {
  const current = currentOf(file);
  return { revision, against: current?.number === revision.number ? null : current };
}

function toldIn(revision: SourceRevision | null): unknown {
  if (revision === null) return {};
  const { kind, settings, policy, routes } = revision;
  return { kind, settings, policy, routes };
}

function proposalOf(input: SourceRevisionInput) {
  return {
    kind: input.kind,
    settings: input.settings,
    policy: input.policy ?? {},
    // What is not said is left to the registry's defaults.
    routes: input.routes.map((route) => withoutNull({ ...route })),
    note: input.note,
  };
}

function withoutNull(given: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value != null));
}

function payloadOf(accepted: Accepted<SourceFile>): {
  readonly source: SourceFile | null;
  readonly userErrors: readonly UserErrorShape[];
} {
  return accepted.ok
    ? { source: accepted.value, userErrors: [] }
    : { source: null, userErrors: accepted.errors };
}
