import { parseBusinessDate, parseDate } from '../../src/model/business-date.ts';
import { addDays, businessDate } from '../../src/model/clock.ts';

/**
 * Prints what the functions of days say in a process that runs in its own zone, which a test
 * cannot change for the process it runs in.
 */
const day = parseBusinessDate('2026-03-07');
const printed = {
  hourInThisZone: new Date('2026-09-18T00:00:00Z').getHours(),
  beforeMidnight: businessDate(new Date('2026-09-18T15:59:59.999Z')),
  midnight: businessDate(new Date('2026-09-18T16:00:00.000Z')),
  twoDaysLater: day === null ? null : addDays(day, 2),
  epoch: parseDate(1612800000000, { role: 'OTHER' }),
  local: parseDate('2021-02-09 00:00:00', { role: 'OTHER' }),
  offset: parseDate('2021-02-08T16:00:00Z', { role: 'OTHER' }),
};
process.stdout.write(JSON.stringify(printed));
