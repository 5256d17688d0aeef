import { isDeepStrictEqual } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { combine, fail, PASS, skip, type Rule } from '../rule.ts';
import { judgePages, multiset, requireHonest, requireIds, tryScan } from './scan-ground.ts';

const MEGABYTE = 1024 * 1024;
/** What a pass may keep beyond one page. */
const HELD_BYTES_MAX = 64 * MEGABYTE;
/** How often what is held is measured on the way. */
const MEASUREMENTS = 8;
/** Rows of a page, more than which are no small transaction. */
const PAGE_ROWS_MAX = 10_000;

const scanEmpty: Rule = {
  id: 'scan-empty',
  title: { zh: '空集合可扫描', en: 'An empty collection is a complete pass without rows' },
  why: 'A pass over nothing that never completes keeps every later absence uncovered.',
  try: (trial) =>
    tryScan(trial, async ({ rows, pass }) => {
      await rows.reset(0);
      const all = await pass();
      if (all.rows.length > 0) return fail(`${all.rows.length} rows`);
      return combine([requireIds(all, []), judgePages(all)], '');
    }),
};

const scanExactPages: Rule = {
  id: 'scan-exact-pages',
  title: { zh: '整页边界不漏不重', en: 'Rows that fill their pages exactly are all shown, once' },
  why: 'The last full page is where a scan ends too early, or reads the same rows again.',
  try: (trial) =>
    tryScan(trial, async ({ rows, pass }) => {
      for (const count of [rows.pageRows, 2 * rows.pageRows, 2 * rows.pageRows + 1]) {
        await rows.reset(count);
        const all = await pass();
        if (all.rows.length !== count) return fail(`${all.rows.length} rows of ${count}`);
        const shown = requireIds(all, await rows.ids());
        if (shown.result !== 'PASS') return shown;
      }
      return PASS;
    }),
};

const scanCompleteLast: Rule = {
  id: 'scan-complete-last',
  title: {
    zh: '仅在真正结束时标记完整',
    en: 'Complete, watermark and end come with the last page',
  },
  why: 'What a complete pass did not show counts as gone.',
  try: (trial) =>
    tryScan(trial, async ({ rows, pass }) => {
      await rows.reset(3 * rows.pageRows);
      const all = await pass();
      const last = all.pages.at(-1);
      if (last?.complete !== true) return fail('the last page is not complete');
      return last.watermark === null ? fail('the last page has no watermark') : judgePages(all);
    }),
};

const scanDrift: Rule = {
  id: 'scan-drift',
  title: { zh: '扫描期间的写入不致遗漏', en: 'Rows written during a pass cost no other row' },
  why: 'Pages that are counted instead of keyed skip a row for every one that is put before them.',
  try: (trial) =>
    tryScan(trial, async ({ rows, pass }) => {
      const count = 3 * rows.pageRows;
      await rows.reset(count);
      const before = await rows.ids();
      const all = await pass({
        async afterPage(_page, pages) {
          if (pages > 3) return true;
          // One behind the place where the pass is, one ahead of it.
          await rows.write(1);
          await rows.write(count + pages);
          return true;
        },
      });
      if (all.fault !== null) return fail(all.fault.code);
      return requireHonest(all, before);
    }),
};

const scanCut: Rule = {
  id: 'scan-cut',
  title: { zh: '中断的扫描不得视为完整', en: 'A pass that was cut off is not complete' },
  why: 'Everybody behind the cut would be told that the source does not know them.',
  try: (trial) =>
    tryScan(trial, async ({ twin, rows, pass }) => {
      const fault = (['REFUSED', 'FAILING', 'HANG'] as const).find((each) =>
        twin.faults.includes(each),
      );
      if (fault === undefined) return skip('the twin does not die');
      await rows.reset(5 * rows.pageRows);
      const ids = await rows.ids();
      try {
        const cut = await pass({
          call: trial.callWithin(2_000),
          async afterPage(_page, pages) {
            if (pages === 1) await twin.setFault(fault);
            return true;
          },
        });
        const isQuiet = cut.fault === null && !cut.isComplete;
        if (isQuiet) return fail('ended without a fault and without being complete');
        return combine([requireHonest(cut, ids)], '');
      } finally {
        await twin.clearFault();
      }
    }),
};

const scanSince: Rule = {
  id: 'scan-since',
  title: { zh: '增量扫描不漏变更', en: 'The next pass shows what changed since the last' },
  why: 'A change that falls between two passes is never seen again.',
  try: (trial) =>
    tryScan(trial, async ({ rows, pass }) => {
      await rows.reset(rows.pageRows + 1);
      const first = await pass();
      const since = first.pages.at(-1)?.watermark ?? null;
      if (since === null) return fail('the first pass has no watermark');
      await rows.write(1);
      await rows.write(rows.pageRows + 2);
      const next = await pass({ since });
      if (next.fault !== null) return fail(next.fault.code);
      const shown = new Set(next.rows.map(({ id }) => id));
      const missing = [1, rows.pageRows + 2].filter((row) => !shown.has(rows.idOf(row)));
      return missing.length === 0 ? PASS : fail(`${missing.length} of 2 changes are missing`);
    }),
};

const scanDone: Rule = {
  id: 'scan-done',
  title: { zh: '已完成的批次不重复', en: 'A pass that was completed is not repeated' },
  why: 'A file that is read twice puts back what the file after it took away.',
  try: (trial) =>
    tryScan(trial, async ({ rows, pass }) => {
      await rows.reset(rows.pageRows);
      const first = await pass();
      const done = new Set(first.pages.map((page) => page.pass));
      const asked: string[] = [];
      const again = await pass({
        isDone(name) {
          asked.push(name);
          return Promise.resolve(done.has(name));
        },
      });
      if (asked.length === 0) return skip('its passes have no lasting names');
      const repeated = again.rows.length;
      return repeated === 0 ? PASS : fail(`${repeated} rows again`);
    }),
};

const scanRepeatable: Rule = {
  id: 'scan-repeatable',
  title: { zh: '重复扫描结果一致', en: 'The same request gives the same rows' },
  why: 'A digest of what was scanned proves nothing when the next scan has another.',
  try: (trial) =>
    tryScan(trial, async ({ rows, pass }) => {
      await rows.reset(2 * rows.pageRows + 1);
      const [one, other] = [await pass(), await pass()];
      return isDeepStrictEqual(multiset(one.rows), multiset(other.rows))
        ? PASS
        : fail('two passes over the same rows differ');
    }),
};

const scanMemory: Rule = {
  id: 'scan-memory',
  title: { zh: '长扫描内存有上限', en: 'A long pass needs no more memory than a short one' },
  why: 'A province has millions of rows, and the hub has other work besides.',
  try: (trial) =>
    tryScan(trial, async ({ rows, pass }) => {
      await rows.reset(rows.longRows);
      const before = heldBytes();
      let growth = 0;
      let shown = 0;
      let measured = 0;
      let largest = 0;
      const all = await pass({
        keepsRows: false,
        afterPage(page) {
          shown += page.rows.length;
          largest = Math.max(largest, page.rows.length);
          if (shown >= measured) {
            growth = Math.max(growth, heldBytes() - before);
            measured += rows.longRows / MEASUREMENTS;
          }
          return Promise.resolve(true);
        },
      });
      if (all.fault !== null) return fail(all.fault.code);
      if (shown !== rows.longRows) return fail(`${shown} rows of ${rows.longRows}`);
      if (largest > PAGE_ROWS_MAX) return fail(`a page of ${largest} rows`);
      const megabytes = Math.round(growth / MEGABYTE);
      return growth <= HELD_BYTES_MAX ? PASS : fail(`${megabytes} MB for ${shown} rows`);
    }),
};

/** How rows are handed over. */
export const SCAN_RULES: readonly Rule[] = [
  scanEmpty,
  scanExactPages,
  scanCompleteLast,
  scanDrift,
  scanCut,
  scanSince,
  scanDone,
  scanRepeatable,
  scanMemory,
];

/** What is held in spite of the collector, which would otherwise come whenever it likes. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
