import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import type { BusinessDate } from '../../src/model/business-date.ts';
import { judge } from '../../src/model/judge.ts';
import type { PolicyChoice } from '../../src/model/policy-choice.ts';
import type { SourceObservation } from '../../src/model/verification.ts';
import { journeyOf } from '../support/assistance.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';
import {
  breakSource,
  callsOf,
  forgetCalls,
  matterCode,
  MATTERS,
  mendSource,
  openCase,
  verify,
} from '../support/journey.ts';
import {
  BY_GRADE,
  checkEligibility,
  choicesOf,
  explain,
  OPINION,
  policyOfMatter,
  publishVersion,
  versionOf,
} from '../support/policies.ts';

const clock = createTestClock('2026-11-23T02:00:00Z');
const TODAY = '2026-11-23' as BusinessDate;
const { e1, e2, e3, e4 } = SUBJECTS;

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ clock });
});
afterAll(() => hub.stop());

async function caseOf({ code, name }: { code: string; name: string }, matter: string) {
  const subject = { kind: 'ENTERPRISE', code, name } as const;
  const opened = await openCase(hub, { matter, subjects: [subject] });
  return { caseId: opened.id, subjectId: opened.subjects[0]!.id };
}

describe('choosing', () => {
  beforeAll(async () => {
    await publishVersion(hub, versionOf(MATTERS.construction, { effectiveFrom: TODAY }));
  });

  test('no grade known: the policy of no grade, and explainVerification says so', async () => {
    const subject = await caseOf(e1, MATTERS.construction);

    expect(await explain(hub, subject)).toMatchObject({
      ...{ exemption: null, timing: 'BEFORE_DECISION' },
      policyVersion: `${matterCode(MATTERS.construction)}@1+p1`,
      choice: { version: 1, grade: null, why: 'NO_GRADE_KNOWN', opinions: [] },
    });
    const verified = await verify(hub, subject);
    expect(verified.verdict.code).not.toBe('EXEMPT');
    const [judged] = await choicesOf(hub, verified.id);
    expect(judged!.policyChoice).toMatchObject({
      grade: null,
      why: 'NO_GRADE_KNOWN',
      subjectKind: 'ENTERPRISE',
    });
  });

  test('graded A at the check of eligibility: exempt by the recorded opinion, and no source is asked', async () => {
    const subject = await caseOf(e1, MATTERS.construction);
    await checkEligibility(hub, subject);
    await forgetCalls(hub);

    const plan = await explain(hub, subject);
    const verified = await verify(hub, subject);

    expect(plan).toMatchObject({
      ...{ exemption: OPINION.opinion, steps: [] },
      choice: {
        ...{ grade: 'A', why: 'BY_GRADE', label: '按信用等级核查', exemption: OPINION },
        opinions: [
          { source: 'credit-platform', grade: 'A', on: '2026-06-30', standing: 'APPLIED' },
        ],
      },
    });
    expect(verified.verdict.code).toBe('EXEMPT');
    const [judged] = await choicesOf(hub, verified.id);
    expect(judged!.policyChoice).toEqual(plan.choice);
    for (const source of ['license-library', 'publicity-system', 'credit-platform'] as const)
      expect(await callsOf(hub, source)).toEqual([]);
  });

  test.each([
    { who: 'e2', subject: e2, grade: 'D', timing: 'BEFORE_DECISION', within: null },
    { who: 'e3', subject: e3, grade: 'C', timing: 'AFTER_DECISION', within: 10 },
  ])('$who, graded $grade: $timing', async ({ subject, grade, timing, within }) => {
    const inCase = await caseOf(subject, MATTERS.construction);
    await checkEligibility(hub, inCase);

    expect(await explain(hub, inCase)).toMatchObject({
      ...{ timing, exemption: null },
      choice: { grade, why: 'BY_GRADE', withinWorkingDays: within },
    });
  });

  test('one who is not graded, and one whose source is silent, have the policy of no grade', async () => {
    const ungraded = await caseOf(e4, MATTERS.construction);
    await checkEligibility(hub, ungraded);
    const silent = await caseOf(e1, MATTERS.construction);
    await breakSource(hub, 'credit-platform', { kind: 'down' });
    await checkEligibility(hub, silent);
    await mendSource(hub, 'credit-platform');

    for (const subject of [ungraded, silent])
      expect(await explain(hub, subject)).toMatchObject({
        ...{ exemption: null, choice: { grade: null, why: 'NO_GRADE_KNOWN', opinions: [] } },
      });
  });

  test('what a second source says of the same case is weighed: the stricter verification counts', async () => {
    const subject = await caseOf(e1, MATTERS.construction);
    await checkEligibility(hub, subject);
    await hub.database.db.raw(
      `
      insert into evidence (id, call_id, source, capability, key_digest, case_id, observed_at,
        as_of, record_outcome, records, connector)
      select gen_random_uuid(), call_id, 'credit-of-the-province', capability, key_digest, case_id,
        observed_at, as_of, record_outcome,
        jsonb_set(records, '{0,grade,value}', '"C"'), connector
      from evidence where case_id = ? and capability = 'credit.profile'
      `,
      [subject.caseId],
    );

    const { choice, exemption } = await explain(hub, subject);

    expect(exemption).toBeNull();
    expect(choice).toMatchObject({ grade: 'C', why: 'STRICTEST_OF_SEVERAL' });
    expect(choice.opinions).toMatchObject([
      { source: 'credit-of-the-province', grade: 'C', standing: 'APPLIED' },
      { source: 'credit-platform', grade: 'A', standing: 'OUTWEIGHED' },
    ]);
  });

  test('a grade older than the limit is none', async () => {
    const input = versionOf(MATTERS.roadTransport, { effectiveFrom: TODAY, gradeAgeDaysMax: 146 });
    await publishVersion(hub, input);
    const subject = await caseOf(e1, MATTERS.roadTransport);
    await checkEligibility(hub, subject);

    expect((await explain(hub, subject)).choice).toMatchObject({ grade: 'A', why: 'BY_GRADE' });
    clock.set('2026-11-24T02:00:00Z');
    expect((await explain(hub, subject)).choice).toMatchObject({
      ...{ grade: null, why: 'GRADE_TOO_OLD', opinions: [{ grade: 'A', standing: 'TOO_OLD' }] },
    });
    clock.set('2026-11-23T02:00:00Z');
  });
});

describe('a verdict keeps what it was judged under', () => {
  const name = MATTERS.dispatch;

  test('a reply that comes after another version is judged under the first one', async () => {
    const policy = policyOfMatter(name);
    const listed = policy['requirements'] as readonly { readonly id: string }[];
    // Under names that the policy of the list does not know.
    const renamed = listed.map((one) => ({ ...one, id: `${one.id}-lately` }));
    const first = { policy: { ...policy, requirements: renamed }, byGrade: [...BY_GRADE] };
    await publishVersion(hub, versionOf(name, { effectiveFrom: TODAY, policies: [first] }));
    const subject = await caseOf(e3, name);
    await checkEligibility(hub, subject);
    const verified = await verify(hub, subject);
    const [request] = verified.assistanceRequests;
    const requirements = listed.slice(0, 1);
    await publishVersion(
      hub,
      versionOf(name, {
        ...{ effectiveFrom: TODAY, lastVersion: 1 },
        policies: [{ policy: { ...policy, requirements }, byGrade: [...BY_GRADE] }],
      }),
    );

    await journeyOf(hub, verified, request!.id).reply('CONFIRMED');

    const history = await choicesOf(hub, verified.id);
    expect(history.length).toBeGreaterThan(1);
    for (const one of history) {
      expect(one.policyVersion).toBe(`${matterCode(name)}@1+p1`);
      expect(one.policyChoice).toEqual(history[0]!.policyChoice);
    }
    expect(history[0]!.policyChoice).toMatchObject({ version: 1, grade: 'C' });
    const next = await verify(hub, await caseOf(e3, name));
    expect(await choicesOf(hub, next.id)).toMatchObject([{ policyChoice: { version: 2 } }]);
  });

  test('judging the stored observations under the stored policy gives every stored verdict', async () => {
    const rows = await hub.database.db<{
      code: string;
      refutation: string | null;
      observations: readonly SourceObservation[];
      requirements: unknown;
      reasons: unknown;
      policy_choice: PolicyChoice;
    }>('verdict');

    expect(rows.length).toBeGreaterThanOrEqual(5);
    for (const row of rows) {
      const again = judge(row.policy_choice.policy!, row.observations);
      expect(again).toMatchObject({ code: row.code, refutation: row.refutation });
      expect(JSON.parse(JSON.stringify(again.requirements))).toEqual(row.requirements);
      expect(JSON.parse(JSON.stringify(again.reasons))).toEqual(row.reasons);
    }
  });

  test('versions and verdicts are never changed', async () => {
    const { db } = hub.database;

    await expect(db('policy_version').update({ reason: '改' })).rejects.toThrow('append-only');
    await expect(db('verdict').update({ policy_choice: null })).rejects.toThrow('append-only');
    await expect(
      db.raw(`insert into policy_version
        select gen_random_uuid(), matter_code, 99, matter_version, effective_from, reason,
          grade_age_days_max, jsonb_set(policies, '{0,byGrade,3,exemption}', '{}'), agency_code,
          published_at, published_by
        from policy_version where version = 1 and matter_code = '${matterCode(name)}'`),
    ).rejects.toThrow('policy_version_grade_d_never_exempt');
  });
});
