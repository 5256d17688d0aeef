import type { ScheduledJob } from '../jobs/schedule.ts';
import type { Sources } from '../sources/sources.ts';
import type { createRooms } from './rooms.ts';

/** What runs again and again, each occurrence on one replica. */
export function jobsOf(
  rooms: ReturnType<typeof createRooms>,
  sources: Pick<Sources, 'readCanaries'>,
): readonly ScheduledJob[] {
  return [
    // Absence counts only while the test records were answered rightly not long ago.
    { name: 'canaries', cron: '*/5 * * * *', run: () => sources.readCanaries() },
    // A due day that was counted by another replica a moment before it knew of a change.
    { name: 'deadlines', cron: '*/10 * * * *', run: () => rooms.keptCalendar.recount() },
    { name: 'assistance-clocks', cron: '*/10 * * * *', run: rooms.assistance.clocks.run },
    { name: 'assistance-delivery', cron: '* * * * *', run: rooms.deliverDue },
    { name: 'cross-checks', cron: '* * * * *', run: rooms.crossChecks.openDue },
    { name: 'intake', cron: '* * * * *', run: rooms.intake.startDue },
    { name: 'consents', cron: '* * * * *', run: rooms.consents.expireDue },
    { name: 'credit-push', cron: '* * * * *', run: rooms.credit.deliverDue },
    { name: 'statistics', cron: '7 1 * * *', run: rooms.statistics.countDays },
    { name: 'repair', cron: '* * * * *', run: rooms.repairs.propagateDue },
    { name: 'anomaly-retention', cron: '27 3 * * *', run: rooms.anomalies.purge },
    { name: 'shadow-retention', cron: '53 3 * * *', run: rooms.liveShadow.purge },
    { name: 'cross-check-retention', cron: '37 3 * * *', run: rooms.crossChecks.sweepPast },
    { name: 'intake-retention', cron: '17 3 * * *', run: rooms.intake.sweepPast },
  ];
}
