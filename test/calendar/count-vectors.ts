import { readArrangements } from '../../src/calendar/arrangements.ts';
import { createCalendar } from '../../src/calendar/calendar.ts';
import type { BusinessDate } from '../../src/model/business-date.ts';
import { VECTORS } from './vectors.ts';

/** Prints where the periods end, in a process whose time zone the test chose. */
const calendar = createCalendar({ ...readArrangements(), overridden: [] });
const ends = VECTORS.map(([from, n]) => calendar.addWorkingDays(from as BusinessDate, n).on);
process.stdout.write(JSON.stringify(ends));
