import type { AssistanceItem } from '../model/assistance-item.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Database } from '../store/database.ts';

interface ItemRow {
  code: string;
  version: number;
  title: string;
  assisting_agency: string;
  other_agencies: readonly string[];
  legal_basis: string;
  contact: string;
  questions: AssistanceItem['questions'];
  limits: AssistanceItem['limits'];
  minutes_per_request: number;
  effective_from: BusinessDate;
  published_at: Date;
  published_by: string;
}

const ITEMS_MAX = 500;

/** The version of each entry that holds that day, in the order of codes. */
export async function listItemsInForce(
  db: Database,
  on: BusinessDate,
): Promise<readonly AssistanceItem[]> {
  const { rows } = await db.raw<{ rows: ItemRow[] }>(
    `
    select distinct on (code) *
    from assistance_item
    where effective_from <= :on
    order by code, version desc
    limit :rows
    `,
    { on, rows: ITEMS_MAX },
  );
  return rows.map(fromRow);
}

/** Oldest first. */
export async function listItemVersions(
  db: Database,
  code: string,
): Promise<readonly AssistanceItem[]> {
  const rows = await db<ItemRow>('assistance_item').where({ code }).orderBy('version');
  return rows.map(fromRow);
}

/** Inserts, or does nothing when the version is taken. Returns whether it inserted. */
export async function insertItem(db: Database, item: AssistanceItem): Promise<boolean> {
  const inserted = await db('assistance_item')
    .insert({
      ...{ code: item.code, version: item.version, title: item.title, contact: item.contact },
      ...{ assisting_agency: item.assistingAgency, legal_basis: item.legalBasis },
      other_agencies: [...item.otherAgencies],
      ...{ questions: JSON.stringify(item.questions), limits: JSON.stringify(item.limits) },
      ...{ minutes_per_request: item.minutesPerRequest, effective_from: item.effectiveFrom },
      ...{ published_at: item.publishedAt, published_by: item.publishedBy },
    })
    .onConflict(['code', 'version'])
    .ignore()
    .returning('code');
  return inserted.length === 1;
}

function fromRow(row: ItemRow): AssistanceItem {
  return {
    ...{ code: row.code, version: row.version, title: row.title, contact: row.contact },
    ...{ assistingAgency: row.assisting_agency, legalBasis: row.legal_basis },
    otherAgencies: row.other_agencies,
    ...{ questions: row.questions, limits: row.limits },
    ...{ minutesPerRequest: row.minutes_per_request, effectiveFrom: row.effective_from },
    ...{ publishedAt: row.published_at, publishedBy: row.published_by },
  };
}
