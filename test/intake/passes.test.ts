import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { sourceFault } from '../../src/connector-kit/fault.ts';
import { gone, pass, put, revisionOf, startIntakeRig, withPasses, type IntakeRig } from './rig.ts';

let rig: IntakeRig;
beforeAll(async () => {
  rig = await startIntakeRig();
});
afterAll(() => rig.stop());
beforeEach(() => rig.clear());

const UNREACHABLE = sourceFault('SOURCE_UNREACHABLE', { hop: 'NETWORK', reason: 'REFUSED' });

describe('a pass', () => {
  test('keeps its rows, counts what it did, and moves the watermark at its end', async () => {
    rig.hand(pass('p1', [[put('a', '甲'), put('b', '乙')], [put('c', '丙')]], { full: false }));

    const first = await rig.read();
    rig.hand(
      pass('p2', [[put('a', '甲'), put('b', '乙二', '2'), gone('c', '2')]], { full: false }),
    );
    const second = await rig.read();

    expect(first).toMatchObject({ watermark: 'after p1', rowsLive: 3, fault: null });
    expect(first.last?.counts).toMatchObject({ pages: 2, kept: 3, unchanged: 0, deleted: 0 });
    expect(second).toMatchObject({ watermark: 'after p2', rowsLive: 2, rowsKept: 3 });
    expect(second.last?.counts).toEqual({
      ...{ pages: 1, kept: 1, unchanged: 1, deleted: 1 },
      ...{ rejected: 0, quarantined: 0, removed: 0 },
    });
    expect(await rig.rows()).toEqual({ a: '甲', b: '乙二' });
  });

  test('that was kept before changes nothing when it comes again', async () => {
    const scan = pass('p1', [[put('a', '甲'), put('b', '乙')]]);
    rig.hand(scan);
    await rig.read();
    const before = await rig.database.db('intake_row').orderBy('row_id').select('row_id', 'pass');

    const again = await rig.read();

    expect(again.last?.counts).toMatchObject({ kept: 0, unchanged: 2, deleted: 0, removed: 0 });
    expect(again).toMatchObject({ rowsLive: 2, rowsKept: 2 });
    expect(await rig.database.db('intake_row').orderBy('row_id').select('row_id', 'pass')).toEqual(
      before,
    );
  });

  test('that was cut off keeps its pages, and no watermark; the next run goes on behind them', async () => {
    const pages = [[put('a', '甲')], [put('b', '乙')], [put('c', '丙')]];
    rig.hand(pass('p1', pages, { breakAt: 2, fault: UNREACHABLE }));
    const cut = await rig.read();
    const asked: (string | null)[] = [];
    rig.hand((request, signal) => {
      asked.push(request.resume);
      return pass('p1', pages)(request, signal);
    });

    const whole = await rig.read();

    expect(cut).toMatchObject({
      watermark: null,
      fault: 'SOURCE_UNREACHABLE:REFUSED',
      complete: null,
    });
    expect(cut.last).toMatchObject({ state: 'FAILED', counts: { pages: 2 }, attempts: 1 });
    expect(asked).toEqual(['p1/2']);
    expect(whole.last).toMatchObject({
      ...{ id: cut.last?.id, state: 'COMPLETE', full: true, attempts: 2 },
      counts: { pages: 3, kept: 3, removed: 0 },
    });
    expect(await rig.rows()).toEqual({ a: '甲', b: '乙', c: '丙' });
  });

  test('whose resume is refused for good is begun anew in the same run', async () => {
    rig.hand(pass('p1', [[put('a', '甲')], []], { breakAt: 1, fault: UNREACHABLE }));
    await rig.read();
    const refusal = sourceFault('SOURCE_INTEGRITY_FAILED', { hop: 'SOURCE', reason: 'CHANGED' });
    rig.hand(async function* (request, signal) {
      if (request.resume !== null) throw refusal;
      yield* pass('p2', [[put('a', '甲'), put('b', '乙')]])(request, signal);
    });

    const read = await rig.read();

    expect(read).toMatchObject({ watermark: 'after p2', last: { state: 'COMPLETE', full: true } });
    expect(await rig.rows()).toEqual({ a: '甲', b: '乙' });
  });

  test('that ends without saying so is not complete', async () => {
    rig.hand(async function* (request, signal) {
      for await (const page of pass('p1', [[put('a', '甲')], []])(request, signal)) {
        if (!page.complete) yield page;
      }
    });

    const read = await rig.read();

    expect(read).toMatchObject({ watermark: null, fault: 'INCOMPLETE', last: { state: 'FAILED' } });
  });

  test('ends with a fault, and lets go, when a connector throws what is none', async () => {
    rig.hand(pass('p1', [[put('a', '甲')], []], { breakAt: 1, fault: new TypeError('a bug') }));

    const read = await rig.read();

    expect(read).toMatchObject({ fault: 'BUG', watermark: null, isBeingRead: false });
  });
});

describe('what is not taken', () => {
  const rejects = [
    { place: 7, field: 'cd_time', reason: 'FUTURE_CHANGE' },
    { place: 9, field: null, reason: 'TRUNCATED' },
  ];

  test('is kept with place, field and reason, apart by whether its time is to come', async () => {
    rig.hand(pass('p1', [[put('a', '甲')]], { rejects }));

    const { last, notTaken } = await rig.read();
    const told = await rig.intake.pageOfRejects(last?.id ?? '', { first: 10, after: null });

    expect(last?.counts).toMatchObject({ kept: 1, rejected: 1, quarantined: 1 });
    expect(notTaken).toBe(2);
    expect(told.nodes.map(({ place, field, reason }) => ({ place, field, reason }))).toEqual(
      rejects,
    );
  });

  test('keeps a pass from saying that anything is gone', async () => {
    rig.hand(pass('p1', [[put('a', '甲'), put('b', '乙')]]));
    await rig.read();
    rig.hand(pass('p2', [[put('a', '甲')]], { rejects: rejects.slice(1) }));

    const { last } = await rig.read();

    expect(last).toMatchObject({ state: 'COMPLETE', full: false, counts: { removed: 0 } });
    expect(await rig.rows()).toEqual({ a: '甲', b: '乙' });
  });

  test.each([
    ['NO_ID', put('', '甲')],
    ['NOT_TEXT', put('x', 'a\0b')],
    ['TOO_LONG', put('x'.repeat(513), '甲')],
    ['ORDER_NOT_COMPARABLE', put('x', '甲', '𠮷')],
    ['TOO_LONG', put('y', '甲'.repeat(100_000))],
  ])('a row that the hub cannot keep is one of them: %s', async (reason, row) => {
    rig.hand(pass('p1', [[put('a', '甲'), row]]));

    const { last } = await rig.read();
    const { nodes } = await rig.intake.pageOfRejects(last?.id ?? '', { first: 9, after: null });

    expect(nodes).toEqual([{ ordinal: 1, place: 2, field: null, reason }]);
    expect(await rig.rows()).toEqual({ a: '甲' });
  });

  test('is counted to its end, and told of only the first thousand', async () => {
    const many = Array.from({ length: 1_200 }, (_, at) => ({ ...rejects[1]!, place: at + 1 }));
    rig.hand(pass('p1', [[put('a', '甲')]], { rejects: many }));

    const { last } = await rig.read();

    expect(last?.counts.rejected).toBe(1_200);
    expect(await rig.database.db('intake_reject')).toHaveLength(1_000);
  });
});

describe('limits', () => {
  test.each([
    ['rows', { rowsMax: 3 }, 'SOURCE_MALFORMED:TOO_MANY_ROWS'],
    ['bytes', { bytesMax: 50 }, 'SOURCE_MALFORMED:TOO_LARGE'],
  ])(
    'a page with which a collection would be more than its %s is not kept',
    async (_what, policy, reason) => {
      rig.revise(withPasses(policy));
      rig.hand(
        pass('p1', [
          [put('a', '甲'), put('b', '乙')],
          [put('c', '丙'), put('d', '丁')],
        ]),
      );

      const read = await rig.read();

      expect(read).toMatchObject({ fault: reason, watermark: null, rowsKept: 2 });
      expect(await rig.rows()).toEqual({ a: '甲', b: '乙' });
    },
  );

  test('what is kept is counted in the transaction that keeps it', async () => {
    rig.revise({ ...revisionOf({}), ...withPasses({ shrinkMax: 1 }) });
    rig.hand(pass('p1', [[put('a', '甲'), put('b', '乙'), put('c', '丙')]]));
    await rig.read();
    rig.hand(pass('p2', [[put('a', '甲甲', '2'), gone('b', '2')]]));

    const read = await rig.read();

    const [sums] = await rig.database.db('intake_row').select(
      rig.database.db.raw(`count(*) as rows, count(*) filter (where not deleted) as live,
          sum(bytes) as bytes, sum(octet_length("values"::text)) filter (where not deleted) as real`),
    );
    expect(sums).toMatchObject({ rows: read.rowsKept, live: read.rowsLive, bytes: read.bytesKept });
    expect(read).toMatchObject({ rowsKept: 3, rowsLive: 1 });
  });
});
