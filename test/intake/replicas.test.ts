import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import type { ScanPage } from '../../src/connector-kit/scan.ts';
import {
  COLLECTION,
  pass,
  put,
  SOURCE,
  startIntakeRig,
  withPasses,
  type IntakeRig,
} from './rig.ts';

const LEASE_MS = 400;

let rig: IntakeRig;
beforeAll(async () => {
  rig = await startIntakeRig();
});
afterAll(() => rig.stop());
beforeEach(() => rig.clear());

/** A promise, and what ends the waiting for it. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const endsAt = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > endsAt) throw new Error('not within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const lastState = async () => (await rig.intake.collections(SOURCE))[0]?.last?.state ?? null;
const pagesKept = async () => (await rig.intake.collections(SOURCE))[0]?.last?.counts.pages ?? 0;

describe('two replicas', () => {
  test('read a collection one at a time, and the other one leaves it alone', async () => {
    const { opened, open } = gate();
    const pages = [[put('a', '甲')], [put('b', '乙')]];
    rig.hand(async function* (request, signal) {
      let count = 0;
      for await (const page of pass('p1', pages)(request, signal)) {
        if (count === 1) await opened;
        count += 1;
        yield page;
      }
    });
    const other = rig.replicate();
    const reading = rig.read();
    await until(async () => (await pagesKept()) === 1);

    const meanwhile = await rig.read(other.intake);
    open();
    const read = await reading;

    expect(meanwhile).toMatchObject({ isBeingRead: true, last: { state: 'RUNNING' } });
    expect(rig.source.scans).toBe(1);
    expect(read).toMatchObject({ isBeingRead: false, last: { state: 'COMPLETE', attempts: 1 } });
    await other.intake.stop();
  });

  test('that begin at the same time read everything exactly once', async () => {
    const pages = Array.from({ length: 5 }, (_, at) => [put(`row-${at}`, '甲')]);
    const replicas = [rig.replicate(), rig.replicate(), rig.replicate()];
    let done = false;
    rig.hand(async function* (request, signal) {
      // As a file that was read before is not read again.
      if (done) return;
      yield* pass('p1', pages)(request, signal);
      done = true;
    });

    await Promise.all(replicas.map(({ intake }) => rig.read(intake)));

    const passes = await rig.intake.pageOfPasses(SOURCE, { first: 10, after: null });
    expect(passes.nodes).toHaveLength(1);
    expect(passes.nodes[0]).toMatchObject({ state: 'COMPLETE', attempts: 1, counts: { kept: 5 } });
  });
});

describe('a run that is killed in the middle', () => {
  const pages = [
    [put('a', '甲', '2'), put('b', '乙', '2')],
    [put('c', '丙', '2')],
    [put('d', '丁', '2')],
  ];

  test('is gone on with by another replica behind its last page, and nothing it showed is gone', async () => {
    rig.hand(pass('p0', [[...pages.flat(), put('old', '旧')]]));
    await rig.read();
    const { opened, open } = gate();
    const killed = rig.replicate({ leaseMs: LEASE_MS });
    rig.hand(async function* (request, signal) {
      for await (const page of pass('p1', pages)(request, signal)) {
        if (page.resume === null) await opened;
        yield page;
      }
    });
    const dying = rig.read(killed.intake).catch(() => null);
    await until(async () => (await pagesKept()) === 2);
    await killed.kill();
    const asked: (string | null)[] = [];
    rig.hand((request, signal) => {
      asked.push(request.resume);
      return pass('p1', pages)(request, signal);
    });
    const stateAfterDeath = await lastState();
    const heir = rig.replicate({ leaseMs: LEASE_MS });
    await until(async () => (await rig.read(heir.intake)).last?.state === 'COMPLETE');
    open();
    await dying;

    const [collection] = await rig.intake.collections(SOURCE);
    expect(stateAfterDeath).toBe('RUNNING');
    expect(asked).toEqual(['p1/2']);
    expect(collection?.last).toMatchObject({
      ...{ name: 'p1', full: true, attempts: 2 },
      counts: { pages: 3, unchanged: 4, removed: 1 },
    });
    expect(Object.keys(await rig.rows())).toEqual(['a', 'b', 'c', 'd']);
  });

  test('keeps nothing more once another has taken over, though it lives on', async () => {
    const { opened, open } = gate();
    const slow = rig.replicate({ leaseMs: LEASE_MS });
    const late: ScanPage[] = [];
    rig.hand(async function* (request, signal) {
      for await (const page of pass('p1', pages)(request, signal)) {
        if (page.resume === null) {
          await opened;
          late.push(page);
        }
        yield page;
      }
    });
    const sleeping = rig.read(slow.intake);
    await until(async () => (await pagesKept()) === 2);
    // As after a process was suspended: the lease has run out, and somebody else has it.
    await rig.database
      .db('intake_collection')
      .update({ holder: '0b9c6a52-6a39-4f0e-9f5e-8f9a2d1f0c15', held_until: '2999-01-01' });
    open();
    await sleeping;

    const [collection] = await rig.intake.collections(SOURCE);
    expect(late).toHaveLength(1);
    expect(collection).toMatchObject({ watermark: null, isBeingRead: true });
    expect(collection?.last).toMatchObject({ state: 'RUNNING', counts: { pages: 2 } });
    expect(Object.keys(await rig.rows())).toEqual(['a', 'b', 'c']);
  });

  test('is told to stop, lets go, and is due at once', async () => {
    const leaving = rig.replicate();
    rig.hand(async function* (request, signal) {
      for await (const page of pass('p1', pages)(request, signal)) {
        yield page;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    });
    const reading = rig.read(leaving.intake);
    await until(async () => (await pagesKept()) === 1);

    await leaving.intake.stop();
    await reading;
    const [stopped] = await rig.intake.collections(SOURCE);
    await rig.intake.startDue(AbortSignal.timeout(5_000));
    await until(async () => (await lastState()) === 'COMPLETE');

    expect(stopped).toMatchObject({ fault: 'STOPPED', isBeingRead: false, watermark: null });
    expect(Object.keys(await rig.rows())).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('the job', () => {
  const scansAfter = async (instant: string): Promise<number> => {
    rig.clock.set(instant);
    await until(async () => {
      await rig.intake.startDue(AbortSignal.timeout(5_000));
      const [collection] = await rig.intake.collections(SOURCE);
      return collection?.isBeingRead === false;
    });
    // What was not due has ended by then too.
    await new Promise((resolve) => setTimeout(resolve, 100));
    return rig.source.scans;
  };

  test('reads what is due: at first, then so long after the last run began', async () => {
    rig.revise(withPasses({ everyMinutes: 30 }));
    rig.hand(pass('p1', [[put('a', '甲')]]));

    const scans = [
      await scansAfter('2026-09-18T04:00:00Z'),
      await scansAfter('2026-09-18T04:29:59Z'),
      await scansAfter('2026-09-18T04:30:00Z'),
    ];

    expect(scans).toEqual([1, 1, 2]);
    expect((await rig.intake.collections(SOURCE))[0]).toMatchObject({ collection: COLLECTION });
  });

  test.each([
    ['is paused', { state: 'PAUSED' }],
    ['was replaced', { state: 'REPLACED' }],
    [
      'is being maintained',
      { policy: { windows: [{ weekdays: null, from: '11:00', until: '13:00' }] } },
    ],
  ] as const)('reads nothing of a source that %s', async (_what, revision) => {
    rig.revise(revision);
    rig.hand(pass('p1', [[put('a', '甲')]]));

    await rig.intake.startDue(AbortSignal.timeout(5_000));
    await new Promise((resolve) => setTimeout(resolve, 100));

    expect(rig.source.scans).toBe(0);
  });

  test('reads ahead for a revision in the shadow, so that its rows are there when it counts', async () => {
    rig.revise({}, { number: 2, state: 'SHADOW', settings: { table: 'another' } });
    rig.hand(pass('p1', [[put('a', '甲')]]));

    await rig.read();

    const known = await rig.intake.collections(SOURCE);
    expect(known.map(({ revision, freshness }) => [revision, freshness])).toEqual([
      [1, 'FRESH'],
      [2, 'FRESH'],
    ]);
  });
});
