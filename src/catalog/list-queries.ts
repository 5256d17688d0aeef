import type { AgencyLevel } from '../model/agency.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { ListChange, ListedMatter } from '../model/listed-matter.ts';
import type { MatterDifference, MatterList } from '../model/matter-list.ts';
import type { Database, Transaction } from '../store/database.ts';

interface ListRow {
  id: string;
  region_code: string;
  level: AgencyLevel;
  version: number;
  origin: MatterList['origin'];
  effective_from: BusinessDate;
  published_on: BusinessDate;
  digest: string;
  agency_code: string;
  published_at: Date;
  published_by: string;
}

/** Whoever changes the list of a region waits for whoever is changing it. */
export async function lockRegion(trx: Transaction, regionCode: string): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [
    `matter-list ${regionCode}`,
  ]);
}

/** The newest version of a region. Null where none was published. */
export async function findNewest(
  db: Database | Transaction,
  regionCode: string,
): Promise<MatterList | null> {
  const row = await db<ListRow>('matter_list')
    .where({ region_code: regionCode })
    .orderBy('version', 'desc')
    .first();
  return row === undefined ? null : fromRow(row);
}

/** The version in force that day: the highest of those effective by then. Null where none is. */
export async function findListOn(
  db: Database,
  { regionCode, on }: { regionCode: string; on: BusinessDate },
): Promise<MatterList | null> {
  const row = await db<ListRow>('matter_list')
    .where({ region_code: regionCode })
    .where('effective_from', '<=', on)
    .orderBy('version', 'desc')
    .first();
  return row === undefined ? null : fromRow(row);
}

/** Null where there is none with this id. */
export async function findList(db: Database | Transaction, id: string): Promise<MatterList | null> {
  const row = await db<ListRow>('matter_list').where({ id }).first();
  return row === undefined ? null : fromRow(row);
}

/** Newest first, those before a version. */
export async function listVersionsOf(
  db: Database,
  filter: { regionCode: string; before: number | null; rows: number },
): Promise<readonly MatterList[]> {
  const { regionCode, before, rows } = filter;
  const query = db<ListRow>('matter_list').where({ region_code: regionCode });
  if (before !== null) query.where('version', '<', before);
  return (await query.orderBy('version', 'desc').limit(rows)).map(fromRow);
}

/** In the order of codes, those after `after`: what the versions up to this one add up to. */
export async function listEntries(
  db: Database | Transaction,
  filter: { regionCode: string; version: number; after: string; rows: number },
): Promise<readonly ListedMatter[]> {
  const { rows } = await db.raw<{ rows: { entry: ListedMatter }[] }>(
    `
    select entry
    from (
      select distinct on (matter_code) matter_code, entry
      from matter_list_change join matter_list on id = list_id
      where region_code = :regionCode and version <= :version and matter_code > :after
      order by matter_code, version desc
    ) as standing
    where entry is not null
    order by matter_code
    limit :rows
    `,
    filter,
  );
  return rows.map(({ entry }) => entry);
}

/** The whole content of a version, by code. */
export async function loadContent(
  trx: Database | Transaction,
  regionCode: string,
  version: number,
): Promise<ReadonlyMap<string, ListedMatter>> {
  const rows = await listEntries(trx, {
    ...{ regionCode, version, after: '', rows: ENTRIES_MAX + 1 },
  });
  if (rows.length > ENTRIES_MAX)
    throw new RangeError(`A list has at most ${ENTRIES_MAX} matters; this one has more.`);
  return new Map(rows.map((entry) => [entry.code, entry]));
}

/** Matters of one list, at most. */
export const ENTRIES_MAX = 20_000;

/** In the order of codes, those after `after` that differ between two versions. */
export async function listDifferencesOf(
  db: Database,
  filter: { regionCode: string; from: number; to: number; after: string; rows: number },
): Promise<readonly MatterDifference[]> {
  const { rows } = await db.raw<{ rows: MatterDifference[] }>(
    `
    with history as (
      select matter_code, version, entry
      from matter_list_change join matter_list on id = list_id
      where region_code = :regionCode and version <= :to
    )
    select touched.code, old.entry as before, fresh.entry as after
    from (
      select distinct matter_code as code from history
      where version > :from and matter_code > :after
    ) as touched
    left join lateral (
      select entry from history
      where matter_code = touched.code and version <= :from order by version desc limit 1
    ) as old on true
    left join lateral (
      select entry from history where matter_code = touched.code order by version desc limit 1
    ) as fresh on true
    where old.entry is distinct from fresh.entry
    order by touched.code
    limit :rows
    `,
    filter,
  );
  return rows.map(({ code, before, after }) => ({ code, before, after }));
}

/** Adds a version with its changes. */
export async function insertList(
  trx: Transaction,
  list: MatterList,
  changes: readonly ListChange[],
): Promise<void> {
  await trx('matter_list').insert({
    ...{ id: list.id, region_code: list.regionCode, level: list.level, version: list.version },
    ...{ origin: list.origin, effective_from: list.effectiveFrom, digest: list.digest },
    ...{ published_on: list.publishedOn, agency_code: list.agencyCode },
    ...{ published_at: list.publishedAt, published_by: list.publishedBy },
  });
  const rows = changes.map(({ code, kind, entry }) => ({
    ...{ code, kind, entry },
  }));
  await trx.raw(
    `
    insert into matter_list_change (list_id, matter_code, kind, entry)
    select :listId, code, kind, nullif(entry, 'null'::jsonb)
    from jsonb_to_recordset(:rows::jsonb) as change (code text, kind text, entry jsonb)
    `,
    { listId: list.id, rows: JSON.stringify(rows) },
  );
}

/**
 * Makes what a version says of its matters the word of the catalog: what is active and has a
 * policy is in force from that day on, under the next version of the matter; the rest ends.
 */
export async function projectMatters(
  trx: Transaction,
  { effectiveFrom, changes }: { effectiveFrom: BusinessDate; changes: readonly ListChange[] },
): Promise<void> {
  const codes = changes.map(({ code }) => code);
  await trx.raw(
    `
    update matter_version
    set effective_until = greatest(:effectiveFrom::date, effective_from) - 1
    where matter_code = any(:codes)
      and (effective_until is null or effective_until >= :effectiveFrom::date)
    `,
    { codes, effectiveFrom },
  );
  const standing = changes.flatMap(({ entry }) =>
    entry !== null && entry.isActive && entry.policy !== null && entry.priorityField !== null
      ? [{ ...entry, policy: { ...entry.policy, exemption: entry.exemption?.opinion ?? null } }]
      : [],
  );
  await trx.raw(
    `
    insert into matter_version
      (matter_code, version, name, priority_field, item_type, agency_code, agency_name,
       certificate, legal_basis, publicity, effective_from, policy)
    select code, 1 + coalesce(
        (select max(version) from matter_version where matter_code = code), 0),
      name, "priorityField", "itemType", "agencyCode", "agencyName", certificate, "legalBasis",
      publicity, :effectiveFrom::date, policy
    from jsonb_to_recordset(:standing::jsonb) as entry
      (code text, name text, "priorityField" text, "itemType" text, "agencyCode" text,
       "agencyName" text, certificate text, "legalBasis" text, publicity text, policy jsonb)
    `,
    { effectiveFrom, standing: JSON.stringify(standing) },
  );
}

function fromRow(row: ListRow): MatterList {
  return {
    id: row.id,
    regionCode: row.region_code,
    level: row.level,
    version: row.version,
    origin: row.origin,
    effectiveFrom: row.effective_from,
    publishedOn: row.published_on,
    digest: row.digest,
    agencyCode: row.agency_code,
    publishedAt: row.published_at,
    publishedBy: row.published_by,
  };
}
