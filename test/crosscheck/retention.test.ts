import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { FIXTURES } from '../../sandbox/fixtures.ts';
import { sweepNights } from '../../src/crosscheck/retention.ts';
import { DefineCrossCheckDocument } from '../generated/operations.ts';
import { makeEnterprises } from '../support/bulk.ts';
import {
  AS_OPERATOR,
  definition,
  listFindings,
  readReport,
  runCheck,
  seedCommitments,
  seeRun,
  startCheck,
} from '../support/cross-check.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';
import { MATTERS } from '../support/journey.ts';

const NEVER = new AbortController().signal;
const ALIKE = 40;
const ENDED = { stateCode: '4', stateText: '注销', canceledOn: '2026-10-01' };

const clock = createTestClock('2026-11-02T04:00:00Z');
let hub: TestHub;
beforeAll(async () => {
  const enterprises = makeEnterprises(ALIKE + 1).map((one, at) => ({
    ...one,
    ...(at === ALIKE
      ? ENDED
      : { stateCode: '1', stateText: '存续（在营、开业、在册）', canceledOn: null }),
  }));
  const population = { ...FIXTURES, enterprises: [...FIXTURES.enterprises, ...enterprises] };
  hub = await startTestHub({ sandbox: { population }, clock });
  await seedCommitments(hub.database.db, enterprises, { matter: MATTERS.registration });
  await hub.hub.sources.readCanaries();
  const input = definition({
    ...{ key: 'register', left: 'LIVE_COMMITMENTS', right: 'PUBLICITY_SYSTEM' },
    ...{ keys: ['HOLDER_CODE'], fields: [{ field: 'STATUS', rule: 'IN_FORCE' }] },
  });
  await hub.get(DefineCrossCheckDocument, { input }, AS_OPERATOR);
});
afterAll(() => hub.stop());

const rowsOf = async (table: string, run_id: string) =>
  Number((await hub.database.db(table).where({ run_id }).count('* as n'))[0]!['n']);

test('after 35 days what was alike is gone; report, digest, counts and causes stay', async () => {
  const { id } = await startCheck(hub, 'register');
  // Nobody worked on it in its time.
  clock.set('2026-11-03T04:00:00Z');
  await hub.hub.runCrossChecks(AbortSignal.timeout(30_000));
  const night = await runCheck(hub, 'register');
  const before = [await seeRun(hub, id), await seeRun(hub, night.id)];
  const report = await readReport(hub, night.reportPath);
  const findings = await listFindings(hub, { key: 'register' });

  clock.set('2026-12-07T04:00:00Z');
  await sweepNights({ db: hub.database.db, clock }, NEVER);
  const tooEarly = await rowsOf('cross_check_subject', night.id);
  clock.set('2026-12-08T04:00:01Z');
  await sweepNights({ db: hub.database.db, clock }, NEVER);
  await sweepNights({ db: hub.database.db, clock }, NEVER);

  const differing = before[1]!.progress.differing;
  expect(tooEarly).toBe(ALIKE + 1);
  expect(differing).toBeGreaterThan(0);
  expect(before[0]!.causes).not.toEqual([]);
  expect(await rowsOf('cross_check_subject', night.id)).toBe(differing);
  expect(await rowsOf('cross_check_observation', night.id)).toBe(differing);
  expect(await rowsOf('cross_check_task', night.id)).toBe(0);
  expect([await seeRun(hub, id), await seeRun(hub, night.id)]).toEqual(before);
  expect(await readReport(hub, night.reportPath)).toEqual(report);
  expect(await listFindings(hub, { key: 'register' })).toEqual(findings);
}, 120_000);
