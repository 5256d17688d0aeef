import { randomUUID } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import type { PushedCommitment } from '../../sandbox/credit-commitments.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import {
  ApplyForRepairDocument,
  FileObjectionDocument,
  ObjectionDocument,
  ObjectionsDocument,
  RepairDocument,
  RepairsDocument,
  StepObjectionDocument,
  StepRepairDocument,
  SubjectFileDocument,
  type ApplyForRepairInput,
  type StepObjectionInput,
  type StepRepairInput,
} from '../generated/operations.ts';
import { createBreachJourney, DECISION, MARKET, NOON, SECOND } from '../support/breaches.ts';
import { checkSubject, publishText } from '../support/commitments.ts';
import { createTestClock, startTestHub, type TestHub } from '../support/hub.ts';
import { breakSource, MATTERS, mendSource } from '../support/journey.ts';

const clock = createTestClock(NOON);
const E2 = { kind: 'ENTERPRISE', code: SUBJECTS.e2.code, name: SUBJECTS.e2.name } as const;
const OTHER = { agencyCode: '11370800MB3TE0E59X', account: 'officer-9' };

let hub: TestHub;
let journey: ReturnType<typeof createBreachJourney>;
// Each begins with an applicant of whom nothing is on record, at noon of the same day.
beforeEach(async () => {
  clock.set(NOON);
  hub = await startTestHub({ clock });
  const textDigest = await publishText(hub, MATTERS.registration, MARKET);
  journey = createBreachJourney({ hub, textDigest, clock });
});
afterEach(() => hub.stop());

const outcome = async () => (await journey.check()).check.outcome;

async function object(breachId: string, as = MARKET) {
  const input = { breachId, grounds: '登记信息已变更', idempotencyKey: randomUUID() };
  return (await hub.get(FileObjectionDocument, { input }, as)).fileObjection;
}

async function stepObjection(input: StepObjectionInput, as = MARKET) {
  return (await hub.get(StepObjectionDocument, { input }, as)).stepObjection;
}

async function apply(breachId: string, more: Partial<ApplyForRepairInput> = {}, as = MARKET) {
  const input: ApplyForRepairInput = {
    ...{ breachId, severity: 'MINOR', isSafetyField: false, idempotencyKey: randomUUID() },
    ...{ dutiesDocument: '整改报告〔2026〕1号', commitmentDocument: '信用承诺书', ...more },
  };
  return (await hub.get(ApplyForRepairDocument, { input }, as)).applyForRepair;
}

async function stepRepair(input: StepRepairInput, as = MARKET) {
  return (await hub.get(StepRepairDocument, { input }, as)).stepRepair;
}

async function tell(): Promise<void> {
  await hub.database.db.raw('update credit_push set next_at = now() where next_at is not null');
  await hub.hub.pushDue(AbortSignal.timeout(10_000));
  await hub.hub.propagateRepairs(AbortSignal.timeout(10_000));
}

async function pushed(code: string) {
  const { controlUrl } = hub.sandbox.sources['credit-platform'];
  const reply = await fetch(`${controlUrl}/records/pushed/${code}`);
  return ((await reply.json()) as PushedCommitment).content;
}

/** So that the next test begins with a clean applicant. */
async function annul(breachId: string, version = 4): Promise<void> {
  await journey.step({ breachId, version, step: 'ANNUL', statement: '复议撤销' }, SECOND);
  await tell();
}

describe('scenario 19, repair', () => {
  test('a block lasts until everybody who was told of the record knows that it is repaired', async () => {
    const { breachId, commitment, subjectId } = await journey.decided();
    await tell();
    const before = (await journey.check()).check;

    const { repair } = await apply(breachId);
    const repairId = repair!.id;
    await stepRepair({ repairId, version: 1, step: 'ACCEPT' });
    const same = await stepRepair({ repairId, version: 2, step: 'APPROVE', document: '准予' });
    await breakSource(hub, 'credit-platform', { kind: 'down', operation: 'push' });
    const approval = {
      repairId,
      version: 2,
      step: 'APPROVE',
      document: '济市监信修〔2026〕1号',
    } as const;
    const approved = await stepRepair(approval, SECOND);
    await tell();
    const untold = { outcome: await outcome(), state: (await read(repairId)).state };
    await mendSource(hub, 'credit-platform');
    await tell();
    const told = await read(repairId);

    expect(before).toMatchObject({ outcome: 'BLOCKED' });
    expect(before.findings).toContainEqual(
      expect.objectContaining({ ground: 'FALSE_COMMITMENT', reference: breachId }),
    );
    expect(repair).toMatchObject({
      ...{ state: 'SUBMITTED', regime: 'MEASURES_2026', publishedOn: '2026-09-21' },
      ...{ due: { on: '2026-09-23' }, isOverdue: false },
    });
    expect(same.userErrors).toMatchObject([{ code: 'SECOND_OFFICER_NEEDED' }]);
    expect(approved.repair).toMatchObject({
      ...{ state: 'APPROVED', due: null, breach: { commitment: { state: 'REPAIRED' } } },
    });
    expect(untold).toEqual({ outcome: 'BLOCKED', state: 'APPROVED' });
    expect(told).toMatchObject({ state: 'PROPAGATED', allowedSteps: ['CLOSE'] });
    expect(told.events.at(-1)).toMatchObject({ step: 'PROPAGATE', by: 'job:repair' });
    expect(await outcome()).toBe('ELIGIBLE');
    expect(await pushed(commitment.code)).toMatchObject({
      ...{ fulfillmentStatus: '全部未履行', remarks: expect.stringContaining('信用修复') },
    });
    const { subjectFile } = await hub.get(SubjectFileDocument, { subjectId }, MARKET);
    const entry = subjectFile!.entries.find(({ kind }) => kind === 'FALSE_COMMITMENT');
    expect(subjectFile!.entries).toContainEqual(
      expect.objectContaining({ kind: 'REPAIRED', about: entry!.id, reference: repairId }),
    );
    const closed = await stepRepair({ repairId, version: 4, step: 'CLOSE' });
    expect(closed.repair).toMatchObject({ state: 'CLOSED', allowedSteps: [] });
  });

  test('whatever is missing is told at once, and a serious one waits for a year', async () => {
    const { breachId } = await journey.decided();

    const bare = await apply(breachId, {
      ...{ severity: 'SERIOUS', dutiesDocument: ' ', commitmentDocument: '' },
    });
    clock.set('2027-09-20T04:00:00Z');
    const early = await apply(breachId, { severity: 'SERIOUS' });
    clock.set('2027-09-21T04:00:00Z');
    const inTime = await apply(breachId, { severity: 'SERIOUS' });

    expect(bare.userErrors).toMatchObject([
      { code: 'ELEMENT_MISSING', field: ['dutiesDocument'] },
      { code: 'ELEMENT_MISSING', field: ['commitmentDocument'] },
      { code: 'DATE_OUT_OF_RANGE', message: 'It can be repaired from 2027-09-21 on.' },
    ]);
    expect(early.userErrors).toMatchObject([{ code: 'DATE_OUT_OF_RANGE' }]);
    expect(inTime.repair).toMatchObject({ state: 'SUBMITTED' });
    await annul(breachId);
    const { id: repairId } = inTime.repair!;
    await stepRepair({ repairId, version: 1, step: 'ACCEPT' });
    const late = await stepRepair(
      ...([{ repairId, version: 2, step: 'APPROVE', document: '准予' }, SECOND] as const),
    );
    expect(late.userErrors).toMatchObject([{ code: 'BASIS_MISSING' }]);
  });

  test('one that is denied changes nothing, and may be asked for again', async () => {
    const { breachId } = await journey.decided();
    const { repair } = await apply(breachId);
    const repairId = repair!.id;
    const again = await apply(breachId);
    await stepRepair({ repairId, version: 1, step: 'ACCEPT' });
    clock.set('2026-10-20T04:00:00Z');
    const overdue = await read(repairId);
    const silent = await stepRepair({ repairId, version: 2, step: 'DENY' }, SECOND);
    const stale = await stepRepair(
      { repairId, version: 1, step: 'DENY', statement: '未整改' },
      SECOND,
    );
    const denied = await stepRepair(
      ...([{ repairId, version: 2, step: 'DENY', statement: '未整改' }, SECOND] as const),
    );
    await tell();

    expect(again.userErrors).toMatchObject([{ code: 'ALREADY_UNDER_WAY' }]);
    expect(overdue).toMatchObject({ isOverdue: true, due: { on: '2026-10-12' } });
    expect(silent.userErrors).toMatchObject([{ code: 'REASON_MISSING' }]);
    expect(stale.userErrors).toMatchObject([{ code: 'STALE_VERSION' }]);
    expect(denied.repair).toMatchObject({ state: 'DENIED', isOverdue: false });
    expect(await outcome()).toBe('BLOCKED');
    const over = await stepRepair({ repairId, version: 3, step: 'APPROVE', document: 'x' }, SECOND);
    expect(over.userErrors).toMatchObject([
      { code: 'STEP_NOT_ALLOWED', state: 'DENIED', allowed: [] },
    ]);
    expect((await apply(breachId)).repair).toMatchObject({ state: 'SUBMITTED' });
    await annul(breachId);
  });

  test('it is asked for where the finding was made, once a key, and nobody else sees it', async () => {
    const { breachId } = await journey.decided();
    const idempotencyKey = randomUUID();

    const elsewhere = await apply(breachId, {}, OTHER);
    const one = await apply(breachId, { idempotencyKey });
    const two = await apply(breachId, { idempotencyKey });
    const { repair: seen } = await hub.get(RepairDocument, { id: one.repair!.id }, OTHER);
    const { repairs } = await hub.get(RepairsDocument, { first: 10 }, OTHER);

    expect(elsewhere.userErrors).toMatchObject([{ code: 'UNKNOWN_BREACH' }]);
    expect(two.repair!.id).toBe(one.repair!.id);
    expect({ seen, nodes: repairs.nodes }).toEqual({ seen: null, nodes: [] });
    await annul(breachId);
  });
});

test('what a platform still tells of a commitment that was repaired here blocks nobody', async () => {
  const { breachId, commitment } = await journey.decided();
  await tell();
  const { controlUrl } = hub.sandbox.sources['credit-platform'];
  const path = `${controlUrl}/records/profiles/${SUBJECTS.e1.code}`;
  const profile = (await (await fetch(path)).json()) as { commitments: object[] };
  const echo = await pushed(commitment.code);
  const stranger = { ...echo, code: '37080020260918999999' };
  const serve = (commitments: object[]) =>
    fetch(path, { method: 'PUT', body: JSON.stringify({ ...profile, commitments }) });
  await serve([echo]);
  const blocked = (await journey.check()).check;
  const { repair } = await apply(breachId);
  const repairId = repair!.id;
  await stepRepair({ repairId, version: 1, step: 'ACCEPT' });
  await stepRepair({ repairId, version: 2, step: 'APPROVE', document: '准予' }, SECOND);
  await tell();
  const repaired = await outcome();
  await serve([stranger]);

  expect(blocked.outcome).toBe('BLOCKED');
  const broken = blocked.findings.filter(({ ground }) => ground === 'FALSE_COMMITMENT');
  expect(broken).toMatchObject([{ source: null, reference: breachId }]);
  expect(repaired).toBe('ELIGIBLE');
  expect(await outcome()).toBe('BLOCKED');
});

describe('scenario 19, objection', () => {
  test('a record that is objected to warns, and one that was rightly objected to is taken back everywhere', async () => {
    const { breachId, commitment } = await journey.decided();
    await tell();
    const { objection } = await object(breachId);
    const objectionId = objection!.id;
    const submitted = await outcome();
    const twice = await object(breachId);
    await stepObjection({ objectionId, version: 1, step: 'ACCEPT' });
    const disputed = await outcome();
    const uphold = { objectionId, version: 2, step: 'UPHOLD', statement: '认定有误' } as const;
    const same = await stepObjection({ ...uphold, document: '更正〔2026〕1号' });
    const bare = await stepObjection(uphold, SECOND);
    const upheld = await stepObjection({ ...uphold, document: '更正〔2026〕1号' }, SECOND);
    await tell();

    expect(objection).toMatchObject({
      ...{ state: 'SUBMITTED', due: { on: '2026-09-24' }, isOverdue: false, record: null },
    });
    expect(twice.userErrors).toMatchObject([{ code: 'ALREADY_UNDER_WAY' }]);
    expect([submitted, disputed]).toEqual(['BLOCKED', 'WARNED']);
    expect(same.userErrors).toMatchObject([{ code: 'SECOND_OFFICER_NEEDED' }]);
    expect(bare.userErrors).toMatchObject([{ field: ['document'] }]);
    expect(upheld.objection).toMatchObject({ state: 'UPHELD', breach: { state: 'ANNULLED' } });
    expect(await outcome()).toBe('ELIGIBLE');
    expect(await pushed(commitment.code)).toMatchObject({ fulfillmentStatus: '全部履行' });
  });

  test('one that is upheld in part corrects the finding and the day, and blocks on', async () => {
    const { breachId, commitment } = await journey.decided();
    const { objection } = await object(breachId);
    const objectionId = objection!.id;
    await stepObjection({ objectionId, version: 1, step: 'ACCEPT' });
    const correction = { finding: 'PARTLY_FULFILLED', conductEndedOn: '2026-09-01' } as const;
    const upheld = {
      objectionId,
      version: 2,
      step: 'UPHOLD',
      statement: '部分属实',
      document: '更正〔2026〕2号',
    } as const;

    const future = await stepObjection(
      ...([
        { ...upheld, correction: { ...correction, conductEndedOn: '2026-12-01' } },
        SECOND,
      ] as const),
    );
    await stepObjection({ ...upheld, correction }, SECOND);
    await tell();

    expect(future.userErrors).toMatchObject([
      { code: 'DATE_OUT_OF_RANGE', field: ['correction', 'conductEndedOn'] },
    ]);
    const { check } = await journey.check();
    expect(check.outcome).toBe('BLOCKED');
    expect(check.findings).toContainEqual(
      expect.objectContaining({ reference: breachId, since: '2026-09-01' }),
    );
    expect(await pushed(commitment.code)).toMatchObject({ fulfillmentStatus: '部分履行' });
    await annul(breachId);
  });

  test('one that is dismissed or withdrawn leaves the record as it was; overdue ones are shown', async () => {
    const { breachId } = await journey.decided();
    const { objection } = await object(breachId);
    const objectionId = objection!.id;
    await stepObjection({ objectionId, version: 1, step: 'ACCEPT' });
    clock.set('2026-09-28T04:00:00Z');
    const { objection: late } = await hub.get(ObjectionDocument, { id: objectionId }, MARKET);
    const { objections: open } = await hub.get(
      ObjectionsDocument,
      { first: 10, isOpen: true },
      MARKET,
    );
    await stepObjection(
      { objectionId, version: 2, step: 'DISMISS', statement: '证据充分' },
      SECOND,
    );
    const dismissed = await outcome();
    const { objection: next } = await object(breachId);
    await stepObjection({ objectionId: next!.id, version: 1, step: 'ACCEPT' });
    await stepObjection({ objectionId: next!.id, version: 2, step: 'WITHDRAW' });

    expect(late).toMatchObject({ isOverdue: true, due: { on: '2026-09-24' } });
    expect(open.nodes).toEqual([{ id: objectionId, isOverdue: true, state: 'ACCEPTED' }]);
    expect([dismissed, await outcome()]).toEqual(['BLOCKED', 'BLOCKED']);
    await annul(breachId);
  });

  test('a record of another unit has seven working days, and warns meanwhile', async () => {
    const about = { matter: MATTERS.registration, subject: E2 };
    const { check } = await checkSubject(hub, about, MARKET);
    const block = check.findings.find(({ effect }) => effect === 'BLOCK')!;
    const { ground, reference } = block;
    const file = async (record: { checkId: string; ground: typeof ground; reference: string }) => {
      const input = { record, grounds: '已履行完毕', idempotencyKey: randomUUID() };
      return (await hub.get(FileObjectionDocument, { input }, MARKET)).fileObjection;
    };

    const wrong = await file({ checkId: check.id, ground, reference: 'nothing' });
    const { objection } = await file({ checkId: check.id, ground, reference });
    await stepObjection({ objectionId: objection!.id, version: 1, step: 'ACCEPT' });
    const during = await checkSubject(hub, about, MARKET);
    const elsewhere = await checkSubject(
      ...([hub, { matter: MATTERS.sanitation, subject: E2 }, OTHER] as const),
    );
    await stepObjection(
      { objectionId: objection!.id, version: 2, step: 'DISMISS', statement: '原单位维持' },
      SECOND,
    );
    const after = await checkSubject(hub, about, MARKET);

    expect(check.outcome).toBe('BLOCKED');
    expect(wrong.userErrors).toMatchObject([{ code: 'UNKNOWN_RECORD' }]);
    expect(objection).toMatchObject({
      ...{ breach: null, record: { source: block.source, ground, reference } },
      due: { on: '2026-09-29' },
    });
    for (const seen of [during, elsewhere])
      expect(seen.check.findings).toContainEqual(
        expect.objectContaining({ ground, reference, effect: 'WARN', why: 'DISPUTED' }),
      );
    expect(during.check.outcome).toBe('WARNED');
    expect(after.check.outcome).toBe('BLOCKED');
  });

  test('either a decision or a record is objected to, and only where it is handled', async () => {
    const { breachId } = await journey.decided({ ...DECISION });
    const input = { grounds: '有误', idempotencyKey: randomUUID() };
    const { fileObjection: neither } = await hub.get(FileObjectionDocument, { input }, MARKET);
    const elsewhere = await object(breachId, OTHER);
    const { objection } = await object(breachId);
    const { objection: seen } = await hub.get(ObjectionDocument, { id: objection!.id }, OTHER);

    expect(neither.userErrors).toMatchObject([{ code: 'CLAIM_MISSING' }]);
    expect(elsewhere.userErrors).toMatchObject([{ code: 'UNKNOWN_BREACH' }]);
    expect(seen).toBeNull();
    await annul(breachId);
    const { objection: late } = await object(breachId);
    expect(late).toBeNull();
  });
});

async function read(id: string) {
  const { repair } = await hub.get(RepairDocument, { id }, MARKET);
  return repair!;
}
