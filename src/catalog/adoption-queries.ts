import type { Calendar } from '../calendar/calendar.ts';
import { recountDeadlines } from '../calendar/recount.ts';
import type { Adoption, AdoptionCoverage } from '../model/adoption.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Deadline } from '../model/deadline.ts';
import type { Database, Transaction } from '../store/database.ts';

interface AdoptionRow {
  task_id: string;
  agency_code: string;
  matter_code: string;
  due_on: BusinessDate;
  provisional: boolean;
  adopted_on: BusinessDate | null;
  own_matter_code: string | null;
}

/** Gives an agency its task. */
export async function insertAdoptionTask(
  trx: Transaction,
  task: {
    readonly id: string;
    readonly listId: string;
    readonly agencyCode: string;
    readonly due: Deadline;
    readonly matterCodes: readonly string[];
  },
): Promise<void> {
  const { due } = task;
  await trx('adoption_task').insert({
    ...{ id: task.id, list_id: task.listId, agency_code: task.agencyCode },
    ...{ listed_on: due.from, working_days: due.workingDays, due_on: due.on },
    provisional: due.provisional,
  });
  const items = task.matterCodes.map((code) => ({ task_id: task.id, matter_code: code }));
  await trx('adoption_item').insert(items);
}

/** Matters an agency has to adopt, by task, then code. Null of a filter means all. */
export async function listAdoptions(
  db: Database | Transaction,
  filter: {
    agencyCode: string;
    isOpen: boolean | null;
    taskId: string | null;
    matterCode: string | null;
    after: { taskId: string; code: string } | null;
    rows: number;
  },
): Promise<readonly Adoption[]> {
  const { after, ...given } = filter;
  const { rows } = await db.raw<{ rows: AdoptionRow[] }>(
    `
    select task_id, agency_code, matter_code, due_on, provisional, adopted_on, own_matter_code
    from adoption_item join adoption_task on id = task_id
    where agency_code = :agencyCode
      and (:isOpen::boolean is null or (adopted_on is null) = :isOpen)
      and (:taskId::uuid is null or task_id = :taskId::uuid)
      and (:matterCode::text is null or matter_code = :matterCode)
      and (:afterTask::uuid is null or (task_id, matter_code) > (:afterTask::uuid, :afterCode))
    order by task_id, matter_code
    limit :rows
    `,
    { ...given, afterTask: after?.taskId ?? null, afterCode: after?.code ?? '' },
  );
  return rows.map((row) => ({
    ...{ taskId: row.task_id, agencyCode: row.agency_code, matterCode: row.matter_code },
    ...{ dueOn: row.due_on, provisional: row.provisional, adoptedOn: row.adopted_on },
    ownMatterCode: row.own_matter_code,
  }));
}

/** Records that a matter is taken over, unless that was recorded before. */
export async function updateAdoption(
  trx: Transaction,
  adopted: {
    taskId: string;
    matterCode: string;
    ownMatterCode: string;
    on: BusinessDate;
    at: Date;
    by: string;
  },
): Promise<void> {
  await trx('adoption_item')
    .where({ task_id: adopted.taskId, matter_code: adopted.matterCode, adopted_on: null })
    .update({
      ...{ adopted_on: adopted.on, own_matter_code: adopted.ownMatterCode },
      ...{ adopted_at: adopted.at, adopted_by: adopted.by },
    });
}

/** By agency code: how much each agency of a region has taken over. */
export async function listCoverage(
  db: Database,
  filter: { regionPrefix: string; asOf: BusinessDate; after: string; rows: number },
): Promise<readonly AdoptionCoverage[]> {
  const { rows } = await db.raw<{ rows: AdoptionCoverage[] }>(
    `
    select agency_code as "agencyCode",
      count(*) filter (where adopted_on <= :asOf::date) as adopted,
      count(*) filter (where (adopted_on is null or adopted_on > :asOf::date)
        and due_on >= :asOf::date) as open,
      count(*) filter (where (adopted_on is null or adopted_on > :asOf::date)
        and due_on < :asOf::date) as overdue
    from adoption_item
    join adoption_task on adoption_task.id = task_id
    join agency on agency.code = agency_code
    where region_code like :regionPrefix || '%' and agency_code > :after
      and listed_on <= :asOf::date
    group by agency_code
    order by agency_code
    limit :rows
    `,
    filter,
  );
  return rows;
}

/** Counts the due days of tasks with something open anew. Returns how many changed. */
export function recountAdoptions(
  trx: Transaction,
  calendar: Pick<Calendar, 'deadline'>,
): Promise<number> {
  return recountDeadlines(trx, calendar, {
    ...{ table: 'adoption_task', from: 'listed_on', workingDays: 'working_days' },
    ...{ on: 'due_on', provisional: 'provisional' },
    isOpen: `
      exists (select 1 from adoption_item where task_id = adoption_task.id and adopted_on is null)
    `,
  });
}
