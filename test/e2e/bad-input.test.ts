import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import {
  ListRefusalsDocument,
  OpenCaseDocument,
  ReadCaseDocument,
  ReadVerificationDocument,
  VerifyDocument,
  type OpenCaseInput,
  type SubjectInput,
  type VerifyInput,
} from '../generated/operations.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { callsOf, forgetCalls, matterCode, MATTERS, openCase, verify } from '../support/journey.ts';

const { e1, e2, p1 } = SUBJECTS;
const E1 = { kind: 'ENTERPRISE', code: e1.code, name: e1.name } as const;
const OTHER_AGENCY = '11370800MB2855926Y';
const SOURCES = ['license-library', 'publicity-system', 'credit-platform', 'assistance'] as const;

let hub: TestHub;
let caseId: string;
let subjectId: string;
beforeAll(async () => {
  hub = await startTestHub();
  const opened = await openCase(hub, { matter: MATTERS.waterTransport, subjects: [E1] });
  caseId = opened.id;
  subjectId = opened.subjects[0]!.id;
});
afterAll(() => hub.stop());
beforeEach(() => forgetCalls(hub));

const subjects = (change: Partial<SubjectInput>) => [{ ...E1, ...change }];

test.each<[string, Partial<OpenCaseInput>, string, string]>([
  ['an unknown matter', { matterCode: 'no such matter' }, 'UNKNOWN_MATTER', 'matterCode'],
  [
    'an ended matter',
    { matterCode: matterCode(MATTERS.ended) },
    'MATTER_NOT_IN_FORCE',
    'matterCode',
  ],
  ['no case number', { caseNumber: ' ' }, 'LENGTH_OUT_OF_RANGE', 'caseNumber'],
  [
    'a case number of 65 characters',
    { caseNumber: 'x'.repeat(65) },
    'LENGTH_OUT_OF_RANGE',
    'caseNumber',
  ],
  ['no legal basis', { legalBasis: '' }, 'LENGTH_OUT_OF_RANGE', 'legalBasis'],
  ['a day in the future', { acceptedOn: '2999-01-01' }, 'DATE_OUT_OF_RANGE', 'acceptedOn'],
  ['a day too long ago', { acceptedOn: '2021-01-01' }, 'DATE_OUT_OF_RANGE', 'acceptedOn'],
  ['no subject', { subjects: [] }, 'LENGTH_OUT_OF_RANGE', 'subjects'],
  ['21 subjects', { subjects: Array.from({ length: 21 }, () => E1) }, 'TOO_MANY', 'subjects'],
  ['the same subject twice', { subjects: [E1, E1] }, 'DUPLICATE_SUBJECT', 'subjects.1.code'],
  [
    'a code of 17 characters',
    { subjects: subjects({ code: e1.code.slice(1) }) },
    'MALFORMED_CODE',
    'subjects.0.code',
  ],
  [
    'a mistyped code',
    { subjects: subjects({ code: `${e1.code.slice(0, 17)}A` }) },
    'WRONG_CHECK_CHARACTER',
    'subjects.0.code',
  ],
  [
    'a masked code',
    { subjects: subjects({ code: '9137****MA3TE0T0XE' }) },
    'MALFORMED_CODE',
    'subjects.0.code',
  ],
  [
    'a spreadsheet number',
    { subjects: [{ kind: 'PERSON', code: '3.70811E+17', name: '张三' }] },
    'MALFORMED_CODE',
    'subjects.0.code',
  ],
  [
    'a code of another kind',
    { subjects: subjects({ kind: 'INDIVIDUAL_BUSINESS' }) },
    'WRONG_SUBJECT_KIND',
    'subjects.0.code',
  ],
  [
    'a person for a matter of enterprises',
    { subjects: [{ kind: 'PERSON', code: p1.code, name: p1.name }] },
    'WRONG_SUBJECT_KIND',
    'subjects.0.kind',
  ],
  ['no name', { subjects: subjects({ name: '' }) }, 'LENGTH_OUT_OF_RANGE', 'subjects.0.name'],
])('opening a case with %s is refused by name and reason', async (_what, change, code, field) => {
  const before = await countCases();

  const { openCase: opened } = await hub.get(OpenCaseDocument, {
    input: {
      matterCode: matterCode(MATTERS.waterTransport),
      caseNumber: `T-${randomUUID()}`,
      legalBasis: '行政许可法第三十一条',
      acceptedOn: null,
      subjects: [E1],
      ...change,
    },
  });

  expect(opened.case).toBeNull();
  expect(opened.userErrors.map((one) => [one.code, one.field.join('.')])).toContainEqual([
    code,
    field,
  ]);
  expect(await countCases()).toBe(before);
  await expectRefusal('openCase', code, field);
});

const claim = (requirement: string, field: string, value: string) =>
  ({ requirement, field, value }) as never;

test.each<[string, () => Partial<VerifyInput>, string, string]>([
  ['an id that was never given out', () => ({ caseId: randomUUID() }), 'UNKNOWN_CASE', 'caseId'],
  ['an id that is nonsense', () => ({ caseId: '1' }), 'UNKNOWN_CASE', 'caseId'],
  ['a subject of nowhere', () => ({ subjectId: randomUUID() }), 'SUBJECT_NOT_IN_CASE', 'subjectId'],
  ['no key', () => ({ idempotencyKey: '' }), 'LENGTH_OUT_OF_RANGE', 'idempotencyKey'],
  [
    'an unknown requirement',
    () => ({ claims: [claim('nothing', 'HOLDER_NAME', 'x')] }),
    'UNKNOWN_REQUIREMENT',
    'claims.0.requirement',
  ],
  [
    'a field nobody states',
    () => ({ claims: [claim('business-license', 'STATUS', 'x')] }),
    'FIELD_NOT_COMPARED',
    'claims.0.field',
  ],
  [
    'an empty value',
    () => ({ claims: [claim('business-license', 'HOLDER_NAME', ' ')] }),
    'LENGTH_OUT_OF_RANGE',
    'claims.0.value',
  ],
  [
    'a malformed identifier',
    () => ({ claims: [claim('business-license', 'LICENSE_IDENTIFIER', 'x')] }),
    'MALFORMED_VALUE',
    'claims.0.value',
  ],
  [
    'a day that is none',
    () => ({ claims: [claim('business-license', 'VALID_UNTIL', '2021-02-30')] }),
    'MALFORMED_VALUE',
    'claims.0.value',
  ],
  [
    'a capital without amount',
    () => ({ claims: [claim('business-license', 'CAPITAL', 'much')] }),
    'MALFORMED_VALUE',
    'claims.0.value',
  ],
  [
    'one field twice',
    () => ({
      claims: [
        claim('business-license', 'ADDRESS', 'x'),
        claim('business-license', 'ADDRESS', 'y'),
      ],
    }),
    'DUPLICATE_CLAIM',
    'claims.1.field',
  ],
  [
    '41 claims',
    () => ({ claims: Array.from({ length: 41 }, () => claim('business-license', 'ADDRESS', 'x')) }),
    'TOO_MANY',
    'claims',
  ],
])('verifying with %s is refused, and nobody is asked', async (_what, change, code, field) => {
  const input = { caseId, subjectId, claims: [], idempotencyKey: randomUUID(), ...change() };

  const { verify: asked } = await hub.get(VerifyDocument, { input });

  expect(asked.verification).toBeNull();
  expect(asked.userErrors.map((one) => [one.code, one.field.join('.')])).toContainEqual([
    code,
    field,
  ]);
  await expectNothingAsked();
  await expectRefusal('verify', code, field);
});

test("another agency's case does not exist, for reading and for asking", async () => {
  const agencyCode = OTHER_AGENCY;
  const { case: read } = await hub.get(ReadCaseDocument, { id: caseId }, { agencyCode });
  const input = { caseId, subjectId, claims: [], idempotencyKey: randomUUID() };
  const { verify: asked } = await hub.get(VerifyDocument, { input }, { agencyCode });

  expect(read).toBeNull();
  expect(asked.userErrors).toMatchObject([{ code: 'UNKNOWN_CASE', field: ['caseId'] }]);
  await expectNothingAsked();
});

test('a subject of another case of the same agency is not in this one', async () => {
  const other = await openCase(hub, {
    matter: MATTERS.waterTransport,
    subjects: [{ kind: 'ENTERPRISE', code: e2.code, name: e2.name }],
  });
  const input = {
    caseId,
    subjectId: other.subjects[0]!.id,
    claims: [],
    idempotencyKey: randomUUID(),
  };

  const { verify: asked } = await hub.get(VerifyDocument, { input });

  expect(asked.userErrors).toMatchObject([{ code: 'SUBJECT_NOT_IN_CASE' }]);
  await expectNothingAsked();
});

test('opening the same case again returns it, and the same number otherwise is a conflict', async () => {
  const caseNumber = `T-${randomUUID()}`;
  const wanted = { matter: MATTERS.waterTransport, subjects: [E1], caseNumber };
  const first = await openCase(hub, wanted);
  const again = await openCase(hub, wanted);
  const other = await hub.ask(OpenCaseDocument, {
    input: {
      matterCode: matterCode(MATTERS.waterTransport),
      caseNumber,
      legalBasis: 'another',
      acceptedOn: null,
      subjects: [E1],
    },
  });

  expect(again).toEqual(first);
  expect(other.errors).toMatchObject([{ extensions: { code: 'CONFLICT', retryable: false } }]);
});

test('the same key returns the first verdict and asks nobody; for another question it is a conflict', async () => {
  const idempotencyKey = randomUUID();
  const first = await verify(hub, { caseId, subjectId, idempotencyKey });
  await forgetCalls(hub);
  const again = await verify(hub, { caseId, subjectId, idempotencyKey });
  const other = await hub.ask(VerifyDocument, {
    input: {
      caseId,
      subjectId,
      idempotencyKey,
      claims: [claim('business-license', 'ADDRESS', 'elsewhere')],
    },
  });

  expect(again).toEqual(first);
  expect(other.errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
  await expectNothingAsked();
});

test('of ten equal questions at once, all get one verification with one verdict', async () => {
  const idempotencyKey = randomUUID();

  const all = await Promise.all(
    Array.from({ length: 10 }, () => verify(hub, { caseId, subjectId, idempotencyKey })),
  );

  expect(new Set(all.map(({ id }) => id)).size).toBe(1);
  const rows = await hub.database.db('verdict').where({ verification_id: all[0]!.id });
  expect(rows).toHaveLength(1);
});

test('an id that was never given out reads as nothing', async () => {
  const nonsense = await hub.get(ReadVerificationDocument, { id: '1' });
  const unknown = await hub.get(ReadVerificationDocument, { id: randomUUID() });

  expect([nonsense.verification, unknown.verification]).toEqual([null, null]);
});

async function countCases(): Promise<number> {
  const [row] = await hub.database.db('case_file').count({ count: '*' });
  return Number(row?.['count']);
}

async function expectNothingAsked(): Promise<void> {
  for (const source of SOURCES) expect(await callsOf(hub, source)).toEqual([]);
}

async function expectRefusal(operation: string, code: string, field: string): Promise<void> {
  const { refusals } = await hub.get(ListRefusalsDocument, { first: 20 }, { role: 'AUDITOR' });
  expect(refusals.nodes).toContainEqual({ operation, code, field, actor: 'demo-counter' });
}
