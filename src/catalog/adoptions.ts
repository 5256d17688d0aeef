import type { Agencies } from '../agencies/agencies.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { HubError } from '../errors.ts';
import type { Adoption, AdoptionCoverage } from '../model/adoption.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import { decodeCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import type { Page, PageRequest } from '../model/page.ts';
import { checkLength, mistake, type Accepted } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import {
  listAdoptions,
  listCoverage,
  recountAdoptions,
  updateAdoption,
} from './adoption-queries.ts';

/** Who has taken over which matters of upper lists (承接). */
export interface Adoptions {
  /** Records that the caller's agency has. Doing it again changes nothing. */
  adopt(caller: Caller, input: AdoptMatter): Promise<Accepted<Adoption>>;
  /** Of the caller's agency. Null of `isOpen` means all. */
  pageOf(
    caller: Caller,
    filter: { readonly isOpen: boolean | null },
    page: PageRequest,
  ): Promise<Page<Adoption>>;
  /** Of the caller's region and below, by agency. */
  pageOfCoverage(
    caller: Caller,
    asOf: BusinessDate,
    page: PageRequest,
  ): Promise<Page<AdoptionCoverage>>;
  /** Counts the days of what is open anew after the calendar has changed. */
  recompute(trx: Transaction, calendar: Pick<Calendar, 'deadline'>): Promise<unknown>;
}

/** Which matter was taken over, and as what. */
export interface AdoptMatter {
  readonly taskId: string;
  readonly matterCode: string;
  readonly ownMatterCode: string;
}

const PREFIX_DIGITS = { PROVINCE: 2, CITY: 4, COUNTY: 6 } as const;

/** The room of adoptions. */
export function createAdoptions(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly agencies: Pick<Agencies, 'find'>;
  readonly refusals: Pick<Refusals, 'refuse'>;
}): Adoptions {
  const { db, clock, agencies, refusals } = deps;

  async function adopt(caller: Caller, input: AdoptMatter): Promise<Accepted<Adoption>> {
    const { taskId, matterCode } = input;
    const errors = checkLength(input.ownMatterCode, ['ownMatterCode'], 64);
    if (errors.length > 0) return refusals.refuse(caller, 'adoptMatter', errors);
    const { agencyCode } = caller;
    const find = { agencyCode, taskId, matterCode, isOpen: null, after: null, rows: 1 };
    const found = !isUuid(taskId)
      ? undefined
      : await db.transaction(async (trx) => {
          if ((await listAdoptions(trx, find)).length === 0) return undefined;
          const at = clock.now();
          const ownMatterCode = input.ownMatterCode.trim();
          const how = { ownMatterCode, on: businessDate(at), at, by: caller.account };
          await updateAdoption(trx, { taskId, matterCode, ...how });
          return (await listAdoptions(trx, find))[0];
        });
    if (found !== undefined) return { ok: true, value: found };
    const unknown = mistake('UNKNOWN_ADOPTION', ['taskId'], 'Your agency has no such matter.');
    return refusals.refuse(caller, 'adoptMatter', [unknown]);
  }

  return {
    adopt,
    async pageOf({ agencyCode }, { isOpen }, page) {
      const [taskId = '', code = ''] = decodeCursor(page.after, 2) ?? [];
      if (page.after !== null && !isUuid(taskId)) throw new HubError('MALFORMED_CURSOR');
      const after = page.after === null ? null : { taskId, code };
      const some = { agencyCode, isOpen, taskId: null, matterCode: null };
      const rows = await listAdoptions(db, { ...some, after, rows: rowsToRead(page) });
      return pageOf(rows, page, (one) => [one.taskId, one.matterCode]);
    },
    async pageOfCoverage(caller, asOf, page) {
      const after = decodeCursor(page.after, 1)?.[0] ?? '';
      const agency = await agencies.find(caller.agencyCode);
      if (agency === null) return pageOf<AdoptionCoverage>([], page, (one) => [one.agencyCode]);
      const regionPrefix = agency.regionCode.slice(0, PREFIX_DIGITS[agency.level]);
      const rows = await listCoverage(db, { regionPrefix, asOf, after, rows: rowsToRead(page) });
      return pageOf(rows, page, (one) => [one.agencyCode]);
    },
    recompute: recountAdoptions,
  };
}
