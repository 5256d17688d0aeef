import type { Calendar } from '../calendar/calendar.ts';
import { recountDeadlines } from '../calendar/recount.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { FormatText, TextChannel, WrittenElement } from '../model/format-text.ts';
import type { FormatTextTask } from '../model/format-text-task.ts';
import type { Database, Transaction } from '../store/database.ts';

interface TextRow {
  id: string;
  matter_code: string;
  version: number;
  agency_code: string;
  elements: readonly WrittenElement[];
  allows_proxy: boolean;
  digest: string;
  drafted_at: Date;
  drafted_by: string;
  published_on: BusinessDate | null;
  channels: readonly TextChannel[] | null;
  published_by: string | null;
}

/** The highest version published up to that day. Null where none is. */
export async function findPublished(
  db: Database,
  matterCode: string,
  on: BusinessDate,
): Promise<FormatText | null> {
  const rows = await texts(db)
    .where({ matter_code: matterCode })
    .where('published_on', '<=', on)
    .orderBy('version', 'desc')
    .limit(1);
  return rows[0] === undefined ? null : fromRow(rows[0]);
}

/** Null where there is none with this id. */
export async function findText(db: Database | Transaction, id: string): Promise<FormatText | null> {
  const rows = await texts(db).where({ id });
  return rows[0] === undefined ? null : fromRow(rows[0]);
}

/** Newest version first. */
export async function listTextsOf(
  db: Database,
  matterCode: string,
  rows: number,
): Promise<readonly FormatText[]> {
  const found = await texts(db)
    .where({ matter_code: matterCode })
    .orderBy('version', 'desc')
    .limit(rows);
  return found.map(fromRow);
}

/** Adds the next version of the matter. Returns its number. */
export async function insertText(
  trx: Transaction,
  text: Omit<FormatText, 'version' | 'publication'>,
): Promise<number> {
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [
    `format-text ${text.matterCode}`,
  ]);
  const { rows } = await trx.raw<{ rows: { version: number }[] }>(
    `
    insert into format_text
      (id, matter_code, version, agency_code, elements, allows_proxy, digest, drafted_at,
       drafted_by)
    select :id, :matterCode, coalesce(max(version), 0) + 1, :agencyCode, :elements, :allowsProxy,
      :digest, :draftedAt, :draftedBy
    from format_text where matter_code = :matterCode
    returning version
    `,
    { ...text, elements: JSON.stringify(text.elements) },
  );
  return rows[0]?.version ?? 1;
}

/** Returns whether it was not published before. */
export async function insertPublication(
  trx: Transaction,
  id: string,
  published: { on: BusinessDate; channels: readonly TextChannel[]; at: Date; by: string },
): Promise<boolean> {
  const added = await trx('format_text_publication')
    .insert({
      ...{ text_id: id, published_on: published.on, published_at: published.at },
      ...{ channels: JSON.stringify(published.channels), published_by: published.by },
    })
    .onConflict('text_id')
    .ignore()
    .returning('text_id');
  return added.length > 0;
}

/** Tasks that are there already stay. */
export async function insertTasks(
  trx: Transaction,
  tasks: readonly Omit<FormatTextTask, 'publishedOn'>[],
): Promise<void> {
  if (tasks.length === 0) return;
  await trx('format_text_task')
    .insert(
      tasks.map((task) => ({
        ...{ id: task.id, list_reference: task.listReference, matter_code: task.matterCode },
        ...{ agency_code: task.agencyCode, listed_on: task.listedOn },
        ...{ working_days: task.workingDays, due_on: task.dueOn, provisional: task.provisional },
      })),
    )
    .onConflict(['list_reference', 'matter_code', 'agency_code'])
    .ignore();
}

interface TaskRow {
  id: string;
  list_reference: string;
  matter_code: string;
  agency_code: string;
  listed_on: BusinessDate;
  working_days: number;
  due_on: BusinessDate;
  provisional: boolean;
  published_on: BusinessDate | null;
}

/**
 * By due day, then id. A task is done by a text of the same agency or matter that was published on
 * or after the day of listing, or was in force then.
 */
export async function listTasks(
  db: Database | Transaction,
  filter: {
    agencyCode: string | null;
    isOpen: boolean | null;
    overdueOn: BusinessDate | null;
    after: { dueOn: string; id: string } | null;
    rows: number;
  },
): Promise<readonly FormatTextTask[]> {
  const { rows } = await db.raw<{ rows: TaskRow[] }>(
    `
    select task.*, done.published_on
    from format_text_task as task
    left join lateral (
      select min(published_on) as published_on
      from format_text join format_text_publication on text_id = id
      where matter_code = task.matter_code and agency_code = task.agency_code
    ) as done on true
    where (:agencyCode::text is null or task.agency_code = :agencyCode)
      and (:isOpen::boolean is null or (done.published_on is null) = :isOpen)
      and (:overdueOn::date is null
           or (task.due_on < :overdueOn::date
               and (done.published_on is null or done.published_on > task.due_on)))
      and (:dueOn::date is null or (task.due_on, task.id) > (:dueOn::date, :id::uuid))
    order by task.due_on, task.id
    limit :rows
    `,
    {
      ...{ agencyCode: filter.agencyCode, isOpen: filter.isOpen, overdueOn: filter.overdueOn },
      ...{ dueOn: filter.after?.dueOn ?? null, id: filter.after?.id ?? null, rows: filter.rows },
    },
  );
  return rows.map((row) => ({
    ...{ id: row.id, listReference: row.list_reference, matterCode: row.matter_code },
    ...{ agencyCode: row.agency_code, listedOn: row.listed_on, workingDays: row.working_days },
    ...{ dueOn: row.due_on, provisional: row.provisional, publishedOn: row.published_on },
  }));
}

/** Counts the due days of open tasks anew. Returns how many changed. */
export function recountTasks(
  trx: Transaction,
  calendar: Pick<Calendar, 'deadline'>,
): Promise<number> {
  return recountDeadlines(trx, calendar, {
    ...{ table: 'format_text_task', from: 'listed_on', workingDays: 'working_days' },
    ...{ on: 'due_on', provisional: 'provisional' },
    isOpen: `
      not exists (
        select 1
        from format_text join format_text_publication on text_id = format_text.id
        where format_text.matter_code = format_text_task.matter_code
          and format_text.agency_code = format_text_task.agency_code
      )
    `,
  });
}

function texts(db: Database | Transaction) {
  return db('format_text')
    .leftJoin('format_text_publication', 'text_id', 'id')
    .select<TextRow[]>('*');
}

function fromRow(row: TextRow): FormatText {
  return {
    id: row.id,
    matterCode: row.matter_code,
    version: row.version,
    agencyCode: row.agency_code,
    elements: row.elements,
    allowsProxy: row.allows_proxy,
    digest: row.digest,
    draftedAt: row.drafted_at,
    draftedBy: row.drafted_by,
    publication:
      row.published_on === null || row.published_by === null
        ? null
        : {
            publishedOn: row.published_on,
            publishedBy: row.published_by,
            channels: row.channels ?? [],
          },
  };
}
