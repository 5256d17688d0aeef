import { recountDeadlines } from '../calendar/recount.ts';
import type { Calendar } from '../calendar/calendar.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { VerificationTask } from '../model/verification-task.ts';
import type { Database, Transaction } from '../store/database.ts';

interface TaskRow {
  id: string;
  finding_id: string;
  commitment_id: string;
  case_id: string;
  subject_id: string;
  opened_at: Date;
  due_on: BusinessDate;
  due_is_provisional: boolean;
  verification_id: string | null;
}

/** By due day, those after `after`. */
export async function listVerificationTasks(
  db: Database,
  wanted: {
    readonly agencyCode: string;
    /** Null: both. */
    readonly isDone: boolean | null;
    readonly after: { readonly dueOn: string; readonly id: string } | null;
    readonly rows: number;
  },
): Promise<readonly VerificationTask[]> {
  const { rows } = await db.raw<{ rows: TaskRow[] }>(
    `
    select task.*, commitment.case_id, commitment.subject_id, done.id as verification_id
    from verification_task as task
    join commitment on commitment.id = task.commitment_id
    left join lateral (
      select verification.id from verification
      where verification.subject_id = commitment.subject_id
        and verification.case_id = commitment.case_id
        and verification.asked_at >= task.opened_at
        and exists (select from verdict where verification_id = verification.id)
      order by verification.asked_at, verification.id
      limit 1
    ) as done on true
    where task.agency_code = :agencyCode
      and (:isDone::boolean is null or (done.id is not null) = :isDone)
      and (:id::uuid is null or (task.due_on, task.id) > (:dueOn::date, :id::uuid))
    order by task.due_on, task.id
    limit :rows
    `,
    {
      ...{ agencyCode: wanted.agencyCode, isDone: wanted.isDone, rows: wanted.rows },
      ...{ id: wanted.after?.id ?? null, dueOn: wanted.after?.dueOn ?? null },
    },
  );
  return rows.map((row) => ({
    ...{ id: row.id, findingId: row.finding_id, commitmentId: row.commitment_id },
    ...{ caseId: row.case_id, subjectId: row.subject_id, openedAt: row.opened_at },
    ...{ dueOn: row.due_on, dueIsProvisional: row.due_is_provisional },
    verificationId: row.verification_id,
  }));
}

/** Of a task: the subject was not verified since. */
const TO_DO = `
  not exists (
    select from commitment
    join verification on verification.subject_id = commitment.subject_id
      and verification.case_id = commitment.case_id
    where commitment.id = verification_task.commitment_id
      and verification.asked_at >= verification_task.opened_at
  )
`;

/** Counts the due days of findings and tasks anew. Returns how many changed. */
export async function recountDueDays(
  trx: Transaction,
  calendar: Pick<Calendar, 'deadline'>,
): Promise<number> {
  const columns = { from: 'due_from', workingDays: 'due_days', on: 'due_on' };
  const provisional = 'due_is_provisional';
  const tasks = { ...columns, provisional, table: 'verification_task', isOpen: TO_DO };
  const isOpen = 'due_from is not null';
  const findings = { ...columns, provisional, table: 'cross_check_finding', isOpen };
  return (
    (await recountDeadlines(trx, calendar, tasks)) +
    (await recountDeadlines(trx, calendar, findings))
  );
}
