import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { mintCreditCode } from '../../sandbox/codes.ts';
import type { TableDelta } from '../../sandbox/table-exchange.ts';
import { startTableRig } from '../connector-kit/tables-rig.ts';
import { ENTERPRISE_MAPPING } from '../connectors/table-exchange-rig.ts';
import { checkSubject } from '../support/commitments.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';
import { MATTERS, verifySubject } from '../support/journey.ts';
import { createKeeper } from './kept-rows-rig.ts';

const ID = 'county-tables';
/** As of which everything happens; 12:00 in Asia/Shanghai. */
const NOON = '2026-09-18T04:00:00Z';
const ONE = subject('MA0KEP01', '任城区示例运输有限公司');
const OTHER = subject('MA0KEP02', '任城区示例仓储有限公司');
const CANARY = subject('MA0KEP03', '核查探针（任城）有限公司');
const NOBODY = subject('MA0KEP04', '任城区示例外贸有限公司');

const clock = createTestClock(new Date().toISOString());
let hub: TestHub;
let tables: Awaited<ReturnType<typeof startTableRig>>;
beforeAll(async () => {
  [hub, tables] = await Promise.all([startTestHub({ clock }), startTableRig('postgresql')]);
}, 60_000);
afterAll(async () => {
  await hub.stop();
  await tables.stop();
});

function subject(organization: string, name: string) {
  return { kind: 'ENTERPRISE', code: mintCreditCode('91370811', organization), name } as const;
}

/** A change of the base record of a subject, at a time of that morning or any other. */
function change(
  { code, name }: typeof ONE,
  operation: 'I' | 'U' | 'D',
  time: string,
  values: Readonly<Record<string, string>> = {},
): TableDelta {
  const PRIPID = `P-${code}`;
  const base = { PRIPID, UNISCID: code, ENTNAME: name, REGSTATE: '1', OPTO: '' };
  const at = time.length === 5 ? `2026-09-18 ${time}:00` : time;
  return { table: 'E_BASEINFO', operation, values: { ...base, ...values }, time: at };
}

function settings() {
  const { host, port, database, reader } = tables.twin;
  return {
    ...{ dialect: 'postgresql', host, port, database, user: reader.user, encryption: 'NONE' },
    pageRows: 2,
    answerFrom: 'HOLDINGS',
    collections: [{ table: 'E_BASEINFO', id: ['PRIPID'], about: 'PRIPID', overlapSeconds: 7_200 }],
    answers: {
      'enterprise.registration': {
        collection: 'E_BASEINFO',
        mapping: ENTERPRISE_MAPPING,
        absence: 'COVERED',
        kinds: ['ENTERPRISE'],
        keys: { code: 'UNISCID' },
        canary: {
          present: { ...CANARY, name: null },
          absent: { ...NOBODY, name: null },
        },
      },
    },
  };
}

const registrationOf = async (of: typeof ONE) => {
  const { verdict } = await verifySubject(hub, { matter: MATTERS.registration, subject: of });
  const own = verdict.observations.filter(({ source }) => source === ID);
  return { code: verdict.code, outcomes: own.map(({ recordOutcome }) => recordOutcome) };
};

test('I, U, U, D out of order and twice end deleted, over a restart; the future waits', async () => {
  const { write } = tables.twin;
  const keeper = createKeeper(hub, ID);
  const password = tables.twin.reader.password;
  await keeper.activate('table-exchange', { settings: settings() }, { password });
  // The check compares the clocks of hub and database; from now on there is only the hub's.
  clock.set(NOON);

  // The second update comes first, and what came late is repeated by the overlap window.
  await write(
    change(CANARY, 'I', '08:00'),
    change(ONE, 'U', '10:00', { REGSTATE: '1' }),
    change(ONE, 'I', '08:30', { ENTNAME: '旧名称' }),
    change(ONE, 'I', '08:30', { ENTNAME: '旧名称' }),
  );
  const [first] = await keeper.run();
  const confirmed = await registrationOf(ONE);
  const absent = await registrationOf(OTHER);
  await hub.restart();
  const [restarted] = await keeper.collections();
  await write(
    change(ONE, 'D', '11:00'),
    change(ONE, 'U', '09:30', { ENTNAME: '旧名称' }),
    change(ONE, 'U', '10:00', { REGSTATE: '1' }),
    change(OTHER, 'I', '2026-09-19 11:00:00'),
  );
  const [second] = await keeper.run();
  const rejects = await keeper.rejects(second?.lastPass?.id ?? '');
  const [third] = await keeper.run();
  const deleted = await registrationOf(ONE);
  const waiting = await registrationOf(OTHER);
  clock.set('2026-09-19T04:00:00Z');
  const [nextDay] = await keeper.run();
  const arrived = await registrationOf(OTHER);

  expect(first).toMatchObject({ rowsLive: 2, rowsKept: 2, freshness: 'FRESH' });
  expect(first?.lastPass).toMatchObject({ state: 'COMPLETE', full: true, read: 4 });
  expect(confirmed).toEqual({ code: 'CONFIRMED', outcomes: ['FOUND_ONE'] });
  expect(absent.outcomes).toEqual(['ABSENT_COVERED']);
  expect(restarted?.watermark).toBe(first?.watermark);
  expect(first?.watermark).toMatch(/20260918/u);
  expect(second?.lastPass).toMatchObject({
    ...{ state: 'COMPLETE', full: false, deleted: 1, quarantined: 1, rejected: 0 },
  });
  expect(rejects).toEqual([
    { place: expect.any(Number), field: 'cd_time', reason: 'FUTURE_CHANGE' },
  ]);
  expect(third?.lastPass).toMatchObject({ kept: 0, deleted: 0, quarantined: 1 });
  expect(third).toMatchObject({ rowsLive: 1, rowsKept: 2, freshness: 'UNSETTLED' });
  expect(deleted.outcomes).toEqual(['ABSENT_UNCOVERED']);
  expect(waiting.outcomes).toEqual(['ABSENT_UNCOVERED']);
  expect([deleted.code, waiting.code]).not.toContain('REFUTED');
  expect(nextDay?.lastPass).toMatchObject({ kept: 1, quarantined: 0 });
  expect(arrived).toEqual({ code: 'CONFIRMED', outcomes: ['FOUND_ONE'] });
}, 60_000);

test('a register that tells no lists neither clears nor blocks an applicant', async () => {
  const { check } = await checkSubject(hub, { matter: MATTERS.registration, subject: OTHER });

  expect(check).toMatchObject({ unanswered: ['REGISTRATION'], findings: [], mayCommit: false });
  expect(check.outcome).not.toBe('BLOCKED');
}, 30_000);
