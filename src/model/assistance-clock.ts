import type { AssistanceState } from './assistance-life.ts';
import { RUNNING_STATES } from './assistance-life.ts';
import { ownerOf, type AssistanceStanding } from './assistance-standing.ts';
import type { BusinessDate } from './business-date.ts';
import type { DayCounter, Deadline } from './deadline.ts';

/** How a request stands to its due day. Computed for a day, never stored. */
export type Timeliness = 'ON_TIME' | 'DUE_SOON' | 'OVERDUE' | 'VERY_OVERDUE';

/** What somebody is told about a turn that nobody takes. Each once for each turn. */
export const ALARM_KINDS = [
  'REMINDER_HALF',
  'REMINDER_LATE',
  'ESCALATED_TO_COORDINATOR',
  'ESCALATED_TO_SUPERIOR',
] as const;
export type AlarmKind = (typeof ALARM_KINDS)[number];

/** Somebody is told of a turn. */
export interface AssistanceAlarm {
  readonly requestId: string;
  readonly kind: AlarmKind;
  /** Version by which the turn began. */
  readonly turn: number;
  /** Null where nobody is registered who could be told: then the operator is. */
  readonly toAgency: string | null;
  readonly dueOn: BusinessDate;
  readonly raisedAt: Date;
}

/** The turn of one agency: how long it has, and how long it has taken. */
export interface Turn {
  readonly owner: string | null;
  readonly due: Deadline;
  /** Working days that count for it in all, and those that are over. */
  readonly total: number;
  readonly elapsed: number;
}

const SOON_SHARE = 0.75;
const VERY_OVERDUE_SHARE = 1.5;
const HALF_SHARE = 0.5;
const LATE_SHARE = 0.8;

/**
 * The last day for the reply: working days after the submission, those of every pause added. Null
 * while the request is a draft.
 */
export function replyDue(
  { clock, ledger }: AssistanceStanding,
  days: DayCounter,
  today: BusinessDate,
): Deadline | null {
  if (clock === null) return null;
  const paused = pausedDays({ clock, ledger }, days, today);
  return days.deadline(clock.from, clock.workingDays + paused);
}

/** The turn that is on now. Null for drafts, and where it is over. */
export function turnOf(
  standing: AssistanceStanding,
  days: DayCounter,
  today: BusinessDate,
): Turn | null {
  const { state, clock, since } = standing;
  const owner = ownerOf(standing);
  if (RUNNING_STATES.has(state)) {
    const due = replyDue(standing, days, today);
    if (due === null || clock === null) return null;
    const paused = pausedDays({ clock, ledger: standing.ledger }, days, today);
    const total = days.countWorkingDays(clock.start, due.on) - paused;
    const elapsed = days.countWorkingDays(clock.start, today) - paused;
    return { owner, due, total, elapsed };
  }
  const limit = turnLimit(standing, state);
  if (limit === null) return null;
  const due = days.deadline(since, limit);
  return { owner, due, total: limit, elapsed: days.countWorkingDays(since, today) };
}

/** Overdue is what is open on the first working day after the due day, not a second earlier. */
export function timelinessOf(turn: Turn, days: DayCounter, today: BusinessDate): Timeliness {
  const { due, total, elapsed } = turn;
  const isOverdue = daysOver(turn, days, today) > 0;
  if (isOverdue && elapsed >= total * VERY_OVERDUE_SHARE) return 'VERY_OVERDUE';
  if (isOverdue) return 'OVERDUE';
  return today >= due.from && elapsed >= total * SOON_SHARE ? 'DUE_SOON' : 'ON_TIME';
}

/** What somebody has to be told by now, in the order in which it fell due. */
export function alarmsOf(turn: Turn, days: DayCounter, today: BusinessDate): readonly AlarmKind[] {
  const over = daysOver(turn, days, today);
  const share = turn.total === 0 ? 1 : turn.elapsed / turn.total;
  const isDue: Readonly<Record<AlarmKind, boolean>> = {
    REMINDER_HALF: share >= HALF_SHARE,
    REMINDER_LATE: share >= LATE_SHARE,
    ESCALATED_TO_COORDINATOR: over >= 1,
    ESCALATED_TO_SUPERIOR: over >= 3,
  };
  return ALARM_KINDS.filter((kind) => isDue[kind]);
}

/** Working days since the due day. */
function daysOver({ due }: Turn, days: DayCounter, today: BusinessDate): number {
  return days.countWorkingDays(due.on, today);
}

/** Days of pauses since the clock was set; one that lasts counts through today. */
function pausedDays(
  { clock, ledger }: { clock: { ledgerFrom: number }; ledger: AssistanceStanding['ledger'] },
  days: DayCounter,
  today: BusinessDate,
): number {
  return ledger
    .slice(clock.ledgerFrom)
    .filter(({ kind }) => kind === 'PAUSE')
    .reduce((sum, { from, through }) => sum + days.countWorkingDays(from, through ?? today), 0);
}

/** Working days of a turn during which the clock of the reply stands still. */
function turnLimit({ limits }: AssistanceStanding, state: AssistanceState): number | null {
  switch (state) {
    case 'CLARIFICATION_WANTED':
      return limits.clarify;
    case 'REPLIED':
    case 'REFUSED':
      return limits.confirm;
    case 'DISPUTED':
      return limits.decide;
    default:
      return null;
  }
}
