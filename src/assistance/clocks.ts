import type { Agencies } from '../agencies/agencies.ts';
import type { Calendar } from '../calendar/calendar.ts';
import {
  alarmsOf,
  replyDue,
  timelinessOf,
  turnOf,
  type AlarmKind,
  type AssistanceAlarm,
  type Turn,
} from '../model/assistance-clock.ts';
import { ASSISTANCE_LIFE, RUNNING_STATES, type AssistanceStep } from '../model/assistance-life.ts';
import type { AssistanceRequest } from '../model/assistance-request.ts';
import type { BusinessDate } from '../model/business-date.ts';
import { businessDate } from '../model/clock.ts';
import type { Database, Transaction } from '../store/database.ts';
import { insertAlarms } from './alarm-queries.ts';
import { lockStanding, updateDues } from './event-queries.ts';
import type { Life, LifeDependencies, Move } from './life.ts';
import { findRequest, listOpenRequests } from './queries.ts';

/** What the passing of time does to requests. */
export interface AssistanceClocks {
  /**
   * Reminds, escalates, presumes that nobody will answer, and lets silence close what was answered.
   * Each once; running it again, or on two replicas, changes nothing.
   */
  run(signal: AbortSignal): Promise<void>;
  /** Counts the due days of what is open anew. */
  recompute(trx: Transaction, calendar: Calendar): Promise<void>;
}

const ROWS = 200;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const JOB = 'job:assistance-clocks';

/** Clocks over the life of requests. */
export function createAssistanceClocks(
  deps: LifeDependencies & {
    db: Database;
    life: Life;
    agencies: Pick<Agencies, 'find' | 'justiceOf'>;
  },
): AssistanceClocks {
  const { db, clock, calendar, life, agencies } = deps;

  async function run(signal: AbortSignal): Promise<void> {
    const today = businessDate(clock.now());
    await eachOpen(db, async (request) => {
      if (signal.aborted) return;
      const turn = turnOf(request.standing, calendar, today);
      if (turn === null) return;
      await raise(request, turn, today);
      if (stepFor(request, turn, today) !== null)
        await db.transaction((trx) => moveOn(trx, request.id, today));
    });
  }

  async function raise(request: AssistanceRequest, turn: Turn, today: BusinessDate): Promise<void> {
    const kinds = alarmsOf(turn, calendar, today);
    if (kinds.length === 0) return;
    const { standing } = request;
    const began = RUNNING_STATES.has(standing.state)
      ? (standing.clock?.version ?? 1)
      : standing.sinceVersion;
    const alarms: AssistanceAlarm[] = [];
    for (const kind of kinds)
      alarms.push({
        ...{ requestId: request.id, kind, turn: began, dueOn: turn.due.on },
        ...{ toAgency: await receiverOf(kind, request, turn), raisedAt: clock.now() },
      });
    await insertAlarms(db, alarms);
  }

  async function receiverOf(
    kind: AlarmKind,
    request: AssistanceRequest,
    turn: Turn,
  ): Promise<string | null> {
    if (kind === 'REMINDER_HALF' || kind === 'REMINDER_LATE') return turn.owner;
    if (kind === 'ESCALATED_TO_COORDINATOR') return life.coordinatorOf(request);
    const asking = await agencies.find(request.askingAgency);
    const superior =
      asking === null ? null : await agencies.justiceOf(asking.regionCode, 'PROVINCE');
    return superior?.code ?? life.coordinatorOf(request);
  }

  /** Looks again under the lock: somebody may have acted meanwhile. */
  async function moveOn(trx: Transaction, requestId: string, today: BusinessDate): Promise<void> {
    await lockStanding(trx, requestId);
    const held = await findRequest(trx, requestId);
    const turn = held === null ? null : turnOf(held.standing, calendar, today);
    const step = held === null || turn === null ? null : stepFor(held, turn, today);
    if (held === null || step === null) return;
    const move: Omit<Move, 'facts'> = {
      ...{ step, agencyCode: held.askingAgency, by: JOB, idempotencyKey: null },
    };
    if (step !== 'ESCALATE') {
      await life.record(trx, held, { ...move, facts: {} });
      return;
    }
    const coordinator = await life.coordinatorOf(held);
    // Without one the alarms above are all that can be done, and they go to the operator.
    if (coordinator === null) return;
    await life.record(trx, held, { ...move, facts: { coordinator, presumed: true } });
  }

  /** Null where time changes nothing. */
  function stepFor(
    { standing, parentId }: AssistanceRequest,
    turn: Turn,
    today: BusinessDate,
  ): AssistanceStep | null {
    const timeliness = timelinessOf(turn, calendar, today);
    const isOver = timeliness === 'OVERDUE' || timeliness === 'VERY_OVERDUE';
    if (standing.state === 'REPLIED') return isOver && parentId === null ? 'CONFIRM' : null;
    if (standing.state === 'REFUSED') return isOver ? 'ACCEPT_REFUSAL' : null;
    const isAbandoned = timeliness === 'VERY_OVERDUE';
    if (!isAbandoned || ASSISTANCE_LIFE.after(standing.state, 'ESCALATE') === null) return null;
    return RUNNING_STATES.has(standing.state) ? 'ESCALATE' : null;
  }

  async function recompute(trx: Transaction, changed: Calendar): Promise<void> {
    const today = businessDate(clock.now());
    const moved: { requestId: string; on: BusinessDate; provisional: boolean }[] = [];
    await eachOpen(trx, async ({ id, standing, dueOn, dueIsProvisional }) => {
      const due = replyDue(standing, changed, today);
      if (due === null || (due.on === dueOn && due.provisional === dueIsProvisional)) return;
      moved.push({ requestId: id, on: due.on, provisional: due.provisional });
    });
    if (moved.length > 0) await updateDues(trx, moved);
  }

  return { run, recompute };
}

async function eachOpen(
  db: Database | Transaction,
  act: (request: AssistanceRequest) => Promise<void>,
): Promise<void> {
  for (let after = FIRST_ID; ;) {
    const rows = await listOpenRequests(db, { after, rows: ROWS });
    for (const request of rows) await act(request);
    const last = rows.at(-1);
    if (last === undefined || rows.length < ROWS) return;
    after = last.id;
  }
}
