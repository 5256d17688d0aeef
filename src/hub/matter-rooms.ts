import type { Agencies } from '../agencies/agencies.ts';
import type { Refusals } from '../audit/refusals.ts';
import { createCatalog } from '../catalog/catalog.ts';
import { createPolicies } from '../catalog/policies.ts';
import type { Clock } from '../model/clock.ts';
import type { Database } from '../store/database.ts';
import { withStoreFaults } from '../store/faults.ts';

/** The rooms that know matters, and by which policies their claims are verified. */
export function createMatterRooms(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly agencies: Agencies;
  readonly refusals: Refusals;
}) {
  const catalog = createCatalog(deps);
  const { findInForce: findMatter, isKnown: isKnownMatter } = catalog;
  return { catalog, policies: createPolicies({ ...deps, findMatter, isKnownMatter }) };
}

/** The same as callers see them. */
export function matterServicesOf(rooms: ReturnType<typeof createMatterRooms>) {
  return {
    catalog: withStoreFaults(rooms.catalog),
    policies: withStoreFaults(rooms.policies),
  };
}
