import { z } from 'zod';

const share = z.number().min(0).max(0.9);
const milliseconds = (max: number) => z.number().int().min(1).max(max);
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/u, { error: 'a time, HH:MM' });

/** What an operator may change about how a source is called; see CallPolicy of src/sources. */
export const policySetting = z.strictObject({
  deadlineMs: milliseconds(120_000).optional(),
  attemptMs: milliseconds(120_000).optional(),
  attemptsMax: z.number().int().min(1).max(3).optional(),
  concurrencyMax: z.number().int().min(1).max(256).optional(),
  waitingMax: z.number().int().min(0).max(10_000).optional(),
  failuresMax: z.number().int().min(1).max(10_000).optional(),
  restMs: milliseconds(3_600_000).optional(),
  batchWindowMs: z.number().int().min(0).max(100).optional(),
  canaryMaxAgeMs: milliseconds(86_400_000).optional(),
  lateMs: milliseconds(600_000).optional(),
  budget: z
    .strictObject({
      perSecond: z.number().positive().max(10_000).nullable().default(null),
      perDay: z.number().int().positive().max(100_000_000).nullable().default(null),
      inFlightMax: z.number().int().positive().max(1_000).nullable().default(null),
      reserveShare: share.default(0.3),
    })
    .optional(),
  windows: z
    .array(
      z.strictObject({
        weekdays: z.array(z.number().int().min(1).max(7)).max(7).nullable().default(null),
        from: clockTime,
        until: clockTime,
      }),
    )
    .max(20)
    .optional(),
  /** When answers are no longer believed; see AnomalyPolicy of src/model. */
  anomaly: z
    .strictObject({
      answersMin: z.number().int().min(5).max(10_000).optional(),
      factor: z.number().min(1).max(100).optional(),
      margin: z.number().min(0.01).max(1).optional(),
      windowMinutes: z.number().int().min(5).max(1_440).optional(),
      baselineDays: z.number().int().min(1).max(30).optional(),
      baselineAnswersMin: z.number().int().min(1).max(1_000_000).optional(),
      assumedShare: z.number().min(0).max(1).optional(),
      rollBackHours: z.number().min(0).max(720).optional(),
    })
    .optional(),
  /** Of a revision in the shadow: part of the live questions that it is asked as well. */
  shadow: z.strictObject({ share: z.number().min(0).max(1) }).optional(),
  /** Of sources that hand over rows; see PassPolicy of src/model. */
  passes: z
    .strictObject({
      everyMinutes: z.number().int().min(1).max(10_080).optional(),
      maxAgeMinutes: z.number().int().min(1).max(525_600).optional(),
      asOfMaxAgeMinutes: z.number().int().min(1).max(525_600).nullable().optional(),
      rejectsMax: z.number().int().min(0).max(1_000_000).optional(),
      shrinkMax: z.number().min(0).max(1).optional(),
      rowsMax: z.number().int().min(1).max(100_000_000).optional(),
      bytesMax: z.number().int().min(1).max(1_099_511_627_776).optional(),
    })
    .optional(),
});

/** One route as an operator writes it. */
export const routeSetting = z.strictObject({
  dataset: z.enum(['LICENSE', 'REGISTRATION', 'CREDIT', 'ASSISTANCE']),
  regions: z
    .array(z.string().regex(/^\d{2,6}$/u, { error: 'a region code or its beginning' }))
    .max(100)
    .default([]),
  licenseTypes: z.array(z.string().min(1).max(32)).max(500).default([]),
  tier: z.enum(['PRIMARY', 'EQUIVALENT']).default('PRIMARY'),
  rank: z.number().int().min(0).max(1_000).default(0),
});
