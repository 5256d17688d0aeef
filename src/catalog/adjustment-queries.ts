import type { AdjustmentState, AdjustmentStep } from '../model/adjustment-life.ts';
import type { AgencyLevel } from '../model/agency.ts';
import type { ListedMatter } from '../model/listed-matter.ts';
import type { MatterAdjustment } from '../model/matter-list.ts';
import type { Database, Transaction } from '../store/database.ts';

interface AdjustmentRow {
  id: string;
  agency_code: string;
  region_code: string;
  level: AgencyLevel;
  kind: MatterAdjustment['kind'];
  matter_code: string;
  requested_at: Date;
  entry: ListedMatter | null;
  basis: string;
  requested_by: string;
  state: AdjustmentState;
  version: number;
  step: AdjustmentStep;
  reason: string | null;
  happened_by: string;
  list_id: string | null;
}

const WITH_STATE = `
  select adjustment.*, submitted.entry, submitted.basis, submitted.happened_by as requested_by,
    last.state, last.number as version, last.step, last.reason, last.happened_by, last.list_id
  from matter_adjustment as adjustment
  cross join lateral (
    select * from matter_adjustment_event
    where adjustment_id = adjustment.id and step = 'SUBMIT' order by number desc limit 1
  ) as submitted
  cross join lateral (
    select * from matter_adjustment_event
    where adjustment_id = adjustment.id order by number desc limit 1
  ) as last
`;

/** Makes whoever decides about these requests wait for one another. */
export async function lockAdjustments(trx: Transaction, ids: readonly string[]): Promise<void> {
  await trx('matter_adjustment').whereIn('id', ids).orderBy('id').forUpdate().select('id');
}

/** In the order of ids; what does not exist is left out. */
export async function listAdjustmentsById(
  db: Database | Transaction,
  ids: readonly string[],
): Promise<readonly MatterAdjustment[]> {
  const { rows } = await db.raw<{ rows: AdjustmentRow[] }>(
    `${WITH_STATE} where adjustment.id = any(:ids) order by adjustment.id`,
    { ids: [...ids] },
  );
  return rows.map(fromRow);
}

/** Newest first. Null of a filter means all. */
export async function listAdjustments(
  db: Database,
  filter: {
    regionCode: string | null;
    agencyCode: string | null;
    state: AdjustmentState | null;
    before: { at: Date; id: string } | null;
    rows: number;
  },
): Promise<readonly MatterAdjustment[]> {
  const { before, ...given } = filter;
  const { rows } = await db.raw<{ rows: AdjustmentRow[] }>(
    `
    ${WITH_STATE}
    where (:regionCode::text is null or adjustment.region_code = :regionCode)
      and (:agencyCode::text is null or adjustment.agency_code = :agencyCode)
      and (:state::text is null or last.state = :state)
      and (:at::timestamptz is null
           or (adjustment.requested_at, adjustment.id) < (:at::timestamptz, :id::uuid))
    order by adjustment.requested_at desc, adjustment.id desc
    limit :rows
    `,
    { ...given, at: before?.at ?? null, id: before?.id ?? null },
  );
  return rows.map(fromRow);
}

/** Adds a request; its first event follows. */
export async function insertAdjustment(
  trx: Transaction,
  adjustment: Pick<
    MatterAdjustment,
    'id' | 'agencyCode' | 'regionCode' | 'level' | 'kind' | 'matterCode' | 'requestedAt'
  >,
): Promise<void> {
  await trx('matter_adjustment').insert({
    ...{ id: adjustment.id, agency_code: adjustment.agencyCode, kind: adjustment.kind },
    ...{ region_code: adjustment.regionCode, level: adjustment.level },
    ...{ matter_code: adjustment.matterCode, requested_at: adjustment.requestedAt },
  });
}

/** One step of a request. */
export interface AdjustmentEvent {
  readonly adjustmentId: string;
  readonly number: number;
  readonly step: AdjustmentStep;
  readonly state: AdjustmentState;
  readonly entry: ListedMatter | null;
  readonly basis: string | null;
  readonly reason: string | null;
  readonly listId: string | null;
  readonly at: Date;
  readonly by: string;
}

/** Adds a step. */
export async function insertAdjustmentEvent(
  trx: Transaction,
  event: AdjustmentEvent,
): Promise<void> {
  await trx('matter_adjustment_event').insert({
    ...{ adjustment_id: event.adjustmentId, number: event.number, step: event.step },
    ...{ state: event.state, basis: event.basis, reason: event.reason, list_id: event.listId },
    entry: event.entry === null ? null : JSON.stringify(event.entry),
    ...{ happened_at: event.at, happened_by: event.by },
  });
}

function fromRow(row: AdjustmentRow): MatterAdjustment {
  return {
    id: row.id,
    agencyCode: row.agency_code,
    regionCode: row.region_code,
    level: row.level,
    kind: row.kind,
    matterCode: row.matter_code,
    entry: row.entry,
    basis: row.basis,
    requestedAt: row.requested_at,
    requestedBy: row.requested_by,
    state: row.state,
    version: row.version,
    reason: row.reason,
    decidedBy: row.step === 'SUBMIT' ? null : row.happened_by,
    listId: row.list_id,
  };
}
