import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import type { TestHub } from '../support/hub.ts';
import { startTestHub } from '../support/hub.ts';
import { createOperators, type Operators } from './operators.ts';

let hub: TestHub;
let operators: Operators;
beforeAll(async () => {
  hub = await startTestHub();
  operators = createOperators(hub);
});
afterAll(() => hub.stop());

/** The credit platform of a county: the simulated one, registered once more by an operator. */
function county(settings: object = {}) {
  const { baseUrl } = hub.sandbox.sources['credit-platform'];
  return {
    kind: 'credit-platform',
    settings: { baseUrl, allowPlainHttp: true, canary: operators.canary, ...settings },
    routes: [{ dataset: 'CREDIT' as const, regions: ['370811'], rank: 5 }],
    note: '任城区信用平台接入',
  };
}

const SECRETS = () => ({ appKey: hub.sandbox.credentials.creditAppKey });

test('what the deployment lists is there, active, and was nobody’s work', async () => {
  const files = await operators.list();

  expect(files.map(({ id, current }) => [id, current?.state])).toEqual([
    ['assistance', 'ACTIVE'],
    ['credit-platform', 'ACTIVE'],
    ['license-library', 'ACTIVE'],
    ['publicity-system', 'ACTIVE'],
  ]);
  expect(files[0]?.secrets[0]).toMatchObject({ version: 1, setBy: 'deployment', endedAt: null });
});

test('a source goes from nothing to ACTIVE, by two operators', async () => {
  const { one, two } = operators;
  await one.register('county-credit', county());

  const early = await one.move('county-credit', 'SUBMIT');
  expect(early).toEqual([expect.objectContaining({ code: 'STEP_NOT_ALLOWED', field: ['step'] })]);
  expect(early[0]?.message).toBe('Revision 1 is DRAFT, which allows DISCARD.');

  expect((await one.check('county-credit')).errors).toMatchObject([{ code: 'SECRETS_MISSING' }]);
  await one.setSecrets('county-credit', SECRETS());
  const { file } = await one.check('county-credit');
  expect(file?.candidate).toMatchObject({ state: 'CHECKED', checks: [{ passed: true }] });
  const rules = file?.candidate?.checks[0]?.rules ?? [];
  expect(rules.filter(({ result }) => result === 'PASS').length).toBeGreaterThan(10);

  expect(await one.move('county-credit', 'SUBMIT')).toEqual([]);
  expect(await one.move('county-credit', 'APPROVE')).toMatchObject([
    { code: 'SECOND_OPERATOR_NEEDED' },
  ]);
  expect(await two.move('county-credit', 'APPROVE')).toEqual([]);
  expect(await one.move('county-credit', 'ACTIVATE')).toEqual([]);

  const active = await operators.find('county-credit');
  expect(active?.current).toMatchObject({ number: 1, state: 'ACTIVE' });
  expect(active?.events.map(({ step, actor }) => [step, actor])).toEqual([
    ['ACTIVATE', 'operator-1'],
    ['APPROVE', 'operator-2'],
    ['SUBMIT', 'operator-1'],
    ['CHECK', 'operator-1'],
    [null, 'operator-1'],
  ]);
  await operators.untilAsked('county-credit', 'credit-platform@1.1.0+r1');
});

test('a revision shows what it changes, and a changed origin voids the credentials', async () => {
  const { one } = operators;
  const elsewhere = county({ baseUrl: 'http://127.0.0.1:1' });

  const revised = await one.revise('county-credit', elsewhere);

  expect(revised.candidate?.changes.map(({ pointer }) => pointer)).toEqual(['/settings/baseUrl']);
  expect((await one.check('county-credit')).errors).toMatchObject([{ code: 'SECRETS_MISSING' }]);
  const asked = (await operators.find('county-credit'))?.current;
  expect(asked).toMatchObject({ number: 1, state: 'ACTIVE' });
});

test('a revision that replaces one in use needs a shadow report, or a reason not to', async () => {
  const { one, two } = operators;
  const revised = await one.revise('county-credit', county({ connectionsMax: 2 }));
  expect(revised.revisions.find(({ number }) => number === 2)?.state).toBe('DISCARDED');
  await one.check('county-credit');
  await one.move('county-credit', 'SUBMIT');
  await two.move('county-credit', 'APPROVE');

  expect(await one.move('county-credit', 'ACTIVATE')).toMatchObject([{ code: 'SHADOW_MISSING' }]);
  expect(await one.move('county-credit', 'ACTIVATE', { reason: '仅调整连接数' })).toEqual([]);

  const file = await operators.find('county-credit');
  expect(file?.revisions.map(({ number, state }) => [number, state])).toEqual([
    [3, 'ACTIVE'],
    [2, 'DISCARDED'],
    [1, 'REPLACED'],
  ]);
  await operators.untilAsked('county-credit', 'credit-platform@1.1.0+r3');
});

test('rolling back needs a reason, and brings the one before back into use', async () => {
  const { one } = operators;

  expect(await one.move('county-credit', 'ROLL_BACK')).toMatchObject([{ code: 'REASON_MISSING' }]);
  expect(await one.move('county-credit', 'ROLL_BACK', { reason: '错误率升高' })).toEqual([]);

  await operators.untilAsked('county-credit', 'credit-platform@1.1.0+r1');
  expect((await operators.find('county-credit'))?.revisions.map(({ state }) => state)).toEqual([
    'REPLACED',
    'DISCARDED',
    'ACTIVE',
  ]);
});

test('a pause ends questions with a scheduled outage, and a resume with answers', async () => {
  const { one } = operators;
  const until = new Date(Date.now() + 3_600_000).toISOString();

  await one.move('county-credit', 'PAUSE', { reason: '年度维护', until });
  await operators.untilPaused('county-credit', true);
  expect((await operators.find('county-credit'))?.current).toMatchObject({
    state: 'PAUSED',
    reason: '年度维护',
    until,
  });
  await one.move('county-credit', 'RESUME');
  await operators.untilPaused('county-credit', false);
});

describe('credentials', () => {
  test('two versions are live while rotating, a third ends the oldest', async () => {
    const { one } = operators;
    await one.setSecrets('county-credit', { appKey: 'a-new-application-key' }, 1);
    await one.setSecrets('county-credit', SECRETS(), 1);

    const { secrets = [] } = (await operators.find('county-credit')) ?? {};

    expect(secrets.map(({ version, endedAt }) => [version, endedAt === null])).toEqual([
      [3, true],
      [2, true],
      [1, false],
    ]);
  });

  test('nothing shows them: no field, no error, no row', async () => {
    const marker = 'a-secret-that-must-not-show';
    const { errors } = await operators.one.trySecrets('county-credit', {
      appKey: marker,
      other: marker,
    });
    expect(errors).toMatchObject([{ code: 'SECRET_NOT_ACCEPTED', field: ['secrets'] }]);
    await operators.one.setSecrets('county-credit', { appKey: marker }, 1);
    const { rows } = await hub.database.db.raw<{ rows: object[] }>('select * from source_secret');

    expect(JSON.stringify([errors, await operators.list()])).not.toContain(marker);
    expect(JSON.stringify(rows)).not.toContain(Buffer.from(marker).toString('hex').slice(0, 20));
    await operators.one.setSecrets('county-credit', SECRETS(), 1);
  });
});

test('a drained source is no longer asked, and can end', async () => {
  const { one } = operators;
  await one.move('county-credit', 'DRAIN');
  await operators.untilAsked('county-credit', null);

  expect(await one.move('county-credit', 'RETIRE')).toEqual([]);

  expect((await operators.find('county-credit'))?.current).toBeNull();
});
