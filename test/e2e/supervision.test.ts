import { createHash, createHmac, randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import {
  PlanSamplingDocument,
  ReadSamplingDocument,
  ReadSamplingProofDocument,
  RecordInspectionDocument,
  SamplingDrawsDocument,
  StepSamplingDocument,
  WithdrawCommitmentDocument,
  type PlanSamplingInput,
  type RecordInspectionInput,
  type StepSamplingInput,
} from '../generated/operations.ts';
import { checkSubject, publishText, trySign } from '../support/commitments.ts';
import { createTestClock, startTestHub, type AskOptions, type TestHub } from '../support/hub.ts';
import { matterCode, MATTERS } from '../support/journey.ts';

const NOON = '2026-09-18T04:00:00Z';
const AFTER = '2026-09-21T04:00:00Z';
const clock = createTestClock(NOON);
const E1 = { kind: 'ENTERPRISE', code: SUBJECTS.e1.code, name: SUBJECTS.e1.name } as const;
const OWN = '11370800MB28559184';
const PLANNER = { role: 'REGULATOR', agencyCode: OWN, account: 'planner' } as const;
const DRAWER = { ...PLANNER, account: 'drawer' } as const;
const STRANGER = { role: 'REGULATOR', agencyCode: '11370800MB3TE0F632' } as const;
const SIGNED = 6;

let hub: TestHub;
const commitmentIds: string[] = [];
beforeAll(async () => {
  hub = await startTestHub({ clock });
  const textDigest = await publishText(hub, MATTERS.waterTransport);
  for (let count = 0; count < SIGNED; count += 1) {
    const checked = await checkSubject(hub, { matter: MATTERS.waterTransport, subject: E1 });
    const { commitment } = await trySign(hub, checked, { textDigest });
    commitmentIds.push(commitment!.id);
  }
});
afterAll(() => hub.stop());

async function plan(more: Partial<PlanSamplingInput> = {}, as: AskOptions = PLANNER) {
  const input: PlanSamplingInput = {
    matterCodes: [matterCode(MATTERS.waterTransport)],
    ...{ from: '2026-09-01', through: '2026-09-18', idempotencyKey: randomUUID() },
    strata: [
      { name: 'warned', credit: ['WARNED', 'GRADE_D'], sharePermille: 1_000 },
      { name: 'rest', sharePermille: 500 },
    ],
    inspectors: ['inspector-3', 'inspector-1', 'inspector-2'],
    ...more,
  };
  return (await hub.get(PlanSamplingDocument, { input }, as)).planSampling;
}

async function step(input: StepSamplingInput, as: AskOptions = PLANNER) {
  return (await hub.get(StepSamplingDocument, { input }, as)).stepSampling;
}

async function record(input: RecordInspectionInput, as: AskOptions = PLANNER) {
  return (await hub.get(RecordInspectionDocument, { input }, as)).recordInspection;
}

/** Planned, frozen and drawn. */
async function drawn() {
  clock.set(AFTER);
  const { draw } = await plan();
  await step({ drawId: draw!.id, version: 1, step: 'FREEZE' });
  const taken = await step({ drawId: draw!.id, version: 2, step: 'DRAW' }, DRAWER);
  return taken.draw!;
}

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');

test('whoever reads the proof repeats the draw with nothing but hashes, from the commitment on', async () => {
  clock.set(AFTER);
  const planned = await plan();
  const drawId = planned.draw!.id;
  const committed = planned.draw!.seedCommitment;
  const frozen = await step({ drawId, version: 1, step: 'FREEZE' });
  const digest = frozen.draw!.populationDigest;
  await step({ drawId, version: 2, step: 'DRAW' }, DRAWER);

  const { samplingDraw } = await hub.get(ReadSamplingProofDocument, { id: drawId }, STRANGER);

  const proof = samplingDraw!;
  const seed = Buffer.from(proof.seed!, 'hex');
  expect(planned.draw).toMatchObject({ seed: null, population: null });
  expect(frozen.draw).toMatchObject({ seed: null, populationSize: SIGNED });
  expect([sha256(seed), sha256(proof.population!)]).toEqual([committed, digest]);
  const rank = (...parts: string[]) =>
    createHmac('sha256', seed)
      .update([parts[0], sha256(proof.plan), digest, ...parts.slice(1)].join('\n'))
      .digest('hex');
  const ids = proof
    .population!.split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t')[1]!);
  const expected = ids
    .toSorted((a, b) => (rank('subject', a) < rank('subject', b) ? -1 : 1))
    .slice(0, SIGNED / 2)
    .map((id) => ({
      commitmentId: id,
      inspectors: ['inspector-1', 'inspector-2', 'inspector-3']
        .toSorted((a, b) => (rank('inspector', id, a) < rank('inspector', id, b) ? -1 : 1))
        .slice(0, 2),
    }));
  expect(ids.toSorted()).toEqual(commitmentIds.toSorted());
  expect(proof.subjects.nodes).toEqual(expected);
});

test('nothing is frozen before its period is over, and nobody draws what they planned', async () => {
  clock.set(NOON);
  const { draw } = await plan();
  const drawId = draw!.id;

  const early = await step({ drawId, version: 1, step: 'FREEZE' });
  clock.set(AFTER);
  const skipped = await step({ drawId, version: 1, step: 'DRAW' }, DRAWER);
  await step({ drawId, version: 1, step: 'FREEZE' });
  const own = await step({ drawId, version: 2, step: 'DRAW' });
  const stale = await step({ drawId, version: 1, step: 'DRAW' }, DRAWER);
  const foreign = await step({ drawId, version: 2, step: 'DRAW' }, STRANGER);

  expect(early.userErrors).toMatchObject([{ code: 'DATE_OUT_OF_RANGE' }]);
  expect(skipped.userErrors).toMatchObject([
    { code: 'STEP_NOT_ALLOWED', state: 'PLANNED', allowed: ['FREEZE', 'CANCEL'] },
  ]);
  expect(own.userErrors).toMatchObject([{ code: 'SECOND_PERSON_NEEDED' }]);
  expect(stale.userErrors).toMatchObject([{ code: 'STALE_VERSION' }]);
  expect(foreign.userErrors).toMatchObject([{ code: 'UNKNOWN_DRAW' }]);
});

test('the frozen population stays as it was, whatever happens to commitments afterwards', async () => {
  clock.set(AFTER);
  const { draw } = await plan();
  const drawId = draw!.id;
  await step({ drawId, version: 1, step: 'FREEZE' });
  const commitmentId = commitmentIds[0]!;
  const withdrawal = { commitmentId, version: 1, reason: '已取得证明' };
  await hub.get(WithdrawCommitmentDocument, { input: withdrawal });

  const after = await step({ drawId, version: 2, step: 'DRAW' }, DRAWER);
  const next = await plan();
  const without = await step({ drawId: next.draw!.id, version: 1, step: 'FREEZE' });

  expect(after.draw).toMatchObject({ state: 'DRAWN', populationSize: SIGNED });
  expect(after.draw!.population).toContain(commitmentId);
  expect(without.draw).toMatchObject({ populationSize: SIGNED - 1 });
  expect(without.draw!.population).not.toContain(commitmentId);
});

test('a canceled draw shows the seed it would have been drawn with, and its reason', async () => {
  const { draw } = await plan();
  const drawId = draw!.id;

  const silent = await step({ drawId, version: 1, step: 'CANCEL' });
  const canceled = await step({ drawId, version: 1, step: 'CANCEL', reason: '名录库有误' });
  const again = await step({ drawId, version: 2, step: 'FREEZE' });

  expect(silent.userErrors).toMatchObject([{ code: 'REASON_MISSING' }]);
  expect(sha256(Buffer.from(canceled.draw!.seed!, 'hex'))).toBe(draw!.seedCommitment);
  expect(canceled.draw).toMatchObject({ state: 'CANCELED', allowedSteps: [] });
  expect(again.userErrors).toMatchObject([{ code: 'STEP_NOT_ALLOWED', state: 'CANCELED' }]);
});

test('inspections are recorded and corrected, shown to those concerned, and break no commitment', async () => {
  const { id: drawId } = await drawn();
  const { samplingDraw } = await hub.get(ReadSamplingDocument, { id: drawId }, PLANNER);
  const [first, ...others] = samplingDraw!.subjects.nodes;
  const { commitmentId } = first!;
  const seen = { drawId, commitmentId, inspectedOn: '2026-09-21' };

  const bare = await record({ ...seen, outcome: 'NOT_KEPT' });
  const wrong = await record({ ...seen, outcome: 'NOT_FOUND', note: '地址查无此企业' });
  const right = await record({ ...seen, outcome: 'KEPT' });
  const early = await step({ drawId, version: 3, step: 'CLOSE' });
  for (const other of others)
    await record({ ...seen, commitmentId: other.commitmentId, outcome: 'NOT_KEPT', note: '不符' });
  const closed = await step({ drawId, version: 3, step: 'CLOSE' });
  const late = await record({ ...seen, outcome: 'KEPT' });
  const read = async (as: AskOptions) => {
    const { samplingDraw: one } = await hub.get(ReadSamplingDocument, { id: drawId }, as);
    return one!.subjects.nodes[0]!.inspection;
  };

  expect(bare.userErrors).toMatchObject([{ code: 'REASON_MISSING' }]);
  expect(wrong.draw!.results).toMatchObject({ notFound: 1, kept: 0 });
  expect(right.draw!.results).toMatchObject({ notFound: 0, kept: 1 });
  expect(early.userErrors).toMatchObject([{ code: 'REASON_MISSING' }]);
  expect(closed.draw).toMatchObject({ state: 'CLOSED', version: 4 });
  expect(late.userErrors).toMatchObject([{ code: 'STEP_NOT_ALLOWED', state: 'CLOSED' }]);
  expect(await read(PLANNER)).toEqual({ number: 2, outcome: 'KEPT', note: null });
  expect(await read(STRANGER)).toBeNull();
  const { rows } = await hub.database.db.raw<{ rows: unknown[] }>(
    `select 1 from breach union all select 1 from subject_entry where kind like 'FALSE%'
     union all select 1 from commitment_event where step like 'FIND%'`,
  );
  expect(rows).toEqual([]);
});

test('a commitment that was not drawn is not inspected by this draw', async () => {
  const { id: drawId } = await drawn();
  const seen = { drawId, outcome: 'KEPT', inspectedOn: '2026-09-21' } as const;

  const foreign = await record({ ...seen, commitmentId: randomUUID() });
  const garbled = await record({ ...seen, commitmentId: 'x' });
  const future = await record({
    ...seen,
    commitmentId: commitmentIds[1]!,
    inspectedOn: '2027-01-01',
  });

  expect(foreign.userErrors).toMatchObject([{ code: 'UNKNOWN_COMMITMENT' }]);
  expect(garbled.userErrors).toMatchObject([{ code: 'UNKNOWN_COMMITMENT' }]);
  expect(future.userErrors).toHaveLength(1);
});

test('a plan that leaves somebody out, or divides by nothing, is not committed to', async () => {
  const none = await plan({
    strata: [{ name: 'exempt', verification: ['EXEMPT'], sharePermille: 100 }],
  });
  const broken = await plan({
    ...{ matterCodes: [], inspectors: ['one', 'one'], inspectorsPerSubject: 3 },
    strata: [
      { name: 'a b', credit: [], sharePermille: 1_001 },
      { name: 'rest', sharePermille: 1 },
    ],
    through: '2028-01-01',
  });
  const foreign = await plan({ agencyCode: STRANGER.agencyCode });

  expect(none.userErrors).toMatchObject([{ code: 'CLAIM_MISSING', field: ['strata'] }]);
  expect(broken.userErrors.map(({ field }) => field.join('.'))).toEqual([
    ...['matterCodes', 'through', 'strata.0.name', 'strata.0.sharePermille', 'strata.0'],
    ...['inspectors', 'inspectorsPerSubject'],
  ]);
  expect(foreign.userErrors).toMatchObject([{ code: 'UNKNOWN_AGENCY' }]);
});

test('who handled a case does not inspect it, and a pool without others is not drawn from', async () => {
  clock.set(AFTER);
  const { rows } = await hub.database.db.raw<{ rows: { accepted_by: string }[] }>(
    'select distinct accepted_by from commitment',
  );
  const handler = rows[0]!.accepted_by;
  const few = await plan({ inspectors: [handler, 'inspector-1'] });
  const enough = await plan({ inspectors: [handler, 'inspector-1', 'inspector-2'] });

  const refused = await step({ drawId: few.draw!.id, version: 1, step: 'FREEZE' });
  const drawId = enough.draw!.id;
  const frozen = await step({ drawId, version: 1, step: 'FREEZE' });
  await step({ drawId, version: 2, step: 'DRAW' }, DRAWER);
  const { samplingDraw } = await hub.get(ReadSamplingProofDocument, { id: drawId });

  expect(refused.userErrors).toMatchObject([{ code: 'TOO_FEW_INSPECTORS' }]);
  const lines = frozen.draw!.population!.trimEnd().split('\n');
  expect(new Set(lines.map((line) => line.split('\t')[2]))).toEqual(new Set([handler]));
  const drawnInspectors = samplingDraw!.subjects.nodes.flatMap(({ inspectors }) => inspectors);
  expect(new Set(drawnInspectors)).toEqual(new Set(['inspector-1', 'inspector-2']));
});

test('a justice bureau draws among the commitments of another agency, once for each key', async () => {
  const bureau = { role: 'JUSTICE', account: 'justice-2' } as const;
  const key = { agencyCode: OWN, idempotencyKey: randomUUID() };

  const planned = await plan(key, bureau);
  const repeated = await plan(key, bureau);
  const { samplingDraws } = await hub.get(SamplingDrawsDocument, { agencyCode: OWN }, STRANGER);

  expect(planned.draw!.inspectedAgency).toBe(OWN);
  expect(repeated.draw!.id).toBe(planned.draw!.id);
  expect(samplingDraws.nodes).toContainEqual({ id: planned.draw!.id, state: 'PLANNED' });
});
