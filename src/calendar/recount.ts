import type { BusinessDate } from '../model/business-date.ts';
import type { Transaction } from '../store/database.ts';
import type { Calendar } from './calendar.ts';

/** Where a table keeps the due days of its rows. Column names, as the migration has them. */
export interface DeadlineColumns {
  readonly table: string;
  readonly from: string;
  readonly workingDays: string;
  readonly on: string;
  readonly provisional: string;
  /** SQL that is true for the rows that are still open. */
  readonly isOpen: string;
}

/**
 * Counts the due days of the open rows of a table anew, each distinct period once. Rows whose due
 * day stays are not touched. Returns how many changed.
 */
export async function recountDeadlines(
  trx: Transaction,
  calendar: Pick<Calendar, 'deadline'>,
  columns: DeadlineColumns,
): Promise<number> {
  const { table, from, workingDays, on, provisional, isOpen } = columns;
  const { rows } = await trx.raw<{ rows: { from: BusinessDate; days: number }[] }>(
    `
    select distinct ?? as "from", ?? as days
    from ??
    where ?? is not null and ?? is not null and (${isOpen})
    `,
    [from, workingDays, table, from, workingDays],
  );
  if (rows.length === 0) return 0;
  const counted = rows.map((row) => calendar.deadline(row.from, row.days));
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `
    update ?? set ?? = (one ->> 'on')::date, ?? = (one ->> 'provisional')::boolean
    from jsonb_array_elements(?::jsonb) as one
    where ?? = (one ->> 'from')::date
      and ?? = (one ->> 'workingDays')::integer
      and (??, ??) is distinct from ((one ->> 'on')::date, (one ->> 'provisional')::boolean)
      and (${isOpen})
    `,
    [table, on, provisional, JSON.stringify(counted), from, workingDays, on, provisional],
  );
  return rowCount;
}
