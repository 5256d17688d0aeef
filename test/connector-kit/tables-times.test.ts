import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import {
  instantOf,
  parseStamp,
  shiftStamp,
  stampOf,
  writeTime,
} from '../../src/connector-kit/tables/change-time.ts';
import { describeDialects, type TableRig, licenseDelta } from './tables-rig.ts';

type RigOf = () => TableRig;

describe('the time of a change', () => {
  test.each([
    ['2026-09-18 06:05:04', '20260918060504000000'],
    ['2026-09-18 06:05:04.5', '20260918060504500000'],
    ['2026-09-18 06:05:04.123456789', '20260918060504123456'],
    ['2026-9-8 6:05', '20260908060500000000'],
    ['2026/09/18', '20260918000000000000'],
    ['2026.9.18 06:05:04', '20260918060504000000'],
    ['2026年9月18日', '20260918000000000000'],
    ['2026年09月18日 06:05:04', '20260918060504000000'],
    ['20260918', '20260918000000000000'],
    ['20260918060504', '20260918060504000000'],
    ['20260918060504123', '20260918060504123000'],
    ['  2026-09-18 06:05:04  ', '20260918060504000000'],
    ['２０２６-09-18', '20260918000000000000'],
    ['2026-09-18T06:05:04Z', '20260918140504000000'],
    ['2026-09-18T06:05:04+08:00', '20260918060504000000'],
    ['2026-09-18 06:05:04+08', '20260918060504000000'],
    ['2026-09-17T22:05:04.25-0100', '20260918070504250000'],
    ['1789682704000', '20260918060504000000'],
  ])('is read from %j', (held, stamp) => {
    expect(parseStamp(held)).toBe(stamp);
  });

  test.each([null, '', '--', '无', 'yesterday', '2026-02-30', '2026-13-01', '2026-09-18 25:00:00'])(
    'is none in %j',
    (held) => {
      expect(parseStamp(held)).toBeNull();
    },
  );

  test.each(['2026-09/18', '2026年9-18', '0000-00-00 00:00:00', '18.09.2026', '1'.repeat(65)])(
    'is not guessed from %j',
    (held) => {
      expect(parseStamp(held)).toBeNull();
    },
  );

  test('survives being written, read and moved', () => {
    const instants = fc.date({
      min: new Date('1995-01-01T00:00:00Z'),
      max: new Date('2100-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instants, fc.integer({ min: -1e6, max: 1e6 }), (instant, seconds) => {
        const stamp = stampOf(instant);
        if (stamp === null) throw new Error('no stamp');

        expect(instantOf(stamp)).toEqual(instant);
        expect(parseStamp(writeTime(stamp))).toBe(stamp);
        expect(shiftStamp(shiftStamp(stamp, seconds), -seconds)).toBe(stamp);
      }),
    );
  });
});

const TABLE = 'E_ALTER_RECODER';
const OLD = [
  '2026-09-01 00:00:00',
  '20260901',
  '2026/9/1',
  '2026年9月1日',
  ' 2026-09-01 ',
  '2026-9-1 7:00',
];
const NEW = [
  '2026-09-18 08:00:00',
  '20260918080000',
  '2026/9/18 8:00:00',
  '2026年9月18日 8:00',
  '2026.09.18 08:00:00.250',
  '  2026-9-18 08:00:00',
];
/** The database cannot compare these, so that every pass shows them. */
const ODD = ['2026-09-01T00:00:00Z', '1788220800000', '2026-09-01 00:00:00.5'];

function delta(time: string | null, at: number) {
  return {
    table: TABLE,
    operation: 'I',
    time,
    values: { RECID: `r${String(at).padStart(3, '0')}`, PRIPID: 'P1' },
  };
}

describeDialects('times as text', (rigOf) => {
  beforeEach(() => rigOf().twin.clear());

  comparingTimes(rigOf);
});

describeDialects('a full re-load', (rigOf) => {
  beforeEach(() => rigOf().twin.clear());

  const TABLE = 'CERT_LICENSE';
  const time = '2026-09-18 08:00:00';

  test('of a table that holds everything shows all of it again', async () => {
    const rig = rigOf();
    const reading = rig.reading({ table: TABLE });
    await rig.twin.write(
      licenseDelta('I', 'kept', { time: '2026-09-01 00:00:00', batch: 'B1' }),
      licenseDelta('U', 'gone', { time: '2026-09-01 00:00:00', batch: 'B0' }),
    );
    const first = await rig.scan(reading);
    await rig.twin.clear();
    await rig.twin.write(licenseDelta('I', 'kept', { time: '2026-08-01 00:00:00', batch: 'B2' }));

    const next = await rig.scan(reading, { since: first.last?.watermark ?? null });
    const third = await rig.scan(reading, { since: next.last?.watermark ?? null });

    expect(next.last).toMatchObject({ complete: true, full: true });
    expect(next.rows.map(({ id }) => id)).toEqual(['kept']);
    expect(third.last).toMatchObject({ complete: true, full: false });
  });

  test('is a batch without I, U or D, and begins where that batch begins', async () => {
    const rig = rigOf();
    const reading = rig.reading({ table: TABLE, holds: 'CHANGES', reload: 'DETECT' });
    await rig.twin.write(licenseDelta('I', 'old', { time: '2026-09-01 00:00:00', batch: 'B1' }));
    const first = await rig.scan(reading);
    await rig.twin.write(
      licenseDelta('U', 'old', { time: '2026-09-10 00:00:00', batch: 'B2' }),
      licenseDelta('', 'copied', { time: '2026-09-12 00:00:00', batch: 'B3' }),
      licenseDelta('--', 'copied-too', { time: '2026-09-12 00:00:00', batch: 'B3' }),
      licenseDelta('I', 'after', { time, batch: 'B4' }),
    );

    const next = await rig.scan(reading, { since: first.last?.watermark ?? null });
    const third = await rig.scan(reading, { since: next.last?.watermark ?? null });

    expect(first.last).toMatchObject({ full: false });
    expect(next.last).toMatchObject({ complete: true, full: true });
    expect(next.rows.map(({ id }) => id)).toEqual(['copied', 'copied-too', 'after']);
    expect(third.last).toMatchObject({ complete: true, full: false });
  });

  test('is not seen in a table that is cleared unless the operator says so', async () => {
    const rig = rigOf();
    const reading = rig.reading({ table: TABLE, holds: 'CHANGES' });
    await rig.twin.write(licenseDelta('', 'unmarked', { time, batch: 'B3' }));

    const pass = await rig.scan(reading);

    expect(pass.last).toMatchObject({ complete: true, full: false });
  });

  test('is not seen in a batch that only changes', async () => {
    const rig = rigOf();
    const reading = rig.reading({ table: TABLE });
    await rig.twin.write(licenseDelta('I', 'one', { time: '2026-09-01 00:00:00', batch: 'B1' }));
    const first = await rig.scan(reading);
    await rig.twin.clear();
    await rig.twin.write(licenseDelta('U', 'one', { time, batch: 'B2' }));

    const next = await rig.scan(reading, { since: first.last?.watermark ?? null });

    expect(next.last).toMatchObject({ complete: true, full: false });
  });
});

function comparingTimes(rigOf: RigOf): void {
  test('of every form are compared by the database as the hub compares them', async () => {
    const rig = rigOf();
    const reading = { ...rig.reading({ table: TABLE, id: ['RECID'] }), columns: ['PRIPID'] };
    await rig.twin.write(...[...OLD, ...NEW, ...ODD].map(delta));
    const first = await rig.scan(reading);

    const next = await rig.scan(reading, { since: first.last?.watermark ?? null });

    expect(first.rows).toHaveLength(OLD.length + NEW.length + ODD.length);
    expect(first.rejects).toEqual([]);
    expect(JSON.parse(first.last?.watermark ?? '')).toMatchObject({ at: '20260918070000250000' });
    expect(next.rows.map(({ id }) => Number(id.slice(1)))).toEqual(
      [...NEW, ...ODD].map((_time, at) => at + OLD.length),
    );
  });

  test('that are none are put aside in every pass', async () => {
    const rig = rigOf();
    const reading = rig.reading({ table: TABLE, id: ['RECID'] });
    await rig.twin.write(...['昨天', null, '--', '2026-02-31'].map(delta));

    const first = await rig.scan(reading);
    const next = await rig.scan(reading, { since: first.last?.watermark ?? null });

    const reasons = ['BAD_TIME', 'BAD_TIME', 'BAD_TIME', 'BAD_TIME'];
    expect(first.rejects.map(({ reason }) => reason)).toEqual(reasons);
    expect(next.rejects.length).toBeGreaterThanOrEqual(3);
    expect(first.last?.full).toBe(false);
  });

  test('keep pages and resuming whole', async () => {
    const rig = rigOf();
    const reading = rig.reading({ table: TABLE, id: ['RECID'] });
    const times = [...OLD, ...NEW, ...ODD];
    await rig.twin.write(
      ...Array.from({ length: 250 }, (_, at) => delta(times[at % times.length] ?? null, at)),
    );
    const whole = await rig.scan(reading);
    const first = await rig.scan(reading, { pages: 1 });

    const rest = await rig.scan(reading, { resume: first.last?.resume ?? null });

    expect(new Set(whole.rows.map(({ id }) => id)).size).toBe(250);
    expect([...first.rows, ...rest.rows].map(({ id }) => id)).toEqual(
      whole.rows.map(({ id }) => id),
    );
  });
}
