import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { FIXTURES } from '../../sandbox/fixtures.ts';
import { makePopulation } from '../../sandbox/population.ts';
import { runHecha } from '../../src/commands/hecha.ts';
import type { Hub } from '../../src/hub.ts';
import { ReleaseHoldDocument, SourceHoldsDocument } from '../generated/operations.ts';
import { createOperators, type Operators } from '../registry/operators.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import {
  MATTERS,
  openCase,
  reasonCodes,
  verify,
  verifySubject,
  type Verified,
} from '../support/journey.ts';

const ID = 'publicity-system';
/** REGSTATE_CN of an enterprise in business. */
const IN_BUSINESS = '存续（在营、开业、在册）';
const WRONG = { stateCodes: { 1: 'DEREGISTERED' }, stateWords: { [IN_BUSINESS]: 'DEREGISTERED' } };
const REACHES_MS = 2_000;

const { enterprises } = makePopulation({ seed: 7, enterprises: 400 });
const inBusiness = enterprises
  .filter(({ kind, code }) => kind === 'ENTERPRISE' && !isFixture(code))
  .map(({ code, name }) => ({ kind: 'ENTERPRISE' as const, code, name }));
let taken = 0;

let hub: TestHub;
let other: Hub;
let operators: Operators;
beforeAll(async () => {
  const population = {
    ...FIXTURES,
    enterprises: [...FIXTURES.enterprises, ...enterprises],
  };
  hub = await startTestHub({ sandbox: { population } });
  other = await hub.replicate();
  operators = createOperators(hub);
});
afterAll(() => hub.stop());

function isFixture(code: string): boolean {
  return FIXTURES.enterprises.some((one) => one.code === code);
}

/** Verifies so many enterprises that were not asked for before, one after another. */
async function verifyNext(count: number): Promise<readonly Verified[]> {
  const subjects = inBusiness.slice(taken, taken + count);
  taken += count;
  expect(subjects).toHaveLength(count);
  const verified: Verified[] = [];
  for (const subject of subjects)
    verified.push(await verifySubject(hub, { matter: MATTERS.registration, subject }));
  return verified;
}

function codesOf(verified: readonly Verified[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { verdict } of verified) counts[verdict.code] = (counts[verdict.code] ?? 0) + 1;
  return counts;
}

async function activate(settings: object): Promise<void> {
  const { one, two } = operators;
  const file = await operators.find(ID);
  const current = file?.revisions.find(({ number }) => number === file.current?.number);
  await one.revise(ID, {
    kind: ID,
    settings: { ...current?.settings, ...settings },
    routes: [{ dataset: 'REGISTRATION' }],
    note: '登记状态代码调整',
  });
  expect((await one.check(ID)).errors).toEqual([]);
  await one.move(ID, 'SUBMIT');
  await two.move(ID, 'APPROVE');
  expect(await one.move(ID, 'ACTIVATE', { reason: '演练' })).toEqual([]);
  const { number } = (await operators.find(ID))?.current ?? { number: 0 };
  await untilAllAsk(number);
}

async function untilAllAsk(revision: number): Promise<void> {
  const endsAt = Date.now() + REACHES_MS;
  const asks = ({ sources }: Hub): boolean =>
    sources.states().some(({ id, connector }) => id === ID && connector.endsWith(`+r${revision}`));
  while (![hub.hub, other].every(asks)) {
    if (Date.now() > endsAt) throw new Error(`not every replica asks by revision ${revision}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function find() {
  const { sources } = await hub.get(SourceHoldsDocument, {}, { role: 'OPERATOR' });
  return sources.find(({ id }) => id === ID)!;
}

test('one subject asked for again and again counts once, however adverse', async () => {
  await activate(WRONG);
  const [subject] = inBusiness.slice(taken, (taken += 1));
  const opened = await openCase(hub, { matter: MATTERS.registration, subjects: [subject!] });
  const asked = { caseId: opened.id, subjectId: opened.subjects[0]!.id };

  const verdicts: string[] = [];
  for (let index = 0; index < 25; index += 1)
    verdicts.push((await verify(hub, asked)).verdict.code);

  expect(new Set(verdicts)).toEqual(new Set(['REFUTED']));
  expect(await find()).toMatchObject({ hold: null, holds: [] });
  expect(await operators.one.move(ID, 'ROLL_BACK', { reason: '演练' })).toEqual([]);
  await untilAllAsk(1);
});

test('a revision that refutes everybody is held and rolled back on every replica', async () => {
  const before = await verifyNext(50);
  await activate(WRONG);

  const after = await verifyNext(25);

  const first = after.findIndex(({ verdict }) => verdict.code !== 'REFUTED');
  process.stdout.write(
    `${JSON.stringify(codesOf(before))} before, ${first} refuted until the hold\n`,
  );
  expect(codesOf(before)['CONFIRMED']).toBeGreaterThan(40);
  expect(first).toBeLessThanOrEqual(20);
  expect(reasonCodes(after[first]!)).toContain('ANOMALY_HOLD');
  expect(after.slice(first).map(({ verdict }) => verdict.code)).not.toContain('REFUTED');
  await untilAllAsk(1);
  const { hold: held, holds } = await find();
  expect(holds).toMatchObject([{ revision: 3, observed: 1, rolledBackTo: 1, answers: 20 }]);
  expect(holds[0]?.usual).toBeLessThan(0.2);
  const refuted = after.slice(0, first).map(({ id }) => id);
  expect(held?.verdictsToReview.map(({ verificationId }) => verificationId).sort()).toEqual(
    [...refuted].sort(),
  );
}, 60_000);

test('the revision returned to is believed, and not left for what the other one answered', async () => {
  const file = await operators.find(ID);

  const after = await verifyNext(10);

  expect(file?.current).toMatchObject({ number: 1, state: 'ACTIVE' });
  expect(codesOf(after)['CONFIRMED']).toBeGreaterThan(7);
  expect((await operators.find(ID))?.current?.number).toBe(1);
  const { rows } = await hub.database.db.raw<{ rows: object[] }>(
    `select step, revision from source_event where actor = 'hub' and source = ? order by id`,
    [ID],
  );
  expect(rows).toEqual([
    { step: 'REPLACE', revision: 3 },
    { step: 'ROLL_BACK', revision: 1 },
  ]);
});

test('an operator releases a hold with a reason, and what it refuted can be asked for again', async () => {
  const [review] = (await find()).hold?.verdictsToReview ?? [];
  const release = async (reason: string) => {
    const as = { role: 'OPERATOR', account: 'operator-1' } as const;
    return (await hub.get(ReleaseHoldDocument, { input: { id: ID, reason } }, as)).releaseHold;
  };

  const refused = await release('');
  const released = await release('状态对照表写反，已回退');
  const again = await release('再次');

  expect(refused.userErrors).toMatchObject([{ code: 'LENGTH_OUT_OF_RANGE', field: ['reason'] }]);
  expect(released).toEqual({
    holds: [{ revision: 3, releasedBy: 'operator-1', finding: 'FAULT_MENDED' }],
    userErrors: [],
  });
  expect(again.userErrors).toMatchObject([{ code: 'UNKNOWN_SOURCE' }]);
  const { rows } = await hub.database.db.raw<{ rows: { case_id: string; subject_id: string }[] }>(
    'select case_id, subject_id from verification where id = ?',
    [review!.verificationId],
  );
  const { case_id: caseId, subject_id: subjectId } = rows[0]!;
  // Evidence of the same case is at hand and young enough; it is not used.
  expect((await verify(hub, { caseId, subjectId })).verdict.code).toBe('CONFIRMED');
});

test('side by side no more than nineteen are refuted, and none once the hold has begun', async () => {
  await activate(WRONG);
  const subjects = inBusiness.slice(taken, (taken += 60));

  const verified: Verified[] = [];
  const officers = Array.from({ length: 12 }, async () => {
    for (let subject = subjects.pop(); subject !== undefined; subject = subjects.pop())
      verified.push(await verifySubject(hub, { matter: MATTERS.registration, subject }));
  });
  await Promise.all(officers);

  const { hold } = await find();
  expect(hold).toMatchObject({ revision: 4 });
  // By evidence of that revision; the one returned to may well refute somebody.
  const { rows } = await hub.database.db.raw<{ rows: { given: number; late: number }[] }>(
    `
    select count(*)::integer as given,
           count(*) filter (where decided_at > since)::integer as late
    from source_hold as held, verdict
    cross join lateral jsonb_array_elements(observations) as one
    join evidence on evidence.id = (one ->> 'evidenceId')::uuid
    where held.id = ? and code = 'REFUTED' and connector like '%+r4'
    `,
    [hold!.id],
  );
  expect(rows).toEqual([{ given: hold!.verdictsToReview.length, late: 0 }]);
  expect(rows[0]!.given).toBeLessThanOrEqual(19);
  expect(codesOf(verified)['CONFIRMED']).toBeGreaterThan(0);
}, 60_000);

test('a hold that begins while a verdict is being recorded counts for that verdict', async () => {
  await activate(WRONG);
  const revision = (await operators.find(ID))!.current!.number;
  const [subject] = inBusiness.slice(taken, (taken += 1));
  const { db } = hub.database;

  const verifying = await db.transaction(async (trx) => {
    await trx.raw(`select pg_advisory_xact_lock(hashtextextended('hecha_hold:' || ?, 0))`, [ID]);
    const asked = verifySubject(hub, { matter: MATTERS.registration, subject: subject! });
    // It has been answered and judged by then, and waits to be recorded.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const at = new Date();
    await trx('source_hold').insert({
      ...{ id: randomUUID(), source: ID, revision, episode: 0 },
      ...{ since: at, window_from: at, review_from: at, usual: 0, observed: 1, answers: 20 },
    });
    return { asked };
  });
  const verified = await verifying.asked;

  expect(verified.verdict.code).toBe('INCONCLUSIVE');
  expect(reasonCodes(verified)).toContain('ANOMALY_HOLD');
  expect(verified.followUps.map(({ kind }) => kind)).toEqual(['VERIFY_AGAIN']);
});

test('the command line ends a hold, once and with a reason', async () => {
  const world = {
    HECHA_URL: `${hub.url}/graphql`,
    HECHA_TOKEN: await hub.token('OPERATOR', { account: 'operator-1' }),
  };
  const release = ['connector', 'release', ID];

  expect(await runHecha(release, world)).toBe(2);
  expect(await runHecha([...release, '--reason', '已核对', '--answers-right'], world)).toBe(0);
  expect(await runHecha([...release, '--reason', '再次'], world)).toBe(1);

  const { hold, holds } = await find();
  expect(hold).toBeNull();
  expect(holds.at(0)?.releasedBy).toBe('operator-1');
});
