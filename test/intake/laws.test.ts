import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { sourceFault } from '../../src/connector-kit/fault.ts';
import type { ScannedRow } from '../../src/connector-kit/scan.ts';
import { gone, pass, put, startIntakeRig, withPasses, type IntakeRig } from './rig.ts';

const RUNS = process.env['LONG'] === '1' ? 500 : 40;

let rig: IntakeRig;
beforeAll(async () => {
  rig = await startIntakeRig();
});
afterAll(() => rig.stop());
beforeEach(() => rig.clear());

const CUT = sourceFault('SOURCE_UNREACHABLE', { hop: 'NETWORK', reason: 'REFUSED' });
const anId = fc.constantFrom('a', 'b', 'c', 'd');
/** Orders of one length and of several, for they are compared as text. */
const anOrder = fc.constantFrom('1', '10', '2', '3', 'A', '甲');

const aChange = fc
  .record({ id: anId, order: anOrder, isGone: fc.boolean(), name: fc.constantFrom('甲', '乙') })
  .map(({ id, order, isGone, name }) =>
    // What a change says follows from its order, as at a source that repeats itself in an overlap.
    isGone && order > '2' ? gone(id, order) : put(id, `${name}${order}`.slice(1), order),
  );

/** The law: of all changes to one id the greatest order stands, and a deletion is a change. */
function standing(changes: readonly ScannedRow[]): Readonly<Record<string, string | null>> {
  const last = new Map<string, ScannedRow>();
  for (const change of changes) {
    const known = last.get(change.id);
    if (known === undefined || change.order >= known.order) last.set(change.id, change);
  }
  const left = [...last.values()].filter(({ change }) => change === 'PUT');
  const sorted = left.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  return Object.fromEntries(sorted.map(({ id, values }) => [id, values['name'] ?? null]));
}

function cut<T>(all: readonly T[], sizes: readonly number[]): readonly (readonly T[])[] {
  const parts: T[][] = [];
  let from = 0;
  for (const size of [...sizes, all.length]) {
    parts.push(all.slice(from, from + size));
    from += size;
  }
  return parts;
}

const sizes = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });

test('changes give the same rows however they are cut into pages, passes and repetitions', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(aChange, { maxLength: 8 }), { minLength: 1, maxLength: 3 }),
      sizes,
      fc.boolean(),
      async (passes, pageSizes, again) => {
        await rig.clear();
        for (const [index, changes] of passes.entries()) {
          // A repeated pass is an overlap window, a broken one is a network.
          const scan = pass(`p${index}`, cut(changes, pageSizes), { full: false });
          rig.hand(
            pass(`p${index}`, cut(changes, pageSizes), { full: false, breakAt: 1, fault: CUT }),
          );
          await rig.read();
          rig.hand(scan);
          await rig.read();
          if (again) await rig.read();
        }

        const expected = standing(
          again ? passes.flatMap((one) => [...one, ...one]) : passes.flat(),
        );
        const [live, kept] = await Promise.all([
          rig.rows(),
          rig.intake.collections('county-tables'),
        ]);
        expect(live).toEqual(expected);
        expect(kept[0]?.rowsLive).toBe(Object.keys(expected).length);
      },
    ),
    { numRuns: RUNS },
  );
}, 120_000);

test('after a pass that shows everything there is what it showed, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uniqueArray(anId, { minLength: 1 }), { minLength: 2, maxLength: 4 }),
      sizes,
      fc.boolean(),
      async (passes, pageSizes, isCutOff) => {
        await rig.clear();
        rig.revise(withPasses({ shrinkMax: 1 }));
        for (const [index, ids] of passes.entries()) {
          const pages = cut(
            ids.map((id) => put(id, `${index}`, String(index))),
            pageSizes,
          );
          if (isCutOff) {
            rig.hand(pass(`p${index}`, pages, { breakAt: 1, fault: CUT }));
            await rig.read();
          }
          rig.hand(pass(`p${index}`, pages));
          await rig.read();
        }

        const last = passes.at(-1) ?? [];
        expect(Object.keys(await rig.rows())).toEqual([...last].toSorted());
      },
    ),
    { numRuns: RUNS },
  );
}, 120_000);
