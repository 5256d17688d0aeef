import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import {
  ListAssistanceDocument,
  ListToDoDocument,
  ReadVerificationDocument,
  ReplyToAssistanceDocument,
  type AssistanceOutcome,
} from '../generated/operations.ts';
import { approve, journeyOf } from '../support/assistance.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import {
  breakSource,
  MATTERS,
  mendSource,
  openCase,
  reasonCodes,
  verify,
  verifySubject,
  type Verified,
} from '../support/journey.ts';

const { e1, p1, p2 } = SUBJECTS;
const P1 = { kind: 'PERSON', code: p1.code, name: p1.name } as const;
const P2 = { kind: 'PERSON', code: p2.code, name: p2.name } as const;
const AS_ASSISTANT = { role: 'ASSIST_UNIT' } as const;

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.stop());

async function reply(verified: Verified, outcome: AssistanceOutcome, agencyCode?: string) {
  return hub.ask(
    ReplyToAssistanceDocument,
    {
      input: {
        requestId: verified.assistanceRequests[0]!.id,
        answers: [{ question: 'INSURED_SINCE_2020', outcome, note: null }],
        answererName: '经办人',
        asOf: '2026-01-05',
      },
    },
    { ...AS_ASSISTANT, ...(agencyCode === undefined ? {} : { agencyCode }) },
  );
}

async function toDo() {
  const { followUps } = await hub.get(ListToDoDocument, { first: 100 });
  return followUps.nodes.map(({ verification }) => verification.id);
}

async function history(verified: Verified) {
  const { verification } = await hub.get(ReadVerificationDocument, { id: verified.id });
  return verification?.history ?? [];
}

test('what no source holds is asked of another agency, and waits in its inbox', async () => {
  const verified = await verifySubject(hub, { matter: MATTERS.insurance, subject: P1 });

  const inbox = await hub.get(
    ListAssistanceDocument,
    { box: 'INBOX', first: 50, state: 'SUBMITTED' },
    AS_ASSISTANT,
  );

  expect(verified.verdict).toMatchObject({ code: 'PENDING', refutation: null });
  expect(verified.verdict.dueOn).not.toBeNull();
  expect(reasonCodes(verified)).toEqual(['ASSISTANCE_PENDING']);
  expect(verified.assistanceRequests[0]?.deliveredAt).not.toBeNull();
  expect(inbox.assistanceRequests.nodes.map(({ id }) => id)).toContain(
    verified.assistanceRequests[0]!.id,
  );
});

test.each<[AssistanceOutcome, string, string | null]>([
  ['CONFIRMED', 'CONFIRMED', null],
  ['DENIED', 'REFUTED', 'FIELD_MISMATCH'],
  ['NO_RECORD', 'INCONCLUSIVE', null],
  ['CANNOT_DETERMINE', 'INCONCLUSIVE', null],
])('a reply %s is judged like an answer: %s', async (outcome, code, refutation) => {
  const verified = await verifySubject(hub, { matter: MATTERS.insurance, subject: P1 });

  const { errors } = await reply(verified, outcome);
  // That something does not match takes a second person.
  if (outcome === 'DENIED')
    await approve(journeyOf(hub, verified, verified.assistanceRequests[0]!.id));

  const [first, second] = await history(verified);
  expect(errors).toEqual([]);
  expect(first).toMatchObject({ number: 1, code: 'PENDING', cause: 'ASKED' });
  expect(second).toMatchObject({ number: 2, code, refutation, cause: 'ASSISTANCE_REPLIED' });
});

test('a reply leaves what the other sources said as it was', async () => {
  const subject = { kind: 'ENTERPRISE', code: e1.code, name: e1.name } as const;
  const verified = await verifySubject(hub, { matter: MATTERS.dispatch, subject });
  expect(verified.verdict.code).toBe('PENDING');

  await reply(verified, 'CONFIRMED');

  const [first, second] = await history(verified);
  const online = (one: typeof first) =>
    one?.observations.filter(({ method }) => method === 'ONLINE');
  expect(second?.code).toBe('CONFIRMED');
  expect(online(second)).toEqual(online(first));
});

test('the same reply again returns the request; another reply is a conflict', async () => {
  const verified = await verifySubject(hub, { matter: MATTERS.insurance, subject: P1 });
  await reply(verified, 'CONFIRMED');

  const again = await reply(verified, 'CONFIRMED');
  const other = await reply(verified, 'DENIED');

  expect(again.data?.replyToAssistance.request?.state).toBe('REPLIED');
  expect(other.errors).toMatchObject([{ extensions: { code: 'CONFLICT' } }]);
  expect(await history(verified)).toHaveLength(2);
});

test('an agency cannot reply to what was not sent to it', async () => {
  const verified = await verifySubject(hub, { matter: MATTERS.insurance, subject: P1 });

  const { data } = await reply(verified, 'CONFIRMED', '11370800MB28559184');

  expect(data?.replyToAssistance.userErrors).toMatchObject([
    { code: 'UNKNOWN_ASSISTANCE_REQUEST' },
  ]);
  expect(await history(verified)).toHaveLength(1);
});

test('answers that do not fit the questions are refused with the questions', async () => {
  const verified = await verifySubject(hub, { matter: MATTERS.insurance, subject: P1 });
  const input = {
    requestId: verified.assistanceRequests[0]!.id,
    answers: [],
    answererName: '',
    asOf: '2999-01-01',
  };

  const { replyToAssistance } = await hub.get(ReplyToAssistanceDocument, { input }, AS_ASSISTANT);

  expect(replyToAssistance.userErrors.map(({ code }) => code).sort()).toEqual([
    'ANSWERS_DO_NOT_FIT',
    'DATE_OUT_OF_RANGE',
    'LENGTH_OUT_OF_RANGE',
  ]);
});

test('the same question about the same subject in the same case joins the request that is there', async () => {
  const opened = await openCase(hub, { matter: MATTERS.insurance, subjects: [P1] });
  const ids = { caseId: opened.id, subjectId: opened.subjects[0]!.id };
  const first = await verify(hub, ids);
  const second = await verify(hub, ids);

  await reply(first, 'CONFIRMED');
  const third = await verify(hub, ids);

  expect(second.assistanceRequests.map(({ id }) => id)).toEqual(
    first.assistanceRequests.map(({ id }) => id),
  );
  expect((await history(second)).map(({ code }) => code)).toEqual(['PENDING', 'CONFIRMED']);
  expect(third.verdict.code).toBe('CONFIRMED');
});

test("a request whose agency's system is down is in the inbox all the same, and is told later", async () => {
  await breakSource(hub, 'assistance', { kind: 'down' });
  const verified = await verifySubject(hub, { matter: MATTERS.insurance, subject: P2 });
  await mendSource(hub, 'assistance');

  expect(verified.verdict).toMatchObject({ code: 'UNAVAILABLE', refutation: null });
  expect(reasonCodes(verified)).toEqual(['SOURCE_DID_NOT_ANSWER', 'ASSISTANCE_UNDELIVERED']);
  expect(verified.assistanceRequests).toMatchObject([{ state: 'SUBMITTED', deliveredAt: null }]);

  await hub.database
    .db('assistance_delivery')
    .update({ next_at: hub.database.db.fn.now() })
    .whereNotNull('next_at');
  await hub.hub.deliverDue(AbortSignal.timeout(10_000));
  const rows = await hub.database
    .db('assistance_delivery')
    .where({ request_id: verified.assistanceRequests[0]!.id });
  expect(rows).toMatchObject([{ next_at: null, last_fault: null }]);
  expect(await toDo()).toContain(verified.id);
  expect((await reply(verified, 'CONFIRMED')).errors).toEqual([]);
  expect((await history(verified)).at(-1)?.code).toBe('CONFIRMED');
  expect(await toDo()).not.toContain(verified.id);
});

test('the simulated clerk answers over the hub’s own interface, as a person would', async () => {
  const token = await hub.token('ASSIST_UNIT');
  const control = hub.sandbox.sources.assistance.controlUrl;
  const put = (path: string, body: object) =>
    fetch(`${control}/${path}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  expect((await put('hub', { url: `${hub.url}/graphql`, token })).ok).toBe(true);
  const verified = await verifySubject(hub, { matter: MATTERS.insurance, subject: P1 });

  const answered = await fetch(`${control}/reply/${verified.assistanceRequests[0]!.id}`, {
    method: 'POST',
  });

  expect(answered.ok).toBe(true);
  for (let waits = 0; waits < 50 && (await history(verified)).length < 2; waits++) await sleep(50);
  expect((await history(verified)).at(-1)).toMatchObject({ code: 'CONFIRMED' });
});

test('nobody but an assisting unit may reply', async () => {
  const { status, errors } = await hub.ask(
    ReplyToAssistanceDocument,
    { input: { requestId: randomUUID(), answers: [], answererName: 'x', asOf: '2026-01-05' } },
    { role: 'COUNTER' },
  );

  expect(status).toBe(403);
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
});
