import type { BusinessDate } from './business-date.ts';

/** Who says whether a day is worked. */
export type CalendarDaySource = 'WEEKDAY' | 'ARRANGEMENT' | 'OVERRIDE';

/** Whether a day is worked (工作日), and by whose word. */
export interface CalendarDay {
  readonly day: BusinessDate;
  readonly isWorkday: boolean;
  /** Name of the holiday, 星期六, 星期日, in Chinese. Null for an ordinary working day. */
  readonly why: string | null;
  readonly source: CalendarDaySource;
}

/** A decision about days made here: a local closure, an extended holiday, a make-up day. */
export interface CalendarOverride {
  readonly id: string;
  readonly firstDay: BusinessDate;
  readonly lastDay: BusinessDate;
  readonly isWorkday: boolean;
  /** What is shown beside the days, Chinese. */
  readonly why: string;
  /** Decision or document it rests on. */
  readonly reason: string;
  readonly setAt: Date;
  readonly setBy: string;
  /** Null while it counts. */
  readonly withdrawal: {
    readonly reason: string;
    readonly withdrawnAt: Date;
    readonly withdrawnBy: string;
  } | null;
}
