import type { Agencies } from '../agencies/agencies.ts';
import type { Refusals } from '../audit/refusals.ts';
import { ADJUSTMENT_LIFE } from '../model/adjustment-life.ts';
import type { Agency } from '../model/agency.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import { isUuid } from '../model/cursor.ts';
import { diffLists, type ListedMatter } from '../model/listed-matter.ts';
import type { MatterAdjustment, MatterList } from '../model/matter-list.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import { runOnce } from '../store/request-key.ts';
import {
  insertAdjustmentEvent,
  listAdjustmentsById,
  lockAdjustments,
} from './adjustment-queries.ts';
import { findList, findNewest, loadContent, lockRegion } from './list-queries.ts';
import { bureauOf, checkSuccession, type Publisher } from './lists.ts';

/** Publishes what was approved (审核后公布) as the next version of a list. */
export interface Publication {
  publish(caller: Caller, input: PublishAdjustments): Promise<Accepted<MatterList>>;
}

/** Which approved requests go into the next version. */
export interface PublishAdjustments {
  readonly regionCode: string;
  readonly adjustmentIds: readonly string[];
  /** Version of the list that was read; 0 where there is none yet. */
  readonly expectedVersion: number;
  /** Null means today. */
  readonly effectiveFrom: BusinessDate | null;
  readonly idempotencyKey: string;
}

const OPERATION = 'publishMatterList';
const ADJUSTMENTS_MAX = 200;

/** The room that turns approved requests into versions. */
export function createPublication(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly agencies: Pick<Agencies, 'find'>;
  readonly refusals: Pick<Refusals, 'refuse'>;
  readonly publisher: Publisher;
}): Publication {
  const { db, clock, refusals } = deps;

  async function publish(caller: Caller, input: PublishAdjustments): Promise<Accepted<MatterList>> {
    const refuse = (errors: readonly UserError[]) => refusals.refuse(caller, OPERATION, errors);
    const bureau = await bureauOf(deps.agencies, caller, input.regionCode);
    if (!('isJustice' in bureau)) return refuse([bureau]);
    const errors = checkInput(input, businessDate(clock.now()));
    if (errors.length > 0) return refuse(errors);
    const { idempotencyKey } = input;
    const key = { agencyCode: caller.agencyCode, idempotencyKey, operation: OPERATION, input };
    return db.transaction(async (trx): Promise<Accepted<MatterList>> => {
      const done = await runOnce(trx, key, () => publishIn(trx, caller, { bureau, input }));
      if (!done.ok) return done;
      const list = await findList(trx, done.value);
      if (list === null) throw new RangeError('A list that was published is gone.');
      return { ok: true, value: list };
    });
  }

  async function publishIn(
    trx: Transaction,
    caller: Caller,
    { bureau, input }: { bureau: Agency; input: PublishAdjustments },
  ): Promise<Accepted<string>> {
    const { regionCode, level } = bureau;
    await lockRegion(trx, regionCode);
    await lockAdjustments(trx, input.adjustmentIds);
    const newest = await findNewest(trx, regionCode);
    const effectiveFrom = input.effectiveFrom ?? businessDate(clock.now());
    const { expectedVersion, adjustmentIds } = input;
    const held = await listAdjustmentsById(trx, adjustmentIds);
    const before = await loadContent(trx, regionCode, newest?.version ?? 0);
    const errors = [
      ...checkSuccession(newest, { expectedVersion, effectiveFrom }),
      ...checkApproved(held, input, regionCode),
    ];
    const applied = applyAdjustments(before, held);
    errors.push(...applied.errors);
    if (errors.length > 0) return refusals.refuse(caller, OPERATION, errors);
    const changes = diffLists(before, applied.after, isSame);
    const origin = 'ADJUSTMENT' as const;
    const version = { regionCode, level, origin, effectiveFrom, changes };
    const list = await deps.publisher.publish(trx, caller, version);
    for (const { id, version: steps } of held)
      await insertAdjustmentEvent(trx, {
        ...{ adjustmentId: id, number: steps + 1, step: 'PUBLISH', state: 'PUBLISHED' },
        ...{ entry: null, basis: null, reason: null, listId: list.id },
        ...{ at: list.publishedAt, by: caller.account },
      });
    return { ok: true, value: list.id };
  }

  return { publish };
}

/** Whether two entries say the same. */
export function isSame(one: ListedMatter, other: ListedMatter): boolean {
  return canonicalJson(one) === canonicalJson(other);
}

function checkInput(input: PublishAdjustments, today: BusinessDate): readonly UserError[] {
  const { adjustmentIds, effectiveFrom } = input;
  const errors = [...checkLength(input.idempotencyKey, ['idempotencyKey'], 64)];
  if (adjustmentIds.length === 0 || adjustmentIds.length > ADJUSTMENTS_MAX)
    errors.push(
      mistake('LENGTH_OUT_OF_RANGE', ['adjustmentIds'], `Send 1 to ${ADJUSTMENTS_MAX} requests.`),
    );
  if (!adjustmentIds.every(isUuid) || new Set(adjustmentIds).size < adjustmentIds.length)
    errors.push(mistake('UNKNOWN_ADJUSTMENT', ['adjustmentIds'], 'Send each request once.'));
  if (effectiveFrom !== null && effectiveFrom < today)
    errors.push(
      mistake('DATE_OUT_OF_RANGE', ['effectiveFrom'], 'A list takes effect today or later.'),
    );
  return errors;
}

function checkApproved(
  held: readonly MatterAdjustment[],
  { adjustmentIds }: PublishAdjustments,
  regionCode: string,
): readonly UserError[] {
  return adjustmentIds.flatMap((id, at): readonly UserError[] => {
    const found = held.find((one) => one.id === id);
    const field = ['adjustmentIds', String(at)];
    if (found?.regionCode !== regionCode)
      return [mistake('UNKNOWN_ADJUSTMENT', field, 'Your region has no such request.')];
    if (ADJUSTMENT_LIFE.after(found.state, 'PUBLISH') !== null) return [];
    return [ADJUSTMENT_LIFE.refuse(found.state, 'PUBLISH', field)];
  });
}

/**
 * What a list becomes by these requests. Each of a matter that is not there, or there already, is a
 * mistake, and so is a second one of the same matter.
 */
export function applyAdjustments(
  before: ReadonlyMap<string, ListedMatter>,
  adjustments: readonly Pick<MatterAdjustment, 'kind' | 'matterCode' | 'entry'>[],
): {
  readonly after: ReadonlyMap<string, ListedMatter>;
  readonly errors: readonly UserError[];
} {
  const after = new Map(before);
  const errors: UserError[] = [];
  const seen = new Set<string>();
  for (const { kind, matterCode, entry } of adjustments) {
    const field = ['adjustmentIds', matterCode];
    if (seen.has(matterCode))
      errors.push(mistake('ALREADY_LISTED', field, `Publish one request for ${matterCode}.`));
    seen.add(matterCode);
    if (kind === 'ADD' && before.has(matterCode))
      errors.push(mistake('ALREADY_LISTED', field, `${matterCode} is on the list already.`));
    if (kind !== 'ADD' && !before.has(matterCode))
      errors.push(mistake('NOT_LISTED', field, `${matterCode} is not on the list.`));
    if (entry === null) after.delete(matterCode);
    else after.set(matterCode, entry);
  }
  return { after, errors };
}
