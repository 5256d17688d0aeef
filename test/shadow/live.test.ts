import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { FIXTURES } from '../../sandbox/fixtures.ts';
import { makePopulation } from '../../sandbox/population.ts';
import { ReportShadowDocument, type ShadowMode } from '../generated/operations.ts';
import { createOperators, type Operators } from '../registry/operators.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { callsOf, forgetCalls, MATTERS, verifySubject } from '../support/journey.ts';
import { createWire, type Wire } from '../support/wire.ts';

const ID = 'publicity-system';
/** REGSTATE_CN of an enterprise in business. */
const IN_BUSINESS = '存续（在营、开业、在册）';
const WRONG = { stateCodes: { 1: 'DEREGISTERED' }, stateWords: { [IN_BUSINESS]: 'DEREGISTERED' } };
const REACHES_MS = 8_000;

const { enterprises } = makePopulation({ seed: 11, enterprises: 60 });
const inBusiness = enterprises
  .filter(({ kind, canceledOn }) => kind === 'ENTERPRISE' && canceledOn === null)
  .map(({ code, name }) => ({ kind: 'ENTERPRISE' as const, code, name }));
let taken = 0;

let hub: TestHub;
let operators: Operators;
let port: number;
const wire: Wire = createWire();
beforeAll(async () => {
  const population = { ...FIXTURES, enterprises: [...FIXTURES.enterprises, ...enterprises] };
  hub = await startTestHub({ sandbox: { population } });
  operators = createOperators(hub);
  port = await wire.inFrontOf(Number(new URL(hub.sandbox.sources[ID].baseUrl).port));
});
afterAll(async () => {
  await hub.stop();
  await wire.close();
});

/** Brings a revision into the shadow that reaches the source by the wire. */
async function intoShadow(settings: object, policy: object = {}): Promise<number> {
  const { one, two } = operators;
  const file = await operators.find(ID);
  const current = file?.revisions.find(({ number }) => number === file.current?.number);
  const baseUrl = `http://127.0.0.1:${port}`;
  const revised = await one.revise(ID, {
    kind: ID,
    settings: { ...current?.settings, ...settings, baseUrl },
    policy: { shadow: { share: 1 }, ...policy },
    routes: [{ dataset: 'REGISTRATION' }],
    note: '影子运行',
  });
  await one.setSecrets(ID, { appKey: hub.sandbox.credentials.exchangeAppKey });
  expect((await one.check(ID)).errors).toEqual([]);
  expect(await one.move(ID, 'SUBMIT')).toEqual([]);
  expect(await two.move(ID, 'APPROVE')).toEqual([]);
  expect(await one.move(ID, 'SHADOW')).toEqual([]);
  // Every replica looks once a second, whether or not it was told.
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  return revised.revisions[0]!.number;
}

/** Codes of so many verdicts about enterprises that were not asked for before. */
async function verifyNext(count: number): Promise<readonly string[]> {
  const codes: string[] = [];
  for (const subject of inBusiness.slice(taken, (taken += count)))
    codes.push((await verifySubject(hub, { matter: MATTERS.registration, subject })).verdict.code);
  return codes;
}

async function report(revision: number, mode: ShadowMode, last = 100) {
  const input = { id: ID, revision, mode, last };
  const { reportShadow } = await hub.get(ReportShadowDocument, { input }, { role: 'OPERATOR' });
  return reportShadow;
}

async function untilPaired(revision: number, count: number) {
  const endsAt = Date.now() + REACHES_MS;
  for (;;) {
    const rows = await hub.database.db('shadow_answer').where({ source: ID, revision });
    if (rows.length >= count || Date.now() > endsAt) return rows as readonly { took_ms: number }[];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const CONFIRMED = (count: number) => Array.from({ length: count }, () => 'CONFIRMED');

test('a wrong revision in the shadow shows what it would change, and changes nothing', async () => {
  const revision = await intoShadow(WRONG);
  const early = await report(revision, 'LIVE');

  const codes = await verifyNext(8);
  await untilPaired(revision, 8);

  expect(early.userErrors).toMatchObject([{ code: 'STEP_NOT_ALLOWED', field: ['mode'] }]);
  expect(codes).toEqual(CONFIRMED(8));
  const { report: live } = await report(revision, 'LIVE');
  const { report: replayed } = await report(revision, 'REPLAY');
  expect(live).toMatchObject({ mode: 'LIVE', asked: 8, changed: 8, unreadable: 0 });
  expect(live?.groups).toHaveLength(1);
  expect(live?.groups[0]).toMatchObject({
    cause: expect.stringMatching(/STATUS .* → /u),
    count: 8,
  });
  expect(live?.groups[0]?.examples).toHaveLength(5);
  expect(live?.groups[0]?.examples[0]).toMatchObject({ before: 'CONFIRMED', after: 'REFUTED' });
  expect(replayed).toMatchObject({ mode: 'REPLAY', asked: 8, changed: 8 });
  expect(replayed?.groups.map(({ cause }) => cause)).toEqual(
    live?.groups.map(({ cause }) => cause),
  );
  const { rows } = await hub.database.db.raw<{ rows: object[] }>(
    'select source, actor, count(*)::integer from source_intent where actor = ? group by 1, 2',
    ['job:shadow'],
  );
  expect(rows).toEqual([{ source: `${ID}~shadow`, actor: 'job:shadow', count: 8 }]);
});

test('what was said in the shadow is evidence of no live question', async () => {
  const { rows } = await hub.database.db.raw<{ rows: object[] }>(
    `
    select verdict.id
    from verdict
    cross join lateral jsonb_array_elements(observations) as one
    join evidence on evidence.id = (one ->> 'evidenceId')::uuid
    where evidence.source like '%~shadow'
    `,
  );

  expect(rows).toEqual([]);
});

test('a revision in the shadow that hangs or is down delays no live answer and changes none', async () => {
  const revision = await intoShadow({}, { deadlineMs: 1_500, attemptMs: 1_400 });
  wire.silence();

  const began = performance.now();
  const hanging = await verifyNext(4);
  const tookMs = performance.now() - began;
  wire.cut();
  const down = await verifyNext(3);
  const rows = await untilPaired(revision, 3);

  process.stdout.write(`4 verdicts beside one that hangs took ${Math.round(tookMs)} ms\n`);
  expect([...hanging, ...down]).toEqual(CONFIRMED(7));
  // One hanging question alone takes longer than all four verdicts.
  expect(tookMs).toBeLessThan(1_400);
  expect(rows.length).toBeGreaterThanOrEqual(3);
  const { report: live } = await report(revision, 'LIVE');
  expect(live?.unreadable).toBe(live?.asked);
  expect(live?.groups.map(({ cause }) => cause).join()).toMatch(/SOURCE_(TIMEOUT|UNREACHABLE)/u);
  const state = hub.hub.sources.states().find(({ id }) => id === ID);
  expect(state).toMatchObject({ breaker: 'CLOSED', waiting: 0 });
  wire.mend();
});

test('nothing is asked in the shadow while the quota of the day is short', async () => {
  const { one, two } = operators;
  const file = await operators.find(ID);
  const current = file?.revisions.find(({ number }) => number === file.current?.number);
  // A live revision whose day is more than half used by what has been asked in it.
  await one.revise(ID, {
    kind: ID,
    settings: current!.settings,
    policy: { budget: { perDay: 20 } },
    routes: [{ dataset: 'REGISTRATION' }],
    note: '额度',
  });
  expect((await one.check(ID)).errors).toEqual([]);
  await one.move(ID, 'SUBMIT');
  await two.move(ID, 'APPROVE');
  expect(await one.move(ID, 'ACTIVATE', { reason: '演练' })).toEqual([]);
  const revision = await intoShadow({});
  expect(await verifyNext(7)).toEqual(CONFIRMED(7));
  await untilQuiet();
  await forgetCalls(hub);

  const codes = await verifyNext(2);
  await untilQuiet();

  expect(codes).toEqual(CONFIRMED(2));
  const calls = await callsOf(hub, ID);
  expect(calls.filter(({ keys }) => keys.length > 0)).toHaveLength(2);
  expect((await untilPaired(revision, 0)).length).toBeLessThan(7);
});

/** Longer than the queue of the shadow takes to be worked off. */
async function untilQuiet(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 800));
}
