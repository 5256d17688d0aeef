import { randomUUID } from 'node:crypto';

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { ReadCaseDocument, VerifyDocument } from '../generated/operations.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { callsOf, forgetCalls, MATTERS, openCase, verify } from '../support/journey.ts';
import { createWire, type Wire } from '../support/wire.ts';

const ANSWER_MS_MAX = 8_000;
const SOURCES = ['license-library', 'publicity-system', 'credit-platform', 'assistance'] as const;
const { e1 } = SUBJECTS;

let wire: Wire;
let hub: TestHub;
let caseId: string;
let subjectId: string;
beforeAll(async () => {
  wire = createWire();
  hub = await startTestHub({ throughPort: (port) => wire.inFrontOf(port) });
  const opened = await openCase(hub, {
    matter: MATTERS.waterTransport,
    subjects: [{ kind: 'ENTERPRISE', code: e1.code, name: e1.name }],
  });
  caseId = opened.id;
  subjectId = opened.subjects[0]!.id;
});
afterEach(() => wire.mend());
afterAll(async () => {
  await hub.stop();
  await wire.close();
});

test.each(['cut', 'silence'] as const)(
  'with the way to PostgreSQL %s there is a fault, no verdict, no question, and life goes on after',
  async (how) => {
    await forgetCalls(hub);
    wire[how]();

    const startedAt = performance.now();
    const input = { caseId, subjectId, idempotencyKey: randomUUID(), claims: [] };
    const [asked, read, live, ready] = await Promise.all([
      hub.ask(VerifyDocument, { input }),
      hub.ask(ReadCaseDocument, { id: caseId }),
      fetch(`${hub.url}/livez`),
      fetch(`${hub.url}/readyz`),
    ]);
    const tookMs = performance.now() - startedAt;
    wire.mend();
    const after = await verify(hub, { caseId, subjectId });

    for (const { errors } of [asked, read])
      expect(errors[0]?.extensions).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    expect([live.status, ready.status]).toEqual([200, 503]);
    expect(tookMs).toBeLessThan(ANSWER_MS_MAX);
    expect(after.verdict.code).toBe('CONFIRMED');
    // The calls are those of the question after the outage, and of none before.
    for (const source of SOURCES)
      expect((await callsOf(hub, source)).length).toBeLessThanOrEqual(2);
  },
  60_000,
);
