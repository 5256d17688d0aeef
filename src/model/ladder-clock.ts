import type { BusinessDate } from './business-date.ts';
import type { DayCounter, Deadline } from './deadline.ts';
import {
  LADDER_RUNGS,
  type LadderMinimums,
  type LadderRung,
  type LadderRungName,
} from './ladder.ts';

/** The one clock of a ladder: it runs once, over all of its rungs. */
export interface LadderClock {
  /** The day after which counting begins: that of the question. */
  readonly from: BusinessDate;
  readonly workingDays: number;
}

/** One rung's claim on that clock. */
export interface RungClock {
  readonly ladder: LadderClock;
  readonly enteredOn: BusinessDate;
  /** Working days it has in any case. */
  readonly minimum: number;
  /** Working days that later rungs have in any case. */
  readonly reserve: number;
}

/** Which rung a ladder came to, and when. */
export interface LadderEntry {
  readonly rung: LadderRungName;
  readonly enteredOn: BusinessDate;
}

/** How far the ladder of a verification has come that was not concluded at once. */
export interface Ladder {
  readonly verificationId: string;
  readonly agencyCode: string;
  readonly clock: LadderClock;
  readonly dueOn: BusinessDate;
  readonly dueIsProvisional: boolean;
  /** Where it came to, oldest first; the last one is where it stands. */
  readonly entries: readonly LadderEntry[];
}

/** One rung's part of the clock, as it is explained. */
export interface LadderPart {
  readonly rung: LadderRung;
  readonly progress: 'PASSED' | 'CURRENT' | 'AHEAD' | 'SKIPPED';
  readonly minimum: number;
  /** Day it was reached. Null where it was not. */
  readonly enteredOn: BusinessDate | null;
  /** Its part: of rungs ahead, if those before take all of theirs. Null where it is skipped. */
  readonly due: Deadline | null;
}

/**
 * The last day of a rung: what is left of the whole ladder when it is reached, less what later
 * rungs have in any case, and at least its own least. A rung that is reached late ends after the
 * due day of the ladder, which stays where it is: nobody looks in no time.
 */
export function rungDue(clock: RungClock, days: DayCounter): Deadline {
  const { ladder, enteredOn, minimum, reserve } = clock;
  const whole = days.deadline(ladder.from, ladder.workingDays);
  const left = days.countWorkingDays(enteredOn, whole.on) - reserve;
  return days.deadline(enteredOn, Math.max(minimum, left));
}

/** What later rungs have in any case. */
export function reserveAfter(rung: LadderRung, minimums: LadderMinimums): number {
  return LADDER_RUNGS.slice(LADDER_RUNGS.indexOf(rung) + 1).reduce(
    (sum, one) => sum + (minimums[one] ?? 0),
    0,
  );
}

/** Whether a working day has passed since the due day. */
export function isOver(due: Pick<Deadline, 'on'>, days: DayCounter, today: BusinessDate): boolean {
  return days.countWorkingDays(due.on, today) > 0;
}

/** Each rung's part of the clock, in order. `entries` are where it came to, oldest first. */
export function partsOf(
  ladder: LadderClock,
  minimums: LadderMinimums,
  entries: readonly LadderEntry[],
  days: DayCounter,
): readonly LadderPart[] {
  const current = entries.at(-1)?.rung ?? 'CONCLUDED';
  const at = current === 'CONCLUDED' ? LADDER_RUNGS.length : LADDER_RUNGS.indexOf(current);
  let before = ladder.from;
  const parts: LadderPart[] = [];
  for (const [index, rung] of LADDER_RUNGS.entries()) {
    const enteredOn = entries.findLast((one) => one.rung === rung)?.enteredOn ?? null;
    const own = minimums[rung];
    if (own === null && enteredOn === null) continue;
    const minimum = own ?? 0;
    const isAhead = index > at;
    const progress = isAhead
      ? 'AHEAD'
      : index === at
        ? 'CURRENT'
        : enteredOn === null
          ? 'SKIPPED'
          : 'PASSED';
    const begins = isAhead ? before : enteredOn;
    const reserve = reserveAfter(rung, minimums);
    const due =
      begins === null ? null : rungDue({ ladder, enteredOn: begins, minimum, reserve }, days);
    if (due !== null) before = due.on;
    parts.push({ rung, progress, minimum, enteredOn: isAhead ? null : enteredOn, due });
  }
  return parts;
}
