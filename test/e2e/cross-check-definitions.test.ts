import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { FIXTURES } from '../../sandbox/fixtures.ts';
import {
  CrossChecksDocument,
  DefineCrossCheckDocument,
  type DefineCrossCheckInput,
} from '../generated/operations.ts';
import { makeEnterprises } from '../support/bulk.ts';
import {
  AS_OPERATOR,
  definition,
  listFindings,
  runCheck,
  seedCommitments,
} from '../support/cross-check.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';
import { callsOf, forgetCalls, matterCode, MATTERS, verify } from '../support/journey.ts';

const ROWS = 60;
const enterprises = makeEnterprises(ROWS);
const clock = createTestClock('2026-11-23T14:00:00Z');

let hub: TestHub;
beforeAll(async () => {
  const population = { ...FIXTURES, enterprises: [...FIXTURES.enterprises, ...enterprises] };
  hub = await startTestHub({ sandbox: { population }, clock });
  await seedCommitments(hub.database.db, enterprises, { matter: MATTERS.registration });
  await hub.hub.sources.readCanaries();
});
afterAll(() => hub.stop());

async function define(input: DefineCrossCheckInput) {
  return (await hub.get(DefineCrossCheckDocument, { input }, AS_OPERATOR)).defineCrossCheck;
}

const sound = (more: Partial<DefineCrossCheckInput> = {}): DefineCrossCheckInput =>
  definition({
    ...{ key: 'mine', left: 'LIVE_COMMITMENTS', right: 'PUBLICITY_SYSTEM' },
    ...{ keys: ['HOLDER_CODE'], fields: [{ field: 'STATUS', rule: 'IN_FORCE' }] },
    ...more,
  });

const planned = (quotaPerDay: number, stalenessDaysMax: number, reserveShare = 0.2) =>
  sound({
    strategy: 'BY_DEADLINE',
    planning: { quotaPerDay, reserveShare, stalenessDaysMax },
  });

test('a hub begins with six cross-checks, and operators make them their own', async () => {
  const { crossChecks } = await hub.get(CrossChecksDocument, {}, AS_OPERATOR);

  expect(crossChecks.map(({ key, left, right, version }) => [key, left, right, version])).toEqual([
    ['commitments-acknowledged', 'COMMITMENT_RECORDS', 'CREDIT_ACKNOWLEDGMENTS', 1],
    ['commitments-licenses', 'LIVE_COMMITMENTS', 'LICENSE_LIBRARY', 1],
    ['commitments-register', 'LIVE_COMMITMENTS', 'PUBLICITY_SYSTEM', 1],
    ['licenses-city-province', 'LICENSE_COLLECTION', 'LICENSE_COLLECTION', 1],
    ['licenses-register', 'LICENSE_COLLECTION', 'REGISTER_COLLECTION', 1],
    ['register-credit-lists', 'ENTERPRISE_REGISTER', 'CREDIT_LISTS', 1],
  ]);
  expect(crossChecks[2]).toMatchObject({
    ...{ nextSlotAt: '2026-11-24T13:20:00.000Z', publishedBy: 'deployment', lastRun: null },
  });
  const {
    id: _id,
    version,
    nextSlotAt: _next,
    lastRun: _last,
    publishedBy: _by,
    ...shipped
  } = crossChecks[2]!;
  const taken = await define({ ...shipped, version: null });
  const stale = await define({ ...shipped, version: 7 });
  const own = await define({ ...shipped, version, title: '登记状态核对', cron: '0 2 * * *' });
  await hub.restart();
  const { crossChecks: kept } = await hub.get(CrossChecksDocument, {}, AS_OPERATOR);

  expect(taken.userErrors).toMatchObject([{ code: 'ALREADY_REGISTERED', field: ['key'] }]);
  expect(stale.userErrors).toMatchObject([{ code: 'STALE_VERSION', field: ['version'] }]);
  expect(own.crossCheck).toMatchObject({ version: 2, title: '登记状态核对' });
  expect(kept.map((one) => one.version)).toEqual([1, 1, 2, 1, 1, 1]);
});

describe('a mistake in a definition names its field, and nothing is stored', () => {
  test.each<[string, Partial<DefineCrossCheckInput>, string, readonly string[]]>([
    ['key', { key: 'Mine!' }, 'MALFORMED_VALUE', ['key']],
    ['title', { title: ' ' }, 'LENGTH_OUT_OF_RANGE', ['title']],
    ['pair', { left: 'COMMITMENT_RECORDS' }, 'MALFORMED_VALUE', ['right']],
    ['keys', { keys: ['COMMITMENT_CODE'] }, 'MALFORMED_VALUE', ['keys']],
    ['no fields', { fields: [] }, 'MALFORMED_VALUE', ['fields']],
    [
      'a field that the pair has not',
      { fields: [{ field: 'ACKNOWLEDGMENT', rule: 'ACKNOWLEDGED' }] },
      ...(['FIELD_NOT_COMPARED', ['fields', '0', 'field']] as const),
    ],
    [
      'a rule that the field has not',
      { fields: [{ field: 'STATUS', rule: 'SAME' }] },
      ...(['MALFORMED_VALUE', ['fields', '0', 'rule']] as const),
    ],
    [
      'a field twice',
      {
        fields: [
          { field: 'STATUS', rule: 'IN_FORCE' },
          { field: 'STATUS', rule: 'IN_FORCE' },
        ],
      },
      ...(['MALFORMED_VALUE', ['fields', '1', 'field']] as const),
    ],
    ['cron', { cron: '61 * * * *' }, 'MALFORMED_VALUE', ['cron']],
    ['too often', { cron: '*/5 * * * *' }, 'MALFORMED_VALUE', ['cron']],
    ['window', { window: { from: '9:00', until: '10:00' } }, 'MALFORMED_VALUE', ['window', 'from']],
    ['hours', { hoursMax: 0 }, 'MALFORMED_VALUE', ['hoursMax']],
    ['evidence', { evidenceHoursMax: 25 }, 'MALFORMED_VALUE', ['evidenceHoursMax']],
    ['settle', { settleMinutes: -1 }, 'MALFORMED_VALUE', ['settleMinutes']],
    ['due', { dueWorkingDays: 61 }, 'MALFORMED_VALUE', ['dueWorkingDays']],
    ['acknowledged', { acknowledgedWithin: 3 }, 'MALFORMED_VALUE', ['acknowledgedWithin']],
    ['owner', { ownerCode: '11370800MB00000000' }, 'UNKNOWN_AGENCY', ['ownerCode']],
    [
      'share',
      { thresholds: { warnShare: 2, holdShare: 3, countedMin: 1 } },
      ...(['MALFORMED_VALUE', ['thresholds', 'warnShare']] as const),
    ],
    [
      'held before it warns',
      { thresholds: { warnShare: 0.5, holdShare: 0.4, countedMin: 1 } },
      ...(['MALFORMED_VALUE', ['thresholds', 'holdShare']] as const),
    ],
    [
      'weight',
      { weights: [{ matterCode: 'a', hazard: 6, consequence: 1 }] },
      ...(['MALFORMED_VALUE', ['weights', '0', 'hazard']] as const),
    ],
    [
      'planning without the strategy',
      { planning: { quotaPerDay: 1, reserveShare: 0.2, stalenessDaysMax: 1 } },
      ...(['MALFORMED_VALUE', ['planning']] as const),
    ],
    ['strategy without planning', { strategy: 'BY_DEADLINE' }, 'MALFORMED_VALUE', ['planning']],
    ['version of none', { version: 3 }, 'UNKNOWN_CROSS_CHECK', ['key']],
  ])('%s', async (_name, more, code, at) => {
    const { crossCheck, userErrors } = await define(sound(more));

    expect(crossCheck).toBeNull();
    expect(userErrors[0]).toMatchObject({ code, field: at });
    const { crossChecks } = await hub.get(CrossChecksDocument, {}, AS_OPERATOR);
    expect(crossChecks).toHaveLength(6);
  });
});

test('a quota that cannot hold its staleness is refused with the arithmetic', async () => {
  const { userErrors } = await define(planned(5, 10));

  expect(userErrors).toEqual([
    {
      ...{ code: 'QUOTA_TOO_SMALL', field: ['planning', 'quotaPerDay'] },
      message:
        `5 a day for ${ROWS} commitments: worst staleness 12 days; ` +
        'without the 20 % kept for counters, 4 a day, 15 days. ' +
        'At most 10 days need 6 look-ups a day, which is a quota of 8.',
    },
  ]);
});

test('planned nights ask so many and no more, and everybody within the bound', async () => {
  const input = { ...planned(15, 6), key: 'planned' };
  const weights = [{ matterCode: matterCode(MATTERS.registration), hazard: 5, consequence: 5 }];
  const { crossCheck } = await define({ ...input, weights });
  const asked: number[] = [];
  for (let night = 0; night < 6; night += 1) {
    const run = await runCheck(hub, 'planned');
    asked.push(run.progress.read);
    const tomorrow = new Date(clock.now().getTime() + 86_400_000);
    clock.set(tomorrow.toISOString());
    await hub.hub.sources.readCanaries();
  }
  const { rows } = await hub.database.db.raw<{ rows: { seen: number }[] }>(
    'select count(*)::integer as seen from cross_check_latest where check_id = ?',
    [crossCheck!.id],
  );

  expect(asked).toEqual([12, 12, 12, 12, 12, 12]);
  expect(rows[0]!.seen).toBe(ROWS);
});

test('what an officer asked today in the same case is an observation, and is not asked again', async () => {
  const { rows } = await hub.database.db.raw<{ rows: { case_id: string; subject_id: string }[] }>(
    'select case_id, subject_id from commitment order by code limit 3',
  );
  for (const { case_id: caseId, subject_id: subjectId } of rows)
    await verify(hub, { caseId, subjectId });
  await define({ ...sound(), key: 'evening', evidenceHoursMax: 6 });
  await forgetCalls(hub);
  const run = await runCheck(hub, 'evening');

  const calls = await callsOf(hub, 'publicity-system');
  const keys = calls
    .filter(({ operation }) => operation === 'httpproxy')
    .flatMap((one) => one.keys);
  expect(run.progress).toMatchObject({ subjects: ROWS, inconclusive: 0 });
  expect(keys).toHaveLength(ROWS - rows.length);
});

test('what has just changed is in flight: it is not asked about, and is no finding', async () => {
  await define({ ...sound(), key: 'settled', settleMinutes: 30 });
  await hub.database.db.raw(
    `insert into commitment_event (commitment_id, number, step, state, at, by)
     select id, 2, 'CONCLUDE', 'CONCLUDED', :at, 'counter-1' from commitment order by code limit 2`,
    { at: new Date(clock.now().getTime() - 60_000) },
  );
  const run = await runCheck(hub, 'settled');

  expect(run.causes).toEqual([{ cause: 'IN_FLIGHT', subjects: 2 }]);
  expect(run.differences).toContainEqual({
    ...{ class: 'IN_FLIGHT', field: null, from: null, to: null, subjects: 2 },
  });
  expect(await listFindings(hub, { key: 'settled', class: 'IN_FLIGHT' })).toEqual([]);
});

test('records that were never handed over are found, and no verification is opened for them', async () => {
  await define(
    definition({
      ...{ key: 'acks', left: 'COMMITMENT_RECORDS', right: 'CREDIT_ACKNOWLEDGMENTS' },
      ...{ keys: ['COMMITMENT_CODE'], fields: [{ field: 'ACKNOWLEDGMENT', rule: 'ACKNOWLEDGED' }] },
      acknowledgedWithin: 3,
      thresholds: { warnShare: 1, holdShare: 1, countedMin: 1 },
    }),
  );
  const before = await hub.database.db('verification_task').count('* as n').first();
  const run = await runCheck(hub, 'acks');

  expect(run.differences).toEqual([
    {
      ...{ class: 'UNACKNOWLEDGED_PUSH', field: 'ACKNOWLEDGMENT', from: 'NEVER_QUEUED' },
      ...{ to: 'NOT_TAKEN', subjects: ROWS },
    },
  ]);
  expect(await hub.database.db('verification_task').count('* as n').first()).toEqual(before);
});

test('a share that is too great is held by the definition itself, and released by an operator', async () => {
  await define(
    definition({
      ...{ key: 'strict', left: 'COMMITMENT_RECORDS', right: 'CREDIT_ACKNOWLEDGMENTS' },
      ...{ keys: ['COMMITMENT_CODE'], fields: [{ field: 'ACKNOWLEDGMENT', rule: 'ACKNOWLEDGED' }] },
      ...{ acknowledgedWithin: 3, thresholds: { warnShare: 0.1, holdShare: 0.2, countedMin: 10 } },
    }),
  );
  const run = await runCheck(hub, 'strict');

  expect(run).toMatchObject({ state: 'HELD', warns: true, allowedSteps: ['RELEASE', 'CANCEL'] });
  expect(run.events.at(-1)).toMatchObject({ step: 'HOLD', reason: 'TOO_MANY_DIFFER' });
  expect(await listFindings(hub, { key: 'strict' })).toEqual([]);
});

test('an ended commitment is not read, and what was found of it is resolved', async () => {
  const standing = (await listFindings(hub, { key: 'acks', states: ['NEW'] })).length;
  await hub.database.db.raw(
    `insert into commitment_event (commitment_id, number, step, state, at, by, reason)
     select id, 3, 'FULFILL', 'FULFILLED', :at, 'counter-1', '已履行'
     from commitment order by code limit 2`,
    { at: clock.now() },
  );
  clock.set(new Date(clock.now().getTime() + 60_000).toISOString());
  const run = await runCheck(hub, 'acks');

  const ended = await listFindings(hub, { key: 'acks', states: ['RESOLVED'] });
  expect(run.progress.subjects).toBe(ROWS - 2);
  expect(standing).toBe(ROWS);
  expect(ended.map(({ events }) => events.at(-1)?.step)).toEqual(['END', 'END']);
});
