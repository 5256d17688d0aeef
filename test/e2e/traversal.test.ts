import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';

import { FIXTURES } from '../../sandbox/fixtures.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { makePopulation } from '../../sandbox/population.ts';
import {
  ExplainDocument,
  ListCasesDocument,
  ListMattersDocument,
  ListToDoDocument,
  ListVerificationsDocument,
  ReadSourcesDocument,
  TraverseDocument,
  TraverseFreshDocument,
} from '../generated/operations.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { callsOf, forgetCalls, MATTERS, openCase, verifySubject } from '../support/journey.ts';

const PATIENT = { deadlineMs: 20_000, attemptMs: 10_000 };
const made = makePopulation({ seed: 7, enterprises: 40 });
const enterprises = made.profiles
  .filter(({ category }) => category === '法人及非法人组织')
  .slice(0, 20)
  .map(({ identify, subjectName }) => ({
    kind: 'ENTERPRISE' as const,
    code: identify,
    name: subjectName,
  }));
const { e1, e3, p1 } = SUBJECTS;
const E1 = { kind: 'ENTERPRISE', code: e1.code, name: e1.name } as const;

let hub: TestHub;
beforeAll(async () => {
  const population = {
    licenses: [...FIXTURES.licenses, ...made.licenses],
    enterprises: [...FIXTURES.enterprises, ...made.enterprises],
    profiles: [...FIXTURES.profiles, ...made.profiles],
    facts: FIXTURES.facts,
  };
  hub = await startTestHub({ sandbox: { population }, policy: PATIENT });
});
afterAll(() => hub.stop());
beforeEach(() => forgetCalls(hub));

test('twenty enterprises over four sources cost as few calls as batch sizes allow', async () => {
  const opened = await openCase(hub, { matter: MATTERS.waterTransport, subjects: enterprises });
  await forgetCalls(hub);

  const { case: read } = await hub.get(TraverseDocument, { caseId: opened.id });

  const questions = async (source: Parameters<typeof callsOf>[1], operation: string) =>
    (await callsOf(hub, source)).filter((one) => one.operation.includes(operation)).length;
  expect(read?.subjects).toHaveLength(20);
  for (const subject of read?.subjects ?? []) {
    expect(subject).toMatchObject({
      registration: { provenance: { source: 'publicity-system', recordOutcome: 'FOUND_ONE' } },
      licenses: { provenance: { source: 'license-library' } },
      creditProfile: { provenance: { source: 'credit-platform', recordOutcome: 'FOUND_ONE' } },
    });
  }
  expect(await questions('license-library', 'queryCertInfoByHolderCode')).toBe(20);
  const publicity = await callsOf(hub, 'publicity-system');
  expect(publicity.filter(({ keys }) => keys.length === 20)).toHaveLength(1);
  expect(await questions('credit-platform', 'query')).toBe(1);
  expect(await callsOf(hub, 'assistance')).toEqual([]);
  const intents = await hub.database.db('source_intent').where({ case_id: opened.id });
  expect(intents).toHaveLength(60);
});

test('one enterprise is seen across all four systems in one query, each part with its source', async () => {
  await verifySubject(hub, { matter: MATTERS.dispatch, subject: E1 });
  const { cases } = await hub.get(ListCasesDocument, { first: 1 });

  const { case: read } = await hub.get(TraverseDocument, { caseId: cases.nodes[0]!.id });

  expect(read?.subjects[0]).toMatchObject({
    licenses: { licenses: [{ holderCode: e1.code }], provenance: { reused: false } },
    registration: { registration: { formerNames: [{ name: '济宁示例百货有限公司' }] } },
    creditProfile: { profile: { grade: { value: 'A' } } },
    assistanceRequests: [{ state: 'SUBMITTED' }],
  });
});

test('evidence that is fresh enough is used again in its case, and in no other', async () => {
  const one = await openCase(hub, { matter: MATTERS.waterTransport, subjects: [E1] });
  const other = await openCase(hub, { matter: MATTERS.waterTransport, subjects: [E1] });
  const read = async (caseId: string, maxAgeSeconds: number) => {
    const { case: found } = await hub.get(TraverseFreshDocument, { caseId, maxAgeSeconds });
    const [subject] = found?.subjects ?? [];
    return subject !== undefined && 'registration' in subject
      ? subject.registration?.provenance
      : undefined;
  };

  const first = await read(one.id, 600);
  const again = await read(one.id, 600);
  const anew = await read(one.id, 0);
  const elsewhere = await read(other.id, 600);

  expect([first, again, anew, elsewhere].map((each) => each?.reused)).toEqual([
    false,
    true,
    false,
    false,
  ]);
  expect(again?.evidenceDigest).toBe(first?.evidenceDigest);
});

test('names and numbers of persons are masked, and shown to who may read evidence', async () => {
  const opened = await openCase(hub, {
    matter: MATTERS.residence,
    subjects: [{ kind: 'PERSON', code: p1.code, name: p1.name }],
  });

  const masked = await hub.ask(TraverseDocument, { caseId: opened.id });
  const shown = await hub.get(
    TraverseDocument,
    { caseId: opened.id },
    { scopes: ['evidence:read'] },
  );

  const text = JSON.stringify(masked.data);
  for (const secret of [p1.code, p1.name, '370800900101001']) expect(text).not.toContain(secret);
  expect(JSON.stringify(shown)).toContain(p1.code);
});

test('a plan names the sources, the order and the time, and asks nobody', async () => {
  const opened = await openCase(hub, { matter: MATTERS.dispatch, subjects: [E1] });
  await forgetCalls(hub);

  const { explainVerification: plan } = await hub.get(ExplainDocument, {
    caseId: opened.id,
    subjectId: opened.subjects[0]!.id,
  });

  expect(
    plan?.steps.map(({ requirement, dataset, source }) => [requirement, dataset, source]),
  ).toEqual([
    ['business-license', 'LICENSE', 'license-library'],
    ['business-license', 'REGISTRATION', 'publicity-system'],
    ['business-license', 'DECISION', 'officer'],
    ['credit-standing', 'CREDIT', 'credit-platform'],
    ['credit-standing', 'REGISTRATION', 'publicity-system'],
    ['credit-standing', 'DECISION', 'officer'],
    ['insured-since-2020', 'ASSISTANCE', 'assistance'],
    ['insured-since-2020', 'ON_SITE', 'on-site'],
    ['insured-since-2020', 'DECISION', 'officer'],
  ]);
  expect(plan?.steps.slice(-3)).toMatchObject([
    { rung: 1, method: 'ASSISTANCE', workingDays: 5, expectedMs: null },
    { rung: 2, method: 'ON_SITE', workingDays: 5, questions: 1 },
    { rung: 3, method: 'DECISION', workingDays: 3 },
  ]);
  for (const source of ['license-library', 'publicity-system', 'credit-platform'] as const)
    expect(await callsOf(hub, source)).toEqual([]);
});

test('a matter that needs no verification is exempt, and nobody is asked', async () => {
  const verified = await verifySubject(hub, {
    matter: MATTERS.legalAid,
    subject: { kind: 'PERSON', code: p1.code, name: p1.name },
  });

  expect(verified.verdict).toMatchObject({ code: 'EXEMPT', refutation: null, observations: [] });
  expect(verified.followUps).toEqual([]);
});

test('the catalog has matters of all seven priority fields, page by page, each once', async () => {
  const codes: string[] = [];
  const fields = new Set<string>();
  let after: string | null = null;
  do {
    const { matters }: Awaited<ReturnType<typeof listMatters>> = await listMatters(after);
    codes.push(...matters.nodes.map(({ code }) => code));
    for (const { priorityField } of matters.nodes) fields.add(priorityField);
    after = matters.pageInfo.hasNextPage ? matters.pageInfo.endCursor : null;
  } while (after !== null);

  expect(codes.length).toBeGreaterThanOrEqual(12);
  expect(new Set(codes).size).toBe(codes.length);
  expect([...codes].sort()).toEqual(codes);
  expect(fields.size).toBe(7);
});

test('lists of cases and verifications are paged newest first, and filtered by verdict', async () => {
  await verifySubject(hub, {
    matter: MATTERS.waterTransport,
    subject: { kind: 'ENTERPRISE', code: e3.code, name: e3.name },
  });

  const first = await hub.get(ListVerificationsDocument, { first: 1 });
  const second = await hub.get(ListVerificationsDocument, {
    first: 1,
    after: first.verifications.pageInfo.endCursor,
  });
  const conflicting = await hub.get(ListVerificationsDocument, {
    first: 10,
    verdict: 'CONFLICTING',
  });
  const madeUp = await hub.ask(ListVerificationsDocument, { first: 1, after: 'made up' });
  const toDo = await hub.get(ListToDoDocument, { first: 10 });

  expect(first.verifications.nodes[0]?.id).not.toBe(second.verifications.nodes[0]?.id);
  expect(conflicting.verifications.nodes.map(({ verdict }) => verdict.code)).toEqual([
    'CONFLICTING',
  ]);
  expect(madeUp.errors).toMatchObject([{ extensions: { code: 'MALFORMED_CURSOR' } }]);
  expect(toDo.discrepancies.nodes).toMatchObject([{ field: 'STATUS' }]);
  expect(toDo.followUps.nodes.map(({ kind }) => kind)).toContain('DECIDE_BY_PERSON');
});

test('the operator sees how each source is doing, and a counter does not', async () => {
  const { sources } = await hub.get(ReadSourcesDocument, {}, { role: 'OPERATOR' });
  const denied = await hub.ask(ReadSourcesDocument, {}, { role: 'COUNTER' });

  expect(sources.map(({ id }) => id)).toEqual([
    'assistance',
    'credit-platform',
    'license-library',
    'publicity-system',
  ]);
  expect(sources.every(({ breaker }) => breaker === 'CLOSED')).toBe(true);
  expect(denied).toMatchObject({ status: 403, data: null });
});

function listMatters(after: string | null) {
  return hub.get(ListMattersDocument, { first: 5, after });
}
