import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { sourceFault } from '../../src/connector-kit/fault.ts';
import { ONE, pass, put, startIntakeRig, TWO, type IntakeRig } from './rig.ts';

let rig: IntakeRig;
beforeAll(async () => {
  rig = await startIntakeRig();
});
afterAll(() => rig.stop());
beforeEach(() => rig.clear());

const CUT = sourceFault('SOURCE_UNREACHABLE', { hop: 'NETWORK', reason: 'REFUSED' });
const TEN = Array.from({ length: 10 }, (_, at) => put(`row-${at}`, `甲${at}`));

async function accept(by: typeof ONE, passId: string, reason = '已与来源单位核对') {
  const accepted = await rig.intake.accept(by, { passId, reason });
  return accepted.ok ? accepted.value : accepted.errors.map(({ code }) => code);
}

describe('what a pass does not show', () => {
  test('is gone once a pass that shows everything was read to its end, and not before', async () => {
    rig.hand(pass('p1', [TEN]));
    await rig.read();
    rig.hand(pass('p2', [TEN.slice(0, 4), TEN.slice(4, 9)], { breakAt: 1, fault: CUT }));
    const cut = await rig.read();
    const duringIt = Object.keys(await rig.rows()).length;
    rig.hand(pass('p2', [TEN.slice(0, 4), TEN.slice(4, 9)]));

    const whole = await rig.read();

    expect(cut.last?.counts.removed).toBe(0);
    expect(duringIt).toBe(10);
    expect(whole.last).toMatchObject({ full: true, attempts: 2, counts: { removed: 1 } });
    expect(Object.keys(await rig.rows())).toEqual(TEN.slice(0, 9).map(({ id }) => id));
  });

  test('stays where the pass shows changes only', async () => {
    rig.hand(pass('p1', [TEN]));
    await rig.read();
    rig.hand(pass('p2', [TEN.slice(0, 1)], { full: false }));

    const { last } = await rig.read();

    expect(last).toMatchObject({ state: 'COMPLETE', full: false, counts: { removed: 0 } });
    expect(Object.keys(await rig.rows())).toHaveLength(10);
  });

  test('stays where another pass was cut off before this one', async () => {
    rig.hand(pass('p1', [TEN]));
    await rig.read();
    rig.hand(pass('p2', [TEN.slice(0, 4), TEN.slice(4)], { breakAt: 1, fault: CUT }));
    await rig.read();
    // Goes on where p2 was cut off, and calls it another: what p2 showed was not shown by it.
    rig.hand(async function* () {
      yield* pass('p3', [TEN.slice(4)])(
        { collection: '', since: null, resume: null, isDone: async () => false },
        AbortSignal.timeout(1_000),
      );
    });

    const { last } = await rig.read();

    expect(last).toMatchObject({ state: 'COMPLETE', full: false, counts: { removed: 0 } });
    expect(Object.keys(await rig.rows())).toHaveLength(10);
  });

  test('comes back when it is shown again, whatever its order', async () => {
    rig.hand(pass('p1', [TEN]));
    await rig.read();
    rig.hand(pass('p2', [TEN.slice(1)]));
    await rig.read();
    rig.hand(pass('p3', [TEN], { full: false }));
    const byChanges = Object.keys(await rig.rows()).length;
    await rig.read();
    const repeated = Object.keys(await rig.rows()).length;
    rig.hand(pass('p4', [TEN]));

    await rig.read();

    expect([byChanges, repeated]).toEqual([9, 9]);
    expect(Object.keys(await rig.rows())).toHaveLength(10);
  });
});

describe('a pass that shows suspiciously little', () => {
  beforeEach(async () => {
    rig.hand(pass('p1', [TEN]));
    await rig.read();
    rig.hand(pass('p2', [TEN.slice(0, 2)]));
  });

  test('takes nothing for gone, moves no watermark and leaves nothing covered', async () => {
    const read = await rig.read();

    expect(read).toMatchObject({ watermark: 'after p1', fault: 'SHRUNK', freshness: 'UNSETTLED' });
    expect(read.last).toMatchObject({ state: 'FAILED', reason: 'SHRUNK', counts: { removed: 8 } });
    expect(Object.keys(await rig.rows())).toHaveLength(10);
    expect(await rig.ask('nobody')).toMatchObject({ records: [], absence: 'UNCOVERED' });
  });

  test('is accepted by two operators, and only then are the rows gone', async () => {
    const id = (await rig.read()).last?.id ?? '';

    const first = await accept(ONE, id);
    const again = await accept(ONE, id);
    const rowsBefore = Object.keys(await rig.rows()).length;
    const second = await accept(TWO, id);
    const third = await accept(TWO, id);

    expect(first).toMatchObject({
      state: 'FAILED',
      proposed: { by: 'operator-1' },
      accepted: null,
    });
    expect(again).toEqual(['SECOND_OPERATOR_NEEDED']);
    expect(rowsBefore).toBe(10);
    expect(second).toMatchObject({
      ...{ state: 'COMPLETE', full: true, accepted: { by: 'operator-2' } },
      counts: { removed: 8 },
    });
    expect(third).toEqual(['STEP_NOT_ALLOWED']);
    expect(Object.keys(await rig.rows())).toEqual(['row-0', 'row-1']);
    const [collection] = await rig.intake.collections('county-tables');
    expect(collection).toMatchObject({ watermark: 'after p2', fault: null, freshness: 'FRESH' });
    expect(collection).toMatchObject({ rowsLive: 2, rowsKept: 10 });
  });

  test('cannot be accepted once a later one was begun, or without a reason', async () => {
    const id = (await rig.read()).last?.id ?? '';
    const unsaid = await accept(ONE, id, ' ');
    await accept(ONE, id);
    await rig.read();

    const late = await accept(TWO, id);

    expect(unsaid).toEqual(['LENGTH_OUT_OF_RANGE']);
    expect(late).toEqual(['STEP_NOT_ALLOWED']);
    expect(Object.keys(await rig.rows())).toHaveLength(10);
  });

  test('is settled by one that shows enough again', async () => {
    await rig.read();
    rig.hand(pass('p3', [TEN.slice(0, 9)]));

    const read = await rig.read();

    expect(read).toMatchObject({ watermark: 'after p3', fault: null, freshness: 'FRESH' });
    expect(read.last?.counts.removed).toBe(1);
  });
});

describe('changes that were not taken', () => {
  const rejects = [{ place: 3, field: null, reason: 'TRUNCATED' }];

  test('keep silence from meaning anything, until two operators accept them', async () => {
    rig.hand(pass('p1', [TEN], { rejects }));
    const read = await rig.read();
    const before = await rig.ask('nobody');
    const id = read.last?.id ?? '';

    await accept(ONE, id);
    const proposed = await rig.ask('nobody');
    const accepted = await accept(TWO, id);

    expect([before.absence, proposed.absence]).toEqual(['UNCOVERED', 'UNCOVERED']);
    expect(accepted).toMatchObject({ state: 'COMPLETE', full: false });
    expect(await rig.ask('nobody')).toMatchObject({ records: [], absence: 'COVERED' });
  });

  test('are settled by a later pass that shows everything, and by no other', async () => {
    rig.hand(pass('p1', [TEN], { rejects }));
    await rig.read();
    rig.hand(pass('p2', [TEN], { full: false }));
    const changes = await rig.read();
    rig.hand(pass('p3', [TEN]));

    const everything = await rig.read();

    expect([changes.freshness, changes.notTaken]).toEqual(['UNSETTLED', 1]);
    expect([everything.freshness, everything.notTaken]).toEqual(['FRESH', 0]);
  });

  test('of an unknown pass cannot be accepted', async () => {
    expect(await accept(ONE, 'no uuid')).toEqual(['UNKNOWN_PASS']);
    expect(await accept(ONE, '0b9c6a52-6a39-4f0e-9f5e-8f9a2d1f0c15')).toEqual(['UNKNOWN_PASS']);
  });
});
