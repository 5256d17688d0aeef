import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import type { BusinessDate } from '../../src/model/business-date.ts';
import { addDays } from '../../src/model/clock.ts';
import {
  FindPolicyVersionDocument,
  ListPolicyVersionsDocument,
  PublishPolicyVersionDocument,
} from '../generated/operations.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';
import { matterCode, MATTERS } from '../support/journey.ts';
import {
  OPINION,
  policyOfMatter,
  publishVersion,
  sendVersion,
  versionOf,
} from '../support/policies.ts';

const TODAY = '2026-11-23' as BusinessDate;

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ clock: createTestClock('2026-11-23T02:00:00Z') });
});
afterAll(() => hub.stop());

const codesOf = (sent: { userErrors: readonly { code: string; field: readonly string[] }[] }) =>
  sent.userErrors.map(({ code, field }) => `${code} ${field.join('.')}`);

const version = (more: Parameters<typeof versionOf>[1]) => versionOf(MATTERS.food, more);
const food = policyOfMatter(MATTERS.food);

test('whatever is missing is named all at once, and nothing is stored', async () => {
  const { timing: _, ...untimed } = food;
  const sent = await sendVersion(hub, {
    ...version({ effectiveFrom: TODAY }),
    ...{ reason: null, gradeAgeDaysMax: null },
    policies: [
      {
        policy: { ...untimed, subjectKinds: ['ENTERPRISE'] },
        byGrade: [{ grade: 'A', exemption: {} }],
      },
      {
        policy: { ...food, subjectKinds: ['INDIVIDUAL_BUSINESS'], timing: 'AFTER_DECISION' },
        byGrade: [{ grade: 'A', exemption: { opinion: '同意' } }],
      },
    ],
  });

  expect(sent.policyVersion).toBeNull();
  expect(codesOf(sent)).toEqual([
    'ELEMENT_MISSING reason',
    'ELEMENT_MISSING gradeAgeDaysMax',
    'ELEMENT_MISSING policies.0.policy.timing',
    'ELEMENT_MISSING policies.1.withinWorkingDays',
    'ELEMENT_MISSING policies.1.byGrade.0.exemption.document',
    'ELEMENT_MISSING policies.1.byGrade.0.exemption.recordedOn',
    'ELEMENT_MISSING policies.1.byGrade.0.exemption.regulatorCode',
  ]);
  const { policyVersion } = await hub.get(FindPolicyVersionDocument, {
    matterCode: matterCode(MATTERS.food),
  });
  expect(policyVersion).toBeNull();
});

test('a kind of subject that may apply is not left out, and none is added or said twice', async () => {
  const only = { policies: [{ policy: { ...food, subjectKinds: ['ENTERPRISE'] } }] };
  const more = { policies: [{ policy: { ...food, subjectKinds: ['ENTERPRISE', 'PERSON'] } }] };
  const twice = { policies: [{ policy: food }, { policy: food }] };
  const sent = await Promise.all(
    [only, more, twice].map((one) => sendVersion(hub, version({ effectiveFrom: TODAY, ...one }))),
  );

  expect(sent.map(codesOf)).toEqual([
    ['ELEMENT_MISSING policies.INDIVIDUAL_BUSINESS'],
    ['ELEMENT_MISSING policies.INDIVIDUAL_BUSINESS', 'WRONG_SUBJECT_KIND policies'],
    ['TOO_MANY policies'],
  ]);
});

test('nothing is exempt for D or without a grade', async () => {
  const forD = {
    policies: [{ policy: food, byGrade: [{ grade: 'D' as const, exemption: OPINION }] }],
  };
  const forNone = { policies: [{ policy: { ...food, exemption: '免予核查' } }] };
  const sent = await Promise.all(
    [forD, forNone].map((one) => sendVersion(hub, version({ effectiveFrom: TODAY, ...one }))),
  );

  expect(sent.map(codesOf)).toEqual([
    ['EXEMPTION_NOT_ALLOWED policies.0.byGrade.0.exemption'],
    ['EXEMPTION_NOT_ALLOWED policies.0.policy.exemption'],
  ]);
});

test('a grade differs in when, how and exempt alone, by ladders that can be climbed', async () => {
  const byGrade = [
    {
      ...{ grade: 'B' as const, timing: 'BY_SAMPLING' as const, withinWorkingDays: 3 },
      ladders: [
        { requirement: 'food-license', ladder: [] },
        { requirement: 'credit-standing', ladder: [{ method: 'GUESS' }] },
        { requirement: 'no-such', ladder: [] },
      ],
    },
    { grade: 'B' as const, withinWorkingDays: 9 },
    {
      grade: 'A' as const,
      exemption: {
        ...OPINION,
        regulatorCode: '11370800MB28559185',
        recordedOn: addDays(TODAY, 1),
      },
    },
  ];
  const sent = await sendVersion(
    hub,
    version({ effectiveFrom: TODAY, policies: [{ policy: food, byGrade }] }),
  );

  expect(codesOf(sent)).toEqual([
    'TOO_MANY policies.0.byGrade',
    'MALFORMED_VALUE policies.0.byGrade.0.withinWorkingDays',
    'ELEMENT_MISSING policies.0.byGrade.0.ladders.0.ladder',
    'MALFORMED_VALUE policies.0.byGrade.0.ladders.1.ladder.0.method',
    'UNKNOWN_REQUIREMENT policies.0.byGrade.0.ladders.2.requirement',
    'ELEMENT_MISSING policies.0.byGrade.1.timing',
    'MALFORMED_CODE policies.0.byGrade.2.exemption.regulatorCode',
    'DATE_OUT_OF_RANGE policies.0.byGrade.2.exemption.recordedOn',
  ]);
});

test('today or later, by whom it concerns, and for a matter in force', async () => {
  const county = { role: 'JUSTICE', agencyCode: AGENCIES.countyJustice.code } as const;
  const other = { role: 'REGULATOR', agencyCode: AGENCIES.health.code } as const;
  const today = version({ effectiveFrom: TODAY });
  const sent = [
    await sendVersion(hub, version({ effectiveFrom: addDays(TODAY, -1) })),
    await sendVersion(hub, version({ effectiveFrom: addDays(TODAY, 367) })),
    await sendVersion(hub, today, county),
    await sendVersion(hub, today, other),
    await sendVersion(hub, { ...today, matterCode: 'no-such' }),
    await sendVersion(hub, { ...today, matterCode: matterCode(MATTERS.ended) }),
  ];

  expect(sent.map(codesOf)).toEqual([
    ['DATE_OUT_OF_RANGE effectiveFrom'],
    ['DATE_OUT_OF_RANGE effectiveFrom'],
    ['NOT_YOUR_REGION '],
    ['NOT_YOUR_REGION '],
    ['UNKNOWN_MATTER matterCode'],
    ['MATTER_NOT_IN_FORCE matterCode'],
  ]);
  const refused = await hub.ask(
    PublishPolicyVersionDocument,
    { input: today },
    { role: 'COUNTER' },
  );
  expect(refused.status).toBe(403);
});

test('the agency of the matter publishes; a stale version and a second request under one key do not', async () => {
  const own = { role: 'REGULATOR', agencyCode: AGENCIES.approval.code } as const;
  const input = version({ effectiveFrom: TODAY });
  const first = await sendVersion(hub, input, own);
  const again = await sendVersion(hub, input, own);
  const stale = await sendVersion(hub, version({ effectiveFrom: TODAY }));
  const { errors } = await hub.ask(
    PublishPolicyVersionDocument,
    { input: { ...input, reason: '别的理由' } },
    own,
  );

  expect(first.policyVersion).toMatchObject({
    ...{ version: 1, matterVersion: 1, agencyCode: AGENCIES.approval.code },
    policies: [{ byGrade: [{ grade: 'A', exemption: OPINION }, {}, {}, { grade: 'D' }] }],
  });
  expect(again).toEqual(first);
  expect(codesOf(stale)).toEqual(['STALE_VERSION lastVersion']);
  expect(errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
});

test('old versions stay, as of a day; a later one is never effective before an earlier', async () => {
  const from = (days: number) => addDays(TODAY, days);
  const later = version({ effectiveFrom: from(10), lastVersion: 1, reason: '第二版' });
  await publishVersion(hub, later);
  const before = await sendVersion(hub, version({ effectiveFrom: from(9), lastVersion: 2 }));

  expect(codesOf(before)).toEqual(['DATE_OUT_OF_RANGE effectiveFrom']);
  const asOf = async (day: BusinessDate) =>
    (await hub.get(FindPolicyVersionDocument, { matterCode: later.matterCode, asOf: day }))
      .policyVersion?.version ?? null;
  expect([
    await asOf(from(-1)),
    await asOf(TODAY),
    await asOf(from(9)),
    await asOf(from(10)),
  ]).toEqual([null, 1, 1, 2]);
  const page = { matterCode: later.matterCode, first: 1 };
  const { policyVersions } = await hub.get(ListPolicyVersionsDocument, page);
  expect(policyVersions.nodes).toMatchObject([{ version: 2 }]);
  const after = policyVersions.pageInfo.endCursor;
  const rest = await hub.get(ListPolicyVersionsDocument, { ...page, after });
  expect(rest.policyVersions).toMatchObject({
    ...{ nodes: [{ version: 1 }], pageInfo: { hasNextPage: false } },
  });
});
