import { randomUUID } from 'node:crypto';

import type { Agencies } from '../agencies/agencies.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { HubError } from '../errors.ts';
import { regionAtLevel, type Agency, type AgencyLevel } from '../model/agency.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import { decodeCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import {
  FILED_TO,
  FILING_LIFE,
  type Filing,
  type FilingState,
  type FilingStep,
} from '../model/filing.ts';
import type { MatterList } from '../model/matter-list.ts';
import type { Page, PageRequest } from '../model/page.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import { runOnce } from '../store/request-key.ts';
import {
  findFiling,
  insertFiling,
  insertFilingEvent,
  listFilings,
  listFilingsOf,
  lockFiling,
  recountFilings,
} from './queries.ts';

/** Filing (备案): lists go up level by level to the province, documents to their own bureau. */
export interface Filings {
  /** Opens the first step of a list that was published, in that transaction. */
  onListPublished(trx: Transaction, list: MatterList): Promise<void>;
  /** Reports a document to the justice bureau of the agency's own region and level. */
  fileDocument(trx: Transaction, caller: Caller, document: FiledDocument): Promise<void>;
  /** Takes a step. Receiving a list opens the step to the next level. */
  step(caller: Caller, input: StepFiling): Promise<Accepted<Filing>>;
  /**
   * By due day: a justice bureau sees those of its region and below. Empty for callers whose
   * agency is not registered.
   */
  pageOf(caller: Caller, filter: FilingFilter, page: PageRequest): Promise<Page<Filing>>;
  /** The steps of the filing of one list or document, from below upward. */
  listOf(reference: string): Promise<readonly Filing[]>;
  /** Counts the days of what is not reported anew after the calendar has changed. */
  recompute(trx: Transaction, calendar: Pick<Calendar, 'deadline'>): Promise<unknown>;
}

/** A document as far as filing it needs it. */
export interface FiledDocument {
  readonly id: string;
  readonly title: string;
  readonly digest: string;
  readonly agency: Agency;
}

/** What is done in a step of filing. */
export interface StepFiling {
  readonly filingId: string;
  readonly version: number;
  readonly step: FilingStep;
  /** 备案号. Needed to receive; null otherwise. */
  readonly receiptNumber: string | null;
  /** Needed to return; null otherwise. */
  readonly reason: string | null;
  readonly idempotencyKey: string;
}

/** Which filings. */
export interface FilingFilter {
  /** As they stood at the end of that day. */
  readonly asOf: BusinessDate;
  readonly overdue: boolean;
  readonly state: FilingState | null;
}

/** Section 3 of the plan: within seven working days, level by level. */
const WORKING_DAYS = 7;
const PREFIX_DIGITS: Readonly<Record<AgencyLevel, number>> = { PROVINCE: 2, CITY: 4, COUNTY: 6 };
const LEVEL_NAMES: Readonly<Record<AgencyLevel, string>> = {
  ...{ PROVINCE: '省级', CITY: '市级', COUNTY: '县级' },
};

/** Field of type Mutation by which each step is taken. */
const OPERATION: Readonly<Record<FilingStep, string>> = {
  SEND: 'sendFiling',
  RECEIVE: 'receiveFiling',
  RETURN: 'returnFiling',
};

/** The room of filings. */
export function createFilings(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly calendar: Pick<Calendar, 'deadline'>;
  readonly agencies: Pick<Agencies, 'find'>;
  readonly refusals: Pick<Refusals, 'refuse'>;
}): Filings {
  const { db, clock, calendar, agencies, refusals } = deps;

  async function onListPublished(trx: Transaction, list: MatterList): Promise<void> {
    const { regionCode, level, version } = list;
    await open(trx, {
      ...{ kind: 'LIST', reference: list.id, digest: list.digest, fromAgency: list.agencyCode },
      title: `${regionCode} ${LEVEL_NAMES[level]}证明事项告知承诺制清单 第${version}版`,
      ...{ fromRegion: regionCode, fromLevel: level, countedFrom: list.publishedOn },
    });
  }

  /** Opens the step from one level to the next; nothing where there is no next. */
  async function open(
    trx: Transaction,
    filed: Pick<
      Filing,
      'kind' | 'reference' | 'digest' | 'title' | 'fromAgency' | 'fromRegion' | 'fromLevel'
    > & { readonly countedFrom: BusinessDate },
  ): Promise<void> {
    const toLevel = FILED_TO[filed.fromLevel];
    if (toLevel === null) return;
    const { on, provisional } = calendar.deadline(filed.countedFrom, WORKING_DAYS);
    await insertFiling(trx, {
      ...{
        ...filed,
        id: randomUUID(),
        toLevel,
        toRegion: regionAtLevel(filed.fromRegion, toLevel),
      },
      ...{ workingDays: WORKING_DAYS, dueOn: on, provisional, openedAt: clock.now() },
    });
  }

  async function fileDocument(
    trx: Transaction,
    caller: Caller,
    { id, title, digest, agency }: FiledDocument,
  ): Promise<void> {
    const { code, regionCode, level } = agency;
    const filingId = randomUUID();
    const openedAt = clock.now();
    await insertFiling(trx, {
      ...{ id: filingId, kind: 'DOCUMENT', reference: id, digest, title, fromAgency: code },
      ...{ fromRegion: regionCode, fromLevel: level, toRegion: regionCode, toLevel: level },
      ...{ countedFrom: null, workingDays: null, dueOn: null, provisional: false, openedAt },
    });
    await insertFilingEvent(trx, {
      ...{ filingId, number: 1, step: 'SEND', state: 'SENT', on: businessDate(openedAt) },
      ...{ receiptNumber: null, reason: null, at: openedAt, by: caller.account },
      agencyCode: caller.agencyCode,
    });
  }

  async function step(caller: Caller, input: StepFiling): Promise<Accepted<Filing>> {
    const operation = OPERATION[input.step];
    const wrong = checkWords(input);
    if (wrong.length > 0) return refusals.refuse(caller, operation, wrong);
    const { idempotencyKey } = input;
    const key = { agencyCode: caller.agencyCode, idempotencyKey, operation, input };
    return db.transaction(async (trx): Promise<Accepted<Filing>> => {
      const done = await runOnce(trx, key, () => take(trx, caller, input));
      if (!done.ok) return done;
      const filing = await findFiling(trx, done.value);
      return filing === null ? { ok: false, errors: [unknown()] } : { ok: true, value: filing };
    });
  }

  async function take(
    trx: Transaction,
    caller: Caller,
    input: StepFiling,
  ): Promise<Accepted<string>> {
    const refuse = (errors: readonly UserError[]) =>
      refusals.refuse(caller, OPERATION[input.step], errors);
    const { filingId: id } = input;
    if (isUuid(id)) await lockFiling(trx, id);
    const held = isUuid(id) ? await findFiling(trx, id) : null;
    const agency = await agencies.find(caller.agencyCode);
    if (held === null || agency === null) return refuse([unknown()]);
    if (!mayTake(agency, held, input.step)) return refuse([foreign()]);
    const state = FILING_LIFE.after(held.state, input.step);
    if (state === null) return refuse([FILING_LIFE.refuse(held.state, input.step, ['filingId'])]);
    if (held.version !== input.version)
      return refuse([
        mistake(
          'STALE_VERSION',
          ['version'],
          'Something was done meanwhile. Read it, then decide.',
        ),
      ]);
    const at = clock.now();
    const on = businessDate(at);
    await insertFilingEvent(trx, {
      ...{ filingId: id, number: held.version + 1, step: input.step, state, on },
      ...{ receiptNumber: input.receiptNumber?.trim() ?? null },
      ...{ reason: input.reason?.trim() ?? null, agencyCode: caller.agencyCode },
      ...{ at, by: caller.account },
    });
    if (state === 'RECEIVED' && held.kind === 'LIST')
      await open(trx, {
        ...{ ...held, fromAgency: caller.agencyCode, countedFrom: on },
        ...{ fromRegion: held.toRegion, fromLevel: held.toLevel },
      });
    return { ok: true, value: id };
  }

  async function pageOfFilings(
    caller: Caller,
    filter: FilingFilter,
    page: PageRequest,
  ): Promise<Page<Filing>> {
    const [dueOn = '', id = ''] = decodeCursor(page.after, 2) ?? [];
    if (page.after !== null && (!isUuid(id) || !/^\d{4}-\d{2}-\d{2}$/u.test(dueOn)))
      throw new HubError('MALFORMED_CURSOR');
    const agency = await agencies.find(caller.agencyCode);
    if (agency === null) return pageOf<Filing>([], page, (one) => [one.id]);
    const rows = await listFilings(db, {
      ...filter,
      regionPrefix: agency.regionCode.slice(0, PREFIX_DIGITS[agency.level]),
      after: page.after === null ? null : { dueOn, id },
      rows: rowsToRead(page),
    });
    return pageOf(rows, page, (one) => [one.dueOn ?? '9999-12-31', one.id]);
  }

  return {
    ...{ onListPublished, fileDocument, step, pageOf: pageOfFilings },
    listOf: (reference) => listFilingsOf(db, reference),
    recompute: recountFilings,
  };
}

/** Documents are sent by their agency, lists by the bureau; both are received by a bureau. */
function mayTake(agency: Agency, filing: Filing, step: FilingStep): boolean {
  if (step !== 'SEND') return agency.isJustice && agency.regionCode === filing.toRegion;
  if (filing.kind === 'DOCUMENT') return agency.code === filing.fromAgency;
  return agency.isJustice && agency.regionCode === filing.fromRegion;
}

function unknown(): UserError {
  return mistake('UNKNOWN_FILING', ['filingId'], 'Your region has no such filing.');
}

function foreign(): UserError {
  return mistake(
    'NOT_YOUR_REGION',
    ['filingId'],
    'Whoever publishes reports, and the justice bureau one level above receives or returns.',
  );
}

function checkWords(input: StepFiling): readonly UserError[] {
  const { step, receiptNumber, reason, idempotencyKey } = input;
  return [
    ...checkLength(idempotencyKey, ['idempotencyKey'], 64),
    ...(step === 'RECEIVE' ? checkLength(receiptNumber ?? '', ['receiptNumber'], 100) : []),
    ...(step === 'RETURN' ? checkLength(reason ?? '', ['reason'], 1_000) : []),
  ];
}
