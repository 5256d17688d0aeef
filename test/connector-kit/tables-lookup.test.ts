import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { stampOf } from '../../src/connector-kit/tables/change-time.ts';
import { lookupRows, type RowQuestion } from '../../src/connector-kit/tables/lookup-rows.ts';
import { digestRanges, digestRows } from '../../src/connector-kit/tables/range-digest.ts';
import { futureOf } from '../../src/connector-kit/tables/scan-table.ts';
import type { TableSetting } from '../../src/connector-kit/tables/table-settings.ts';
import { calm, describeDialects, licenseDelta, NOW, type TableRig } from './tables-rig.ts';

type RigOf = () => TableRig;

const TABLE = 'CERT_LICENSE';
const at = (minute: number): string => `2026-09-18 08:${String(minute).padStart(2, '0')}:00`;

async function lookup(
  rig: TableRig,
  keys: readonly (readonly string[])[],
  options: Partial<RowQuestion> & { readonly setting?: Partial<TableSetting> } = {},
) {
  const { setting = {}, ...rest } = options;
  const reading = rig.reading({ table: TABLE, ...setting });
  const question = {
    reading,
    keyColumns: ['CZZTDM'],
    keyForm: 'TRIMMED' as const,
    keys,
    rowsMax: 100,
    futureFrom: futureOf(reading, NOW),
    ...rest,
  };
  const { signal } = calm();
  const found = await rig.database.read({ signal, timeoutMs: 5_000 }, (session) =>
    lookupRows(session, question),
  );
  return found.map(({ rows, hasFuture, fault }) => ({
    ids: rows.map(({ id }) => id).toSorted(),
    hasFuture,
    fault: fault?.details['reason'] ?? null,
  }));
}

const none = { ids: [], hasFuture: false, fault: null };
const only = (...ids: string[]) => ({ ids, hasFuture: false, fault: null });

describeDialects('a look-up in a table', (rigOf) => {
  beforeEach(() => rigOf().twin.clear());

  findingRows(rigOf);
  judgingRows(rigOf);
  limitingRows(rigOf);
});

const BOUNDS = ['L3', 'M', '证'];

describeDialects('a digest', (rigOf) => {
  beforeEach(() => rigOf().twin.clear());

  equalDigests(rigOf);
  differentDigests(rigOf);
});

describe('the digest of scanned rows', () => {
  test('does not depend on their order, and older changes do not count', () => {
    const reading = {
      setting: { id: ['k'], about: null, operation: null, time: null, serial: null },
      columns: ['v'],
    } as never;
    const row = (id: string, order: string, change: 'PUT' | 'DELETE' = 'PUT') => ({
      id,
      about: id,
      keys: [],
      change,
      order,
      values: { k: id, v: order },
    });
    const rows = [
      row('a', '1'),
      row('a', '2'),
      row('b', '1'),
      row('c', '1'),
      row('c', '3', 'DELETE'),
    ];

    const all = digestRows(rows, { reading, bounds: ['b'] });

    expect(digestRows(rows.toReversed(), { reading, bounds: ['b'] })).toEqual(all);
    expect(digestRows([row('a', '2'), row('b', '1')], { reading, bounds: ['b'] })).toEqual(all);
    expect(all.map((each) => each.rows)).toEqual([1, 1]);
    expect(digestRows([row('a', '1'), row('b', '1')], { reading, bounds: ['b'] })).not.toEqual(all);
  });
});

function findingRows(rigOf: RigOf): void {
  test('answers every key in order, with all of its records', async () => {
    const rig = rigOf();
    await rig.twin.write(
      licenseDelta('I', 'L1', { holder: 'A' }),
      licenseDelta('I', 'L2', { holder: 'A' }),
      licenseDelta('I', 'L3', { holder: 'B' }),
    );

    const found = await lookup(rig, [['B'], ['nobody'], ['A'], ['B']]);

    expect(found).toEqual([only('L3'), none, only('L1', 'L2'), only('L3')]);
  });

  test('finds keys whatever stands around them, where that was asked for', async () => {
    const rig = rigOf();
    await rig.twin.write(
      licenseDelta('I', 'L1', { holder: '  91a  ' }),
      licenseDelta('I', 'L2', { holder: '91A' }),
    );

    const trimmed = await lookup(rig, [['91A']]);
    const exact = await lookup(rig, [['91A']], { keyForm: 'EXACT' });

    expect(trimmed).toEqual([only('L1', 'L2')]);
    expect(exact).toEqual([only('L2')]);
  });

  test('lets the greatest time stand, and of one time the greatest serial', async () => {
    const rig = rigOf();
    await rig.twin.write(
      licenseDelta('D', 'gone', { holder: 'A', time: at(3), serial: '10' }),
      licenseDelta('U', 'gone', { holder: 'A', time: at(3), serial: '9' }),
      licenseDelta('I', 'back', { holder: 'A', time: at(5) }),
      licenseDelta('D', 'back', { holder: 'A', time: at(4) }),
    );

    expect(await lookup(rig, [['A']])).toEqual([only('back')]);
  });

  test('sees a deletion that does not repeat the key, and a change of the key', async () => {
    const rig = rigOf();
    await rig.twin.write(
      licenseDelta('I', 'gone', { holder: 'A', time: at(1) }),
      { table: TABLE, operation: 'D', time: at(2), values: { ZZBS: 'gone' } },
      licenseDelta('I', 'moved', { holder: 'A', time: at(1) }),
      licenseDelta('U', 'moved', { holder: 'B', time: at(2) }),
    );

    for (const keyForm of ['TRIMMED', 'EXACT'] as const) {
      expect(await lookup(rig, [['A'], ['B']], { keyForm })).toEqual([none, only('moved')]);
    }
  });
}

function judgingRows(rigOf: RigOf): void {
  test('does not count a change in the future, and says that it was there', async () => {
    const rig = rigOf();
    const future = '2099-01-01 00:00:00';
    await rig.twin.write(
      licenseDelta('I', 'first', { holder: 'A', time: future }),
      licenseDelta('I', 'stands', { holder: 'B', time: at(1) }),
      licenseDelta('D', 'stands', { holder: 'B', time: future }),
    );

    expect(await lookup(rig, [['A'], ['B']])).toEqual([
      { ids: [], hasFuture: true, fault: null },
      only('stands'),
    ]);
  });

  test('is a fault of its own key where changes cannot be brought into order', async () => {
    const rig = rigOf();
    await rig.twin.write(
      licenseDelta('I', 'untimed', { holder: 'A', time: at(1) }),
      licenseDelta('U', 'untimed', { holder: 'A', time: null }),
      licenseDelta('X', 'mark', { holder: 'B', time: at(1) }),
      licenseDelta('U', 'rival', { holder: 'C', time: at(1), serial: '1' }),
      {
        ...licenseDelta('U', 'rival', { holder: 'C', time: at(1), serial: '1' }),
        values: { ZZBS: 'rival', CZZTDM: 'C', ZZZT: '注销' },
      },
      { table: TABLE, operation: 'I', time: at(1), values: { CZZTDM: 'D' } },
      licenseDelta('I', 'sound', { holder: 'E', time: at(1) }),
      licenseDelta('I', 'alone', { holder: 'F', time: null }),
    );

    const found = await lookup(rig, [['A'], ['B'], ['C'], ['D'], ['E'], ['F']]);

    expect(found.map(({ fault }) => fault)).toEqual([
      'BAD_TIME',
      'UNKNOWN_OPERATION',
      'AMBIGUOUS_ORDER',
      'NO_ID',
      null,
      null,
    ]);
    expect(found.map(({ ids }) => ids)).toEqual([[], [], [], [], ['sound'], ['alone']]);
  });

  test('compares long numbers digit by digit', async () => {
    const rig = rigOf();
    const setting = { id: ['ZZBS'] };
    const numbers = ['370802199001011234', '370802199001011232', '370802199001011296'];
    await rig.twin.write(...numbers.map((serial) => licenseDelta('I', `of-${serial}`, { serial })));

    for (const keyForm of ['TRIMMED', 'EXACT'] as const) {
      const found = await lookup(
        rig,
        [['370802199001011234'], ['37080219900101123'], ['letters']],
        { keyForm, keyColumns: ['cd_id'], setting },
      );
      expect(found).toEqual([only('of-370802199001011234'), none, none]);
    }
  });
}

function limitingRows(rigOf: RigOf): void {
  test('by two columns wants both', async () => {
    const rig = rigOf();
    await rig.twin.write(licenseDelta('I', 'L1', { holder: 'A' }));

    const found = await lookup(
      rig,
      [
        ['A', 'T1'],
        ['A', 'T2'],
        ['T1', 'A'],
      ],
      {
        keyColumns: ['CZZTDM', 'ZZLXDM'],
      },
    );

    expect(found).toEqual([only('L1'), none, none]);
  });

  test('that finds more rows than agreed is a fault and no part of an answer', async () => {
    const rig = rigOf();
    await rig.twin.write(
      ...Array.from({ length: 11 }, (_, n) => licenseDelta('I', `L${n}`, { holder: 'A' })),
    );

    await expect(lookup(rig, [['A']], { rowsMax: 10 })).rejects.toMatchObject({
      code: 'SOURCE_MALFORMED',
      details: { reason: 'TOO_MANY_ROWS' },
    });
    expect((await lookup(rig, [['A']], { rowsMax: 11 }))[0]?.ids).toHaveLength(11);
  });

  test('names the table or column that is not there', async () => {
    const rig = rigOf();

    await expect(lookup(rig, [['A']], { keyColumns: ['NO_SUCH'] })).rejects.toMatchObject({
      code: 'SOURCE_SCHEMA_DRIFT',
      details: { reason: 'COLUMN_MISSING', pointer: '/NO_SUCH' },
    });
    await expect(lookup(rig, [['A']], { setting: { table: 'NO_TABLE' } })).rejects.toMatchObject({
      code: 'SOURCE_SCHEMA_DRIFT',
      details: { reason: 'TABLE_MISSING', pointer: '/NO_TABLE' },
    });
  });

  test('of a table without changes takes every row for what stands', async () => {
    const rig = rigOf();
    const setting = { operation: null, time: null, batch: null, serial: null };
    await rig.twin.write(
      licenseDelta('D', 'L1', { holder: 'A' }),
      licenseDelta('I', 'twice', { holder: 'B' }),
      licenseDelta('I', 'twice', { holder: 'B' }),
    );

    expect(await lookup(rig, [['A'], ['B']], { setting })).toEqual([
      only('L1'),
      { ids: [], hasFuture: false, fault: 'DUPLICATE_ID' },
    ]);
  });
}

function equalDigests(rigOf: RigOf): void {
  test('of ranges is that of the scan, whatever the rows hold', async () => {
    const rig = rigOf();
    const reading = rig.reading({ table: TABLE });
    const row = fc.record({
      operation: fc.constantFrom('I', 'U', 'D', 'i', '', 'X', ' d '),
      id: fc.constantFrom('L1', 'L2', 'l2', 'L3', ' L4 ', 'M', 'm', '证1', 'é', 'e'),
      holder: fc.constantFrom('', 'A', ' A ', '济宁', '𠮷', 'a;1:b', null),
      minute: fc.integer({ min: 0, max: 3 }),
      serial: fc.constantFrom('1', '2', '10', null),
    });
    const futureFrom = futureOf(reading, NOW);

    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 25 }), async (rows) => {
        await rig.twin.clear();
        await rig.twin.write(
          ...rows.map((each, index) => ({
            table: TABLE,
            operation: each.operation,
            time: at(each.minute),
            // Of one id, time and serial there is one content, or nobody knows which stands.
            serial: each.serial === null ? String(100 + index) : `${each.serial}${index}`,
            values: { ZZBS: each.id, CZZTDM: each.holder, ZZLXDM: 'T', ZZZT: '有效' },
          })),
        );
        const pass = await rig.scan(reading);
        const [byServer, byHub] = [
          await digestRanges(
            rig.database,
            { reading, bounds: BOUNDS, futureFrom, timeoutMs: 5_000 },
            calm(),
          ),
          digestRows(pass.rows, { reading, bounds: BOUNDS }),
        ];
        expect(byServer).toEqual(byHub);
      }),
      { numRuns: 40 },
    );
  });
}

function differentDigests(rigOf: RigOf): void {
  test('differs for one changed letter, in its own range only', async () => {
    const rig = rigOf();
    const reading = rig.reading({ table: TABLE });
    const futureFrom = stampOf(NOW);
    if (futureFrom === null) throw new Error('no stamp');
    const ask = () =>
      digestRanges(
        rig.database,
        { reading, bounds: ['L000000000200'], futureFrom, timeoutMs: 5_000 },
        calm(),
      );
    await rig.twin.fill({ first: 1, rows: 300 });
    const before = await ask();
    await rig.twin.write(licenseDelta('U', 'L000000000250', { time: at(1), holder: 'h' }));

    const after = await ask();

    expect(before.map(({ rows }) => rows)).toEqual([199, 101]);
    expect(after.map(({ rows }) => rows)).toEqual([199, 101]);
    expect(after[0]).toEqual(before[0]);
    expect(after[1]?.digest).not.toBe(before[1]?.digest);
  });

  test('is refused where the database cannot tell the order of changes', async () => {
    const rig = rigOf();
    const futureFrom = futureOf(rig.reading({ table: TABLE }), NOW);
    const reading = rig.reading({ table: 'E_ALTER_RECODER', id: ['RECID'] });
    const ask = (bounds: readonly string[], of = reading) =>
      digestRanges(rig.database, { reading: of, bounds, futureFrom, timeoutMs: 5_000 }, calm());

    await expect(ask([])).rejects.toMatchObject({ details: { reason: 'TIME_AS_TEXT' } });
    await expect(ask(['b', 'a'])).rejects.toMatchObject({ details: { reason: 'RANGES' } });
  });
}
