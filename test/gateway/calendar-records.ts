import type { Services } from '../../src/gateway/services.ts';
import type { CalendarOverride } from '../../src/model/calendar-day.ts';
import { day, instant } from './records.ts';

const OVERRIDE: CalendarOverride = {
  id: '0b9c6a52-6a39-4f0e-9f5e-8f9a2d1f0e01',
  ...{ firstDay: day('2020-01-31'), lastDay: day('2020-02-02'), isWorkday: false },
  ...{ why: '延长春节假期', reason: '国办发明电〔2020〕1号', setAt: instant, setBy: 'justice-1' },
  withdrawal: { reason: '已并入安排', withdrawnAt: instant, withdrawnBy: 'justice-2' },
};

/** A calendar with everything a field can show. */
export const calendarRoom: Services['calendar'] = {
  listDays: async () => [
    { day: day('2026-09-25'), isWorkday: false, why: '中秋', source: 'ARRANGEMENT' },
  ],
  coveredThrough: async () => day('2026-12-31'),
  dueDate: async () => ({
    ...{ on: day('2026-09-29'), provisional: false },
    skipped: [{ day: day('2026-09-25'), why: '中秋' }],
  }),
  listSkipped: async () => [{ day: day('2026-09-25'), why: '中秋' }],
  pageOfOverrides: async () => ({ nodes: [OVERRIDE], hasNextPage: false, endCursor: 'cursor' }),
  setDays: async () => ({ ok: true, value: OVERRIDE }),
  withdraw: async () => ({ ok: true, value: OVERRIDE }),
};
