import type { Inspection, InspectionOutcome, SampledSubject } from '../model/inspection.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { DrawnSubject } from '../model/sampling.ts';
import type { Database, Transaction } from '../store/database.ts';

interface SubjectRow {
  position: number;
  commitment_id: string;
  stratum: string;
  inspectors: readonly string[];
  number: number | null;
  outcome: InspectionOutcome | null;
  inspected_on: BusinessDate | null;
  note: string | null;
  recorded_at: Date | null;
  recorded_by: string | null;
}

const INSERT_ROWS = 1_000;

/** What was drawn, in its order. */
export async function insertSubjects(
  trx: Transaction,
  drawId: string,
  drawn: readonly DrawnSubject[],
): Promise<void> {
  const rows = drawn.map(({ id, stratum, inspectors }, index) => ({
    ...{ draw_id: drawId, position: index + 1, commitment_id: id, stratum },
    inspectors: [...inspectors],
  }));
  await trx.batchInsert('sampling_subject', rows, INSERT_ROWS);
}

/** In the order of the draw, after a position, each with the last that was recorded. */
export async function listSubjects(
  db: Database | Transaction,
  filter: { readonly drawId: string; readonly after: number; readonly rows: number },
): Promise<readonly SampledSubject[]> {
  const { rows } = await db.raw<{ rows: SubjectRow[] }>(
    `
    select position, commitment_id, stratum, inspectors, last.*
    from sampling_subject as drawn
    left join lateral (
      select number, outcome, inspected_on, note, recorded_at, recorded_by from inspection
      where inspection.draw_id = drawn.draw_id and inspection.commitment_id = drawn.commitment_id
      order by number desc limit 1
    ) as last on true
    where draw_id = :drawId and position > :after
    order by position
    limit :rows
    `,
    { ...filter },
  );
  return rows.map(fromRow);
}

/** Null where the commitment was not drawn. */
export async function findSubject(
  trx: Transaction,
  drawId: string,
  commitmentId: string,
): Promise<SampledSubject | null> {
  const row = await trx<{ draw_id: string; commitment_id: string; position: number }>(
    'sampling_subject',
  )
    .where({ draw_id: drawId, commitment_id: commitmentId })
    .first('position');
  if (row === undefined) return null;
  const [found = null] = await listSubjects(trx, { drawId, after: row.position - 1, rows: 1 });
  return found;
}

/** The next that is recorded of a commitment. */
export async function insertInspection(
  trx: Transaction,
  about: { readonly drawId: string; readonly commitmentId: string },
  inspection: Inspection,
): Promise<void> {
  await trx('inspection').insert({
    ...{ draw_id: about.drawId, commitment_id: about.commitmentId, number: inspection.number },
    ...{ outcome: inspection.outcome, inspected_on: inspection.inspectedOn },
    ...{ note: inspection.note, recorded_at: inspection.recordedAt },
    recorded_by: inspection.recordedBy,
  });
}

/** How many were drawn, and how many of them have each outcome. */
export interface InspectionCounts {
  readonly drawn: number;
  readonly kept: number;
  readonly notKept: number;
  readonly notFound: number;
}

/** By the last that was recorded of each. */
export async function countInspections(
  db: Database | Transaction,
  drawId: string,
): Promise<InspectionCounts> {
  const { rows } = await db.raw<{ rows: InspectionCounts[] }>(
    `
    select count(*)::integer as drawn,
      (count(*) filter (where outcome = 'KEPT'))::integer as kept,
      (count(*) filter (where outcome = 'NOT_KEPT'))::integer as "notKept",
      (count(*) filter (where outcome = 'NOT_FOUND'))::integer as "notFound"
    from sampling_subject as drawn
    left join lateral (
      select outcome from inspection
      where inspection.draw_id = drawn.draw_id and inspection.commitment_id = drawn.commitment_id
      order by number desc limit 1
    ) as last on true
    where draw_id = :drawId
    `,
    { drawId },
  );
  return rows[0] ?? { drawn: 0, kept: 0, notKept: 0, notFound: 0 };
}

function fromRow(row: SubjectRow): SampledSubject {
  const { number, outcome, inspected_on, recorded_at, recorded_by } = row;
  return {
    ...{ position: row.position, commitmentId: row.commitment_id, stratum: row.stratum },
    inspectors: row.inspectors,
    inspection:
      number === null || outcome === null || inspected_on === null || recorded_at === null
        ? null
        : {
            ...{ number, outcome, inspectedOn: inspected_on, note: row.note },
            ...{ recordedAt: recorded_at, recordedBy: recorded_by ?? '' },
          },
  };
}
