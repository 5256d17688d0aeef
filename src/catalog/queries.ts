import type { BusinessDate } from '../model/business-date.ts';
import type { Matter, PriorityField } from '../model/matter.ts';
import type { VerificationPolicy } from '../model/policy.ts';
import type { Database } from '../store/database.ts';

interface MatterRow {
  matter_code: string;
  version: number;
  name: string;
  priority_field: PriorityField;
  item_type: Matter['itemType'];
  agency_code: string;
  agency_name: string;
  certificate: string;
  legal_basis: string;
  publicity: Matter['publicity'];
  effective_from: BusinessDate;
  effective_until: BusinessDate | null;
  policy: VerificationPolicy;
}

/** In the order of codes, those after `after`. */
export async function listMattersInForce(
  db: Database,
  filter: {
    on: BusinessDate;
    priorityField: PriorityField | null;
    after: string | null;
    rows: number;
  },
): Promise<readonly Matter[]> {
  const { rows } = await db.raw<{ rows: MatterRow[] }>(
    `
    select *
    from matter_version
    where effective_from <= :on
      and (effective_until is null or effective_until >= :on)
      and (:priorityField::text is null or priority_field = :priorityField)
      and matter_code > :after
    order by matter_code
    limit :rows
    `,
    { ...filter, after: filter.after ?? '' },
  );
  return rows.map(fromRow);
}

/** Every version, the newest first. */
export async function listMattersByCode(db: Database, code: string): Promise<readonly Matter[]> {
  const rows = await db<MatterRow>('matter_version')
    .where({ matter_code: code })
    .orderBy('version', 'desc');
  return rows.map(fromRow);
}

/** In no particular order; versions that do not exist are left out. */
export async function listMatterVersions(
  db: Database,
  keys: readonly { code: string; version: number }[],
): Promise<readonly Matter[]> {
  const { rows } = await db.raw<{ rows: MatterRow[] }>(
    `
    select matter_version.*
    from jsonb_to_recordset(:keys::jsonb) as wanted (code text, version integer)
    join matter_version on matter_code = code and matter_version.version = wanted.version
    `,
    { keys: JSON.stringify(keys) },
  );
  return rows.map(fromRow);
}

/** Versions that are already there stay as they are. Returns how many were added. */
export async function insertMatters(db: Database, matters: readonly Matter[]): Promise<number> {
  if (matters.length === 0) return 0;
  const added = await db('matter_version')
    .insert(matters.map(toRow))
    .onConflict(['matter_code', 'version'])
    .ignore()
    .returning('matter_code');
  return added.length;
}

function toRow(matter: Matter) {
  return {
    matter_code: matter.code,
    version: matter.version,
    name: matter.name,
    priority_field: matter.priorityField,
    item_type: matter.itemType,
    agency_code: matter.agencyCode,
    agency_name: matter.agencyName,
    certificate: matter.certificate,
    legal_basis: matter.legalBasis,
    publicity: matter.publicity,
    effective_from: matter.effectiveFrom,
    effective_until: matter.effectiveUntil,
    policy: JSON.stringify(matter.policy),
  };
}

function fromRow(row: MatterRow): Matter {
  return {
    code: row.matter_code,
    version: row.version,
    name: row.name,
    priorityField: row.priority_field,
    itemType: row.item_type,
    agencyCode: row.agency_code,
    agencyName: row.agency_name,
    certificate: row.certificate,
    legalBasis: row.legal_basis,
    publicity: row.publicity,
    effectiveFrom: row.effective_from,
    effectiveUntil: row.effective_until,
    policy: row.policy,
  };
}
