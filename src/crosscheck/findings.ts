import type { Refusals } from '../audit/refusals.ts';
import type { Agency, AgencyLevel } from '../model/agency.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import { addDays, businessDate, type Clock } from '../model/clock.ts';
import { decodeInstantCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import {
  FINDING_LIFE,
  type CrossCheckFinding,
  type FindingEvent,
  type FindingStep,
} from '../model/cross-check-finding.ts';
import { groupedBy, inOrderOf } from '../model/in-order.ts';
import type { Page, PageRequest } from '../model/page.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import { countFindings, listFindingEvents, listFindings, lockFinding } from './finding-queries.ts';
import type { FindingCount, FindingFilter, FindingScope } from '../model/cross-check-finding.ts';
import { updateFindings } from './finding-change-queries.ts';

/** Findings as callers see them, and what their owners do with them. */
export interface Findings {
  /** Newest first, of those the caller may see. */
  pageOf(
    caller: Caller,
    filter: FindingFilter,
    page: PageRequest,
  ): Promise<Page<CrossCheckFinding>>;
  /** Null where the caller may see none with this id. */
  find(caller: Caller, id: string): Promise<CrossCheckFinding | null>;
  /** At most 500 lines. */
  count(caller: Caller, filter: FindingFilter): Promise<readonly FindingCount[]>;
  /** In the order of `ids`; null where the caller may see none. */
  listByIds(caller: Caller, ids: readonly string[]): Promise<readonly (CrossCheckFinding | null)[]>;
  /** In the order of `findingIds`, each oldest first, the latest 100. */
  listEvents(findingIds: readonly string[]): Promise<readonly (readonly FindingEvent[])[]>;
  accept(caller: Caller, input: AcceptFinding): Promise<Accepted<CrossCheckFinding>>;
  assign(caller: Caller, input: AssignFinding): Promise<Accepted<CrossCheckFinding>>;
}

/** Which finding, why, and until when. */
export interface AcceptFinding {
  readonly id: string;
  readonly version: number;
  readonly reason: string;
  readonly until: BusinessDate;
}

/** Which finding, and to whom. */
export interface AssignFinding {
  readonly id: string;
  readonly version: number;
  readonly agencyCode: string;
  readonly reason: string;
}

/** What findings work with. */
export interface FindingsDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly refusals: Pick<Refusals, 'refuse'>;
  findAgency(code: string): Promise<Agency | null>;
}

const REASON_LENGTH_MAX = 500;
const ACCEPTED_DAYS_MAX = 366;
const EVENTS_SHOWN = 100;
const LINES_MAX = 500;
const ANY: FindingFilter = {
  ...{ checkId: null, runId: null, class: null, states: [], field: null, ownerCode: null },
};
const PREFIX_DIGITS: Readonly<Record<AgencyLevel, number>> = { PROVINCE: 2, CITY: 4, COUNTY: 6 };

interface Step {
  readonly step: Extract<FindingStep, 'ACCEPT' | 'ASSIGN'>;
  readonly id: string;
  readonly version: number;
  readonly reason: string;
  /** Null unless it is accepted. */
  readonly until: BusinessDate | null;
  /** Null unless it is given to another agency. */
  readonly ownerCode: string | null;
}

/** Findings over their queries. */
export function createFindings(deps: FindingsDependencies): Findings {
  const { db, clock, refusals } = deps;

  async function scopeOf(caller: Caller): Promise<FindingScope> {
    const { agencyCode, roles } = caller;
    if (roles.includes('OPERATOR')) return { sees: 'ALL' };
    const agency = roles.includes('JUSTICE') ? await deps.findAgency(agencyCode) : null;
    if (agency?.isJustice !== true) return { sees: 'OWN', agencyCode };
    const regionPrefix = agency.regionCode.slice(0, PREFIX_DIGITS[agency.level]);
    return { sees: 'REGION', agencyCode, regionPrefix };
  }

  async function find(
    caller: Caller,
    id: string,
    trx: Database | Transaction = db,
  ): Promise<CrossCheckFinding | null> {
    if (!isUuid(id)) return null;
    const scope = await scopeOf(caller);
    const [found = null] = await listFindings(trx, {
      ...{ scope, filter: ANY, ids: [id], before: null, rows: 1 },
    });
    return found;
  }

  async function take(caller: Caller, step: Step): Promise<Accepted<CrossCheckFinding>> {
    const taken = await db.transaction(async (trx): Promise<Accepted<CrossCheckFinding>> => {
      if (isUuid(step.id)) await lockFinding(trx, step.id);
      const held = await find(caller, step.id, trx);
      const error = refuseStep(caller, held, step);
      if (held === null || error !== null)
        return { ok: false, errors: error === null ? [] : [error] };
      const state = FINDING_LIFE.after(held.state, step.step) ?? held.state;
      const finding: CrossCheckFinding = {
        ...{ ...held, state, version: held.version + 1 },
        ownerCode: step.ownerCode ?? held.ownerCode,
        acceptedUntil: step.step === 'ACCEPT' ? step.until : held.acceptedUntil,
        dueOn: step.step === 'ACCEPT' ? null : held.dueOn,
      };
      const event = {
        ...{ step: step.step, state, runId: null, at: clock.now(), by: caller.account },
        ...{ reason: step.reason.trim(), until: step.until, ownerCode: step.ownerCode },
      };
      const deadline = step.step === 'ACCEPT' ? null : 'KEEP';
      await updateFindings(trx, [{ finding, event, deadline }]);
      return { ok: true, value: finding };
    });
    if (taken.ok) return taken;
    return refusals.refuse(caller, OPERATIONS[step.step], taken.errors);
  }

  async function accept(caller: Caller, input: AcceptFinding) {
    const { id, version, reason, until } = input;
    const today = businessDate(clock.now());
    const last = addDays(today, ACCEPTED_DAYS_MAX);
    const errors = [
      ...checkLength(reason, ['reason'], REASON_LENGTH_MAX),
      ...(until < today || until > last
        ? [mistake('DATE_OUT_OF_RANGE', ['until'], `Send a day from ${today} to ${last}.`)]
        : []),
    ];
    if (errors.length > 0) return refusals.refuse(caller, OPERATIONS.ACCEPT, errors);
    return take(caller, { step: 'ACCEPT', id, version, reason, until, ownerCode: null });
  }

  async function assign(caller: Caller, input: AssignFinding) {
    const { id, version, reason, agencyCode: ownerCode } = input;
    const errors = [
      ...checkLength(reason, ['reason'], REASON_LENGTH_MAX),
      ...((await deps.findAgency(ownerCode)) === null
        ? [mistake('UNKNOWN_AGENCY', ['agencyCode'], 'No agency is registered under this code.')]
        : []),
    ];
    if (errors.length > 0) return refusals.refuse(caller, OPERATIONS.ASSIGN, errors);
    return take(caller, { step: 'ASSIGN', id, version, reason, until: null, ownerCode });
  }

  return {
    ...{ accept, assign },
    find: (caller, id) => find(caller, id),
    async pageOf(caller, filter, page) {
      const before = decodeInstantCursor(page.after);
      const wanted = { scope: await scopeOf(caller), filter, ids: null, before };
      const rows = await listFindings(db, { ...wanted, rows: rowsToRead(page) });
      return pageOf(rows, page, ({ openedAt, id }) => [openedAt.toISOString(), id]);
    },
    count: async (caller, filter) =>
      countFindings(db, { scope: await scopeOf(caller), filter, rows: LINES_MAX }),
    async listByIds(caller, ids) {
      const wanted = { scope: await scopeOf(caller), filter: ANY, ids, before: null };
      return inOrderOf(ids, await listFindings(db, { ...wanted, rows: ids.length }));
    },
    async listEvents(findingIds) {
      const all = await listFindingEvents(db, findingIds, EVENTS_SHOWN);
      return groupedBy(findingIds, all, ({ findingId }) => findingId);
    },
  };
}

const OPERATIONS = {
  ACCEPT: 'acceptCrossCheckFinding',
  ASSIGN: 'assignCrossCheckFinding',
} as const;

/** Only the agency that has to look into it decides; the data center may give it to another. */
export function mayDecide(
  { agencyCode, roles }: Caller,
  { ownerCode }: CrossCheckFinding,
  step: Step['step'],
): boolean {
  return agencyCode === ownerCode || (step === 'ASSIGN' && roles.includes('OPERATOR'));
}

function refuseStep(
  caller: Caller,
  held: CrossCheckFinding | null,
  { step, version }: Step,
): UserError | null {
  if (held === null || !mayDecide(caller, held, step))
    return mistake('UNKNOWN_FINDING', ['id'], 'Your agency has no such finding to look into.');
  if (FINDING_LIFE.after(held.state, step) === null)
    return FINDING_LIFE.refuse(held.state, step, ['id']);
  if (held.version === version) return null;
  return mistake('STALE_VERSION', ['version'], 'Read it again, then decide.');
}
