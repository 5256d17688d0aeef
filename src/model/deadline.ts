import type { BusinessDate } from './business-date.ts';

/** A last day (期限届满之日) that follows from working days; counted anew when the calendar changes. */
export interface Deadline {
  /** The day after which counting begins (开始之日不计入). */
  readonly from: BusinessDate;
  readonly workingDays: number;
  /** The last day itself, until 24:00 Asia/Shanghai. */
  readonly on: BusinessDate;
  /** True when a day was counted whose arrangement is not published. */
  readonly provisional: boolean;
}

/** As much of the working-day calendar as decisions about time need. */
export interface DayCounter {
  deadline(from: BusinessDate, workingDays: number): Deadline;
  /** Working days after `after`, through `through`; 0 when that is not later. */
  countWorkingDays(after: BusinessDate, through: BusinessDate): number;
}
