import { randomUUID } from 'node:crypto';

import type { Refusals } from '../audit/refusals.ts';
import type { Agency } from '../model/agency.ts';
import type { Caller } from '../model/caller.ts';
import type { Clock } from '../model/clock.ts';
import { pairOf, type CrossCheck } from '../model/cross-check.ts';
import { mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database } from '../store/database.ts';
import { checkDefinition, type DefineCrossCheck } from './definition-check.ts';
import { listUnfit, type CollectionDependencies } from './collections.ts';
import { countPopulation, type Recipient } from './cut-queries.ts';
import { insertVersion, listCrossChecks } from './definition-queries.ts';
import { CHECKS_MAX, populationOf } from './opening.ts';

/** What defining works with. */
export interface DefinitionDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly refusals: Pick<Refusals, 'refuse'>;
  readonly collections: CollectionDependencies;
  recipients(): readonly Recipient[];
  findAgency(code: string): Promise<Agency | null>;
}

const ALL = { key: null, rows: CHECKS_MAX };

/** Defines a cross-check, or how it runs from now on; the last version counts. */
export async function defineCrossCheck(
  deps: DefinitionDependencies,
  caller: Caller,
  input: DefineCrossCheck,
): Promise<Accepted<CrossCheck>> {
  const { db, clock, refusals } = deps;
  const refuse = (errors: readonly UserError[]) =>
    refusals.refuse(caller, 'defineCrossCheck', errors);
  const owner = input.ownerCode === null ? null : await deps.findAgency(input.ownerCode);
  const errors = checkDefinition(input, {
    ...{ owner, subjects: await countSubjects(deps, input) },
    unfit: await listUnfit(deps.collections, input),
  });
  if (errors.length > 0) return refuse(errors);
  const [earlier = null] = await listCrossChecks(db, { key: input.key, rows: 1 });
  const stale = checkVersion(earlier, input.version);
  if (stale !== null) return refuse([stale]);
  if (earlier === null && (await listCrossChecks(db, ALL)).length >= CHECKS_MAX)
    return refuse([mistake('TOO_MANY', ['key'], `There are ${CHECKS_MAX} already: change one.`)]);
  const { key, version: _read, ...definition } = input;
  const check: CrossCheck = {
    ...definition,
    ...{ id: earlier?.id ?? randomUUID(), key, version: (earlier?.version ?? 0) + 1 },
    ...{ title: input.title.trim(), publishedAt: clock.now(), publishedBy: caller.account },
  };
  if (await db.transaction((trx) => insertVersion(trx, check))) return { ok: true, value: check };
  return refuse([mistake('STALE_VERSION', ['version'], 'Read it again, then decide.')]);
}

/** Adds the definitions that are shipped where there are none of their keys. */
export async function adoptDefinitions(
  { db, clock }: Pick<DefinitionDependencies, 'db' | 'clock'>,
  shipped: readonly Omit<DefineCrossCheck, 'version'>[],
): Promise<void> {
  for (const { key, ...definition } of shipped) {
    const check: CrossCheck = {
      ...{ ...definition, id: randomUUID(), key, version: 1 },
      ...{ publishedAt: clock.now(), publishedBy: 'deployment' },
    };
    const [earlier] = await listCrossChecks(db, { key, rows: 1 });
    if (earlier === undefined) await db.transaction((trx) => insertVersion(trx, check));
  }
}

/** 0 where it is not planned by them, or the two cannot be compared at all. */
async function countSubjects(
  deps: DefinitionDependencies,
  input: DefineCrossCheck,
): Promise<number> {
  const { left, right, strategy } = input;
  if (strategy !== 'BY_DEADLINE' || pairOf(left, right) === null) return 0;
  const about = { id: randomUUID(), left, right };
  const population = populationOf(deps, about, { slot: deps.clock.now() });
  return deps.db.transaction((trx) => countPopulation(trx, population));
}

function checkVersion(earlier: CrossCheck | null, version: number | null): UserError | null {
  if (earlier === null && version !== null)
    return mistake('UNKNOWN_CROSS_CHECK', ['key'], 'There is none of this key: leave version out.');
  if (earlier !== null && version === null)
    return mistake('ALREADY_REGISTERED', ['key'], 'The key is taken: send the version you read.');
  if (earlier === null || earlier.version === version) return null;
  return mistake('STALE_VERSION', ['version'], 'Read it again, then decide.');
}
