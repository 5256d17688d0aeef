import type { Refusals } from '../audit/refusals.ts';
import {
  timelinessOf,
  turnOf,
  type AssistanceAlarm,
  type Timeliness,
} from '../model/assistance-clock.ts';
import type { AssistanceState } from '../model/assistance-life.ts';
import type { AssistanceEvent } from '../model/assistance-record.ts';
import type { AssistanceRequest } from '../model/assistance-request.ts';
import type { SubjectInCase } from '../model/case-file.ts';
import { businessDate } from '../model/clock.ts';
import { decodeInstantCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import { groupedBy, inOrderOf } from '../model/in-order.ts';
import type { Delivery } from '../model/observe/assistance.ts';
import type { Page, PageRequest } from '../model/page.ts';
import type { Purpose } from '../model/purpose.ts';
import type { Accepted } from '../model/user-error.ts';
import type { Database } from '../store/database.ts';
import { listAlarms } from './alarm-queries.ts';
import { createAskingAgain, type AskingAgain } from './again.ts';
import { createAssistanceClocks, type AssistanceClocks } from './clocks.ts';
import type { Deliveries } from './delivery.ts';
import { createDrafting, type Drafting } from './drafting.ts';
import { listEvents } from './event-queries.ts';
import { createAssistanceFigures, type AssistanceFigures } from './indicators.ts';
import { createItems, type Items } from './items.ts';
import { createLife, type LifeDependencies } from './life.ts';
import {
  listNewestRequests,
  listParts,
  listRequestsByIds,
  listRequestsFor,
  listRequestsOfSubjects,
  listRequestsOfVerifications,
  type AssistanceBox,
} from './queries.ts';
import { createReplying, type Replying } from './replying.ts';
import { createSplitting, type Splitting } from './splitting.ts';
import { createAssistanceSteps, type AssistanceSteps } from './steps.ts';
import { createSubmissions, type WantedAssistance } from './submission.ts';

const REQUESTS_PER_SUBJECT_MAX = 20;

/** Requests between agencies (行政协助). */
export interface Assistance
  extends
    AssistanceSteps,
    Replying,
    Splitting,
    Drafting,
    AskingAgain,
    AssistanceFigures,
    AssistanceReading {
  readonly items: Items;
  readonly clocks: AssistanceClocks;
  /**
   * Puts a question set into the inbox of the assisting agency, durably, then tells its own system.
   * The same question about the same subject in the same case joins the request that is there.
   */
  request(wanted: WantedAssistance, purpose: Purpose): Promise<RequestedAssistance>;
}

/** Requests as their agencies read them. */
export interface AssistanceReading {
  /** Newest first, of the caller's agency. */
  pageOf(
    agencyCode: string,
    filter: { box: AssistanceBox; state: AssistanceState | null },
    page: PageRequest,
  ): Promise<Page<AssistanceRequest>>;
  /** In the order of `ids`; null where the agency has no part in such a request. */
  listByIds(
    agencyCode: string,
    ids: readonly string[],
  ): Promise<readonly (AssistanceRequest | null)[]>;
  /** In the order of `subjectIds`, each newest first, at most 20. */
  listOfSubjects(
    agencyCode: string,
    subjectIds: readonly string[],
  ): Promise<readonly (readonly AssistanceRequest[])[]>;
  /** In the order of `verificationIds`. */
  listOfVerifications(
    agencyCode: string,
    verificationIds: readonly string[],
  ): Promise<readonly (readonly AssistanceRequest[])[]>;
  /** What was done to each, oldest first. Requests the caller may read. */
  listEvents(requestIds: readonly string[]): Promise<readonly (readonly AssistanceEvent[])[]>;
  /** Who was reminded or told of each, oldest first. */
  listAlarms(requestIds: readonly string[]): Promise<readonly (readonly AssistanceAlarm[])[]>;
  /** What each was split into. Empty where it was not. */
  listParts(requestIds: readonly string[]): Promise<readonly (readonly AssistanceRequest[])[]>;
  /** How it stands to its due day now. */
  timeliness(request: AssistanceRequest): Promise<Timeliness>;
}

/** The request that stands, and whether the assisting agency has just been told of it. */
export interface RequestedAssistance {
  readonly request: AssistanceRequest;
  /** Null when there is nothing to deliver, or another replica is at it. */
  readonly delivery: Delivery | null;
  /** Other requests of the same that were put independently, oldest first. */
  readonly others: readonly AssistanceRequest[];
}

/** What the room works with. The listeners are how it reaches the verifications that wait. */
export interface AssistanceDependencies extends LifeDependencies {
  readonly db: Database;
  readonly refusals: Refusals;
  readonly deliveries: Deliveries;
  /** Id of the source by which an assisting agency is told now, or `INBOX`. */
  source(): string;
  findInCase(
    agencyCode: string,
    ids: { caseId: string; subjectId: string },
  ): Promise<Accepted<SubjectInCase>>;
}

/** The room that keeps requests. */
export function createAssistance(deps: AssistanceDependencies): Assistance {
  const life = createLife(deps);
  const items = createItems(deps);
  const submissions = createSubmissions({ ...deps, life, items });

  async function request(wanted: WantedAssistance, purpose: Purpose): Promise<RequestedAssistance> {
    const found = await submissions.submit(wanted, purpose);
    const isWaiting = found.deliveredAt === null && found.reply === null;
    const isOpen = isWaiting && found.unanswered === null && found.standing.state !== 'DRAFT';
    const delivery = isOpen ? await deps.deliveries.deliver(found, purpose) : null;
    const all = await listRequestsFor(deps.db, wanted);
    const others = all.filter(({ id, standing: { state } }) => {
      return id !== found.id && state !== 'WITHDRAWN' && state !== 'DRAFT';
    });
    return { request: found, delivery, others };
  }

  return {
    ...{ request, items },
    ...createAssistanceSteps({ ...deps, life }),
    ...createReplying({ ...deps, life }),
    ...createSplitting({ ...deps, life, submissions }),
    ...createDrafting({ ...deps, items, submissions }),
    ...createAskingAgain({ ...deps, life, items, submissions }),
    clocks: createAssistanceClocks({ ...deps, life }),
    ...createAssistanceFigures(deps),
    ...createReading(deps),
  };
}

function createReading({ db, clock, calendar }: AssistanceDependencies): AssistanceReading {
  return {
    listByIds: async (agencyCode, ids) =>
      inOrderOf(ids, await listRequestsByIds(db, agencyCode, ids.filter(isUuid))),
    pageOf: async (agencyCode, filter, page) => {
      const before = decodeInstantCursor(page.after);
      const rows = rowsToRead(page);
      const found = await listNewestRequests(db, { agencyCode, ...filter, before, rows });
      return pageOf(found, page, ({ submittedAt, id }) => [submittedAt.toISOString(), id]);
    },
    listOfSubjects: async (agencyCode, subjectIds) => {
      const all = await listRequestsOfSubjects(db, agencyCode, subjectIds.filter(isUuid));
      return groupedBy(subjectIds, all, ({ subjectId }) => subjectId).map((each) =>
        each.slice(0, REQUESTS_PER_SUBJECT_MAX),
      );
    },
    listOfVerifications: async (agencyCode, verificationIds) => {
      const ids = verificationIds.filter(isUuid);
      const all = await listRequestsOfVerifications(db, agencyCode, ids);
      return groupedBy(verificationIds, all, ({ verificationId }) => verificationId).map((each) =>
        each.map(({ request: one }) => one),
      );
    },
    listEvents: async (ids) =>
      groupedBy(ids, await listEvents(db, ids), ({ requestId }) => requestId),
    listAlarms: async (ids) =>
      groupedBy(ids, await listAlarms(db, ids), ({ requestId }) => requestId),
    listParts: async (ids) =>
      groupedBy(ids, await listParts(db, ids), ({ parentId }) => parentId ?? ''),
    timeliness: async ({ standing }) => {
      const today = businessDate(clock.now());
      const turn = turnOf(standing, calendar, today);
      return turn === null ? 'ON_TIME' : timelinessOf(turn, calendar, today);
    },
  };
}
