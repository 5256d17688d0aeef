import { expect, test } from '@jest/globals';

import { digestRanges } from '../../src/connector-kit/tables/range-digest.ts';
import { futureOf, scanTable } from '../../src/connector-kit/tables/scan-table.ts';
import { calm, CLOCK, describeDialects, NOW } from './tables-rig.ts';

const IS_LONG = process.env['LONG'] === '1';
const ROWS = IS_LONG ? 1_000_000 : 30_000;
const PAGE_ROWS = 1_000;
const MEGABYTE = 1024 * 1024;
/** More than the pages on their way to the collector, and far less than a tenth of the rows. */
const GROWTH_MAX = 96 * MEGABYTE;
const MS_MAX = 540_000;

describeDialects('a long scan', (rigOf) => {
  test(
    'needs no more memory at its end than at its beginning',
    async () => {
      const rig = rigOf();
      await rig.twin.fill({ first: 1, rows: ROWS });
      const reading = rig.reading({ table: 'CERT_LICENSE' });
      const deps = {
        database: rig.database,
        settings: rig.settings({ pageRows: PAGE_ROWS }),
        clock: CLOCK,
      };
      const call = { signal: AbortSignal.timeout(MS_MAX) };
      const startedAt = performance.now();
      let rows = 0;
      let early = 0;
      let most = 0;

      for await (const page of scanTable(deps, reading, { since: null, resume: null }, call)) {
        rows += page.rows.length;
        const { rss } = process.memoryUsage();
        if (rows <= ROWS / 10) early = Math.max(early, rss);
        else most = Math.max(most, rss);
      }
      const seconds = (performance.now() - startedAt) / 1_000;
      const growth = (most - early) / MEGABYTE;
      const askedAt = performance.now();
      const [digest] = await digestRanges(
        rig.database,
        { reading, bounds: [], futureFrom: futureOf(reading, NOW), timeoutMs: 120_000 },
        IS_LONG ? call : calm(),
      );
      if (IS_LONG) {
        const digestSeconds = (performance.now() - askedAt) / 1_000;
        process.stdout.write(
          `${rig.twin.dialect}: ${rows} rows in ${seconds.toFixed(1)} s, RSS +${growth.toFixed(0)} MB ` +
            `to ${(most / MEGABYTE).toFixed(0)} MB, digest in ${digestSeconds.toFixed(1)} s\n`,
        );
      }

      expect(rows).toBe(ROWS);
      expect(most - early).toBeLessThan(GROWTH_MAX);
      expect(digest?.rows).toBe(ROWS);
    },
    MS_MAX,
  );
});
