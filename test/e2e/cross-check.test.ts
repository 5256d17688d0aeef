import { createHash, randomUUID } from 'node:crypto';

import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { FIXTURES } from '../../sandbox/fixtures.ts';
import type { EnterpriseRecord } from '../../sandbox/publicity-tables.ts';
import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import {
  AcceptCrossCheckFindingDocument,
  AssignCrossCheckFindingDocument,
  CancelCrossCheckRunDocument,
  CrossCheckRunsDocument,
  SetCalendarDaysDocument,
  PauseCrossCheckRunDocument,
  ReleaseCrossCheckRunDocument,
  ReleaseHoldDocument,
  ResumeCrossCheckRunDocument,
  StartCrossCheckDocument,
  VerificationTasksDocument,
  type StepCrossCheckRunInput,
} from '../generated/operations.ts';
import { makeEnterprises } from '../support/bulk.ts';
import {
  AS_OPERATOR,
  listFindings,
  readReport,
  runCheck,
  seededCode,
  seedCommitments,
  seeRun,
  startCheck,
  type FindingSeen,
  type RunSeen,
} from '../support/cross-check.ts';
import { createTestClock, startTestHub, type AskOptions, type TestHub } from '../support/hub.ts';
import { breakSource, MATTERS, mendSource, verify } from '../support/journey.ts';

const KEY = 'commitments-register';
const ROWS = 120;
/** Who changes: apart from each other, or the first answers alone would look like a flood. */
const AT = [3, 24, 45, 66, 87, 108] as const;

/** All in business: the population itself has some that are deregistered. */
const enterprises: readonly EnterpriseRecord[] = makeEnterprises(ROWS).map((one) => ({
  ...one,
  ...{ stateCode: '1', stateText: '存续（在营、开业、在册）', canceledOn: null },
}));

/** 22:00 in Asia/Shanghai. */
const clock = createTestClock('2026-11-23T14:00:00Z');

let hub: TestHub;
beforeAll(async () => {
  const population = { ...FIXTURES, enterprises: [...FIXTURES.enterprises, ...enterprises] };
  hub = await startTestHub({ sandbox: { population }, clock, policy: { restMs: 500 } });
  await seedCommitments(hub.database.db, enterprises, { matter: MATTERS.registration });
  await hub.hub.sources.readCanaries();
});
afterAll(() => hub.stop());

/** What the publicity system says of the enterprise at this place from now on. */
async function change(at: number, told: Partial<EnterpriseRecord> | null): Promise<void> {
  const { controlUrl } = hub.sandbox.sources['publicity-system'];
  const { code } = enterprises[at]!;
  const url = `${controlUrl}/records/enterprises/${code}`;
  const body = told === null ? null : JSON.stringify({ ...enterprises[at], ...told });
  const reply = await fetch(url, { method: body === null ? 'DELETE' : 'PUT', body });
  if (!reply.ok) throw new Error(await reply.text());
}

/** 22:00 a day later; the test records are read anew. */
async function nextNight(): Promise<void> {
  const tomorrow = new Date(clock.now().getTime() + 86_400_000).toISOString();
  clock.set(`${tomorrow.slice(0, 10)}T14:00:00Z`);
  await hub.hub.sources.readCanaries();
}

function countsOf({ differences }: RunSeen) {
  return differences.map(({ class: one, field, from, to, subjects }) => [
    ...[one, field, from, to, subjects],
  ]);
}

/** As if the pauses between tries were over. */
async function goOn(): Promise<void> {
  await hub.database.db.raw('update cross_check_task set not_before = null');
}

/** Until the source is left to rest no longer, and its test records are read. */
async function restSource(): Promise<void> {
  await until(async () => {
    await hub.hub.sources.readCanaries('publicity-system');
    const state = hub.hub.sources.states().find(({ id }) => id === 'publicity-system');
    return state?.breaker === 'CLOSED';
  });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function listTasks(state: 'OPEN' | 'DONE' | null = null) {
  const { verificationTasks } = await hub.get(VerificationTasksDocument, { first: 100, state });
  return verificationTasks.nodes;
}

async function countRows(table: string): Promise<number> {
  const row = await hub.database.db(table).count<{ count: string }>('* as count').first();
  return Number(row?.count);
}

async function step<T extends object>(
  document: TypedDocumentNode<T, { input: StepCrossCheckRunInput }>,
  { id, version }: RunSeen,
  reason: string | null = null,
) {
  const told = await hub.get(document, { input: { id, version, reason } }, AS_OPERATOR);
  const [payload] = Object.values(told) as readonly { readonly userErrors: readonly unknown[] }[];
  return payload!.userErrors;
}

function asSeen({ commitmentCode, to, state, nights, dueOn }: FindingSeen) {
  return [commitmentCode, to, state, nights, dueOn];
}

test('night after night findings live, and each about a promise opens one verification task', async () => {
  const first = await runCheck(hub, KEY);
  await change(AT[0], { stateCode: '2', stateText: '吊销，未注销' });
  await change(AT[1], { stateCode: '6', stateText: '迁出' });
  await change(AT[2], { stateCode: '4', stateText: '注销' });
  await change(AT[3], null);
  await change(AT[4], { stateCode: '77', stateText: '待核验' });
  await change(AT[5], { name: '济宁示例另一家有限公司' });
  await nextNight();
  const second = await runCheck(hub, KEY);
  const report = await readReport(hub, second.reportPath);
  await change(AT[2], {});
  await nextNight();
  const third = await runCheck(hub, KEY);

  expect(first).toMatchObject({
    state: 'COMPLETE',
    progress: { subjects: ROWS, read: ROWS, matched: ROWS, differing: 0, inconclusive: 0 },
  });
  expect(second).toMatchObject({
    ...{ state: 'COMPLETE', number: 2, warns: false },
    progress: { read: ROWS, matched: ROWS - 6, differing: 5, inconclusive: 1 },
    causes: [{ cause: 'STATUS_UNKNOWN', subjects: 1 }],
  });
  expect(countsOf(second)).toEqual([
    ['FIELD_CHANGED', 'HOLDER_NAME', null, null, 1],
    ['MISSING_IN_SOURCE', null, null, null, 1],
    ['STATUS_CHANGED', 'STATUS', 'VALID', 'CANCELED', 1],
    ['STATUS_CHANGED', 'STATUS', 'VALID', 'TRANSFERRED_OUT', 1],
    ['STATUS_CHANGED', 'STATUS', 'VALID', 'WITHDRAWN', 1],
    ['UNPARSEABLE', 'STATUS', null, 'STATUS_UNKNOWN', 1],
  ]);
  expect(createHash('sha256').update(report).digest('hex')).toBe(second.rootDigest);
  expect(report.toString().split('\n').slice(0, 2)).toEqual([
    `{"commitment":"${seededCode(AT[0])}","part":null,"class":"STATUS_CHANGED","field":"STATUS","from":"VALID","to":"WITHDRAWN"}`,
    `{"commitment":"${seededCode(AT[1])}","part":null,"class":"STATUS_CHANGED","field":"STATUS","from":"VALID","to":"TRANSFERRED_OUT"}`,
  ]);
  const csv = (await readReport(hub, second.csvPath)).toString();
  expect(csv.startsWith('\uFEFF承诺编码,')).toBe(true);
  expect(csv).toContain(`${seededCode(AT[2])},,STATUS_CHANGED,STATUS,VALID,CANCELED,RESOLVED,1,`);
  expect(third.progress).toMatchObject({ matched: ROWS - 5, differing: 4, inconclusive: 1 });
  const findings = await listFindings(hub);
  expect(findings.map(asSeen).sort()).toEqual([
    [seededCode(AT[0]), 'WITHDRAWN', 'PERSISTING', 2, '2026-12-01'],
    [seededCode(AT[1]), 'TRANSFERRED_OUT', 'PERSISTING', 2, '2026-12-01'],
    [seededCode(AT[2]), 'CANCELED', 'RESOLVED', 1, null],
    [seededCode(AT[3]), null, 'PERSISTING', 2, '2026-12-01'],
    [seededCode(AT[4]), 'STATUS_UNKNOWN', 'PERSISTING', 2, '2026-12-01'],
    [seededCode(AT[5]), null, 'PERSISTING', 2, '2026-12-01'],
  ]);
  const tasks = await listTasks();
  expect(tasks.map(({ dueOn, state, finding }) => [finding.class, dueOn, state]).sort()).toEqual([
    ['FIELD_CHANGED', '2026-12-01', 'OPEN'],
    ['MISSING_IN_SOURCE', '2026-12-01', 'OPEN'],
    ['STATUS_CHANGED', '2026-12-01', 'OPEN'],
    ['STATUS_CHANGED', '2026-12-01', 'OPEN'],
    ['STATUS_CHANGED', '2026-12-01', 'OPEN'],
  ]);
  expect(await countRows('breach')).toBe(0);
});

test('every question of a night is on record in its own case, in the name of the job', async () => {
  const { rows } = await hub.database.db.raw<{ rows: Record<string, unknown>[] }>(
    `select actor, legal_basis, agency_code, count(distinct case_id)::integer as cases,
       count(*) filter (where case_number is null or matter_code is null)::integer as lacking
     from source_intent where actor = 'job:cross-check' group by 1, 2, 3`,
  );

  expect(rows).toEqual([
    {
      ...{ actor: 'job:cross-check', legal_basis: '行政许可法第三十一条' },
      ...{ agency_code: AGENCIES.approval.code, cases: ROWS, lacking: 0 },
    },
  ]);
});

test('a verification by an officer ends the task, and nothing else does', async () => {
  const [task] = await listTasks();
  await verify(hub, { caseId: task!.caseId, subjectId: task!.subjectId });

  const done = (await listTasks('DONE')).map(({ id }) => id);

  expect(done).toEqual([task!.id]);
  expect(await listTasks('OPEN')).toHaveLength(4);
});

test('a closure moves the due days of what is left to do, and of nothing else', async () => {
  const before = await listTasks('DONE');
  const input = {
    ...{ firstDay: '2026-12-01', lastDay: '2026-12-01', isWorkday: false },
    ...{ why: '临时停止办公', reason: '示例通知' },
  };
  const told = await hub.get(SetCalendarDaysDocument, { input }, { role: 'JUSTICE' });

  expect(told.setCalendarDays.userErrors).toEqual([]);
  const open = (await listTasks('OPEN')).map(({ dueOn }) => dueOn);
  expect(open).toEqual(['2026-12-02', '2026-12-02', '2026-12-02', '2026-12-02']);
  expect((await listTasks('DONE')).map(({ dueOn }) => dueOn)).toEqual([before[0]!.dueOn]);
  const standing = await listFindings(hub, { states: ['PERSISTING'] });
  expect(new Set(standing.map(({ dueOn }) => dueOn))).toEqual(new Set(['2026-12-02']));
});

test('runs are for the data center alone: their counts are of every agency', async () => {
  const { errors, status } = await hub.ask(CrossCheckRunsDocument, { first: 1 });

  expect([status, errors[0]?.extensions?.['code']]).toEqual([403, 'FORBIDDEN']);
});

test('a silent source is inconclusive: it resolves nothing, opens nothing, and is no finding', async () => {
  const before = (await listFindings(hub)).map(asSeen);
  await breakSource(hub, 'publicity-system', { kind: 'down' });
  await nextNight();
  const { id } = await startCheck(hub, KEY);
  await hub.hub.runCrossChecks(AbortSignal.timeout(60_000));
  clock.set(new Date(clock.now().getTime() + 10 * 3_600_000).toISOString());
  await goOn();
  await hub.hub.runCrossChecks(AbortSignal.timeout(60_000));
  await mendSource(hub, 'publicity-system');

  const run = await seeRun(hub, id);

  expect(run).toMatchObject({
    state: 'COMPLETE',
    progress: { subjects: ROWS, read: ROWS, matched: 0, differing: 0, inconclusive: ROWS },
  });
  expect((await listFindings(hub)).map(asSeen)).toEqual(before);
});

test('a finding that was resolved comes back as REOPENED, with a task of its own', async () => {
  const tasks = (await listTasks()).length;
  await change(AT[2], { stateCode: '4', stateText: '注销' });
  await nextNight();
  await restSource();
  await runCheck(hub, KEY);

  const [finding] = (await listFindings(hub, { states: ['REOPENED'] })).map(asSeen);

  expect(finding?.slice(0, 4)).toEqual([seededCode(AT[2]), 'CANCELED', 'REOPENED', 2]);
  expect(await listTasks()).toHaveLength(tasks + 1);
});

test('what its owner accepts stays accepted until its day; no other agency may accept it', async () => {
  const held = (await listFindings(hub, { states: ['REOPENED'] }))[0]!;
  const accept = (more: object, options: AskOptions = {}) =>
    hub
      .get(
        AcceptCrossCheckFindingDocument,
        {
          input: {
            ...{ id: held.id, version: held.version, reason: '注销手续已核实' },
            ...{ until: '2026-12-10', ...more },
          },
        },
        options,
      )
      .then((told) => told.acceptCrossCheckFinding);
  const OTHER = { agencyCode: AGENCIES.countyApproval.code };

  const ofOther = await accept({}, OTHER);
  const tooLate = await accept({ until: '2030-01-01' });
  const stale = await accept({ version: 1 });
  const accepted = await accept({});
  const twice = await accept({ version: held.version + 1 });
  await nextNight();
  await runCheck(hub, KEY);
  const lived = await listFindings(hub, { states: ['ACCEPTED'] });
  clock.set('2026-12-20T14:00:00Z');
  await restSource();
  await runCheck(hub, KEY);
  const lapsed = await listFindings(hub, { states: ['REOPENED'] });

  expect(ofOther.userErrors).toMatchObject([{ code: 'UNKNOWN_FINDING', field: ['id'] }]);
  expect(tooLate.userErrors).toMatchObject([{ code: 'DATE_OUT_OF_RANGE', field: ['until'] }]);
  expect(stale.userErrors).toMatchObject([{ code: 'STALE_VERSION', field: ['version'] }]);
  expect(accepted.finding).toMatchObject({ state: 'ACCEPTED', dueOn: null });
  expect(twice.userErrors).toMatchObject([{ code: 'STEP_NOT_ALLOWED', state: 'ACCEPTED' }]);
  expect(lived.map(({ id, nights }) => [id, nights])).toEqual([[held.id, 3]]);
  expect(lapsed.map(({ id }) => id)).toEqual([held.id]);
  expect(lapsed[0]!.events.map(({ step }) => step)).toEqual([
    ...[null, 'MISS', 'SEE', 'ACCEPT', 'SEE', 'LAPSE'],
  ]);
});

test('an agency sees what touches its commitments or is for it to look into, and no more', async () => {
  const other = { agencyCode: AGENCIES.countyApproval.code };
  const [given] = await listFindings(hub, {}, {});
  const before = await listFindings(hub, {}, other);
  const assign = (options: AskOptions, agencyCode: string) =>
    hub
      .get(
        AssignCrossCheckFindingDocument,
        { input: { id: given!.id, version: given!.version, agencyCode, reason: '属登记职责' } },
        options,
      )
      .then((told) => told.assignCrossCheckFinding);
  const unknown = await assign(AS_OPERATOR, '11370800MB00000000');
  const refused = await assign(other, AGENCIES.countyApproval.code);
  const assigned = await assign(AS_OPERATOR, AGENCIES.countyApproval.code);

  expect(before).toEqual([]);
  expect(unknown.userErrors).toMatchObject([{ code: 'UNKNOWN_AGENCY', field: ['agencyCode'] }]);
  expect(refused.userErrors).toMatchObject([{ code: 'UNKNOWN_FINDING' }]);
  expect(assigned.finding).toMatchObject({ ownerCode: AGENCIES.countyApproval.code });
  expect((await listFindings(hub, {}, other)).map(({ id }) => id)).toEqual([given!.id]);
  const ofBureau = (agencyCode: string) => listFindings(hub, {}, { role: 'JUSTICE', agencyCode });
  expect((await ofBureau(AGENCIES.justice.code)).length).toBeGreaterThan(1);
  expect(await ofBureau(AGENCIES.countyJustice.code)).toEqual([]);
});

test('a paused run asks no further, a canceled one publishes nothing', async () => {
  await nextNight();
  await restSource();
  const before = (await listFindings(hub)).map(asSeen);
  const opened = await startCheck(hub, KEY);
  const again = await hub.get(
    StartCrossCheckDocument,
    { input: { key: KEY, idempotencyKey: randomUUID() } },
    AS_OPERATOR,
  );
  const early = await step(PauseCrossCheckRunDocument, opened);
  const blocked = await hub.database.db.transaction();
  await blocked.raw('lock table cross_check_observation in exclusive mode');
  const working = hub.hub.runCrossChecks(AbortSignal.timeout(60_000));
  await until(async () => (await seeRun(hub, opened.id)).state === 'RUNNING');
  await step(PauseCrossCheckRunDocument, await seeRun(hub, opened.id));
  await blocked.rollback();
  await working;
  const paused = await seeRun(hub, opened.id);
  await step(ResumeCrossCheckRunDocument, paused);
  await step(CancelCrossCheckRunDocument, await seeRun(hub, opened.id), '测试');
  await hub.hub.runCrossChecks(AbortSignal.timeout(60_000));
  const canceled = await seeRun(hub, opened.id);

  expect(again.startCrossCheck.userErrors).toMatchObject([{ code: 'RUN_GOES_ON', field: ['key'] }]);
  expect(early).toMatchObject([{ code: 'STEP_NOT_ALLOWED', state: 'OPENED' }]);
  expect(paused.state).toBe('PAUSED');
  expect(paused.progress.read).toBe(60);
  expect(canceled).toMatchObject({ state: 'CANCELED', rootDigest: null, allowedSteps: [] });
  expect((await listFindings(hub)).map(asSeen)).toEqual(before);
});

test('a flood publishes nothing: the run is held until somebody has looked, or a later one begins', async () => {
  await nextNight();
  await restSource();
  const before = (await listFindings(hub)).map(asSeen);
  for (let at = 0; at < ROWS; at += 1)
    if (at % 2 === 0) await change(at, { stateCode: '4', stateText: '注销' });
  const flooded = await runCheck(hub, KEY);
  const refused = await step(ReleaseCrossCheckRunDocument, flooded, '已核实');
  for (let at = 0; at < ROWS; at += 1) await change(at, {});
  await hub.get(
    ReleaseHoldDocument,
    { input: { id: 'publicity-system', reason: '登记系统误报，已更正', finding: 'FAULT_MENDED' } },
    AS_OPERATOR,
  );
  await nextNight();
  const mended = await runCheck(hub, KEY);

  expect(flooded).toMatchObject({ state: 'HELD', rootDigest: null });
  expect(flooded.events.at(-1)).toMatchObject({ step: 'HOLD', reason: 'ANOMALY_HOLD' });
  expect(refused).toMatchObject([{ code: 'STEP_NOT_ALLOWED', state: 'HELD', allowed: ['CANCEL'] }]);
  expect(mended).toMatchObject({ state: 'COMPLETE', progress: { matched: ROWS } });
  expect((await seeRun(hub, flooded.id)).state).toBe('CANCELED');
  const after = await listFindings(hub);
  expect(after).toHaveLength(before.length);
  expect(new Set(after.map(({ state }) => state))).toEqual(new Set(['RESOLVED']));
});
