import { createHash, randomUUID } from 'node:crypto';

import type { Agencies } from '../agencies/agencies.ts';
import type { Agency, AgencyLevel } from '../model/agency.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import { decodeCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import type { ListChange, ListedMatter } from '../model/listed-matter.ts';
import type { MatterDifference, MatterList, PublishedMatterList } from '../model/matter-list.ts';
import type { Page, PageRequest } from '../model/page.ts';
import { regionAbove } from '../model/region.ts';
import type { RoutedSource } from '../model/route.ts';
import { shortfallsOf, type ListShortfall } from '../model/verifiability.ts';
import { mistake, type UserError } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import {
  findList,
  findListOn,
  findNewest,
  insertList,
  listDifferencesOf,
  listEntries,
  listVersionsOf,
  loadContent,
  projectMatters,
} from './list-queries.ts';

/** The lists (清单) of province, city and county, by version and day. */
export interface Lists {
  /** The version in force that day. Null where none is. */
  findOn(regionCode: string, on: BusinessDate): Promise<MatterList | null>;
  /** Null where there is none with this id. */
  find(id: string): Promise<MatterList | null>;
  /** Newest first. */
  pageOfVersions(regionCode: string, page: PageRequest): Promise<Page<MatterList>>;
  /** What stands on a version, in the order of codes. */
  pageOfEntries(
    list: Pick<MatterList, 'regionCode' | 'version'>,
    page: PageRequest,
  ): Promise<Page<ListedMatter>>;
  /**
   * What can be checked online and is not active in a region's list of that day, though it stands
   * on it or is active in the list above; in the order of codes.
   */
  pageOfShortfalls(
    asked: { readonly regionCode: string; readonly on: BusinessDate },
    page: PageRequest,
  ): Promise<Page<ListShortfall>>;
  /** Sources in use now, by what they are registered for. */
  routed(): Promise<readonly RoutedSource[]>;
  /** What differs from one version to a later one, in the order of codes. 0 is the empty list. */
  pageOfDifferences(
    versions: { readonly regionCode: string; readonly from: number; readonly to: number },
    page: PageRequest,
  ): Promise<Page<MatterDifference>>;
}

/** A version that is about to be published. */
export interface NewVersion {
  readonly regionCode: string;
  readonly level: AgencyLevel;
  readonly origin: MatterList['origin'];
  readonly effectiveFrom: BusinessDate;
  readonly changes: readonly ListChange[];
}

/** Publishes versions: the one place at which a list changes. */
export interface Publisher {
  /** The next version, and whatever follows from it, in this transaction or not at all. */
  publish(trx: Transaction, caller: Caller, version: NewVersion): Promise<MatterList>;
}

/** Reads lists. */
export function createLists(deps: {
  readonly db: Database;
  /** Sources in use now, without those that are paused. */
  routed(): readonly RoutedSource[];
}): Lists {
  const { db, routed } = deps;

  async function contentOn(
    regionCode: string | null,
    on: BusinessDate,
  ): Promise<readonly ListedMatter[]> {
    const list = regionCode === null ? null : await findListOn(db, { regionCode, on });
    if (list === null) return [];
    return [...(await loadContent(db, list.regionCode, list.version)).values()];
  }

  return {
    routed: () => Promise.resolve(routed()),
    async pageOfShortfalls({ regionCode, on }, page) {
      const after = decodeCursor(page.after, 1)?.[0] ?? '';
      const own = await contentOn(regionCode, on);
      const upper = await contentOn(regionAbove(regionCode), on);
      const all = shortfallsOf(own, upper, routed());
      const rest = all.filter(({ matter }) => matter.code > after);
      return pageOf(rest.slice(0, rowsToRead(page)), page, ({ matter }) => [matter.code]);
    },
    findOn: (regionCode, on) => findListOn(db, { regionCode, on }),
    find: async (id) => (isUuid(id) ? findList(db, id) : null),
    async pageOfVersions(regionCode, page) {
      const before = decodeCursor(page.after, 1)?.[0];
      const rows = await listVersionsOf(db, {
        regionCode,
        before: before === undefined ? null : Number.parseInt(before, 10) || 0,
        rows: rowsToRead(page),
      });
      return pageOf(rows, page, ({ version }) => [String(version)]);
    },
    async pageOfEntries({ regionCode, version }, page) {
      const after = decodeCursor(page.after, 1)?.[0] ?? '';
      const rows = await listEntries(db, { regionCode, version, after, rows: rowsToRead(page) });
      return pageOf(rows, page, ({ code }) => [code]);
    },
    async pageOfDifferences(versions, page) {
      const after = decodeCursor(page.after, 1)?.[0] ?? '';
      const rows = await listDifferencesOf(db, { ...versions, after, rows: rowsToRead(page) });
      return pageOf(rows, page, ({ code }) => [code]);
    },
  };
}

/** Publishes lists; other rooms are told in the same transaction. */
export function createPublisher(deps: {
  readonly clock: Clock;
  onPublished(trx: Transaction, published: PublishedMatterList): Promise<void>;
}): Publisher {
  return {
    async publish(trx, caller, version) {
      const newest = await findNewest(trx, version.regionCode);
      const publishedAt = deps.clock.now();
      const number = (newest?.version ?? 0) + 1;
      const { regionCode, level, origin, effectiveFrom, changes } = version;
      const list: MatterList = {
        ...{ id: randomUUID(), regionCode, level, origin, effectiveFrom, version: number },
        digest: digestOf({ regionCode, version: number, effectiveFrom, changes }),
        ...{ publishedOn: businessDate(publishedAt), publishedAt, publishedBy: caller.account },
        agencyCode: caller.agencyCode,
      };
      await insertList(trx, list, changes);
      await projectMatters(trx, version);
      await deps.onPublished(trx, { list, changes });
      return list;
    },
  };
}

/** Versions take effect in their order: STALE_VERSION and DATE_OUT_OF_RANGE otherwise. */
export function checkSuccession(
  newest: Pick<MatterList, 'version' | 'effectiveFrom'> | null,
  { expectedVersion, effectiveFrom }: { expectedVersion: number; effectiveFrom: BusinessDate },
  field = 'expectedVersion',
): readonly UserError[] {
  const errors: UserError[] = [];
  const version = newest?.version ?? 0;
  if (version !== expectedVersion)
    errors.push(
      mistake('STALE_VERSION', [field], `It is at version ${version}. Read it, then decide.`),
    );
  if (newest !== null && effectiveFrom < newest.effectiveFrom)
    errors.push(
      mistake(
        'DATE_OUT_OF_RANGE',
        ['effectiveFrom'],
        `The version before takes effect on ${newest.effectiveFrom}; send that day or a later one.`,
      ),
    );
  return errors;
}

/** The caller's agency, where it is the justice bureau of that very region; else why not. */
export async function bureauOf(
  agencies: Pick<Agencies, 'find'>,
  caller: Caller,
  regionCode: string,
): Promise<Agency | UserError> {
  const agency = await agencies.find(caller.agencyCode);
  if (agency === null)
    return mistake('UNKNOWN_AGENCY', [], 'Your agency is not registered, so it has no region.');
  if (agency.isJustice && agency.regionCode === regionCode) return agency;
  return mistake(
    'NOT_YOUR_REGION',
    [],
    'Only the justice bureau of the region and level itself decides about this.',
  );
}

function digestOf(content: unknown): string {
  return createHash('sha256').update(canonicalJson(content), 'utf8').digest('hex');
}
