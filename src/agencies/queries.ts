import type { Agency, AgencyLevel } from '../model/agency.ts';
import type { Database } from '../store/database.ts';

interface AgencyRow {
  code: string;
  name: string;
  region_code: string;
  level: AgencyLevel;
  is_justice: boolean;
}

/** In no particular order; codes that are not registered are left out. */
export async function listAgenciesByCode(
  db: Database,
  codes: readonly string[],
): Promise<readonly Agency[]> {
  const rows = await db<AgencyRow>('agency').whereIn('code', codes);
  return rows.map(fromRow);
}

/** In the order of codes, those after `after` whose region begins with the prefix. */
export async function listAgencies(
  db: Database,
  filter: { regionPrefix: string; after: string; rows: number },
): Promise<readonly Agency[]> {
  const rows = await db<AgencyRow>('agency')
    .where('code', '>', filter.after)
    .whereLike('region_code', `${filter.regionPrefix}%`)
    .orderBy('code')
    .limit(filter.rows);
  return rows.map(fromRow);
}

/** The justice bureau of a region itself. Undefined where none is registered. */
export async function findJustice(
  db: Database,
  { regionCode, level }: { regionCode: string; level: AgencyLevel },
): Promise<Agency | undefined> {
  const row = await db<AgencyRow>('agency')
    .where({ region_code: regionCode, level, is_justice: true })
    .orderBy('code')
    .first();
  return row === undefined ? undefined : fromRow(row);
}

/** Adds an agency or changes it. Returns whether anything changed. */
export async function upsertAgency(
  db: Database,
  { agency, at, by }: { agency: Agency; at: Date; by: string },
): Promise<boolean> {
  const { rowCount } = await db.raw<{ rowCount: number }>(
    `
    insert into agency as held
      (code, name, region_code, level, is_justice, version, registered_at, registered_by)
    values (:code, :name, :regionCode, :level, :isJustice, 1, :at, :by)
    on conflict (code) do update set
      name = excluded.name, region_code = excluded.region_code, level = excluded.level,
      is_justice = excluded.is_justice, version = held.version + 1,
      registered_at = excluded.registered_at, registered_by = excluded.registered_by
    where (held.name, held.region_code, held.level, held.is_justice)
      is distinct from (excluded.name, excluded.region_code, excluded.level, excluded.is_justice)
    `,
    { ...agency, at, by },
  );
  return rowCount > 0;
}

function fromRow(row: AgencyRow): Agency {
  return {
    code: row.code,
    name: row.name,
    regionCode: row.region_code,
    level: row.level,
    isJustice: row.is_justice,
  };
}
