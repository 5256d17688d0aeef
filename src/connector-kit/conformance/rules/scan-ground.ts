import type { ScannedRow } from '../../scan.ts';
import { readPass, type Pass, type PassOptions } from '../pass.ts';
import { fail, PASS, skip, type Verdict } from '../rule.ts';
import { standing } from '../reading.ts';
import { CALL_MS_MAX, type Trial } from '../trial.ts';
import type { Twin, TwinScan } from '../twin.ts';

/** A collection whose rows the rule may rewrite, and a connector that scans it. */
export interface Ground {
  readonly twin: Twin;
  readonly rows: TwinScan;
  /** One pass by a connector of its own. */
  pass(options?: Partial<PassOptions>): Promise<Pass>;
}

const PASS_MS_MAX = 6 * CALL_MS_MAX;

/** Tries a rule on the collection that the twin lends, and puts back what was there. */
export async function tryScan(
  trial: Trial,
  attempt: (ground: Ground) => Promise<Verdict>,
): Promise<Verdict> {
  const { twin } = trial;
  const holdings = await trial.withConnector((each) => Promise.resolve(each.holdings));
  if (holdings === null) return skip('hands over no rows');
  if (twin === null || twin.scan === null) return skip('needs a simulated source');
  const { scan } = twin;
  const { collection } = scan;
  try {
    return await attempt({
      twin,
      rows: scan,
      pass: (options = {}) =>
        trial.withConnector(async (connector) => {
          const own = connector.holdings ?? holdings;
          return readPass(own, { collection, call: trial.callWithin(PASS_MS_MAX), ...options });
        }),
    });
  } finally {
    await scan.restore();
  }
}

/** Whether a pass ended well and showed exactly these ids. */
export function requireIds(pass: Pass, ids: readonly string[]): Verdict {
  if (pass.fault !== null) return fail(pass.fault.code);
  if (!pass.isComplete) return fail('ended without being complete');
  const shown = new Set(standing(pass.rows).map(({ id }) => id));
  const missing = ids.filter((id) => !shown.has(id)).length;
  if (missing > 0) return fail(`${missing} of ${ids.length} rows are missing`);
  const strange = shown.size - ids.length;
  return strange > 0 ? fail(`${strange} rows that the source does not hold`) : PASS;
}

/** A pass that calls itself complete has shown all of these; otherwise it concludes nothing. */
export function requireHonest(pass: Pass, ids: readonly string[]): Verdict {
  const shown = new Set(pass.rows.map(({ id }) => id));
  const missing = ids.filter((id) => !shown.has(id)).length;
  if (!pass.isComplete || missing === 0) return PASS;
  return fail(`called complete with ${missing} of ${ids.length} rows missing`);
}

/** Rows as a sorted list of texts: equal lists are the same rows as often. */
export function multiset(rows: readonly ScannedRow[]): readonly string[] {
  return rows
    .map(({ id, about, keys, change, order, values }) => {
      const sorted = Object.entries(values).toSorted(([one], [other]) => (one < other ? -1 : 1));
      return JSON.stringify([id, about, keys, change, order, sorted]);
    })
    .toSorted();
}

/** What a page says of itself, against where it stands in its scan. */
export function judgePages({ pages }: Pass): Verdict {
  for (const [at, page] of pages.entries()) {
    const isLast = at === pages.length - 1;
    const isEndOfPass = isLast || pages[at + 1]?.pass !== page.pass;
    if (page.complete && !isEndOfPass) return fail(`page ${at + 1} is complete and not the last`);
    if (page.watermark !== null && !page.complete) {
      return fail(`page ${at + 1} has a watermark and is not complete`);
    }
    if ((page.resume === null) !== isLast) {
      return fail(`page ${at + 1} ${isLast ? 'resumes after the end' : 'does not resume'}`);
    }
  }
  return PASS;
}
