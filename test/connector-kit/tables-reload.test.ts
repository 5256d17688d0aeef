import { beforeEach, expect, test } from '@jest/globals';

import { describeDialects, licenseDelta } from './tables-rig.ts';

const TABLE = 'CERT_LICENSE';

describeDialects('a re-load that may be wrong', (rigOf) => {
  beforeEach(() => rigOf().twin.clear());

  const copies = (ids: number, time: string, batch: string) =>
    Array.from({ length: ids }, (_, at) => licenseDelta('I', `L${at}`, { time, batch }));

  test('is not read while it may still be going on', async () => {
    const rig = rigOf();
    const reading = rig.reading({ table: TABLE, reloadAfterSeconds: 600 });
    await rig.twin.write(...copies(4, '2026-09-01 00:00:00', 'B1'));
    const first = await rig.scan(reading);
    await rig.twin.clear();
    await rig.twin.write(...copies(3, '2026-09-18 08:50:01', 'B2'));

    const early = await rig.scan(reading, { since: first.last?.watermark ?? null });
    const settled = rig.reading({ table: TABLE, reloadAfterSeconds: 599 });
    const late = await rig.scan(settled, { since: early.last?.watermark ?? null });

    expect(early.last).toMatchObject({ complete: true, full: false });
    expect(late.last).toMatchObject({ complete: true, full: true });
    expect(late.rows).toHaveLength(3);
  });

  test('is a fault where too many would be gone, and is read once that is agreed', async () => {
    const rig = rigOf();
    const reading = rig.reading({ table: TABLE });
    await rig.twin.write(...copies(10, '2026-09-01 00:00:00', 'B1'));
    const { last } = await rig.scan(reading);
    const since = last?.watermark ?? null;
    await rig.twin.clear();
    await rig.twin.write(...copies(4, '2026-09-02 00:00:00', 'B2'));

    const refused = rig.scan(reading, { since });
    await expect(refused).rejects.toMatchObject({
      code: 'SOURCE_INTEGRITY_FAILED',
      details: { reason: 'TOO_FEW_ROWS' },
    });
    const agreed = rig.reading({ table: TABLE, reloadShareMin: 0.4 });
    const pass = await rig.scan(agreed, { since });

    expect(pass.last).toMatchObject({ complete: true, full: true });
    expect(pass.rows).toHaveLength(4);
  });

  test('of a table that was emptied erases nobody', async () => {
    const rig = rigOf();
    const reading = rig.reading({ table: TABLE });
    await rig.twin.write(...copies(2, '2026-09-01 00:00:00', 'B1'));
    const first = await rig.scan(reading);
    await rig.twin.clear();

    const next = await rig.scan(reading, { since: first.last?.watermark ?? null });

    expect(next.last).toMatchObject({ complete: true, full: false });
    expect(next.last?.watermark).not.toBeNull();
  });
});
