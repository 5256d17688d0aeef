import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { FIXTURES } from '../../sandbox/fixtures.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import {
  BulkRowsDocument,
  BulkVerificationsDocument,
  CancelBulkVerificationDocument,
  PauseBulkVerificationDocument,
  ResumeBulkVerificationDocument,
  StartBulkVerificationDocument,
} from '../generated/operations.ts';
import {
  makeEnterprises,
  openBulk,
  readExport,
  seeBulk,
  startBulk,
  upload,
} from '../support/bulk.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { breakSource, callsOf, forgetCalls, MATTERS, mendSource } from '../support/journey.ts';

const PUBLICITY = 'publicity-system';
const REST_MS = 300;
const made = makeEnterprises(600);
/** Its name is missing at the register: what is told of it can never be read. */
const POISON = made[599]!;
const held = made.map((one) => (one === POISON ? { ...one, name: '' } : one));

let hub: TestHub;
beforeAll(async () => {
  const population = { ...FIXTURES, enterprises: [...FIXTURES.enterprises, ...held] };
  hub = await startTestHub({ sandbox: { population }, policy: { restMs: REST_MS } });
  await hub.hub.sources.readCanaries();
});
afterAll(() => hub.stop());

const run = () => hub.hub.runBulks(AbortSignal.timeout(25_000));
const inBusiness = ({ stateCode }: { stateCode: string }) => stateCode === '1';
const sumOf = (seen: { progress: { verdicts: readonly { rows: number }[] } }) =>
  seen.progress.verdicts.reduce((sum, { rows }) => sum + rows, 0);

test('every row is concluded once, with as many in a call as the source takes', async () => {
  const rows = made.slice(0, 230);
  const bulk = await startBulk(hub, rows);
  await forgetCalls(hub);

  await run();

  const calls = (await callsOf(hub, PUBLICITY)).filter(
    ({ operation }) => operation === 'httpproxy',
  );
  expect(calls.map(({ keys }) => keys.length)).toEqual([...Array<number>(11).fill(20), 10]);
  const seen = await seeBulk(hub, bulk.id);
  expect(seen).toMatchObject({ state: 'DONE', allowedSteps: [], startedBy: 'demo-counter' });
  expect(seen.progress).toMatchObject({ rows: 230, waiting: 0, skipped: 0, rejected: 0 });
  expect(seen.events.map(({ step, by }) => [step, by])).toEqual([
    ...[
      [null, 'demo-counter'],
      ['CHECK', 'demo-counter'],
      ['START', 'demo-counter'],
    ],
    ['FINISH', 'job:bulk'],
  ]);
  const { lines, bytes } = await readExport(hub, bulk);
  expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
  expect(lines.map(({ line, code, verdict }) => [line, code, verdict])).toEqual(
    rows.map((one, at) => [at + 2, one.code, inBusiness(one) ? 'CONFIRMED' : 'REFUTED']),
  );
});

test('a row shows its subject and its verification, in pages and by what came out', async () => {
  const rows = made.slice(230, 280);
  const bulk = await startBulk(hub, rows);
  await run();
  const refuted = rows.filter((one) => !inBusiness(one));

  const first = await hub.get(BulkRowsDocument, { id: bulk.id, first: 30 });
  const { endCursor, hasNextPage } = first.bulkVerification!.rows.pageInfo;
  const rest = await hub.get(BulkRowsDocument, { id: bulk.id, first: 30, after: endCursor });
  const adverse = await hub.get(BulkRowsDocument, { id: bulk.id, first: 50, verdict: 'REFUTED' });

  expect(hasNextPage).toBe(true);
  const nodes = [...first.bulkVerification!.rows.nodes, ...rest.bulkVerification!.rows.nodes];
  expect(nodes.map(({ subject }) => subject.code)).toEqual(rows.map(({ code }) => code));
  expect(nodes[20]).toMatchObject({
    ...{ line: 22, state: 'CONCLUDED', skippedBecause: null },
    verification: { case: { caseNumber: `${bulk.number}/0002` } },
  });
  expect(adverse.bulkVerification!.rows.nodes.map(({ subject }) => subject.code)).toEqual(
    refuted.map(({ code }) => code),
  );
});

test('a pause lets what is under way end and holds the rest; who read an older version is told', async () => {
  const bulk = await startBulk(hub, made.slice(280, 500));
  await breakSource(hub, PUBLICITY, { kind: 'slow', ms: 400 });
  const running = run();
  await untilAsked();

  const stale = await hub.get(PauseBulkVerificationDocument, {
    input: { id: bulk.id, version: 1 },
  });
  const paused = await hub.get(PauseBulkVerificationDocument, {
    input: { id: bulk.id, version: 3 },
  });
  await mendSource(hub, PUBLICITY);
  await running;
  const between = await seeBulk(hub, bulk.id);
  const early = await hub.get(StartBulkVerificationDocument, {
    input: { id: bulk.id, version: 4 },
  });
  await hub.get(ResumeBulkVerificationDocument, { input: { id: bulk.id, version: 4 } });
  await run();

  expect(stale.pauseBulkVerification.userErrors).toMatchObject([{ code: 'STALE_VERSION' }]);
  expect(paused.pauseBulkVerification.bulkVerification).toMatchObject({
    ...{ state: 'PAUSED', version: 4, allowedSteps: ['RESUME', 'CANCEL'] },
  });
  expect(early.startBulkVerification.userErrors).toMatchObject([
    { code: 'STEP_NOT_ALLOWED', state: 'PAUSED', allowed: ['RESUME', 'CANCEL'] },
  ]);
  expect(between).toMatchObject({ state: 'PAUSED', progress: { waiting: 20, secondsLeft: null } });
  expect(await seeBulk(hub, bulk.id)).toMatchObject({ state: 'DONE', progress: { waiting: 0 } });
});

test('an outage stops the list and marks nobody; it goes on when the source is back', async () => {
  const rows = made.slice(500, 560);
  const bulk = await startBulk(hub, rows);
  await breakSource(hub, PUBLICITY, { kind: 'down' });

  await run();
  const during = await seeBulk(hub, bulk.id);
  const { lines } = await readExport(hub, bulk);
  await mendSource(hub, PUBLICITY);
  await new Promise((resolve) => setTimeout(resolve, 2 * REST_MS));
  const { version } = during;
  await hub.get(ResumeBulkVerificationDocument, { input: { id: bulk.id, version } });
  await run();

  expect(during).toMatchObject({ state: 'WAITING', progress: { waiting: 60, skipped: 0 } });
  expect(during.waiting).toMatchObject({
    ...{ source: PUBLICITY, reason: expect.stringMatching(/^SOURCE_(RESTING|UNREACHABLE)/u) },
  });
  expect(lines.map(({ state, verdict }) => `${state}${verdict}`)).toEqual(
    rows.map(() => 'WAITING'),
  );
  expect(await seeBulk(hub, bulk.id)).toMatchObject({
    ...{ state: 'DONE', progress: { waiting: 0, skipped: 0 } },
  });
});

test('two rows alone in an outage are not blamed for it', async () => {
  const bulk = await startBulk(hub, made.slice(0, 2));
  await breakSource(hub, PUBLICITY, { kind: 'malformed', body: 'not-json' });

  await run();
  const { version, ...during } = await seeBulk(hub, bulk.id);
  await hub.get(ResumeBulkVerificationDocument, { input: { id: bulk.id, version } });
  await run();
  const again = await seeBulk(hub, bulk.id);
  await mendSource(hub, PUBLICITY);
  await new Promise((resolve) => setTimeout(resolve, 2 * REST_MS));
  await hub.get(ResumeBulkVerificationDocument, {
    input: { id: bulk.id, version: again.version },
  });
  await run();

  expect(during).toMatchObject({ state: 'WAITING', progress: { waiting: 2, skipped: 0 } });
  expect(again).toMatchObject({ state: 'WAITING', progress: { waiting: 2, skipped: 0 } });
  expect(await seeBulk(hub, bulk.id)).toMatchObject({ state: 'DONE', progress: { skipped: 0 } });
});

test('a call that fails once costs its rows nothing: they are asked about alone', async () => {
  const bulk = await startBulk(hub, made.slice(560, 600 - 10));
  await breakSource(hub, PUBLICITY, {
    ...{ kind: 'malformed', body: 'not-json', times: 1, operation: 'httpproxy' },
  });

  await run();

  const seen = await seeBulk(hub, bulk.id);
  expect(seen).toMatchObject({ state: 'DONE', progress: { rows: 30, skipped: 0 } });
  expect(sumOf(seen)).toBe(30);
});

test('a row that cannot be asked about is skipped after two tries, which is no verdict', async () => {
  const rows = made.slice(590, 600);
  const bulk = await startBulk(hub, rows);
  await forgetCalls(hub);

  await run();

  const seen = await seeBulk(hub, bulk.id);
  expect(seen).toMatchObject({ state: 'DONE', progress: { rows: 10, skipped: 1, waiting: 0 } });
  const asked = (await callsOf(hub, PUBLICITY)).filter(({ keys }) => keys.includes(POISON.code));
  expect(asked.map(({ keys }) => keys.length)).toEqual([10, 1, 1]);
  const skipped = { id: bulk.id, first: 10, state: 'SKIPPED' as const };
  const { bulkVerification } = await hub.get(BulkRowsDocument, skipped);
  expect(bulkVerification!.rows.nodes).toMatchObject([
    { skippedBecause: expect.stringMatching(/^SOURCE_SCHEMA_DRIFT/u), verification: null },
  ]);
  const { lines } = await readExport(hub, bulk);
  expect(lines.at(-1)).toMatchObject({ code: POISON.code, state: 'SKIPPED', verdict: '' });
});

test('a row whose runs end while it is asked about alone is skipped, and the others are not', async () => {
  const bulk = await startBulk(hub, made.slice(0, 3));
  await breakSource(hub, PUBLICITY, { kind: 'hang' });

  // Together, by twenties, then the first of them alone, twice.
  for (let ended = 0; ended < 4; ended += 1) await runUntilKilled(bulk.id);
  await mendSource(hub, PUBLICITY);
  await untilQuiet();
  await run();
  const seen = await seeBulk(hub, bulk.id);
  if (seen.state === 'WAITING') {
    await new Promise((resolve) => setTimeout(resolve, 2 * REST_MS));
    await hub.get(ResumeBulkVerificationDocument, {
      input: { id: bulk.id, version: seen.version },
    });
    await run();
  }

  const { lines } = await readExport(hub, bulk);
  expect(lines.map(({ state }) => state)).toEqual(['SKIPPED', 'CONCLUDED', 'CONCLUDED']);
  expect(lines[0]?.text).toContain('RUN_ENDED');
}, 60_000);

test('no person is asked for help by a list: what only a person can tell stays open', async () => {
  const rows = [{ name: SUBJECTS.e1.name, code: SUBJECTS.e1.code }];
  const bulk = await startBulk(hub, rows, { matter: MATTERS.dispatch });

  await run();

  const { bulkVerification } = await hub.get(BulkRowsDocument, { id: bulk.id, first: 2 });
  const { nodes } = bulkVerification!.rows;
  expect(nodes[0]?.verification?.verdict.code).toMatch(/^(?:UNAVAILABLE|INCONCLUSIVE)$/u);
  expect(await hub.database.db('assistance_request').select('id')).toEqual([]);
  const { lines } = await readExport(hub, bulk);
  expect(lines[0]?.text).toContain('批量核查不请求协助');
});

test('a list that another run holds is left alone until its lease is over', async () => {
  const bulk = await startBulk(hub, made.slice(0, 5));
  const hold = (seconds: number) =>
    hub.database.db.raw(
      `update bulk set holder = gen_random_uuid(),
         held_until = clock_timestamp() + make_interval(secs => ?) where id = ?`,
      [seconds, bulk.id],
    );
  await hold(60);
  await forgetCalls(hub);

  await run();
  const meanwhile = await seeBulk(hub, bulk.id);
  const asked = await callsOf(hub, PUBLICITY);
  await hold(-1);
  await run();

  expect(meanwhile).toMatchObject({ state: 'RUNNING', progress: { waiting: 5 } });
  expect(asked).toEqual([]);
  expect(await seeBulk(hub, bulk.id)).toMatchObject({ state: 'DONE', progress: { waiting: 0 } });
});

test('what was canceled is never asked about again', async () => {
  const bulk = await startBulk(hub, made.slice(0, 5));

  const input = { id: bulk.id, version: 3 };
  const { cancelBulkVerification } = await hub.get(CancelBulkVerificationDocument, { input });
  await forgetCalls(hub);
  await run();

  expect(cancelBulkVerification.bulkVerification).toMatchObject({ state: 'CANCELED' });
  expect(await callsOf(hub, PUBLICITY)).toEqual([]);
  expect(await seeBulk(hub, bulk.id)).toMatchObject({ progress: { waiting: 5 } });
});

test('persons are masked in an export unless the caller may read the evidence; other agencies see nothing', async () => {
  const { p1, p2 } = SUBJECTS;
  const police = { agencyCode: '11370800MB3TE0A107' };
  const bulk = await openBulk(hub, { matter: MATTERS.household }, police);
  const file = `姓名,身份证号\n${p1.name},${p1.code}\n${p2.name},${p2.code}\n`;
  await upload(hub, bulk, file, police);
  const input = { id: bulk.id, version: 2 };
  await hub.get(StartBulkVerificationDocument, { input }, police);
  await run();

  const masked = await readExport(hub, bulk, police);
  const clear = await readExport(hub, bulk, { ...police, scopes: ['evidence:read'] });
  const foreign = await readExport(hub, bulk);
  const operator = await readExport(hub, bulk, { role: 'OPERATOR' });
  const { bulkVerifications } = await hub.get(BulkVerificationsDocument, { first: 100 });

  expect(masked.lines.map(({ name, code }) => name + code).join()).not.toContain(p1.name);
  expect(masked.lines[0]?.code).toBe(`${p1.code.slice(0, 6)}********${p1.code.slice(-4)}`);
  expect(clear.lines.map(({ name, code }) => [name, code])).toEqual([
    [p1.name, p1.code],
    [p2.name, p2.code],
  ]);
  expect(masked.lines.every(({ state }) => state === 'CONCLUDED')).toBe(true);
  expect([foreign.status, operator.status]).toEqual([404, 403]);
  expect(bulkVerifications.nodes.map(({ id }) => id)).not.toContain(bulk.id);
});

/** Waits until the source has a question. */
async function untilAsked(): Promise<void> {
  while ((await callsOf(hub, PUBLICITY)).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 20));
}

/** Waits until nothing is under way at the source. */
async function untilQuiet(): Promise<void> {
  for (;;) {
    const state = hub.hub.sources.states().find(({ id }) => id === PUBLICITY);
    if (state?.inFlight === 0 && state.waiting === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A run that ends in the middle of its work, as when its process dies: it can record nothing. */
async function runUntilKilled(id: string): Promise<void> {
  const { db } = hub.database;
  const dying = new AbortController();
  const running = hub.hub.runBulks(dying.signal);
  const isAsking = async () => {
    const claimed = db('bulk_row').join('bulk', 'bulk.holder', 'bulk_row.claimed_by');
    return (await claimed.where('bulk.id', id).select('line')).length > 0;
  };
  while (!(await isAsking())) await new Promise((resolve) => setTimeout(resolve, 10));
  await db('bulk')
    .where({ id })
    .update({
      holder: '00000000-0000-4000-8000-000000000000',
      held_until: new Date(0),
    });
  dying.abort();
  await running;
}
