import { randomUUID } from 'node:crypto';

import type { Refusals } from '../audit/refusals.ts';
import { HubError } from '../errors.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import type { SubjectInCase } from '../model/case-file.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import { isUuid } from '../model/cursor.ts';
import {
  FIRST_RULES,
  judgeEligibility,
  type EligibilityRule,
  type EligibilityRules,
} from '../model/eligibility.ts';
import type { EligibilityCheck } from '../model/eligibility-check.ts';
import { checkLength, mistake, type Accepted } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import { gatherFacts, type FactSources } from './facts.ts';
import {
  findCheck,
  findRules,
  insertCheck,
  insertDecision,
  insertRules,
  lastRulesVersion,
} from './queries.ts';

/** May this applicant use commitment (是否适用告知承诺制)? */
export interface Eligibility {
  /**
   * Asks the sources and the hub's own file, applies the rules of today, and records both.
   *
   * @throws {HubError} CONFLICT when the key belongs to another question; AUDIT_UNAVAILABLE.
   */
  check(caller: Caller, input: CheckEligibility): Promise<Accepted<EligibilityCheck>>;
  /** Lets an applicant commit all the same. Refused on a block, which only a repair ends. */
  decide(
    caller: Caller,
    input: { checkId: string; reason: string },
  ): Promise<Accepted<EligibilityCheck>>;
  /** Null where the agency has no such check. */
  find(
    agencyCode: string,
    id: string,
    within?: Database | Transaction,
  ): Promise<EligibilityCheck | null>;
  /** The rules in force that day. */
  rulesOn(on: BusinessDate): Promise<EligibilityRules>;
  publishRules(caller: Caller, input: PublishRules): Promise<Accepted<EligibilityRules>>;
}

/** Whom, in which case. */
export interface CheckEligibility {
  readonly caseId: string;
  readonly subjectId: string;
  readonly idempotencyKey: string;
}

/** The next version of the rules; `lastVersion` is the one it was written against. */
export interface PublishRules {
  readonly lastVersion: number;
  readonly effectiveFrom: BusinessDate;
  readonly rules: readonly EligibilityRule[];
}

/** What the room works with. */
export interface EligibilityDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly facts: FactSources;
  readonly refusals: Pick<Refusals, 'refuse'>;
  findInCase(
    agencyCode: string,
    ids: { caseId: string; subjectId: string },
  ): Promise<Accepted<SubjectInCase>>;
}

const KEY_LENGTH_MAX = 64;
const REASON_LENGTH_MAX = 1_000;
const RULES_MAX = 20;

/** The room that decides who may commit. */
export function createEligibility(deps: EligibilityDependencies): Eligibility {
  const { db, clock, refusals } = deps;

  async function check(
    caller: Caller,
    input: CheckEligibility,
  ): Promise<Accepted<EligibilityCheck>> {
    const found = await deps.findInCase(caller.agencyCode, input);
    if (!found.ok) return refusals.refuse(caller, 'checkEligibility', found.errors);
    const wrongKey = checkLength(input.idempotencyKey, ['idempotencyKey'], KEY_LENGTH_MAX);
    if (wrongKey.length > 0) return refusals.refuse(caller, 'checkEligibility', wrongKey);
    const byKey = { agency_code: caller.agencyCode, idempotency_key: input.idempotencyKey };
    const earlier = await findCheck(db, byKey);
    if (earlier !== null) return { ok: true, value: same(earlier, input) };

    const today = businessDate(clock.now());
    const rules = await rulesOn(today);
    const facts = await gatherFacts(deps.facts, caller, { subjectInCase: found.value, today });
    const checked: EligibilityCheck = {
      id: randomUUID(),
      agencyCode: caller.agencyCode,
      ...input,
      ...judgeEligibility(rules, facts, today),
      unanswered: facts.unanswered,
      rulesVersion: rules.version,
      checkedOn: today,
      checkedAt: clock.now(),
      checkedBy: caller.account,
      decision: null,
    };
    if (await insertCheck(db, checked)) return { ok: true, value: checked };
    const first = await findCheck(db, byKey);
    return { ok: true, value: same(first ?? checked, input) };
  }

  async function decide(
    caller: Caller,
    { checkId, reason }: { checkId: string; reason: string },
  ): Promise<Accepted<EligibilityCheck>> {
    const refuse = (...told: Parameters<typeof mistake>) =>
      refusals.refuse(caller, 'decideEligibility', [mistake(...told)]);
    const checked = await find(caller.agencyCode, checkId);
    if (checked === null)
      return refuse('UNKNOWN_ELIGIBILITY_CHECK', ['checkId'], 'Your agency has no such check.');
    const tooLong = checkLength(reason, ['reason'], REASON_LENGTH_MAX);
    if (tooLong.length > 0) return refusals.refuse(caller, 'decideEligibility', tooLong);
    if (checked.outcome === 'BLOCKED')
      return refuse(
        'NOT_ELIGIBLE',
        ['checkId'],
        'A block is not for an officer to lift: it ends when the record is repaired or annulled.',
      );
    if (checked.outcome === 'ELIGIBLE')
      return refuse('STEP_NOT_ALLOWED', ['checkId'], 'The applicant is eligible already.');
    const decision = {
      reason: reason.trim(),
      decidedAt: clock.now(),
      decidedBy: caller.account,
    };
    await insertDecision(db, checkId, decision);
    return { ok: true, value: (await find(caller.agencyCode, checkId)) ?? checked };
  }

  async function find(
    agencyCode: string,
    id: string,
    within: Database | Transaction = db,
  ): Promise<EligibilityCheck | null> {
    return isUuid(id) ? findCheck(within, { agency_code: agencyCode, id }) : null;
  }

  async function rulesOn(on: BusinessDate): Promise<EligibilityRules> {
    const held = await findRules(db, on);
    if (held !== null) return held;
    await insertRules(db, FIRST_RULES, { at: clock.now(), by: 'deployment' });
    return (await findRules(db, on)) ?? FIRST_RULES;
  }

  async function publishRules(
    caller: Caller,
    { lastVersion, effectiveFrom, rules }: PublishRules,
  ): Promise<Accepted<EligibilityRules>> {
    const refuse = (...told: Parameters<typeof mistake>) =>
      refusals.refuse(caller, 'publishEligibilityRules', [mistake(...told)]);
    const today = businessDate(clock.now());
    await rulesOn(today);
    if (effectiveFrom < today)
      return refuse('DATE_OUT_OF_RANGE', ['effectiveFrom'], `Send a day from ${today} on.`);
    const grounds = new Set(rules.map(({ ground }) => ground));
    if (rules.length > RULES_MAX || grounds.size !== rules.length)
      return refuse('TOO_MANY', ['rules'], 'Send one rule for a ground.');
    if (rules.some(({ atLeast }) => atLeast < 1))
      return refuse('MALFORMED_VALUE', ['rules'], 'A rule takes at least one record.');
    const published = { version: lastVersion + 1, effectiveFrom, rules };
    const isNext = (await lastRulesVersion(db)) === lastVersion;
    const by = { at: clock.now(), by: caller.account };
    if (!isNext || !(await insertRules(db, published, by)))
      return refuse('STALE_VERSION', ['lastVersion'], 'Other rules were published meanwhile.');
    return { ok: true, value: published };
  }

  return { check, decide, find, rulesOn, publishRules };
}

function same(earlier: EligibilityCheck, { caseId, subjectId }: CheckEligibility) {
  if (earlier.caseId === caseId && earlier.subjectId === subjectId) return earlier;
  throw new HubError('CONFLICT', { details: { field: 'idempotencyKey' } });
}
