import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { TraverseDocument, VerifyDocument } from '../generated/operations.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { callsOf, forgetCalls, MATTERS, openCase } from '../support/journey.ts';

const { e1 } = SUBJECTS;
const SOURCES = ['license-library', 'publicity-system', 'credit-platform', 'assistance'] as const;

let hub: TestHub;
let caseId: string;
let subjectId: string;
beforeAll(async () => {
  hub = await startTestHub();
  const opened = await openCase(hub, {
    matter: MATTERS.waterTransport,
    subjects: [{ kind: 'ENTERPRISE', code: e1.code, name: e1.name }],
  });
  caseId = opened.id;
  subjectId = opened.subjects[0]!.id;
});
afterAll(() => hub.stop());
beforeEach(() => forgetCalls(hub));

let broken: string | null = null;
afterEach(async () => {
  if (broken !== null)
    await hub.database.db.raw('alter table ?? rename to ??', [`${broken}_gone`, broken]);
  broken = null;
});

async function breakTable(name: string): Promise<void> {
  await hub.database.db.raw('alter table ?? rename to ??', [name, `${name}_gone`]);
  broken = name;
}

const ask = (idempotencyKey: string) =>
  hub.ask(VerifyDocument, { input: { caseId, subjectId, idempotencyKey, claims: [] } });

test('what cannot be recorded before is not asked, and there is no verdict', async () => {
  await breakTable('source_intent');

  const { errors } = await ask('no-intent');

  expect(errors).toMatchObject([{ extensions: { code: 'AUDIT_UNAVAILABLE', retryable: true } }]);
  for (const source of SOURCES) expect(await callsOf(hub, source)).toEqual([]);
  expect(await verdictsOf('no-intent')).toBe(0);
});

test('what cannot be recorded after has no verdict either', async () => {
  await breakTable('source_outcome');

  const { errors } = await ask('no-outcome');

  expect(errors).toMatchObject([{ extensions: { code: 'AUDIT_UNAVAILABLE', retryable: true } }]);
  expect(await verdictsOf('no-outcome')).toBe(0);
});

test('a question that was interrupted is taken up again by its key', async () => {
  await breakTable('evidence');
  const interrupted = await ask('interrupted');
  await hub.database.db.raw('alter table evidence_gone rename to evidence');
  broken = null;

  const resumed = await ask('interrupted');

  expect(interrupted.errors).toHaveLength(1);
  expect(resumed.errors).toEqual([]);
  expect(resumed.data?.verify.verification?.verdict.code).toBe('CONFIRMED');
});

test('a look-up that cannot be recorded costs its field and asks nobody', async () => {
  await breakTable('source_intent');

  const { data, errors } = await hub.ask(TraverseDocument, { caseId });

  expect(data?.case?.subjects[0]).toMatchObject({ registration: null, creditProfile: null });
  expect(new Set(errors.map(({ extensions }) => extensions?.['code']))).toEqual(
    new Set(['AUDIT_UNAVAILABLE']),
  );
  for (const source of SOURCES) expect(await callsOf(hub, source)).toEqual([]);
});

async function verdictsOf(key: string): Promise<number> {
  const rows = await hub.database
    .db('verdict')
    .join('verification', 'verification.id', 'verification_id')
    .where({ idempotency_key: key });
  return rows.length;
}
