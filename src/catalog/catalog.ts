import type { BusinessDate } from '../model/business-date.ts';
import { decodeCursor, pageOf, rowsToRead } from '../model/cursor.ts';
import { policyVersionOf, type Matter, type PriorityField } from '../model/matter.ts';
import type { Page, PageRequest } from '../model/page.ts';
import type { Database } from '../store/database.ts';
import {
  insertMatters,
  listMattersByCode,
  listMattersInForce,
  listMatterVersions,
} from './queries.ts';

/** Certification matters and their lists, by version and day. */
export interface Catalog {
  /** In the order of codes. */
  listInForce(
    filter: { on: BusinessDate; priorityField: PriorityField | null },
    page: PageRequest,
  ): Promise<Page<Matter>>;
  /** The version in force that day. Null when none is. */
  findInForce(code: string, on: BusinessDate): Promise<Matter | null>;
  /** In the order of `keys`; null where there is no such version. */
  listVersions(
    keys: readonly { code: string; version: number }[],
  ): Promise<readonly (Matter | null)[]>;
  /** Whether any version was ever in force. */
  isKnown(code: string): Promise<boolean>;
  /** Adds versions that are not there yet. Returns how many were added. */
  publish(matters: readonly Matter[]): Promise<number>;
}

/** The room that knows which matter was in force on which day. */
export function createCatalog(deps: { db: Database }): Catalog {
  const { db } = deps;

  async function listInForce(
    filter: { on: BusinessDate; priorityField: PriorityField | null },
    page: PageRequest,
  ): Promise<Page<Matter>> {
    const after = decodeCursor(page.after, 1)?.[0] ?? null;
    const rows = await listMattersInForce(db, { ...filter, after, rows: rowsToRead(page) });
    return pageOf(rows, page, ({ code }) => [code]);
  }

  async function findInForce(code: string, on: BusinessDate): Promise<Matter | null> {
    const versions = await listMattersByCode(db, code);
    const inForce = versions.find(
      ({ effectiveFrom, effectiveUntil }) =>
        effectiveFrom <= on && (effectiveUntil === null || effectiveUntil >= on),
    );
    return inForce ?? null;
  }

  async function listVersions(
    keys: readonly { code: string; version: number }[],
  ): Promise<readonly (Matter | null)[]> {
    const found = new Map(
      (await listMatterVersions(db, keys)).map((matter) => [policyVersionOf(matter), matter]),
    );
    return keys.map(({ code, version }) => found.get(`${code}@${version}`) ?? null);
  }

  return {
    listInForce,
    findInForce,
    listVersions,
    isKnown: async (code) => (await listMattersByCode(db, code)).length > 0,
    publish: (matters) => insertMatters(db, matters),
  };
}
