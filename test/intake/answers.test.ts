import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { sourceFault } from '../../src/connector-kit/fault.ts';
import {
  gone,
  NOON,
  pass,
  put,
  revisionOf,
  startIntakeRig,
  withPasses,
  type IntakeRig,
} from './rig.ts';

let rig: IntakeRig;
beforeAll(async () => {
  rig = await startIntakeRig();
});
afterAll(() => rig.stop());
beforeEach(() => rig.clear());

const CUT = sourceFault('SOURCE_UNREACHABLE', { hop: 'NETWORK', reason: 'REFUSED' });
const NOT_LOADED = {
  code: 'SOURCE_DEFERRED',
  details: expect.objectContaining({ hop: 'HUB', reason: 'NOT_LOADED' }),
};
const ROWS = [put('a', '甲'), put('b', '乙', '1', { about: 'a' })];

describe('before everything was read once', () => {
  test('nothing is answered, not even what was read already', async () => {
    await expect(rig.ask('a')).rejects.toMatchObject(NOT_LOADED);
    rig.hand(pass('p1', [ROWS, []], { breakAt: 1, fault: CUT }));
    await rig.read();

    await expect(rig.ask('a')).rejects.toMatchObject(NOT_LOADED);
    await expect(rig.ask('nobody')).rejects.toMatchObject(NOT_LOADED);
  });

  test('rows that were read under other settings do not count', async () => {
    rig.hand(pass('p1', [ROWS]));
    await rig.read();
    const other = revisionOf({ number: 2, settings: { table: 'another' } });
    const tuned = revisionOf({ number: 3, policy: { deadlineMs: 1_000 } });

    await expect(rig.ask('a', other)).rejects.toMatchObject(NOT_LOADED);
    expect((await rig.ask('a', tuned)).records).toHaveLength(2);
  });
});

describe('an answer from kept rows', () => {
  test('holds all rows about whatever the key found, as of the pass', async () => {
    rig.hand(pass('p1', [ROWS], { asOf: new Date('2026-09-18T00:00:00Z') }));
    await rig.read();

    const answer = await rig.ask('b');

    expect(answer).toMatchObject({
      records: [{ name: '甲' }, { name: '乙' }],
      absence: 'COVERED',
      asOf: new Date('2026-09-18T00:00:00Z'),
    });
  });

  test('is never as of a time that was still to come', async () => {
    rig.hand(pass('p1', [ROWS], { asOf: new Date('2027-01-01T00:00:00Z') }));
    await rig.read();

    expect((await rig.ask('a')).asOf).toEqual(new Date(NOON));
  });

  test('leaves the rows themselves as evidence, which can be read again when they are gone', async () => {
    rig.hand(pass('p1', [ROWS]));
    await rig.read();
    const { raw, records, absence, reread } = await rig.ask('a');
    rig.hand(pass('p2', [[gone('a', '2'), gone('b', '2')]], { full: false }));
    await rig.read();

    const again = reread?.('license.byIdentifier', { identifier: 'a' }, raw);

    expect(JSON.parse(new TextDecoder().decode(raw))).toEqual({
      asOf: NOON.replace('Z', '.000Z'),
      isCovered: true,
      unsettled: [],
      passes: [{ collection: 'T_LICENSE', name: 'p1', startedAt: NOON.replace('Z', '.000Z') }],
      rows: [
        { collection: 'T_LICENSE', id: 'a', pass: 'p1', values: { name: '甲' } },
        { collection: 'T_LICENSE', id: 'b', pass: 'p1', values: { name: '乙' } },
      ],
    });
    expect(again).toMatchObject({ ok: true, answer: { records, absence } });
    expect((await rig.ask('a')).records).toEqual([]);
  });

  test('that is read again from bytes which are no rows is a fault', async () => {
    rig.hand(pass('p1', [ROWS]));
    await rig.read();
    const { reread } = await rig.ask('a');

    const read = reread?.('license.byIdentifier', { identifier: 'a' }, Buffer.from('<html>'));

    expect(read).toMatchObject({ ok: false, fault: { code: 'SOURCE_MALFORMED' } });
  });
});

describe('silence', () => {
  const asked = async () => (await rig.ask('nobody')).absence;

  test('covers only while the last pass is fresh', async () => {
    rig.revise(withPasses({ maxAgeMinutes: 60, asOfMaxAgeMinutes: null }));
    rig.hand(pass('p1', [ROWS], { asOf: new Date('2020-01-01T00:00:00Z') }));
    await rig.read();
    const tuned = revisionOf(withPasses({ maxAgeMinutes: 60, asOfMaxAgeMinutes: null }));
    const ask = async () => (await rig.ask('nobody', tuned)).absence;

    const atOnce = await ask();
    rig.clock.set('2026-09-18T05:00:00Z');
    const anHourLater = await ask();
    rig.clock.set('2026-09-18T05:00:01Z');
    const later = await ask();
    rig.clock.set('2026-09-18T03:59:59Z');
    const before = await ask();

    expect([atOnce, anHourLater, later, before]).toEqual([
      'COVERED',
      'COVERED',
      'UNCOVERED',
      'UNCOVERED',
    ]);
  });

  test('covers nothing where the source itself says that its rows are old', async () => {
    rig.hand(pass('p1', [ROWS], { asOf: new Date('2026-09-10T00:00:00Z') }));
    await rig.read();

    expect(await asked()).toBe('UNCOVERED');
    expect((await rig.ask('a')).records).toHaveLength(2);
  });

  test('covers nothing after a pass that was cut off, whose rows are found all the same', async () => {
    rig.hand(pass('p1', [ROWS]));
    await rig.read();
    const covered = await asked();
    rig.hand(pass('p2', [[put('c', '丙')], []], { breakAt: 1, fault: CUT }));
    await rig.read();

    expect(covered).toBe('COVERED');
    expect(await asked()).toBe('UNCOVERED');
    expect((await rig.ask('c')).records).toEqual([{ name: '丙' }]);
  });

  test('covers nothing after a run that found its source unreachable', async () => {
    rig.hand(pass('p1', [ROWS]));
    await rig.read();
    rig.hand(pass('p2', [[]], { breakAt: 0, fault: CUT }));
    await rig.read();

    expect(await asked()).toBe('UNCOVERED');
  });
});
