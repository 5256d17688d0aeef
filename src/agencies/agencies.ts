import { regionAtLevel, type Agency, type AgencyLevel } from '../model/agency.ts';
import type { Clock } from '../model/clock.ts';
import { decodeCursor, pageOf, rowsToRead } from '../model/cursor.ts';
import type { Page, PageRequest } from '../model/page.ts';
import { parseRegionCode } from '../model/region.ts';
import { isValidUnifiedSocialCreditCode } from '../model/unified-social-credit-code.ts';
import { mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database } from '../store/database.ts';
import { findJustice, listAgencies, listAgenciesByCode, upsertAgency } from './queries.ts';

/** The organs that take part in the regime: who is responsible where. */
export interface Agencies {
  /** In the order of `codes`; null where none is registered. */
  listByCode(codes: readonly string[]): Promise<readonly (Agency | null)[]>;
  /** Null where none is registered under the code. */
  find(code: string): Promise<Agency | null>;
  /** In the order of codes. The empty prefix means everywhere. */
  list(filter: { regionPrefix: string }, page: PageRequest): Promise<Page<Agency>>;
  /**
   * The justice bureau (司法行政部门) of the region of that level which contains `regionCode`.
   * Null where none is registered.
   */
  justiceOf(regionCode: string, level: AgencyLevel): Promise<Agency | null>;
  /** Adds the agency, or changes the one with its code. `by` is whoever answers for it. */
  register(agency: Agency, by: string): Promise<Accepted<Agency>>;
}

const NAME_LENGTH_MAX = 200;

/** The room that knows the agencies. */
export function createAgencies({ db, clock }: { db: Database; clock: Clock }): Agencies {
  async function listByCode(codes: readonly string[]): Promise<readonly (Agency | null)[]> {
    const held = new Map((await listAgenciesByCode(db, codes)).map((one) => [one.code, one]));
    return codes.map((code) => held.get(code) ?? null);
  }

  async function list(
    { regionPrefix }: { regionPrefix: string },
    page: PageRequest,
  ): Promise<Page<Agency>> {
    const after = decodeCursor(page.after, 1)?.[0] ?? '';
    const rows = await listAgencies(db, { regionPrefix, after, rows: rowsToRead(page) });
    return pageOf(rows, page, ({ code }) => [code]);
  }

  async function register(agency: Agency, by: string): Promise<Accepted<Agency>> {
    const errors = checkAgency(agency);
    if (errors.length > 0) return { ok: false, errors };
    await upsertAgency(db, { agency, at: clock.now(), by });
    return { ok: true, value: agency };
  }

  return {
    listByCode,
    find: async (code) => (await listByCode([code]))[0] ?? null,
    list,
    justiceOf: async (regionCode, level) =>
      (await findJustice(db, { regionCode: regionAtLevel(regionCode, level), level })) ?? null,
    register,
  };
}

function checkAgency({ code, name, regionCode, level }: Agency): readonly UserError[] {
  const errors: UserError[] = [];
  if (!isValidUnifiedSocialCreditCode(code)) {
    errors.push(
      mistake(
        'MALFORMED_CODE',
        ['code'],
        'An agency has a unified social credit code of 18 characters; check it for a typing error.',
      ),
    );
  }
  if (name.trim() === '' || name.length > NAME_LENGTH_MAX) {
    errors.push(
      mistake('LENGTH_OUT_OF_RANGE', ['name'], `A name has 1 to ${NAME_LENGTH_MAX} characters.`),
    );
  }
  if (parseRegionCode(regionCode) === null || regionAtLevel(regionCode, level) !== regionCode) {
    errors.push(
      mistake(
        'MALFORMED_CODE',
        ['regionCode'],
        'The region is a code of six digits of GB/T 2260 of the level: 370000, 370800, 370811.',
      ),
    );
  }
  return errors;
}
