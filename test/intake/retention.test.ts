import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';

import { pass, put, SOURCE, startIntakeRig, type IntakeRig } from './rig.ts';

let rig: IntakeRig;
beforeAll(async () => {
  rig = await startIntakeRig();
});
afterAll(() => rig.stop());
beforeEach(() => rig.clear());

const signal = () => AbortSignal.timeout(10_000);
const rejects = [{ place: 3, field: null, reason: 'TRUNCATED' }];

async function readPasses(count: number): Promise<void> {
  for (let index = 1; index <= count; index += 1) {
    rig.hand(pass(`p${index}`, [[put(`row-${index}`, '甲')]], { full: false, rejects }));
    await rig.read();
  }
}

test('passes beyond the limit are forgotten; the rows they made what they are still answer', async () => {
  await readPasses(5);
  const { intake } = rig.replicate({ retention: { passesMax: 2, rejectedPassesMax: 1 } });

  await intake.sweepPast(signal());

  const { nodes } = await rig.intake.pageOfPasses(SOURCE, { first: 10, after: null });
  expect(nodes.map(({ name }) => name)).toEqual(['p5', 'p4']);
  expect((await rig.ask('row-1')).records).toEqual([{ name: '甲' }]);
  expect(new TextDecoder().decode((await rig.ask('row-1')).raw)).toMatch(/"pass":"#\d+"/u);
});

test('rejects are kept for the newest passes only, and stay counted for all of them', async () => {
  await readPasses(3);
  const { intake } = rig.replicate({ retention: { passesMax: 10, rejectedPassesMax: 1 } });

  await intake.sweepPast(signal());

  const { nodes } = await rig.intake.pageOfPasses(SOURCE, { first: 10, after: null });
  const told = await Promise.all(
    nodes.map(
      async ({ id }) => (await rig.intake.pageOfRejects(id, { first: 9, after: null })).nodes,
    ),
  );
  expect(told.map(({ length }) => length)).toEqual([1, 0, 0]);
  expect(nodes.map(({ counts }) => counts.rejected)).toEqual([1, 1, 1]);
});

test('rows of settings that nobody uses any more are deleted; those to roll back to are not', async () => {
  const settings = [{ table: '1' }, { table: '2' }, { table: '3' }];
  rig.hand(pass('p1', [[put('a', '甲')]]));
  for (const [index, one] of settings.entries()) {
    rig.revise({ number: index + 1, settings: one });
    await rig.read();
  }
  rig.revise(
    { number: 1, state: 'REPLACED', settings: settings[0]! },
    { number: 2, state: 'REPLACED', settings: settings[1]! },
    { number: 3, state: 'ACTIVE', settings: settings[2]! },
  );

  await rig.intake.sweepPast(signal());

  const left = await rig.intake.collections(SOURCE);
  expect(left.map(({ revision, rowsLive }) => [revision, rowsLive])).toEqual([
    [2, 1],
    [3, 1],
  ]);
  expect(await rig.database.db('intake_row')).toHaveLength(2);
});

test('nothing is answered from rows that are being deleted, however that ends', async () => {
  rig.hand(pass('p1', [[put('a', '甲'), put('b', '乙')]]));
  await rig.read();
  rig.revise({ number: 2, settings: { table: 'another' } });
  await rig.database.db.raw(`
    create function refuse_second() returns trigger language plpgsql as
      $$ begin raise exception 'as if the process were killed'; end $$;
    create trigger stop_here before delete on intake_collection
      for each statement execute function refuse_second()`);

  const sweeping = rig.intake.sweepPast(signal());

  await expect(sweeping).rejects.toThrow('as if the process were killed');
  await expect(rig.ask('a')).rejects.toMatchObject({ code: 'SOURCE_DEFERRED' });
  await rig.database.db.raw('drop function refuse_second() cascade');
  rig.revise({});
  expect(await rig.read()).toMatchObject({ rowsLive: 2, rowsKept: 2, freshness: 'FRESH' });
});
