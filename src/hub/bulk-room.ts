import type { Refusals } from '../audit/refusals.ts';
import { createBulks, type Bulks } from '../bulk/bulk.ts';
import type { Casework } from '../casework/casework.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { Policies } from '../catalog/policies.ts';
import type { Log } from '../log.ts';
import type { CaseRecords } from '../model/case-file.ts';
import type { Clock } from '../model/clock.ts';
import type { Sources } from '../sources/sources.ts';
import type { Database } from '../store/database.ts';
import { withStoreFaults } from '../store/faults.ts';
import type { Verifications } from '../verification/verification.ts';

/** After this another replica takes a list over from one that has died. */
const LEASE_MS = 5_000;
/** A source without test records is well while it has answered within this time. */
const ANSWERED_MS = 600_000;

/** The room of lists, over the rooms that know subjects, matters and verdicts. */
export function createBulkRoom(deps: {
  readonly passesDb: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly sources: Pick<Sources, 'states' | 'readCanaries'>;
  readonly refusals: Refusals;
  readonly catalog: Catalog;
  readonly policies: Pick<Policies, 'standardOn'>;
  readonly casework: Casework;
  readonly verifications: Verifications;
  readonly records: CaseRecords;
}): Bulks {
  const { catalog, casework, verifications } = deps;
  const { many } = verifications;
  const answered = new Map<string, number>();
  return createBulks({
    // Whole files are written at once, which takes longer than a request may.
    ...{ ...deps, db: deps.passesDb, questions: many, leaseMs: LEASE_MS },
    checkClaims: many.checkClaims,
    findInForce: catalog.findInForce,
    findMatterVersion: async (key) => (await catalog.listVersions([key]))[0] ?? null,
    standardOn: deps.policies.standardOn,
    bindMany: casework.bindMany,
    listVerdicts: verifications.listVerdicts,
    onAnswered: (source) => answered.set(source, performance.now()),
    isWell: (source) => isWell(deps.sources, source, answered.get(source) ?? -Infinity),
  });
}

/** The same as callers see it. Pages of an export are read while they are sent. */
export function bulkServicesOf({ exportLines, ...room }: Bulks) {
  return { ...withStoreFaults(room), exportLines };
}

/** By its test records, which concern nobody; by what it told lately where it has none. */
async function isWell(
  sources: Pick<Sources, 'states' | 'readCanaries'>,
  id: string,
  answeredAt: number,
): Promise<boolean> {
  await sources.readCanaries(id);
  const state = sources.states().find((one) => one.id === id);
  if (state?.breaker !== 'CLOSED') return false;
  const canaries = state.capabilities.flatMap(({ canary }) => canary ?? []);
  if (canaries.length > 0) return canaries.every(({ right }) => right);
  return performance.now() - answeredAt < ANSWERED_MS;
}
