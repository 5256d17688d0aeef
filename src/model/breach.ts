import type { BusinessDate } from './business-date.ts';
import { createStateMachine } from './state-machine.ts';

/** How far the handling of a suspected breach (承诺不实) has come. */
export type BreachState =
  'OPENED' | 'NOTIFIED' | 'HEARD' | 'DECIDED' | 'TOLERATED' | 'DISMISSED' | 'ANNULLED';

/** What can be done with it. */
export type BreachStep = 'NOTIFY' | 'HEAR' | 'DECIDE' | 'TOLERATE' | 'DISMISS' | 'ANNUL';

/**
 * Nothing is decided before the applicant was told and heard, or let the time pass. A decision that
 * was annulled stays on record as such.
 */
export const BREACH_LIFE = createStateMachine<BreachState, BreachStep>({
  OPENED: { NOTIFY: 'NOTIFIED', DISMISS: 'DISMISSED' },
  NOTIFIED: { HEAR: 'HEARD', DISMISS: 'DISMISSED' },
  HEARD: { DECIDE: 'DECIDED', TOLERATE: 'TOLERATED', DISMISS: 'DISMISSED' },
  DECIDED: { ANNUL: 'ANNULLED' },
  TOLERATED: {},
  DISMISSED: {},
  ANNULLED: {},
});

/** What follows when a commitment was untrue: the plan's section 10, 行政许可法 69, 78, 79. */
export interface Consequence {
  readonly kind: 'TERMINATE' | 'RECTIFY' | 'REVOKE' | 'PENALTY' | 'TRANSFER_TO_JUSTICE' | 'BAR';
  /** Number of the document that says so. */
  readonly document: string;
  /** Last day to rectify, or of a bar. Null for the others. */
  readonly until: BusinessDate | null;
}

/** What was decided. */
export interface BreachDecision {
  /** How far the promise was not kept. */
  readonly finding: 'PARTLY_FULFILLED' | 'NOT_FULFILLED';
  /** 未履行的承诺内容. */
  readonly unperformed: string;
  /** 违诺责任追究内容. */
  readonly sanction: string;
  /** Last day of the conduct, from which the five years of the record count. */
  readonly conductEndedOn: BusinessDate;
  readonly legalBasis: string;
  readonly consequences: readonly Consequence[];
}

/** A suspected breach, opened by an officer. */
export interface Breach {
  readonly id: string;
  readonly agencyCode: string;
  readonly commitmentId: string;
  /** Two verifications that refute, asked independently of each other. */
  readonly verificationIds: readonly [string, string];
  readonly openedBy: string;
  readonly openedAt: Date;
  /** Where handler and regulator differ: the agency that was told (行业监管部门). Null: the same. */
  readonly regulatorCode: string | null;
  readonly state: BreachState;
  /** Counts the events so far. */
  readonly version: number;
  /** Last day for the applicant's statement. Null before the applicant was told. */
  readonly hearingDueOn: BusinessDate | null;
  readonly decision: BreachDecision | null;
}

/** One thing that was done with it. Append-only. */
export interface BreachEvent {
  readonly number: number;
  readonly step: BreachStep | null;
  readonly state: BreachState;
  readonly at: Date;
  readonly by: string;
  /** The applicant's statement, or why, in the officer's words. */
  readonly statement: string | null;
}

// 行政许可法 78: one year; 79: three years where the license concerns public safety, health or life.
const BAR_YEARS = [1, 3];

/** What is wrong with the consequences of a decision, each with the index it is about. */
export function checkConsequences(
  consequences: readonly Consequence[],
  about: { readonly decidedOn: BusinessDate; readonly isConcluded: boolean },
): readonly { readonly index: number; readonly message: string }[] {
  const { decidedOn, isConcluded } = about;
  return consequences.flatMap(({ kind, document, until }, index) => {
    const wrong = (message: string) => [{ index, message }];
    if (document.trim() === '') return wrong('Name the document.');
    if (kind === 'TERMINATE' && isConcluded)
      return wrong('The matter is concluded: there is nothing to terminate; revoke instead.');
    if (kind === 'REVOKE' && !isConcluded)
      return wrong('The matter is not concluded: there is nothing to revoke; terminate instead.');
    const hasDay = kind === 'RECTIFY' || kind === 'BAR';
    if (hasDay !== (until !== null))
      return wrong(hasDay ? 'Send the last day.' : 'It has no last day.');
    if (kind === 'RECTIFY' && until !== null && until <= decidedOn)
      return wrong('The last day to rectify lies in the future.');
    if (kind === 'BAR' && !BAR_YEARS.some((years) => until === yearsAfter(decidedOn, years)))
      return wrong('A bar lasts one year or three (行政许可法 78, 79).');
    return [];
  });
}

function yearsAfter(day: BusinessDate, years: number): string {
  return `${Number(day.slice(0, 4)) + years}${day.slice(4)}`;
}
