import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { FIXTURES } from '../../sandbox/fixtures.ts';
import { makePopulation } from '../../sandbox/population.ts';
import type { Hub } from '../../src/hub.ts';
import { ReleaseHoldDocument, SourceHoldsDocument } from '../generated/operations.ts';
import { createOperators, type Operators } from '../registry/operators.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';
import { MATTERS, verifySubject, type Verified } from '../support/journey.ts';

const ID = 'publicity-system';
const MORNING = '2026-09-18T01:00:00Z';
const NOON = '2026-09-18T04:00:00Z';
/** REGSTATE_CN of an enterprise in business. */
const IN_BUSINESS = '存续（在营、开业、在册）';
const REACHES_MS = 5_000;

const clock = createTestClock(MORNING);
const generated = makePopulation({ seed: 7, enterprises: 140 });
const enterprises = generated.enterprises
  .filter(({ kind, canceledOn }) => kind === 'ENTERPRISE' && canceledOn === null)
  .slice(0, 90);

let hub: TestHub;
let other: Hub;
let operators: Operators;
beforeAll(async () => {
  hub = await startTestHub({
    clock,
    sandbox: {
      population: {
        licenses: [...FIXTURES.licenses, ...generated.licenses],
        enterprises: [...FIXTURES.enterprises, ...generated.enterprises],
        profiles: [...FIXTURES.profiles, ...generated.profiles],
        facts: FIXTURES.facts,
      },
    },
  });
  other = await hub.replicate();
  operators = createOperators(hub);
}, 60_000);
afterAll(() => hub.stop());

const verifyNext = (index: number): Promise<Verified> => {
  const { code, name } = enterprises[index]!;
  const subject = { kind: 'ENTERPRISE', code, name } as const;
  return verifySubject(hub, { matter: MATTERS.registration, subject });
};

async function activateWrongTable(): Promise<void> {
  const file = await operators.find(ID);
  const told = file?.revisions.find(({ number }) => number === file.current?.number);
  await operators.one.revise(ID, {
    kind: ID,
    settings: {
      ...told?.settings,
      stateCodes: { 1: 'DEREGISTERED' },
      stateWords: { [IN_BUSINESS]: 'DEREGISTERED' },
    },
    routes: [{ dataset: 'REGISTRATION' }],
    note: '登记状态代码调整',
  });
  expect((await operators.one.check(ID)).errors).toEqual([]);
  await operators.one.move(ID, 'SUBMIT');
  await operators.two.move(ID, 'APPROVE');
  expect(await operators.one.move(ID, 'ACTIVATE', { reason: '按新代码表' })).toEqual([]);
}

async function untilAsked(revision: number): Promise<void> {
  const endsAt = Date.now() + REACHES_MS;
  const isThere = ({ sources }: Hub) =>
    sources.states().some(({ id, connector }) => id === ID && connector.endsWith(`+r${revision}`));
  while (!isThere(hub.hub) || !isThere(other)) {
    if (Date.now() > endsAt) throw new Error(`revision ${revision} is not asked everywhere`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a revision that turns every answer adverse is held and rolled back, and its “no” is stopped', async () => {
  const usual = [];
  for (let index = 0; index < 55; index += 1) usual.push((await verifyNext(index)).verdict.code);
  clock.set(NOON);
  await activateWrongTable();
  await untilAsked(2);

  const refuted: string[] = [];
  let held: Verified | null = null;
  for (let index = 55; held === null && index < 80; index += 1) {
    const verified = await verifyNext(index);
    if (verified.verdict.code === 'REFUTED') refuted.push(verified.id);
    else held = verified;
  }
  await untilAsked(1);
  const after = await verifyNext(80);

  expect(new Set(usual)).toEqual(new Set(['CONFIRMED']));
  expect(refuted).toHaveLength(19);
  expect(held?.verdict).toMatchObject({ code: 'INCONCLUSIVE', refutation: null });
  expect(held?.verdict.reasons.map(({ code }) => code)).toContain('ANOMALY_HOLD');
  expect(after.verdict.code).toBe('CONFIRMED');
  const { sources } = await hub.get(SourceHoldsDocument, {}, { role: 'OPERATOR' });
  const { holds } = sources.find(({ id }) => id === ID)!;
  expect(holds).toMatchObject([
    { ...{ revision: 2, usual: 0, observed: 1, answers: 20, rolledBackTo: 1 } },
  ]);
  expect([...holds[0]!.verificationsToReview].sort()).toEqual(refuted.sort());
}, 60_000);

test('the revision that came back is not held for what the other one said', async () => {
  const codes = [];
  for (let index = 81; index < 84; index += 1) codes.push((await verifyNext(index)).verdict.code);

  expect(codes).toEqual(['CONFIRMED', 'CONFIRMED', 'CONFIRMED']);
  const file = await operators.find(ID);
  expect(file?.current).toMatchObject({ number: 1, state: 'ACTIVE' });
});

test('an operator releases a hold once, with a reason', async () => {
  const as = { role: 'OPERATOR', account: 'operator-1' } as const;
  const release = (reason: string) =>
    hub.get(ReleaseHoldDocument, { input: { id: ID, reason } }, as);

  const silent = await release(' ');
  const done = await release('代码表已更正');
  const again = await release('代码表已更正');

  expect(silent.releaseHold.userErrors).toMatchObject([{ code: 'LENGTH_OUT_OF_RANGE' }]);
  expect(done.releaseHold.holds).toMatchObject([{ revision: 2, releasedBy: 'operator-1' }]);
  expect(again.releaseHold.userErrors).toMatchObject([{ code: 'UNKNOWN_SOURCE' }]);
});
