import { randomUUID } from 'node:crypto';

import type { Refusals } from '../audit/refusals.ts';
import { HubError } from '../errors.ts';
import type { Caller } from '../model/caller.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import type { SubjectInCase } from '../model/case-file.ts';
import type { Clock } from '../model/clock.ts';
import { isUuid } from '../model/cursor.ts';
import { groupedBy } from '../model/in-order.ts';
import { withObservation } from '../model/independence.ts';
import { judge } from '../model/judge.ts';
import { ladderStandingOf } from '../model/ladder.ts';
import { observeDecision, OFFICER } from '../model/observe/person.ts';
import { checkDecision, type OfficerDecision } from '../model/officer-decision.ts';
import { personRanks } from '../model/policy.ts';
import { matterUnder } from '../model/policy-choice.ts';
import { sha256 } from '../model/sampling.ts';
import { mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { SourceObservation, Verdict, Verification } from '../model/verification.ts';
import type { Database, Transaction } from '../store/database.ts';
import { runOnce } from '../store/request-key.ts';
import type { Consultants } from './consult.ts';
import { insertDecision, listDecisionsOf, listHandlers } from './decision-queries.ts';
import { inquiryOf } from './inquiry.ts';
import { lockLadder } from './ladder-queries.ts';
import { listVerificationsByIds } from './queries.ts';
import { listVerdictsOf } from './verdict-queries.ts';
import type { Verdicts } from './verdicts.ts';

/** What an officer decides on the last rung of a ladder, as it comes in. */
export interface DecideVerification extends Pick<
  OfficerDecision,
  'verificationId' | 'outcome' | 'reason' | 'documents'
> {
  /** Of the verdict that was read. */
  readonly number: number;
  readonly idempotencyKey: string;
}

/** Officers conclude what no source, no agency and no look on the spot has settled. */
export interface Decisions {
  decide(caller: Caller, input: DecideVerification): Promise<Accepted<Verification>>;
  /** In the order of `verificationIds`, each oldest first. */
  listDecisions(
    verificationIds: readonly string[],
  ): Promise<readonly (readonly OfficerDecision[])[]>;
  /** Accounts of everybody who handled the case of a subject. */
  listHandlers(
    trx: Transaction,
    about: { readonly caseId: string; readonly subjectId: string },
  ): Promise<readonly string[]>;
}

/** What a decision is about. */
interface Held extends SubjectInCase {
  readonly verification: Verification;
  readonly current: Verdict;
}

const OPERATION = 'decideVerification';

/** Decisions over the verdicts that are on record. */
export function createDecisions(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly refusals: Pick<Refusals, 'refuse'>;
  readonly verdicts: Verdicts;
  readonly consultants: Pick<Consultants, 'aboutOf'>;
  findInCase(
    agencyCode: string,
    ids: { caseId: string; subjectId: string },
  ): Promise<Accepted<SubjectInCase>>;
  onVerdict(verdict: Verdict): void;
}): Decisions {
  const { db, clock, refusals, verdicts, consultants } = deps;

  async function decide(
    caller: Caller,
    input: DecideVerification,
  ): Promise<Accepted<Verification>> {
    const refuse = (errors: readonly UserError[]) => refusals.refuse(caller, OPERATION, errors);
    const { agencyCode } = caller;
    const ids = [input.verificationId].filter(isUuid);
    const [verification] = await listVerificationsByIds(db, agencyCode, ids);
    const found = verification && (await deps.findInCase(agencyCode, verification));
    if (verification === undefined || found?.ok !== true) return refuse([UNKNOWN]);
    const errors = checkDecision(input);
    if (errors.length > 0) return refuse(errors);
    const { idempotencyKey, ...rest } = input;
    const key = { agencyCode, idempotencyKey, operation: OPERATION, input: rest };
    const recorded: Verdict[] = [];
    const done = await db.transaction(async (trx) => {
      await lockLadder(trx, verification.id);
      return runOnce(trx, key, async () => {
        const current = (await listVerdictsOf(trx, [verification.id])).at(-1);
        if (current === undefined) return { ok: false, errors: [UNKNOWN] };
        const matter = matterUnder(found.value.matter, current.policyChoice);
        const held = { ...found.value, matter, verification, current };
        const wrong = await judgeIn(trx, caller, { held, input });
        if (wrong.length > 0) return { ok: false, errors: wrong };
        recorded.push(await record(trx, caller, { held, input }));
        return { ok: true, value: verification.id };
      });
    });
    if (!done.ok) return refuse(done.errors);
    recorded.forEach((verdict) => deps.onVerdict(verdict));
    return { ok: true, value: verification };
  }

  /** What speaks against deciding: too early, on old news, by the wrong person, or on a quarrel. */
  async function judgeIn(
    trx: Transaction,
    caller: Caller,
    { held, input }: { readonly held: Held; readonly input: DecideVerification },
  ): Promise<readonly UserError[]> {
    const { current, matter, verification } = held;
    const { rung } = ladderStandingOf(matter.policy, current.observations);
    if (current.number !== input.number)
      return [mistake('STALE_VERSION', ['number'], 'It was judged anew meanwhile. Read it again.')];
    if (rung !== 'DECISION')
      return [{ ...mistake('STEP_NOT_ALLOWED', ['verificationId'], tooEarly(rung)), state: rung }];
    const isQuarrel = current.requirements.some(({ belief }) => belief === 'CONTRADICTORY');
    if (isQuarrel && input.outcome === 'CONFIRM')
      return [mistake('BASIS_MISSING', ['outcome'], QUARREL)];
    const handled = await listHandlers(trx, verification);
    if (!handled.includes(caller.account)) return [];
    return [mistake('SECOND_OFFICER_NEEDED', ['verificationId'], ANOTHER)];
  }

  async function record(
    trx: Transaction,
    caller: Caller,
    { held, input }: { readonly held: Held; readonly input: DecideVerification },
  ): Promise<Verdict> {
    const { verification, current, matter } = held;
    const { verificationId, outcome, documents } = input;
    const decidedAt = clock.now();
    const id = randomUUID();
    const decision = { verificationId, outcome, documents, reason: input.reason.trim() };
    const text = canonicalJson([id, decision, caller.account, decidedAt.toISOString()]);
    const { toDecide } = ladderStandingOf(matter.policy, current.observations);
    const inquiry = inquiryOf({ caller, ...held, relevantOn: current.relevantOn }, []);
    const judged = judge(matter.policy, current.observations);
    const decided = matter.policy.requirements
      .filter((one) => toDecide.includes(one.id))
      .map((requirement): SourceObservation => {
        const about = consultants.aboutOf(inquiry, requirement, {
          ...{ dataset: 'DECISION', source: OFFICER, ...personRanks(requirement) },
        });
        const fields = judged.requirements.find((one) => one.id === requirement.id)?.fields ?? [];
        const open = fields.filter((one) => one.decisive && one.belief === 'UNKNOWN');
        return observeDecision(about, {
          ...{ id, outcome, documents, decidedAt, digest: sha256(text) },
          ...{ open: open.map(({ field }) => field) },
          witness: `${caller.agencyCode}/${caller.account}`,
        });
      });
    const verdict = await verdicts.recordIn(trx, {
      ...{ verification, matter, relevantOn: current.relevantOn, supersedes: current },
      climbed: { observations: decided.reduce(withObservation, current.observations), due: null },
      cause: 'OFFICER_DECIDED',
    });
    // Another process judged meanwhile: nothing of this remains.
    if (!verdict.observations.some(({ reference }) => reference === id))
      throw new HubError('CONFLICT', { details: { field: 'number' } });
    const { account: decidedBy } = caller;
    await insertDecision(trx, verdict.id, { ...decision, decidedAt, decidedBy });
    return verdict;
  }

  return {
    decide,
    listDecisions: async (ids) =>
      groupedBy(ids, await listDecisionsOf(db, ids.filter(isUuid)), (one) => one.verificationId),
    listHandlers,
  };
}

const UNKNOWN = mistake(
  'UNKNOWN_VERIFICATION',
  ['verificationId'],
  'Your agency has no such verification.',
);
const ANOTHER = 'Who handled the case does not conclude it: let another officer decide.';
const QUARREL =
  'Sources contradict each other: no word settles that. Leave it open, or look again.';

function tooEarly(rung: string): string {
  return rung === 'CONCLUDED'
    ? 'It is concluded: nothing is left to decide.'
    : `Its ladder stands at ${rung}: the officer's decision comes last.`;
}
