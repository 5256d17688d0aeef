import type { DefineCrossCheck } from '../../crosscheck/definition-check.ts';
import type { CrossCheckFindingFilter, DefineCrossCheckInput } from '../../generated/graphql.ts';
import type { FindingFilter } from '../../model/cross-check-finding.ts';
import { isUuid } from '../../model/cursor.ts';
import type { RequestContext } from '../context.ts';

/** A definition as the room takes it: what is left out is null, or empty. */
export function toDefinition(input: DefineCrossCheckInput): DefineCrossCheck {
  return {
    ...input,
    version: input.version ?? null,
    window: input.window ?? null,
    acknowledgedWithin: input.acknowledgedWithin ?? null,
    planning:
      input.planning == null
        ? null
        : { ...input.planning, samplePerNight: input.planning.samplePerNight ?? 0 },
    collections: input.collections ?? null,
    weights: input.weights ?? [],
    ownerCode: input.ownerCode ?? null,
  };
}

/** Null where nothing can be all of it: no such cross-check, or no such run. */
export async function filterOf(
  { crossChecks }: RequestContext['services'],
  filter: CrossCheckFindingFilter | null | undefined,
): Promise<FindingFilter | null> {
  const { key = null, runId = null, states = null, ...rest } = filter ?? {};
  const check = key === null ? null : await crossChecks.find(key);
  if ((key !== null && check === null) || (runId !== null && !isUuid(runId))) return null;
  return {
    ...{ checkId: check?.id ?? null, runId, states: states ?? [] },
    class: rest.class ?? null,
    field: rest.field ?? null,
    ownerCode: rest.ownerCode ?? null,
  };
}
