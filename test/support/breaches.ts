import { randomUUID } from 'node:crypto';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import {
  ConcludeCommitmentDocument,
  OpenBreachDocument,
  StepBreachDocument,
  type BreachDecisionInput,
  type StepBreachInput,
} from '../generated/operations.ts';
import { checkSubject, trySign } from './commitments.ts';
import type { TestHub } from './hub.ts';
import { MATTERS, verify } from './journey.ts';

/** The day on which things are promised, and one so much later that evidence is asked anew. */
export const NOON = '2026-09-18T04:00:00Z';
export const LATER = '2026-09-21T04:00:00Z';

export const MARKET = { agencyCode: '11370800MB3TE0F632', account: 'officer-1' };
export const SECOND = { ...MARKET, account: 'officer-2' };
export const E1 = { kind: 'ENTERPRISE', code: SUBJECTS.e1.code, name: SUBJECTS.e1.name } as const;

/** What the register does not hold of E1. */
const UNTRUE = {
  requirement: 'registration',
  field: 'HOLDER_NAME',
  value: '济宁某某有限公司',
} as const;

export const DECISION: BreachDecisionInput = {
  finding: 'NOT_FULFILLED',
  unperformed: '法定代表人与登记不一致',
  sanction: '撤销登记确认',
  conductEndedOn: '2026-09-18',
  legalBasis: '行政许可法第六十九条',
  consequences: [
    { kind: 'REVOKE', document: '济市监撤〔2026〕1号' },
    { kind: 'BAR', document: '济市监撤〔2026〕1号', until: '2027-09-21' },
  ],
};

/** The way of an untrue promise, over HTTP. */
export function createBreachJourney(world: {
  readonly hub: TestHub;
  readonly textDigest: string;
  readonly clock: { set(instant: string): void };
}) {
  const { hub, textDigest, clock } = world;

  const check = () => checkSubject(hub, { matter: MATTERS.registration, subject: E1 }, MARKET);

  async function committed(concluded = true) {
    clock.set(NOON);
    const checked = await check();
    const { commitment } = await trySign(hub, checked, { textDigest }, MARKET);
    const input = { commitmentId: commitment!.id, version: 1 };
    if (concluded) await hub.get(ConcludeCommitmentDocument, { input }, MARKET);
    return { ...checked, commitment: commitment! };
  }

  /** Asks with an untrue claim, or without. Evidence of the same case is reused for a while. */
  async function judged(
    { caseId, subjectId }: { caseId: string; subjectId: string },
    isUntrue: boolean,
    at: string,
  ) {
    clock.set(at);
    const claims = isUntrue ? [UNTRUE] : [];
    return verify(hub, { caseId, subjectId, claims, idempotencyKey: randomUUID() }, MARKET);
  }

  async function opened() {
    const one = await committed();
    const first = await judged(one, true, NOON);
    const second = await judged(one, true, LATER);
    const input = {
      ...{ commitmentId: one.commitment.id, idempotencyKey: randomUUID() },
      verificationIds: [first.id, second.id],
    };
    const { openBreach } = await hub.get(OpenBreachDocument, { input }, MARKET);
    return { ...one, first, second, breach: openBreach.breach, errors: openBreach.userErrors };
  }

  async function step(input: StepBreachInput, as = MARKET) {
    const { stepBreach } = await hub.get(StepBreachDocument, { input }, as);
    return stepBreach;
  }

  /** Opened, heard, and decided by a second officer. */
  async function decided(decision: BreachDecisionInput = DECISION) {
    const one = await opened();
    const breachId = one.breach!.id;
    await step({ breachId, version: 1, step: 'NOTIFY' });
    await step({ breachId, version: 2, step: 'HEAR', statement: '系填写错误' });
    const done = await step({ breachId, version: 3, step: 'DECIDE', decision }, SECOND);
    if (done.breach === null) throw new Error(JSON.stringify(done.userErrors));
    return { ...one, breachId };
  }

  return { check, committed, judged, opened, step, decided };
}
