import type { BasisDocument } from './basis-document.ts';
import type { BusinessDate } from './business-date.ts';
import type { RungClock } from './ladder-clock.ts';
import { FIELD_LABELS } from './field-labels.ts';
import type { ClaimField, Requirement } from './policy.ts';
import { createStateMachine } from './state-machine.ts';

/** Where an on-site work order (现场核查工单) stands. */
export type WorkOrderState =
  'DRAFTED' | 'ASSIGNED' | 'UNDER_WAY' | 'REPORT_PROPOSED' | 'REPORTED' | 'CANCELED';

/** Makes the orders of ladders, and cancels those that nobody needs any more. */
export const HUB = 'hub';

/** What can be done with it. */
export type WorkOrderStep = 'ASSIGN' | 'REFUSE' | 'START' | 'REPORT' | 'SIGN' | 'RETURN' | 'CANCEL';

/**
 * The life of an order. Nothing counts before both inspectors have signed, and what one of them has
 * reported cannot be canceled any more: only others can be assigned, and the report stays on
 * record.
 */
export const WORK_ORDER_LIFE = createStateMachine<WorkOrderState, WorkOrderStep>({
  DRAFTED: { ASSIGN: 'ASSIGNED', CANCEL: 'CANCELED' },
  ASSIGNED: { ASSIGN: 'ASSIGNED', REFUSE: 'DRAFTED', START: 'UNDER_WAY', CANCEL: 'CANCELED' },
  UNDER_WAY: { ASSIGN: 'ASSIGNED', REPORT: 'REPORT_PROPOSED', CANCEL: 'CANCELED' },
  REPORT_PROPOSED: { ASSIGN: 'ASSIGNED', SIGN: 'REPORTED', RETURN: 'UNDER_WAY' },
  REPORTED: {},
  CANCELED: {},
});

/** Who takes a step: any officer, one of the two inspectors, or the one who did not report. */
export const WORK_ORDER_SIDES: Readonly<
  Record<WorkOrderStep, 'OFFICER' | 'INSPECTOR' | 'OTHER_INSPECTOR'>
> = {
  ASSIGN: 'OFFICER',
  REFUSE: 'INSPECTOR',
  START: 'INSPECTOR',
  REPORT: 'INSPECTOR',
  SIGN: 'OTHER_INSPECTOR',
  RETURN: 'OTHER_INSPECTOR',
  CANCEL: 'OFFICER',
};

/** One question of an order, and the field of the requirement it answers. */
export interface OnSiteQuestion {
  readonly code: string;
  readonly text: string;
  readonly field: ClaimField;
}

/** What was found on the spot. Only the first two are definite. */
export const ON_SITE_OUTCOMES = ['CONFIRMED', 'REFUTED', 'NOT_FOUND', 'CANNOT_DETERMINE'] as const;
export type OnSiteOutcome = (typeof ON_SITE_OUTCOMES)[number];

/** What was found of one question. */
export interface OnSiteResult {
  readonly question: string;
  readonly outcome: OnSiteOutcome;
  readonly note: string | null;
}

/** What two inspectors found. */
export interface OnSiteReport {
  readonly inspectedOn: BusinessDate;
  readonly results: readonly OnSiteResult[];
  readonly documents: readonly BasisDocument[];
}

/** The last report of an order; it counts once it is signed. */
export interface GivenReport extends OnSiteReport {
  readonly reportedBy: string;
  /** Null until the other inspector has signed. */
  readonly signedBy: string | null;
  /** Null until the other inspector has signed. */
  readonly signedAt: Date | null;
}

/** An order to look on the spot. */
export interface WorkOrder {
  readonly id: string;
  readonly orderNumber: string;
  readonly agencyCode: string;
  readonly verificationId: string;
  readonly caseId: string;
  readonly subjectId: string;
  readonly requirement: string;
  readonly attempt: number;
  readonly origin: 'LADDER' | 'OFFICER';
  /** Null for those of the ladder. */
  readonly reason: string | null;
  readonly questions: readonly OnSiteQuestion[];
  readonly clock: RungClock;
  readonly madeAt: Date;
  readonly madeBy: string;
  readonly state: WorkOrderState;
  /** Counts the events so far. */
  readonly version: number;
  /** Account, or `HUB`. Null unless it is canceled. */
  readonly canceledBy: string | null;
  /** Two accounts. Empty while nobody is assigned. */
  readonly inspectors: readonly string[];
  /** The last report since they were assigned. Null while there is none. */
  readonly report: GivenReport | null;
}

/** One thing that was done with an order. */
export interface WorkOrderEvent {
  readonly number: number;
  /** Null for the draft. */
  readonly step: WorkOrderStep | null;
  readonly state: WorkOrderState;
  readonly at: Date;
  readonly by: string;
  readonly reason: string | null;
}

/** Whether this account may take a step of an order that stands so, by who it is. */
export function isOnSide(
  order: Pick<WorkOrder, 'inspectors' | 'report'>,
  account: string,
  step: WorkOrderStep,
): boolean {
  switch (WORK_ORDER_SIDES[step]) {
    case 'OFFICER':
      return true;
    case 'INSPECTOR':
      return order.inspectors.includes(account);
    case 'OTHER_INSPECTOR':
      return order.inspectors.includes(account) && order.report?.reportedBy !== account;
  }
}

/**
 * The question set of an order, pre-filled: what the assisting agency would have been asked, else
 * one question for each decisive field.
 */
export function questionsOf(requirement: Requirement): readonly OnSiteQuestion[] {
  const asked = requirement.ladder.flatMap((rung) =>
    rung.method === 'ASSISTANCE' ? rung.questions : [],
  );
  const decisive = requirement.fields.filter((one) => one.decisive);
  const isStated = decisive.some(({ field }) => field === 'STATEMENT');
  return [
    ...(isStated
      ? asked.map(({ code, text }) => ({ code, text, field: 'STATEMENT' as const }))
      : []),
    ...decisive
      .filter(({ field }) => field !== 'STATEMENT' || asked.length === 0)
      .map(({ field }) => ({
        ...{ code: field, field },
        text: `现场核实“${requirement.label}”：${FIELD_LABELS[field]}是否与承诺一致？`,
      })),
  ];
}
