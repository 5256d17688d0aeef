import type { CrossCheckFinding, FindingEvent } from '../model/cross-check-finding.ts';
import type { Deadline } from '../model/deadline.ts';
import type { Transaction } from '../store/database.ts';

/** Adds findings with their first event. */
export async function insertFindings(
  trx: Transaction,
  findings: readonly CrossCheckFinding[],
  about: { readonly runId: string; readonly by: string; readonly deadline: Deadline },
): Promise<void> {
  if (findings.length === 0) return;
  const { runId, by, deadline } = about;
  await trx('cross_check_finding').insert(
    findings.map((one) => ({
      ...{ id: one.id, check_id: one.checkId, commitment_id: one.commitmentId, part: one.part },
      ...{ class: one.class, field: one.field, value_from: one.valueFrom },
      ...{ value_to: one.valueTo, agency_code: one.agencyCode, owner_code: one.ownerCode },
      ...{ opened_at: one.openedAt, state: one.state, version: one.version },
      ...{ nights: one.nights, steady: one.steady, reopened: one.reopened, accepted_until: null },
      ...dueColumns(deadline),
      due_days: deadline.workingDays,
    })),
  );
  await trx('cross_check_finding_event').insert(
    findings.map(({ id, state, openedAt: at }) => ({
      ...{ finding_id: id, number: 1, step: null, state, run_id: runId, at, by },
    })),
  );
}

/** What is changed of a finding that is locked, and the event that says so. */
export interface FindingUpdate {
  readonly finding: CrossCheckFinding;
  readonly event: Omit<FindingEvent, 'number'>;
  /** `KEEP` while it goes on; null where nothing is left to do. */
  readonly deadline: Deadline | 'KEEP' | null;
}

/** Changes findings, each with its next event. `finding` is as it is afterwards. */
export async function updateFindings(
  trx: Transaction,
  updates: readonly FindingUpdate[],
): Promise<void> {
  if (updates.length === 0) return;
  await trx.raw(
    `
    update cross_check_finding as held
    set state = one.state, version = one.version, owner_code = one.owner_code,
      nights = one.nights, steady = one.steady, reopened = one.reopened,
      accepted_until = one.accepted_until,
      due_from = case when one.keeps then held.due_from else one.due_from end,
      due_on = case when one.keeps then held.due_on else one.due_on end,
      due_is_provisional =
        case when one.keeps then held.due_is_provisional else one.due_is_provisional end
    from jsonb_to_recordset(:updates::jsonb) as one (id uuid, state text, version integer,
      owner_code text, nights integer, steady integer, reopened integer, accepted_until date,
      keeps boolean, due_from date, due_on date, due_is_provisional boolean)
    where held.id = one.id
    `,
    { updates: JSON.stringify(updates.map(toUpdate)) },
  );
  await trx('cross_check_finding_event').insert(
    updates.map(({ finding, event }) => ({
      ...{ finding_id: finding.id, number: finding.version, step: event.step },
      ...{ state: event.state, run_id: event.runId, at: event.at, by: event.by },
      ...{ reason: event.reason, until: event.until, owner_code: event.ownerCode },
    })),
  );
}

/** Commitments that are to be verified again. Nothing where the same task is there. */
export async function insertVerificationTasks(
  trx: Transaction,
  tasks: readonly {
    readonly id: string;
    readonly finding: CrossCheckFinding;
    readonly openedAt: Date;
    readonly deadline: Deadline;
  }[],
): Promise<void> {
  if (tasks.length === 0) return;
  await trx('verification_task')
    .insert(
      tasks.map(({ id, finding, openedAt, deadline }) => ({
        ...{ id, finding_id: finding.id, opening: finding.reopened, opened_at: openedAt },
        ...{ agency_code: finding.agencyCode, commitment_id: finding.commitmentId },
        ...dueColumns(deadline),
        due_days: deadline.workingDays,
      })),
    )
    .onConflict(['finding_id', 'opening'])
    .ignore();
}

function dueColumns({ from, on, provisional }: Deadline) {
  return { due_from: from, due_on: on, due_is_provisional: provisional };
}

function toUpdate({ finding, deadline }: FindingUpdate) {
  const due = deadline === null || deadline === 'KEEP' ? null : dueColumns(deadline);
  return {
    ...{ id: finding.id, state: finding.state, version: finding.version },
    ...{ owner_code: finding.ownerCode, nights: finding.nights, steady: finding.steady },
    ...{ reopened: finding.reopened, accepted_until: finding.acceptedUntil },
    ...{ keeps: deadline === 'KEEP', ...due },
  };
}
