import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { LICENSE_IDS } from '../../sandbox/fixtures.ts';
import { HISTORIC_RESIDENT_ID, SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { LicensesOfTypeDocument, TraverseDocument } from '../generated/operations.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';
import {
  breakSource,
  fieldOf,
  MATTERS,
  mendSource,
  openCase,
  reasonCodes,
  requirementOf,
  verify,
  verifySubject,
} from '../support/journey.ts';

const NOON = '2026-09-18T04:00:00Z';
const clock = createTestClock(NOON);
const { e1, e2, e3, e4, h1, p1, p2 } = SUBJECTS;
const E1 = { kind: 'ENTERPRISE', code: e1.code, name: e1.name } as const;
const E2 = { kind: 'ENTERPRISE', code: e2.code, name: e2.name } as const;
const E3 = { kind: 'ENTERPRISE', code: e3.code, name: e3.name } as const;
const H1 = { kind: 'INDIVIDUAL_BUSINESS', code: h1.code, name: h1.name } as const;
const P1 = { kind: 'PERSON', code: p1.code, name: p1.name } as const;
const P2 = { kind: 'PERSON', code: p2.code, name: p2.name } as const;

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ clock, policy: { failuresMax: 1_000 } });
});
afterAll(() => hub.stop());
beforeEach(() => clock.set(NOON));

describe('scenario 1, a happy online check', () => {
  test('library and register together confirm, with provenance, and the purpose is on record', async () => {
    const verified = await verifySubject(hub, { matter: MATTERS.waterTransport, subject: E1 });

    expect(verified.verdict.code).toBe('CONFIRMED');
    expect(verified.verdict.observations.map(({ source }) => source).sort()).toEqual([
      'license-library',
      'publicity-system',
    ]);
    for (const one of verified.verdict.observations) {
      expect(one.evidenceDigest).toMatch(/^[0-9a-f]{64}$/);
      expect(one.observedAt).not.toBeNull();
    }
    const intents = await hub.database
      .db('source_intent')
      .where({ legal_basis: '行政许可法第三十一条' });
    expect(intents.length).toBeGreaterThanOrEqual(2);
    expect(intents[0]).toMatchObject({ agency_code: '11370800MB28559184', actor: 'demo-counter' });
  });
});

describe('scenario 2, a renamed enterprise', () => {
  test('a former name confirms, with the day of the change, and the library dissents', async () => {
    const verified = await verifySubject(hub, {
      matter: MATTERS.waterTransport,
      subject: { ...E1, name: '济宁示例百货有限公司' },
    });

    const name = fieldOf(verified, 'business-license', 'HOLDER_NAME');
    expect(verified.verdict.code).toBe('CONFIRMED');
    expect(name.bySource.flatMap(({ rules }) => rules)).toContain('FORMER_NAME@1');
    expect(name.dissent).toEqual(['license-library']);
    expect(verified.verdict.reasons).toContainEqual(
      expect.objectContaining({ code: 'FORMER_NAME', detail: '2023-05-10' }),
    );
  });
});

describe('scenario 3, brackets and spaces', () => {
  test('half-width brackets at the library are the same name, by a rule that is named', async () => {
    const verified = await verifySubject(hub, { matter: MATTERS.sanitation, subject: E1 });

    const name = fieldOf(verified, 'business-license-as-presented', 'HOLDER_NAME');
    expect(verified.verdict.code).toBe('CONFIRMED');
    expect(name.bySource[0]).toMatchObject({ outcome: 'MATCH_NORMALIZED' });
    expect(name.bySource[0]!.rules.length).toBeGreaterThan(0);
  });
});

describe('scenario 4, a license issued anew', () => {
  const claimOn = (requirement: string) => [
    { requirement, field: 'LICENSE_IDENTIFIER', value: LICENSE_IDS.superseded } as const,
  ];

  test('the license that was replaced is not valid, and its successor is named', async () => {
    const verified = await verifySubject(hub, {
      matter: MATTERS.sanitation,
      subject: E1,
      claims: claimOn('business-license-as-presented'),
    });

    expect(verified.verdict).toMatchObject({ code: 'REFUTED', refutation: 'STATUS_NOT_VALID' });
    expect(verified.verdict.observations[0]).toMatchObject({ status: 'SUPERSEDED' });
    expect(requirementOf(verified, 'business-license-as-presented').successor).toBe(
      LICENSE_IDS.reissued,
    );
  });

  test('a policy that accepts successors judges the successor', async () => {
    const verified = await verifySubject(hub, {
      matter: MATTERS.waterTransport,
      subject: E1,
      claims: claimOn('business-license'),
    });

    expect(verified.verdict.code).toBe('CONFIRMED');
    expect(reasonCodes(verified)).toEqual(
      expect.arrayContaining(['SUCCESSOR_EXISTS', 'SUCCESSOR_FOLLOWED']),
    );
  });
});

describe('scenario 5, revoked versus not found', () => {
  test('the holder query hides it, which decides nothing', async () => {
    const verified = await verifySubject(hub, { matter: MATTERS.construction, subject: E2 });

    expect(requirementOf(verified, 'safety-production-license').belief).toBe('UNKNOWN');
    expect(reasonCodes(verified)).toContain('ABSENCE_MEANS_NOTHING');
  });

  test('the identifier query tells that it was revoked', async () => {
    const verified = await verifySubject(hub, {
      matter: MATTERS.construction,
      subject: E2,
      claims: [
        {
          requirement: 'safety-production-license',
          field: 'LICENSE_IDENTIFIER',
          value: LICENSE_IDS.revoked,
        },
      ],
    });

    expect(verified.verdict).toMatchObject({ code: 'REFUTED', refutation: 'STATUS_NOT_VALID' });
    expect(requirementOf(verified, 'safety-production-license').belief).toBe('FALSE');
    expect(verified.verdict.reasons).toContainEqual(
      expect.objectContaining({ code: 'RECORD_NOT_VALID', detail: 'REVOKED' }),
    );
  });

  test('an identifier that was never issued is refuted as no such record', async () => {
    const verified = await verifySubject(hub, {
      matter: MATTERS.sanitation,
      subject: E1,
      claims: [
        {
          requirement: 'business-license-as-presented',
          field: 'LICENSE_IDENTIFIER',
          value: LICENSE_IDS.absent,
        },
      ],
    });

    expect(verified.verdict).toMatchObject({ code: 'REFUTED', refutation: 'NO_SUCH_RECORD' });
    expect(verified.followUps).toMatchObject([{ kind: 'DECIDE_BY_PERSON' }]);
  });
});

describe('scenario 6, expired yesterday and expiring today', () => {
  test('a license whose last day was yesterday is expired, though its flag says valid', async () => {
    const verified = await verifySubject(hub, { matter: MATTERS.food, subject: E1 });

    expect(verified.verdict).toMatchObject({ code: 'REFUTED', refutation: 'STATUS_NOT_VALID' });
    expect(verified.verdict.observations).toContainEqual(
      expect.objectContaining({ requirement: 'food-license', status: 'EXPIRED' }),
    );
  });

  test('a license is valid through the last minute of its last day in Shanghai', async () => {
    clock.set('2026-09-18T15:59:00Z');
    const inTime = await verifySubject(hub, { matter: MATTERS.roadTransport, subject: E1 });
    clock.set('2026-09-18T16:01:00Z');
    const late = await verifySubject(hub, { matter: MATTERS.roadTransport, subject: E1 });

    expect(inTime.verdict).toMatchObject({ code: 'CONFIRMED', relevantOn: '2026-09-18' });
    expect(late.verdict).toMatchObject({ code: 'REFUTED', relevantOn: '2026-09-19' });
  });
});

describe('scenario 7, long-term validity', () => {
  test.each([
    ['an empty text', E1, '11100000MB0143028R001'],
    ['null', E2, '11100000MB0143028R001'],
    ['长期', E3, '11100000MB0143028R001'],
    ['9999-12-31', H1, '11100000MB0143028R001'],
    ['2099/12/31', H1, '11100000MB0143028R018'],
    ['99991231', P2, '11100000000013127D001'],
  ])('an end written as %s means that there is none', async (_form, subject, typeCode) => {
    const matter = subject.kind === 'PERSON' ? MATTERS.household : MATTERS.waterTransport;
    const opened = await openCase(hub, { matter, subjects: [subject] });

    const { case: read } = await hub.get(LicensesOfTypeDocument, { caseId: opened.id, typeCode });

    expect(read?.subjects[0]?.licenses?.licenses).toMatchObject([
      { validUntil: null, longTerm: true, status: 'VALID' },
    ]);
  });
});

describe('scenario 8, a source is down', () => {
  test('it costs its own field and no other, with a code that says why', async () => {
    const opened = await openCase(hub, { matter: MATTERS.waterTransport, subjects: [E1] });
    await breakSource(hub, 'publicity-system', { kind: 'down' });

    const reply = await hub.ask(TraverseDocument, { caseId: opened.id });
    await mendSource(hub, 'publicity-system');

    const [subject] = reply.data?.case?.subjects ?? [];
    expect(subject).toMatchObject({
      registration: null,
      licenses: { licenses: [{ holderCode: e1.code }] },
      creditProfile: { profile: { grade: { value: 'A' } } },
    });
    expect(reply.errors).toHaveLength(1);
    expect(reply.errors[0]).toMatchObject({
      path: ['case', 'subjects', 0, 'registration'],
      extensions: { code: 'SOURCE_UNREACHABLE', retryable: true, source: 'publicity-system' },
    });
  });

  test('what only it could settle stays open, and is due again in three working days', async () => {
    await breakSource(hub, 'publicity-system', { kind: 'down' });
    const verified = await verifySubject(hub, { matter: MATTERS.registration, subject: E1 });
    await mendSource(hub, 'publicity-system');

    expect(verified.verdict).toMatchObject({ code: 'UNAVAILABLE', refutation: null });
    expect(verified.verdict.reasons).toContainEqual(
      expect.objectContaining({
        code: 'SOURCE_DID_NOT_ANSWER',
        source: 'publicity-system',
        hop: 'SOURCE',
      }),
    );
    // Friday 2026-09-18; Sunday 2026-09-20 is a working day made up for the holiday.
    expect(verified.followUps).toEqual([
      { kind: 'VERIFY_AGAIN', dueOn: '2026-09-22', dueIsProvisional: false },
    ]);
  });

  test('what another source settles is settled all the same', async () => {
    await breakSource(hub, 'publicity-system', { kind: 'down' });
    const verified = await verifySubject(hub, { matter: MATTERS.waterTransport, subject: E1 });
    await mendSource(hub, 'publicity-system');

    expect(verified.verdict.code).toBe('CONFIRMED');
    expect(reasonCodes(verified)).toContain('SOURCE_DID_NOT_ANSWER');
  });
});

describe('scenario 10, two sources disagree', () => {
  test('equal authorities that contradict each other go to a person', async () => {
    const verified = await verifySubject(hub, { matter: MATTERS.waterTransport, subject: E3 });

    expect(verified.verdict).toMatchObject({ code: 'CONFLICTING', refutation: null });
    // The register lists E3 for a serious violation, which this matter does not ask about.
    expect(reasonCodes(verified)).not.toContain('STANDING_LISTING');
    expect(verified.discrepancies).toEqual([
      {
        requirement: 'business-license',
        field: 'STATUS',
        sources: ['license-library', 'publicity-system'],
      },
    ]);
    expect(verified.followUps).toMatchObject([{ kind: 'DECIDE_BY_PERSON' }]);
  });
});

describe('scenario 11, resident ids of 15 and 18 digits', () => {
  test('the platform that holds the old form is joined by the canonical one', async () => {
    const opened = await openCase(hub, { matter: MATTERS.residence, subjects: [P1] });
    const [subject] = opened.subjects;

    const { case: read } = await hub.get(
      TraverseDocument,
      { caseId: opened.id },
      { scopes: ['evidence:read'] },
    );
    const verified = await verify(hub, { caseId: opened.id, subjectId: subject!.id });

    expect(read?.subjects[0]?.creditProfile?.profile).toMatchObject({
      codeAsHeld: '370800900101001',
    });
    expect(read?.subjects[0]?.code).toBe(p1.code);
    expect(verified.verdict.code).toBe('CONFIRMED');
  });

  test('a case opened with 15 digits is about the person with 18', async () => {
    const opened = await openCase(
      hub,
      { matter: MATTERS.residence, subjects: [{ ...P1, code: '370800900101001' }] },
      { scopes: ['evidence:read'] },
    );

    expect(opened.subjects[0]).toMatchObject({
      code: p1.code,
      findings: [{ code: 'FIFTEEN_DIGITS' }],
    });
  });
});

describe('scenario 12, an interpunct and a lost character', () => {
  test('another interpunct is the same name; a lost character is for a person to look at', async () => {
    const verified = await verifySubject(hub, { matter: MATTERS.residence, subject: P2 });

    expect(fieldOf(verified, 'identity', 'HOLDER_NAME').bySource[0]).toMatchObject({
      outcome: 'MATCH_NORMALIZED',
      rules: ['INTERPUNCT@1'],
    });
    expect(fieldOf(verified, 'recorded-name', 'HOLDER_NAME').bySource[0]).toMatchObject({
      outcome: 'MATCH_APPROXIMATE',
    });
    expect(verified.verdict).toMatchObject({ code: 'INCONCLUSIVE', refutation: null });
    expect(reasonCodes(verified)).toContain('APPROXIMATE_MATCH');
    expect(verified.followUps).toMatchObject([{ kind: 'DECIDE_BY_PERSON' }]);
  });
});

describe('scenario 26, an individual business', () => {
  test('it is marked and not listed, and is its own category at the credit platform', async () => {
    const opened = await openCase(hub, { matter: MATTERS.waterTransport, subjects: [H1] });

    const { case: read } = await hub.get(TraverseDocument, { caseId: opened.id });

    expect(read?.subjects[0]).toMatchObject({
      __typename: 'IndividualBusinessSubject',
      registration: {
        registration: {
          status: 'ACTIVE',
          abnormalOperations: [{ mode: 'MARKED', removedOn: null }],
        },
      },
      creditProfile: { profile: { category: 'INDIVIDUAL_BUSINESS' } },
    });
  });
});

describe('scenario 27, regions that no longer exist', () => {
  test('an old region inside a code is valid, and counts for its successor', async () => {
    const enterprise = await openCase(hub, {
      matter: MATTERS.waterTransport,
      subjects: [{ kind: 'ENTERPRISE', code: e4.code, name: e4.name }],
    });
    const person = await openCase(hub, {
      matter: MATTERS.household,
      subjects: [{ kind: 'PERSON', code: HISTORIC_RESIDENT_ID, name: '李古稀' }],
    });

    expect(enterprise.subjects[0]?.region).toMatchObject({
      code: '370882',
      currentCode: '370812',
      historic: true,
    });
    expect(person.subjects[0]?.region).toMatchObject({
      code: '370802',
      currentCode: '370811',
      historic: true,
    });
  });
});
