import type { Agencies } from '../agencies/agencies.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { Clock } from '../model/clock.ts';
import { createStatistics } from '../statistics/statistics.ts';
import { createYearlyReports } from '../statistics/yearly-reports.ts';
import type { Database } from '../store/database.ts';
import { createSupervision } from '../supervision/supervision.ts';
import type { Vault } from '../vault/vault.ts';

/** The rooms that supervise: what is inspected, what the regime came to, what is reported. */
export function createSupervisionRooms(deps: {
  readonly db: Database;
  readonly passesDb: Database;
  readonly clock: Clock;
  readonly refusals: Refusals;
  readonly agencies: Agencies;
  readonly vault: Vault;
}) {
  const { agencies } = deps;
  const found = { findAgency: agencies.find, listAgencies: agencies.list };
  const statistics = createStatistics({ ...deps, ...found });
  return {
    supervision: createSupervision({ ...deps, ...found }),
    statistics,
    yearlyReports: createYearlyReports({ ...deps, ...found, statistics }),
  };
}
