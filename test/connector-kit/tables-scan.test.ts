import { beforeEach, expect, test } from '@jest/globals';

import { scanTable } from '../../src/connector-kit/tables/scan-table.ts';
import { calm, CLOCK, describeDialects, licenseDelta, type TableRig } from './tables-rig.ts';

type RigOf = () => TableRig;

const TABLE = 'CERT_LICENSE';

function ids(rows: readonly { readonly id: string }[]): readonly string[] {
  return rows.map(({ id }) => id).toSorted();
}

/** What stands after applying rows by their order, as the hub does. */
function standing(rows: readonly { id: string; order: string; change: string }[]) {
  const held = new Map<string, { order: string; change: string }>();
  for (const { id, order, change } of rows) {
    const other = held.get(id);
    if (other === undefined || other.order < order) held.set(id, { order, change });
  }
  return [...held].filter(([, { change }]) => change === 'PUT').map(([id]) => id);
}

async function many(rig: TableRig, rows: number): Promise<void> {
  await rig.twin.fill({ first: 1, rows });
}

describeDialects('a scan', (rigOf) => {
  beforeEach(() => rigOf().twin.clear());

  showingAll(rigOf);
  resuming(rigOf);
  puttingAside(rigOf);
  ordering(rigOf);
});

function showingAll(rigOf: RigOf): void {
  test('of an empty table is one complete page without rows', async () => {
    const rig = rigOf();

    const pass = await rig.scan(rig.reading({ table: TABLE }));

    expect(pass.pages).toEqual([
      expect.objectContaining({ rows: [], rejects: [], resume: null, complete: true, full: true }),
    ]);
    expect(pass.last?.watermark).not.toBeNull();
  });

  test.each([99, 100, 101, 200, 201])('of %i rows shows each once', async (rows) => {
    const rig = rigOf();
    await many(rig, rows);

    const pass = await rig.scan(rig.reading({ table: TABLE }));

    expect(new Set(ids(pass.rows)).size).toBe(rows);
    expect(pass.rows).toHaveLength(rows);
    expect(pass.pages).toHaveLength(Math.ceil(rows / 100));
    expect(pass.pages.map(({ complete }) => complete)).toEqual(
      pass.pages.map((_page, at) => at === pass.pages.length - 1),
    );
    expect(pass.pages.every(({ full }) => full)).toBe(true);
  });

  test('takes rows with values as held, without padding', async () => {
    const rig = rigOf();
    const time = '2026-09-18 08:00:00';
    await rig.twin.write(licenseDelta('I', ' L1 ', { time, serial: '7' }));

    const { rows, last } = await rig.scan(rig.reading({ table: TABLE, about: 'CZZTDM' }));

    expect(rows).toEqual([
      {
        id: 'L1',
        about: 'H1',
        keys: ['H1'],
        change: 'PUT',
        order: '20260918080000000000 00000000000000000007 0',
        values: { ZZBS: 'L1', CZZTDM: 'H1', ZZLXDM: 'T1', ZZZT: '有效' },
      },
    ]);
    expect(last?.asOf?.toISOString()).toBe('2026-09-18T00:00:00.000Z');
  });
}

function resuming(rigOf: RigOf): void {
  test('resumed after any page shows the same rows as often', async () => {
    const rig = rigOf();
    await many(rig, 350);
    const reading = rig.reading({ table: TABLE });
    const whole = await rig.scan(reading);

    for (const cutAfter of [1, 2, 3]) {
      const first = await rig.scan(reading, { pages: cutAfter });
      const rest = await rig.scan(reading, { resume: first.last?.resume ?? null });
      expect([...first.rows, ...rest.rows].map((row) => JSON.stringify(row)).toSorted()).toEqual(
        whole.rows.map((row) => JSON.stringify(row)).toSorted(),
      );
      expect(rest.last).toMatchObject({
        complete: true,
        full: true,
        watermark: whole.last?.watermark,
      });
    }
  });

  test('resumed over a table that has changed does not call itself full', async () => {
    const rig = rigOf();
    await many(rig, 350);
    const reading = rig.reading({ table: TABLE });
    const first = await rig.scan(reading, { pages: 1 });
    await rig.twin.write(licenseDelta('U', 'L000000000001', { time: '2025-12-31 23:59:59' }));

    const rest = await rig.scan(reading, { resume: first.last?.resume ?? null });

    expect(rest.last).toMatchObject({ complete: true, full: false });
  });

  test('sees one snapshot: rows written meanwhile cost no other row', async () => {
    const rig = rigOf();
    await many(rig, 300);
    const reading = rig.reading({ table: TABLE });
    const deps = { database: rig.database, settings: rig.settings(), clock: CLOCK };
    const seen: string[] = [];

    let watermark: string | null = null;
    for await (const page of scanTable(deps, reading, { since: null, resume: null }, calm())) {
      seen.push(...page.rows.map(({ id }) => id));
      await rig.twin.run(
        `update ${rig.twin.dialect === 'mysql' ? '`CERT_LICENSE`' : '"CERT_LICENSE"'}
            set cd_time = '2026-09-18 08:59:00', cd_operation = 'U'
          where cd_id in (299, 150, 5)`,
      );
      watermark = page.watermark;
    }
    const next = await rig.scan(reading, { since: watermark });

    // In a snapshot a row that moves ahead of the place is not met again.
    expect(seen).toHaveLength(300);
    expect(new Set(seen).size).toBe(300);
    expect(ids(next.rows)).toEqual(
      expect.arrayContaining(['L000000000005', 'L000000000150', 'L000000000299']),
    );
  });
}

function puttingAside(rigOf: RigOf): void {
  test('begins the overlap before the newest change, and no earlier', async () => {
    const rig = rigOf();
    const reading = rig.reading({ table: TABLE, overlapSeconds: 3_600 });
    await rig.twin.write(
      licenseDelta('I', 'early', { time: '2026-09-18 06:59:59.999999' }),
      licenseDelta('I', 'edge', { time: '2026-09-18 07:00:00' }),
      licenseDelta('I', 'new', { time: '2026-09-18 08:00:00' }),
    );
    const first = await rig.scan(reading);
    await rig.twin.write(licenseDelta('U', 'late', { time: '2026-09-18 07:30:00' }));

    const next = await rig.scan(reading, { since: first.last?.watermark ?? null });

    expect(ids(first.rows)).toEqual(['early', 'edge', 'new']);
    expect(ids(next.rows)).toEqual(['edge', 'late', 'new']);
    expect(next.last).toMatchObject({ complete: true, full: false });
  });

  test('puts changes in the future aside, and they move no watermark', async () => {
    const rig = rigOf();
    const reading = rig.reading({ table: TABLE, futureSeconds: 300 });
    await rig.twin.write(
      licenseDelta('I', 'now', { time: '2026-09-18 08:30:00' }),
      licenseDelta('I', 'ahead', { time: '2026-09-18 09:04:59' }),
      licenseDelta('I', 'future', { time: '2099-01-01 00:00:00' }),
    );

    const pass = await rig.scan(reading);

    expect(ids(pass.rows)).toEqual(['ahead', 'now']);
    expect(pass.rejects).toEqual([{ place: 3, field: 'cd_time', reason: 'FUTURE_CHANGE' }]);
    expect(JSON.parse(pass.last?.watermark ?? '')).toMatchObject({ at: '20260918073000000000' });
    expect(pass.last).toMatchObject({ complete: true, full: false });
  });

  test('tells apart what it cannot take: no id, no time, no such mark', async () => {
    const rig = rigOf();
    await rig.twin.write(
      { ...licenseDelta('I', 'x'), values: { ZZBS: null, CZZTDM: 'H1' } },
      licenseDelta('I', '--', { time: '2026-09-18 08:00:00' }),
      licenseDelta('I', 'timeless', { time: null }),
      licenseDelta('X', 'mark', { time: '2026-09-18 08:00:01' }),
      licenseDelta('I', 'good', { time: '2026-09-18 08:00:02' }),
    );

    const pass = await rig.scan(rig.reading({ table: TABLE }));

    expect(ids(pass.rows)).toEqual(['good']);
    expect(pass.rejects.map(({ reason, field }) => `${reason} ${field}`).toSorted()).toEqual([
      'BAD_TIME cd_time',
      'NO_ID ZZBS',
      'NO_ID ZZBS',
      'UNKNOWN_OPERATION cd_operation',
    ]);
    expect(pass.last?.full).toBe(false);
  });
}

function ordering(rigOf: RigOf): void {
  test('of I, U, U, D out of order and doubled leaves nothing standing', async () => {
    const rig = rigOf();
    const at = (second: string): string => `2026-09-18 08:00:${second}`;
    const history = [
      licenseDelta('U', 'gone', { time: at('03'), serial: '3' }),
      licenseDelta('D', 'gone', { time: at('04'), serial: '4' }),
      licenseDelta('I', 'gone', { time: at('01'), serial: '1' }),
      licenseDelta('U', 'gone', { time: at('02'), serial: '2' }),
    ];
    await rig.twin.write(...history, licenseDelta('I', 'stays', { time: at('00') }));
    const reading = rig.reading({ table: TABLE });
    const first = await rig.scan(reading);
    await rig.twin.write(...history.toReversed());

    const next = await rig.scan(reading, { since: first.last?.watermark ?? null });

    expect(standing(first.rows)).toEqual(['stays']);
    expect(standing([...first.rows, ...next.rows])).toEqual(['stays']);
    expect(next.rows.filter(({ id }) => id === 'gone')).toHaveLength(8);
  });

  test('never cuts a page between rows the database may hold for equal', async () => {
    const rig = rigOf();
    const time = '2026-09-18 08:00:00';
    await rig.twin.write(
      ...Array.from({ length: 99 }, (_, at) =>
        licenseDelta('I', `a${String(at).padStart(3, '0')}`, { time }),
      ),
      ...['same', 'SAME', 'Same', 'same '].map((id) => licenseDelta('I', id, { time })),
      ...Array.from({ length: 150 }, () => licenseDelta('U', 'twin', { time })),
    );

    const pass = await rig.scan(rig.reading({ table: TABLE }));

    expect(pass.rows).toHaveLength(99 + 4 + 150);
    expect(new Set(ids(pass.rows)).size).toBe(99 + 3 + 1);
  });

  test('follows ids that are long numbers digit by digit', async () => {
    const rig = rigOf();
    const serials = Array.from({ length: 250 }, (_, at) =>
      String(370802199001011000n + BigInt(at)),
    );
    await rig.twin.write(
      ...serials.map((serial) =>
        licenseDelta('I', 'same', { serial, time: '2026-09-18 08:00:00' }),
      ),
    );

    const pass = await rig.scan(rig.reading({ table: TABLE, id: ['cd_id'] }));

    expect(ids(pass.rows)).toEqual(serials);
  });
}
