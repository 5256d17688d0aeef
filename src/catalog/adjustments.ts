import { randomUUID } from 'node:crypto';

import type { Agencies } from '../agencies/agencies.ts';
import type { Refusals } from '../audit/refusals.ts';
import {
  ADJUSTMENT_LIFE,
  type AdjustmentState,
  type AdjustmentStep,
} from '../model/adjustment-life.ts';
import type { Caller } from '../model/caller.ts';
import type { Clock } from '../model/clock.ts';
import { decodeInstantCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import type { ListedMatter } from '../model/listed-matter.ts';
import type { MatterAdjustment } from '../model/matter-list.ts';
import type { Page, PageRequest } from '../model/page.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import { runOnce } from '../store/request-key.ts';
import {
  insertAdjustment,
  insertAdjustmentEvent,
  listAdjustments,
  listAdjustmentsById,
  lockAdjustments,
} from './adjustment-queries.ts';
import { bureauOf } from './lists.ts';
import { checkListedMatter, readPolicy } from './matter-check.ts';

/** Requests to adjust a list (清单调整申请): asked by agencies, reviewed by the justice bureau. */
export interface Adjustments {
  /** Asks for an adjustment of the list of the region of the caller's agency. */
  request(caller: Caller, input: RequestAdjustment): Promise<Accepted<MatterAdjustment>>;
  /** Takes a step; SUBMIT and WITHDRAW are the asking agency's, the others the bureau's. */
  step(caller: Caller, input: StepAdjustment): Promise<Accepted<MatterAdjustment>>;
  /** Of the caller's agency or region. Null where it has none. */
  find(caller: Caller, id: string): Promise<MatterAdjustment | null>;
  /** Newest first: a justice bureau sees those of its list, other agencies their own. */
  pageOf(
    caller: Caller,
    filter: { readonly state: AdjustmentState | null },
    page: PageRequest,
  ): Promise<Page<MatterAdjustment>>;
}

/** What an agency asks for. */
export interface RequestAdjustment {
  readonly kind: MatterAdjustment['kind'];
  readonly matterCode: string;
  /** Null exactly for a removal. Its policy is read from `policy`. */
  readonly entry: ListedMatter | null;
  /** As the caller sent it. Null for none. */
  readonly policy: unknown;
  readonly basis: string;
  readonly idempotencyKey: string;
}

/** What is done with a request. */
export interface StepAdjustment {
  readonly adjustmentId: string;
  readonly version: number;
  readonly step: Exclude<AdjustmentStep, 'PUBLISH'>;
  readonly reason: string | null;
  /** With SUBMIT: what is wanted now. Null for a removal, and with other steps. */
  readonly entry: ListedMatter | null;
  /** As the caller sent it. Null for none. */
  readonly policy: unknown;
  /** With SUBMIT. Null with other steps. */
  readonly basis: string | null;
  readonly idempotencyKey: string;
}

const BASIS_LENGTH_MAX = 2_000;
const REASON_LENGTH_MAX = 1_000;
const KEY_LENGTH_MAX = 64;

/** Field of type Mutation by which each step is taken. */
const OPERATION: Readonly<Record<StepAdjustment['step'], string>> = {
  SUBMIT: 'resubmitAdjustment',
  WITHDRAW: 'withdrawAdjustment',
  APPROVE: 'reviewAdjustment',
  RETURN: 'reviewAdjustment',
  REJECT: 'reviewAdjustment',
};

/** The room of requests to adjust lists. */
export function createAdjustments(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly agencies: Pick<Agencies, 'find'>;
  readonly refusals: Pick<Refusals, 'refuse'>;
}): Adjustments {
  const { db, clock, agencies, refusals } = deps;

  async function request(
    caller: Caller,
    input: RequestAdjustment,
  ): Promise<Accepted<MatterAdjustment>> {
    const operation = 'requestAdjustment';
    const agency = await agencies.find(caller.agencyCode);
    const wanted = readWanted(input);
    const errors = [
      ...(agency === null
        ? [mistake('UNKNOWN_AGENCY', [], 'Your agency is not registered, so it has no region.')]
        : []),
      ...wanted.errors,
      ...checkLength(input.idempotencyKey, ['idempotencyKey'], KEY_LENGTH_MAX),
    ];
    if (agency === null || errors.length > 0) return refusals.refuse(caller, operation, errors);
    return carryOut(caller, { operation, input }, async (trx) => {
      const id = randomUUID();
      const at = clock.now();
      const { regionCode, level } = agency;
      const { kind, matterCode } = input;
      const { entry } = wanted;
      await insertAdjustment(trx, {
        ...{ id, agencyCode: agency.code, regionCode, level, kind, matterCode, requestedAt: at },
      });
      await insertAdjustmentEvent(trx, {
        ...{ adjustmentId: id, number: 1, step: 'SUBMIT', state: 'SUBMITTED', entry },
        ...{ basis: input.basis.trim(), reason: null, listId: null, at, by: caller.account },
      });
      return { ok: true, value: id };
    });
  }

  async function step(caller: Caller, input: StepAdjustment): Promise<Accepted<MatterAdjustment>> {
    const operation = OPERATION[input.step];
    const wrongKey = checkLength(input.idempotencyKey, ['idempotencyKey'], KEY_LENGTH_MAX);
    if (wrongKey.length > 0) return refusals.refuse(caller, operation, wrongKey);
    return carryOut(caller, { operation, input }, (trx) => take(trx, caller, input));
  }

  async function take(
    trx: Transaction,
    caller: Caller,
    input: StepAdjustment,
  ): Promise<Accepted<string>> {
    const refuse = (errors: readonly UserError[]) =>
      refusals.refuse(caller, OPERATION[input.step], errors);
    const { adjustmentId: id } = input;
    if (isUuid(id)) await lockAdjustments(trx, [id]);
    const [held] = isUuid(id) ? await listAdjustmentsById(trx, [id]) : [];
    if (held === undefined) return refuse([unknown()]);
    const mayNot = await checkCaller(caller, held, input);
    if (mayNot !== null) return refuse([mayNot]);
    const state = ADJUSTMENT_LIFE.after(held.state, input.step);
    if (state === null)
      return refuse([ADJUSTMENT_LIFE.refuse(held.state, input.step, ['adjustmentId'])]);
    const wanted = input.step === 'SUBMIT' ? readWanted({ ...held, ...wantedOf(input) }) : NOTHING;
    const errors = [...checkStep(held, input), ...wanted.errors];
    if (errors.length > 0) return refuse(errors);
    await insertAdjustmentEvent(trx, {
      ...{ adjustmentId: id, number: held.version + 1, step: input.step, state },
      ...{ entry: wanted.entry, basis: input.basis?.trim() ?? null },
      ...{ reason: input.reason?.trim() ?? null, listId: null },
      ...{ at: clock.now(), by: caller.account },
    });
    return { ok: true, value: id };
  }

  /** Null where the caller may take the step. */
  async function checkCaller(
    caller: Caller,
    held: MatterAdjustment,
    { step: wanted }: StepAdjustment,
  ): Promise<UserError | null> {
    if (wanted === 'SUBMIT' || wanted === 'WITHDRAW')
      return held.agencyCode === caller.agencyCode ? null : unknown();
    const bureau = await bureauOf(agencies, caller, held.regionCode);
    if (!('isJustice' in bureau)) return bureau;
    if (held.requestedBy !== caller.account) return null;
    return mistake(
      'SECOND_OFFICER_NEEDED',
      ['adjustmentId'],
      'You asked for this adjustment yourself; somebody else of the bureau has to review it.',
    );
  }

  async function carryOut(
    caller: Caller,
    { operation, input }: { operation: string; input: { readonly idempotencyKey: string } },
    work: (trx: Transaction) => Promise<Accepted<string>>,
  ): Promise<Accepted<MatterAdjustment>> {
    const { idempotencyKey } = input;
    const { agencyCode } = caller;
    return db.transaction(async (trx): Promise<Accepted<MatterAdjustment>> => {
      const key = { agencyCode, idempotencyKey, operation, input };
      const done = await runOnce(trx, key, () => work(trx));
      if (!done.ok) return done;
      const [found] = await listAdjustmentsById(trx, [done.value]);
      return found === undefined ? { ok: false, errors: [unknown()] } : { ok: true, value: found };
    });
  }

  async function find(caller: Caller, id: string): Promise<MatterAdjustment | null> {
    const [held] = isUuid(id) ? await listAdjustmentsById(db, [id]) : [];
    if (held === undefined) return null;
    if (held.agencyCode === caller.agencyCode) return held;
    return 'isJustice' in (await bureauOf(agencies, caller, held.regionCode)) ? held : null;
  }

  async function pageOfAdjustments(
    caller: Caller,
    { state }: { readonly state: AdjustmentState | null },
    page: PageRequest,
  ): Promise<Page<MatterAdjustment>> {
    const agency = await agencies.find(caller.agencyCode);
    const isBureau = agency !== null && agency.isJustice;
    const rows = await listAdjustments(db, {
      regionCode: isBureau ? agency.regionCode : null,
      agencyCode: isBureau ? null : caller.agencyCode,
      ...{ state, before: decodeInstantCursor(page.after), rows: rowsToRead(page) },
    });
    return pageOf(rows, page, ({ requestedAt, id }) => [requestedAt.toISOString(), id]);
  }

  return { request, step, find, pageOf: pageOfAdjustments };
}

function unknown(): UserError {
  return mistake(
    'UNKNOWN_ADJUSTMENT',
    ['adjustmentId'],
    'Your agency or region has no such request.',
  );
}

const NOTHING = { entry: null, errors: [] } as const;

const wantedOf = ({ entry, policy, basis }: StepAdjustment) => ({
  entry,
  policy,
  basis: basis ?? '',
});

type Wanted = Pick<RequestAdjustment, 'kind' | 'matterCode' | 'entry' | 'policy' | 'basis'>;

/** What is wanted, as a list can hold it, or what speaks against it. */
function readWanted({ kind, matterCode, entry, policy: sent, basis }: Wanted): {
  readonly entry: ListedMatter | null;
  readonly errors: readonly UserError[];
} {
  const errors = [...checkLength(basis, ['basis'], BASIS_LENGTH_MAX)];
  if (kind === 'REMOVE' && entry !== null)
    errors.push(mistake('MALFORMED_VALUE', ['matter'], 'A removal has no matter but its code.'));
  if (kind !== 'REMOVE' && entry === null)
    errors.push(mistake('MALFORMED_VALUE', ['matter'], 'Send the matter as it is to be listed.'));
  if (entry === null) return { entry, errors };
  if (entry.code !== matterCode)
    errors.push(mistake('MALFORMED_VALUE', ['matter', 'code'], 'The code cannot be changed.'));
  const { policy, errors: ofPolicy } = readPolicy(sent, ['matter', 'policy']);
  const complete = { ...entry, policy };
  errors.push(...ofPolicy, ...checkListedMatter(complete, ['matter']));
  return { entry: complete, errors };
}

function checkStep(held: MatterAdjustment, input: StepAdjustment): readonly UserError[] {
  const errors: UserError[] = [];
  if (held.version !== input.version)
    errors.push(
      mistake('STALE_VERSION', ['version'], 'Something was done meanwhile. Read it, then decide.'),
    );
  if (input.reason !== null)
    errors.push(...checkLength(input.reason, ['reason'], REASON_LENGTH_MAX));
  else if (input.step === 'RETURN' || input.step === 'REJECT')
    errors.push(mistake('REASON_MISSING', ['reason'], 'Send why, in a sentence.'));
  return errors;
}
