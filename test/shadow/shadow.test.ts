import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { ReportShadowDocument } from '../generated/operations.ts';
import { createOperators, type Operators } from '../registry/operators.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { MATTERS, verifySubject } from '../support/journey.ts';

/** REGSTATE_CN of an enterprise in business. */
const IN_BUSINESS = '存续（在营、开业、在册）';
const REPLAYS = 10_000;
const PORTION = 500;

let hub: TestHub;
let operators: Operators;
beforeAll(async () => {
  hub = await startTestHub();
  operators = createOperators(hub);
  for (const { code, name } of [SUBJECTS.e1, SUBJECTS.e2, SUBJECTS.e3])
    await verifySubject(hub, {
      matter: MATTERS.waterTransport,
      subject: { kind: 'ENTERPRISE', code, name },
    });
}, 30_000);
afterAll(() => hub.stop());

async function revise(settings: object): Promise<void> {
  const { current } = (await operators.find('publicity-system')) ?? {};
  const revision = (await operators.find('publicity-system'))?.revisions.find(
    ({ number }) => number === current?.number,
  );
  await operators.one.revise('publicity-system', {
    kind: 'publicity-system',
    settings: { ...revision?.settings, ...settings },
    routes: [{ dataset: 'REGISTRATION' }],
    note: '登记状态代码调整',
  });
}

async function report(last: number) {
  const input = { id: 'publicity-system', last };
  const { reportShadow } = await hub.get(ReportShadowDocument, { input }, { role: 'OPERATOR' });
  return reportShadow;
}

test('a revision that reads everything as before changes nothing', async () => {
  await revise({ connectionsMax: 2 });

  const { report: made } = await report(100);

  expect(made).toMatchObject({ changed: 0, unreadable: 0, groups: [] });
  expect(made?.asked).toBeGreaterThanOrEqual(3);
});

test('a wrong table of states shows as what it would do, by cause, before it counts', async () => {
  await revise({
    stateCodes: { 1: 'DEREGISTERED' },
    stateWords: { [IN_BUSINESS]: 'DEREGISTERED' },
  });

  const { report: made } = await report(100);

  expect(made?.changed).toBeGreaterThanOrEqual(1);
  expect(made?.groups[0]).toMatchObject({
    cause: expect.stringMatching(/STATUS .* → /u),
    examples: expect.arrayContaining([
      expect.objectContaining({
        before: 'CONFIRMED',
        after: expect.stringMatching(/REFUTED|CONF/u),
      }),
    ]),
  });
  expect((await operators.find('publicity-system'))?.current).toMatchObject({ state: 'ACTIVE' });
});

test(`${REPLAYS} recorded answers are read again in one run`, async () => {
  // In portions that a statement limit of five seconds allows.
  for (let made = 0; made < REPLAYS; made += PORTION) await multiply(PORTION);
  const began = performance.now();

  const first = await report(REPLAYS);
  let made = first.report;
  while (made === null) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { rows } = await hub.database.db.raw<{ rows: { asked: number; changed: number }[] }>(
      'select * from shadow_report where asked = ?',
      [REPLAYS],
    );
    made = rows.length === 0 ? null : (rows[0] as never);
  }

  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  process.stdout.write(`${made.changed} of ${made.asked} verdicts would change (${seconds} s)\n`);
  expect(made.asked).toBe(REPLAYS);
  expect(made.changed).toBeGreaterThan(0);
}, 120_000);

test('only 1 to 10,000 answers, and only by whoever runs the sources', async () => {
  expect((await report(0)).userErrors).toMatchObject([{ code: 'TOO_MANY', field: ['last'] }]);
  const input = { id: 'publicity-system', last: 1 };
  const { status } = await hub.ask(ReportShadowDocument, { input }, { role: 'COUNTER' });
  expect(status).toBe(403);
});

/** So many verdicts over the evidence that there is. */
async function multiply(count: number): Promise<void> {
  const { db } = hub.database;
  await db.raw(
    `
    with numbered as (
      select verdict.*, row_number() over (order by decided_at) as n from verdict
      join verification on verification.id = verification_id
    ), verifications as (
      insert into verification
      select gen_random_uuid(), agency_code, :key || i, question_digest, case_id, subject_id,
             claims, asked_at, asked_by
      from generate_series(1, :count::integer) as i
      join lateral (
        select verification.* from verification where length(idempotency_key) = 36
        order by asked_at offset i % 3 limit 1
      ) as one on true
      returning id, subject_id
    )
    insert into verdict
    select gen_random_uuid(), verifications.id, 1, code, refutation, reasons, observations,
           requirements, relevant_on, due_on, due_is_provisional, retry_at, policy_version,
           normalizer_version, decided_at + interval '1 second', cause, null
    from verifications
    join lateral (
      select verdict.* from verdict
      join verification on verification.id = verification_id
      where verification.subject_id = verifications.subject_id and verdict.number = 1
      limit 1
    ) as old on true
    `,
    { count, key: randomUUID().slice(0, 8) },
  );
}
