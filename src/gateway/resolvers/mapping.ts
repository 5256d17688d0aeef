import type { Collection } from '../../connector-kit/connector.ts';
import { draftMapping } from '../../connector-kit/mapping/draft.ts';
import { dryRun } from '../../connector-kit/mapping/dry-run.ts';
import {
  MAPPED_CAPABILITIES,
  mappingSetting,
  type MappedCapability,
  type Mapping,
} from '../../connector-kit/mapping/mapping.ts';
import { HubError } from '../../errors.ts';
import type { MappedLine, MappingDraft, Resolvers } from '../../generated/graphql.ts';
import { mistake, type UserError } from '../../model/user-error.ts';

/** Mappings before they are in a revision: drafted from what a source holds, tried on a sample. */
export const mappingResolvers: Resolvers = {
  Mutation: {
    async discoverSource(_root, { input }, { caller, services }) {
      const revision = input.revision ?? null;
      const found = await services.registry.discover(caller, { ...input, revision });
      return found.ok
        ? { collections: found.value, userErrors: [] }
        : { collections: [], userErrors: found.errors };
    },
    tryMapping: (_root, { input }) => tryOn(input),
  },

  SourceCollection: {
    drafts: (collection) => MAPPED_CAPABILITIES.flatMap((one) => draftsFor(one, collection)),
  },
};

/** None where no field of the collection is known by name. */
function draftsFor(capability: MappedCapability, collection: Collection): readonly MappingDraft[] {
  const { mapping, unplaced } = draftMapping(capability, collection);
  const isEmpty = unplaced.length === collection.fields.length;
  return isEmpty ? [] : [{ capability, mapping: { ...mapping }, unplaced: [...unplaced] }];
}

interface Tried {
  readonly lines: readonly MappedLine[];
  readonly record: Readonly<Record<string, unknown>> | null;
  readonly fault: string | null;
  readonly userErrors: readonly UserError[];
}

function tryOn(input: {
  readonly capability: string;
  readonly mapping: unknown;
  readonly sample: unknown;
}): Tried {
  const capability = MAPPED_CAPABILITIES.find((one) => one === input.capability);
  if (capability === undefined)
    return refuse(['capability'], `Send one of ${MAPPED_CAPABILITIES.join(', ')}.`);
  const mapping = mappingSetting.safeParse(input.mapping);
  if (!mapping.success) {
    const [issue] = mapping.error.issues;
    const path = (issue?.path ?? []).map(String);
    return refuse(['mapping', ...path], `${issue?.message ?? 'not a mapping'}.`);
  }
  try {
    return showDryRun(capability, mapping.data, input.sample);
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    const { field, reason } = error.details;
    return refuse(['mapping', String(field ?? '')], `${String(reason ?? error.code)}.`);
  }
}

function showDryRun(capability: MappedCapability, mapping: Mapping, sample: unknown): Tried {
  const { lines, result } = dryRun(capability, mapping, sample);
  return {
    lines: lines.map(({ field, from, held, value, findings, fault }) => ({
      ...{ field, from: [...from], held, value },
      findings: [...findings.map(({ code }) => code), ...(fault === null ? [] : [fault])],
    })),
    record: result.ok ? { ...result.record } : null,
    fault: result.ok ? null : `${result.fault.code} ${String(result.fault.details['pointer'])}`,
    userErrors: [],
  };
}

function refuse(field: readonly string[], message: string): Tried {
  const userErrors = [mistake('SETTING_NOT_ACCEPTED', field, message)];
  return { lines: [], record: null, fault: null, userErrors };
}
