import type { BusinessDate } from './business-date.ts';
import { addDays, businessDate } from './clock.ts';
import { createStateMachine } from './state-machine.ts';
import type { SubjectKind } from './subject-code.ts';

/** How far an application for repair (信用修复) has come. */
export type RepairState =
  | 'SUBMITTED'
  | 'REVIEWING'
  | 'REJECTED'
  | 'APPROVED'
  | 'DENIED'
  | 'WITHDRAWN'
  | 'PROPAGATED'
  | 'CLOSED';

/** What can be done with it. `PROPAGATE` is taken by the hub, when every recipient knows. */
export type RepairStep =
  'ACCEPT' | 'REJECT' | 'APPROVE' | 'DENY' | 'WITHDRAW' | 'PROPAGATE' | 'CLOSE';

/** One that was approved ends the record once everybody who was told of it knows. */
export const REPAIR_LIFE = createStateMachine<RepairState, RepairStep>({
  SUBMITTED: { ACCEPT: 'REVIEWING', REJECT: 'REJECTED', WITHDRAW: 'WITHDRAWN' },
  REVIEWING: { APPROVE: 'APPROVED', DENY: 'DENIED', WITHDRAW: 'WITHDRAWN' },
  APPROVED: { PROPAGATE: 'PROPAGATED' },
  PROPAGATED: { CLOSE: 'CLOSED' },
  REJECTED: {},
  DENIED: {},
  WITHDRAWN: {},
  CLOSED: {},
});

/** Working days to accept, and to decide from then on: usual ones, no statute names them. */
export const REPAIR_WORKING_DAYS = { accept: 2, decide: 10 } as const;

/** Class of the conduct: 轻微, 一般, 严重. */
export type Severity = 'MINOR' | 'GENERAL' | 'SERIOUS';

/** By which law an application is judged; the day it is made decides. Data. */
export interface RepairRegime {
  readonly id: string;
  readonly from: BusinessDate;
  /** Months a record of the conduct is public at least, before it can be repaired. */
  minMonths(conduct: Conduct): number;
}

/** What the minimum follows from. */
export interface Conduct {
  readonly severity: Severity;
  /** Food, drugs, special equipment, work safety, fire. */
  readonly isSafetyField: boolean;
}

/**
 * 失信行为纠正后的信用信息修复管理办法（试行） (2023): three months, one year in fields of safety; until 2026-03-31.
 * 信用修复管理办法 (2025 No. 36): by class of the conduct; from 2026-04-01. Before the first there was no
 * common rule, and its minimum is asked for.
 */
export const REPAIR_REGIMES: readonly RepairRegime[] = [
  {
    id: 'TRIAL_2023',
    from: '2023-05-01' as BusinessDate,
    minMonths: ({ isSafetyField }) => (isSafetyField ? 12 : 3),
  },
  {
    id: 'MEASURES_2026',
    from: '2026-04-01' as BusinessDate,
    minMonths: ({ severity }) => MONTHS_BY_SEVERITY[severity],
  },
];

const MONTHS_BY_SEVERITY: Readonly<Record<Severity, number>> = {
  MINOR: 0,
  GENERAL: 3,
  SERIOUS: 12,
};

/** The regime of an application that is made on a day. */
export function regimeOn(day: BusinessDate): RepairRegime {
  const [first] = REPAIR_REGIMES;
  const found = REPAIR_REGIMES.findLast(({ from }) => from <= day) ?? first;
  if (found === undefined) throw new Error('there is no regime');
  return found;
}

/** The first day on which a record that was published that day can be repaired. */
export function repairableFrom(
  publishedOn: BusinessDate,
  conduct: Conduct,
  appliedOn: BusinessDate,
): BusinessDate {
  return monthsAfter(publishedOn, regimeOn(appliedOn).minMonths(conduct));
}

/** An application, at the agency that decided on the breach (谁认定、谁修复). */
export interface Repair extends Conduct {
  readonly id: string;
  readonly agencyCode: string;
  readonly breachId: string;
  /** The line of the file that it ends. */
  readonly entryId: string;
  readonly subject: { readonly kind: SubjectKind; readonly code: string };
  readonly publishedOn: BusinessDate;
  readonly dutiesDocument: string;
  readonly commitmentDocument: string;
  readonly submittedOn: BusinessDate;
  readonly submittedAt: Date;
  readonly submittedBy: string;
  readonly state: RepairState;
  /** Counts the events so far. */
  readonly version: number;
  /** Officer who accepted it, and when. Null before. */
  readonly acceptedBy: string | null;
  readonly acceptedAt: Date | null;
}

/** The period that runs now: to accept, then to decide. Null when nothing is left to decide. */
export function repairPeriod({
  state,
  submittedOn,
  acceptedAt,
}: Repair): { readonly from: BusinessDate; readonly workingDays: number } | null {
  if (state === 'SUBMITTED') return { from: submittedOn, workingDays: REPAIR_WORKING_DAYS.accept };
  if (state !== 'REVIEWING' || acceptedAt === null) return null;
  return { from: businessDate(acceptedAt), workingDays: REPAIR_WORKING_DAYS.decide };
}

/** One thing that was done with an application. Append-only. */
export interface RepairEvent {
  readonly number: number;
  readonly step: RepairStep | null;
  readonly state: RepairState;
  readonly at: Date;
  readonly by: string;
  readonly statement: string | null;
  readonly document: string | null;
}

/** The same day that many months later; where there is none, the first day after that month. */
function monthsAfter(day: BusinessDate, months: number): BusinessDate {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const total = year * 12 + (month - 1) + months;
  const inYear = String(Math.floor(total / 12)).padStart(4, '0');
  const first = `${inYear}-${String((total % 12) + 1).padStart(2, '0')}`;
  const same = `${first}-${String(date).padStart(2, '0')}` as BusinessDate;
  const through = addDays(`${first}-01` as BusinessDate, date - 1);
  return through === same ? same : (`${through.slice(0, 7)}-01` as BusinessDate);
}
