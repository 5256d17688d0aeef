import type { Refusals } from '../audit/refusals.ts';
import type { Calendar } from '../calendar/calendar.ts';
import type { Caller } from '../model/caller.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import { decodeInstantCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import type { Deadline } from '../model/deadline.ts';
import { groupedBy } from '../model/in-order.ts';
import type { LadderMinimums } from '../model/ladder.ts';
import { isOver, rungDue, type LadderClock } from '../model/ladder-clock.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Matter } from '../model/matter.ts';
import type { SignedReport } from '../model/observe/person.ts';
import type { Page, PageRequest } from '../model/page.ts';
import type { Accepted } from '../model/user-error.ts';
import type { Verdict, Verification } from '../model/verification.ts';
import {
  HUB,
  WORK_ORDER_LIFE,
  type WorkOrder,
  type WorkOrderEvent,
  type WorkOrderState,
} from '../model/work-order.ts';
import type { Database, Transaction } from '../store/database.ts';
import { createOrdering, type OrderOnSiteCheck } from './ordering.ts';
import {
  findOrder,
  listNewestOrders,
  listOrderEvents,
  listOrdersFor,
  listOrdersOf,
} from './queries.ts';
import { signedReportOf } from './signed-report.ts';
import { createWorkOrderSteps, type TakeWorkOrderStep } from './steps.ts';

/** On-site work orders (现场核查工单): two inspectors look, and sign what they saw. */
export interface WorkOrders {
  /** Orders a check where the ladder made none, or joins the order that is open. */
  order(caller: Caller, input: OrderOnSiteCheck): Promise<Accepted<WorkOrder>>;
  step(caller: Caller, input: TakeWorkOrderStep): Promise<Accepted<WorkOrder>>;
  /** Makes orders where a ladder has come to them, and cancels those that nobody needs any more. */
  follow(trx: Transaction, moved: MovedLadder): Promise<void>;
  /** What became of orders that are over, oldest first. */
  listSeen(about: {
    readonly caseId: string;
    readonly subjectId: string;
    readonly requirement: string;
  }): Promise<readonly { readonly orderId: string; readonly report: SignedReport | null }[]>;
  /** Null where the agency has none with this id. */
  find(agencyCode: string, id: string): Promise<WorkOrder | null>;
  /** Newest first. */
  pageOf(
    caller: Caller,
    filter: { readonly state: WorkOrderState | null; readonly mine: boolean },
    page: PageRequest,
  ): Promise<Page<WorkOrder>>;
  /** In the order of `verificationIds`, each oldest first. */
  listOfVerifications(
    verificationIds: readonly string[],
  ): Promise<readonly (readonly WorkOrder[])[]>;
  /** Oldest first. */
  listEvents(orderId: string): Promise<readonly WorkOrderEvent[]>;
  /** Its part of the one clock of the ladder, as the calendar is now. */
  dueOf(order: WorkOrder): Promise<Deadline & { readonly isOver: boolean }>;
}

/** How far the ladder of a verification has come. */
export interface MovedLadder {
  readonly verification: Verification;
  readonly matter: Matter;
  readonly standing: {
    /** Requirements that have come to the on-site check. */
    readonly toInspect: readonly string[];
    /** Requirements that nobody has to look at any more. */
    readonly confirmed: readonly string[];
  };
  readonly clock: LadderClock;
  readonly minimums: LadderMinimums;
  readonly on: BusinessDate;
}

/** A verification, and the matter under the policy by which it is judged. */
export interface JudgedQuestion {
  readonly verification: Verification;
  readonly matter: Matter;
}

/** What the room works with; other rooms fulfill it. */
export interface WorkOrderDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly calendar: Pick<Calendar, 'deadline' | 'countWorkingDays'>;
  readonly refusals: Pick<Refusals, 'refuse'>;
  /** Null where the agency has no such verification. */
  findJudged(agencyCode: string, verificationId: string): Promise<JudgedQuestion | null>;
  /** Accounts of everybody who handled the case of a subject. */
  listHandlers(
    trx: Transaction,
    about: { readonly caseId: string; readonly subjectId: string },
  ): Promise<readonly string[]>;
  /** Told, in the transaction, that both have signed, or that nobody looks any more. */
  onSeen(
    trx: Transaction,
    order: WorkOrder,
    report: SignedReport | null,
  ): Promise<readonly Verdict[]>;
  /** Told of each verdict that is on record. Returns at once. */
  onVerdict(verdict: Verdict): void;
}

/** The room of on-site checks. */
export function createWorkOrders(deps: WorkOrderDependencies): WorkOrders {
  const { db, clock, calendar } = deps;
  const ordering = createOrdering(deps);

  return {
    order: ordering.order,
    follow: ordering.follow,
    step: createWorkOrderSteps(deps).take,
    async listSeen(about) {
      const over = (await listOrdersFor(db, about)).filter(isSeen);
      return over.map((order) => ({ orderId: order.id, report: signedReportOf(order) }));
    },
    async find(agencyCode, id) {
      const found = isUuid(id) ? await findOrder(db, id) : null;
      return found?.agencyCode === agencyCode ? found : null;
    },
    async pageOf(caller, { state, mine }, page) {
      const rows = await listNewestOrders(db, {
        ...{ agencyCode: caller.agencyCode, state, inspector: mine ? caller.account : null },
        ...{ before: decodeInstantCursor(page.after), rows: rowsToRead(page) },
      });
      return pageOf(rows, page, ({ madeAt, id }) => [madeAt.toISOString(), id]);
    },
    listOfVerifications: async (ids) =>
      groupedBy(
        ids,
        await listOrdersOf(db, ids.filter(isUuid)),
        ({ verificationId }) => verificationId,
      ).map((all) => all.map(({ order }) => order)),
    listEvents: (orderId) => listOrderEvents(db, orderId),
    async dueOf({ clock: counted, state }) {
      const due = rungDue(counted, calendar);
      const isOpen = !WORK_ORDER_LIFE.isFinal(state);
      return { ...due, isOver: isOpen && isOver(due, calendar, businessDate(clock.now())) };
    },
  };
}

/** Whether anybody has to reckon with it: what the hub itself canceled was settled otherwise. */
function isSeen({ state, report, canceledBy }: WorkOrder): boolean {
  const isCanceled = state === 'CANCELED' && canceledBy !== HUB;
  return isCanceled || (state === 'REPORTED' && report?.signedAt != null);
}
