import { expect, test } from '@jest/globals';

import { FIXTURES } from '../../sandbox/fixtures.ts';
import { ResumeBulkVerificationDocument } from '../generated/operations.ts';
import { makeEnterprises, makeSubjects, readExport, seeBulk, startBulk } from '../support/bulk.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { breakSource, callsOf, MATTERS, mendSource, verifySubject } from '../support/journey.ts';

const made = makeEnterprises(400);
const SOURCE = 'publicity-system';
const run = (hub: TestHub) => hub.hub.runBulks(AbortSignal.timeout(25_000));
const populationOf = (enterprises: typeof made) => ({
  ...FIXTURES,
  enterprises: [...FIXTURES.enterprises, ...enterprises],
});

test('a list yields at the reserve of the day until midnight, and the counter goes on', async () => {
  const budget = { perSecond: null, perDay: 10, inFlightMax: null, reserveShare: 0.4 };
  const hub = await startTestHub({
    sandbox: { population: populationOf(made) },
    policy: { budget },
  });
  const rows = made.slice(0, 200);
  const bulk = await startBulk(hub, rows);

  await run(hub);

  const seen = await seeBulk(hub, bulk.id);
  const { lines } = await readExport(hub, bulk);
  const { kind, code, name } = made[300]!;
  const { verdict } = await verifySubject(hub, {
    ...{ matter: MATTERS.registration, subject: { kind, code, name } },
  });
  const calls = (await callsOf(hub, SOURCE)).filter(({ operation }) => operation === 'httpproxy');
  await hub.stop();
  expect(seen.waiting).toMatchObject({
    ...{ source: SOURCE, reason: expect.stringMatching(/^SOURCE_QUOTA_EXHAUSTED/u) },
    retryAt: expect.stringMatching(/T(?:15:59:59|16:00:00)/u),
  });
  expect(seen).toMatchObject({ state: 'WAITING', progress: { waiting: 80, skipped: 0 } });
  expect(lines.filter(({ state }) => state === 'CONCLUDED')).toHaveLength(120);
  expect(lines.filter(({ verdict: told }) => told === 'UNAVAILABLE')).toEqual([]);
  expect(verdict.code).toMatch(/^(?:CONFIRMED|REFUTED)$/u);
  expect(calls.slice(0, 6).map(({ keys }) => keys.length)).toEqual(Array<number>(6).fill(20));
});

test('a sudden flood of “no” stops the list instead of being written down', async () => {
  const gone = made.map((one) => ({ ...one, stateCode: '4', stateText: '注销' }));
  const hub = await startTestHub({ sandbox: { population: populationOf(gone) } });
  const bulk = await startBulk(hub, gone.slice(0, 400));

  await run(hub);

  const seen = await seeBulk(hub, bulk.id);
  await hub.stop();
  expect(seen).toMatchObject({
    ...{ state: 'WAITING', waiting: { source: SOURCE, reason: 'ANOMALY_HOLD' } },
  });
  expect(seen.progress.verdicts.filter(({ verdict }) => verdict !== 'REFUTED')).toEqual([]);
  expect(seen.progress.waiting).toBeGreaterThan(200);
});

test('two replicas at one list settle each row once', async () => {
  const hub = await startTestHub({ sandbox: { population: populationOf(made) } });
  const other = await hub.replicate();
  const rows = made.slice(0, 400);
  const lists = [await startBulk(hub, rows.slice(0, 200)), await startBulk(hub, rows.slice(200))];

  await Promise.all([run(hub), other.runBulks(AbortSignal.timeout(25_000)), run(hub)]);

  const seen = await Promise.all(lists.map(({ id }) => seeBulk(hub, id)));
  const { rows: counted } = await hub.database.db.raw<{ rows: object[] }>(
    `
    select count(*) as verdicts, count(distinct subject_id) as subjects,
      (select count(*) from bulk_row where isolation > 0) as interrupted
    from verdict join verification on verification.id = verification_id
    `,
  );
  await hub.stop();
  expect(seen).toMatchObject(lists.map(() => ({ state: 'DONE', progress: { rows: 200 } })));
  expect(counted).toEqual([{ verdicts: 400, subjects: 400, interrupted: 0 }]);
});

test('a replica that is stopped gives back what it was asking about, and another goes on', async () => {
  const hub = await startTestHub({ sandbox: { population: populationOf(made) } });
  const other = await hub.replicate();
  const bulk = await startBulk(hub, made.slice(0, 300));
  await breakSource(hub, SOURCE, { kind: 'slow', ms: 800 });
  const running = other.runBulks(AbortSignal.timeout(25_000));
  while ((await callsOf(hub, SOURCE)).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 20));

  await other.stop();
  await running;

  const { db } = hub.database;
  const left = await db('bulk').where({ id: bulk.id }).select('holder', 'state');
  const rows = await db('bulk_row').where({ state: 'WAITING' }).select('claimed_by', 'isolation');
  await mendSource(hub, SOURCE);
  await run(hub);
  const seen = await seeBulk(hub, bulk.id);
  await hub.stop();
  expect(left).toEqual([{ holder: null, state: 'RUNNING' }]);
  expect(rows.length).toBeGreaterThan(100);
  expect(rows.every(({ claimed_by, isolation }) => claimed_by === null && isolation === 0)).toBe(
    true,
  );
  expect(seen).toMatchObject({ state: 'DONE', progress: { rows: 300, waiting: 0 } });
});

test('a list that waited goes on by itself when its time has come', async () => {
  const hub = await startTestHub({ sandbox: { population: populationOf(made) } });
  hub.hub.sources.pause(SOURCE, { reason: '维护', until: null });
  const bulk = await startBulk(hub, made.slice(0, 40));
  await run(hub);
  const waiting = await seeBulk(hub, bulk.id);

  hub.hub.sources.resume(SOURCE);
  await run(hub);
  const still = await seeBulk(hub, bulk.id);
  await hub.database.db('bulk').where({ id: bulk.id }).update({ retry_at: new Date() });
  await run(hub);

  const done = await seeBulk(hub, bulk.id);
  const input = { id: bulk.id, version: done.version };
  const late = await hub.get(ResumeBulkVerificationDocument, { input });
  await hub.stop();
  expect([waiting, still]).toMatchObject([{ state: 'WAITING' }, { state: 'WAITING' }]);
  expect(waiting.waiting?.reason).toBe('SOURCE_SCHEDULED_OUTAGE:PAUSED');
  expect(done).toMatchObject({ state: 'DONE', progress: { waiting: 0 } });
  expect(done.events.map(({ step }) => step)).toEqual([
    ...[null, 'CHECK', 'START', 'WAIT', 'RESUME', 'FINISH'],
  ]);
  expect(late.resumeBulkVerification.userErrors).toMatchObject([
    { code: 'STEP_NOT_ALLOWED', state: 'DONE', allowed: [] },
  ]);
});

test('a source that takes one in a call is asked in turn, however long the list is', async () => {
  const { licenses, enterprises } = makeSubjects(150);
  const population = {
    ...populationOf([...enterprises]),
    licenses: [...FIXTURES.licenses, ...licenses],
  };
  const hub = await startTestHub({ sandbox: { population }, policy: { waitingMax: 5 } });
  const bulk = await startBulk(hub, enterprises, { matter: MATTERS.waterTransport });

  await run(hub);

  const seen = await seeBulk(hub, bulk.id);
  const calls = await callsOf(hub, 'license-library');
  const registered = await callsOf(hub, SOURCE);
  await hub.stop();
  expect(seen).toMatchObject({ state: 'DONE', progress: { rows: 150, skipped: 0 } });
  expect(seen.events.map(({ step }) => step)).not.toContain('WAIT');
  expect(calls.length).toBeGreaterThanOrEqual(150);
  expect(registered.filter(({ keys }) => keys.length === 20)).toHaveLength(7);
});
