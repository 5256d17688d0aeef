import type { Calendar } from '../calendar/calendar.ts';
import { recountDeadlines } from '../calendar/recount.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { LadderRungName } from '../model/ladder.ts';
import type { Ladder, LadderEntry } from '../model/ladder-clock.ts';
import type { Database, Transaction } from '../store/database.ts';

interface LadderRow {
  verification_id: string;
  agency_code: string;
  counted_from: BusinessDate;
  working_days: number;
  due_on: BusinessDate;
  due_is_provisional: boolean;
  entries: readonly LadderEntry[];
}

/** Where a ladder stands from now on. */
export interface LadderStep {
  readonly verificationId: string;
  readonly rung: LadderRungName;
  /** Number of its last entry. */
  readonly rungs: number;
  /** Those that are new, in order. */
  readonly entries: readonly LadderEntry[];
}

const SELECT_LADDER = `
  select ladder.*, entered.entries
  from ladder
  cross join lateral (
    select jsonb_agg(jsonb_build_object('rung', rung, 'enteredOn', entered_on) order by number)
      as entries
    from ladder_rung where ladder_rung.verification_id = ladder.verification_id
  ) as entered
`;

/** In no particular order. */
export async function listLaddersOf(
  db: Database | Transaction,
  verificationIds: readonly string[],
): Promise<readonly Ladder[]> {
  const { rows } = await db.raw<{ rows: LadderRow[] }>(
    `${SELECT_LADDER} where ladder.verification_id = any(:ids::uuid[])`,
    { ids: [...verificationIds] },
  );
  return rows.map(fromRow);
}

/** Open ones by due day, those after `after`; with `dueBefore`, only those due earlier. */
export async function listLaddersByDueDay(
  db: Database,
  wanted: {
    agencyCode: string;
    dueBefore: BusinessDate | null;
    after: { dueOn: string; id: string } | null;
    rows: number;
  },
): Promise<readonly Ladder[]> {
  const { rows } = await db.raw<{ rows: LadderRow[] }>(
    `
    ${SELECT_LADDER}
    where agency_code = :agencyCode and is_open
      and (:dueBefore::date is null or due_on < :dueBefore::date)
      and (:dueOn::date is null or (due_on, ladder.verification_id) > (:dueOn::date, :id::uuid))
    order by due_on, ladder.verification_id
    limit :rows
    `,
    {
      ...{ agencyCode: wanted.agencyCode, dueBefore: wanted.dueBefore, rows: wanted.rows },
      ...{ dueOn: wanted.after?.dueOn ?? null, id: wanted.after?.id ?? null },
    },
  );
  return rows.map(fromRow);
}

/** Adds ladders with where they came to. */
export async function insertLadders(
  trx: Transaction,
  ladders: readonly (Ladder & { readonly rung: LadderRungName })[],
): Promise<void> {
  if (ladders.length === 0) return;
  await trx('ladder').insert(
    ladders.map(({ verificationId, agencyCode, clock, dueOn, dueIsProvisional, ...rest }) => ({
      ...{ verification_id: verificationId, agency_code: agencyCode, rung: rest.rung },
      ...{ counted_from: clock.from, working_days: clock.workingDays, due_on: dueOn },
      ...{ due_is_provisional: dueIsProvisional, rungs: rest.entries.length },
      is_open: rest.rung !== 'CONCLUDED',
    })),
  );
  await insertEntries(
    trx,
    ladders.map(({ verificationId, entries }) => ({ verificationId, entries, before: 0 })),
  );
}

/** Moves a ladder that is there. */
export async function moveLadder(trx: Transaction, step: LadderStep): Promise<void> {
  const { verificationId, rung, rungs, entries } = step;
  await trx('ladder')
    .where({ verification_id: verificationId })
    .update({ rung, rungs, is_open: rung !== 'CONCLUDED' });
  await insertEntries(trx, [{ verificationId, entries, before: rungs - entries.length }]);
}

/** Keeps others from moving a ladder until the transaction ends. */
export async function lockLadder(trx: Transaction, verificationId: string): Promise<void> {
  await trx('ladder').where({ verification_id: verificationId }).forUpdate().select('rung');
}

/** Counts the due days of open ladders anew. Returns how many changed. */
export function recountLadders(
  trx: Transaction,
  calendar: Pick<Calendar, 'deadline'>,
): Promise<number> {
  return recountDeadlines(trx, calendar, {
    ...{ table: 'ladder', from: 'counted_from', workingDays: 'working_days', on: 'due_on' },
    ...{ provisional: 'due_is_provisional', isOpen: 'is_open' },
  });
}

async function insertEntries(
  trx: Transaction,
  all: readonly {
    readonly verificationId: string;
    readonly entries: readonly LadderEntry[];
    readonly before: number;
  }[],
): Promise<void> {
  await trx('ladder_rung').insert(
    all.flatMap(({ verificationId, entries, before }) =>
      entries.map(({ rung, enteredOn }, index) => ({
        ...{ verification_id: verificationId, number: before + index + 1 },
        ...{ rung, entered_on: enteredOn },
      })),
    ),
  );
}

function fromRow(row: LadderRow): Ladder {
  return {
    ...{ verificationId: row.verification_id, agencyCode: row.agency_code },
    clock: { from: row.counted_from, workingDays: row.working_days },
    ...{ dueOn: row.due_on, dueIsProvisional: row.due_is_provisional, entries: row.entries },
  };
}
