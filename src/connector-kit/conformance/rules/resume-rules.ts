import { isDeepStrictEqual } from 'node:util';

import type { Pass } from '../pass.ts';

import { fail, PASS, type Rule } from '../rule.ts';
import { multiset, requireHonest, tryScan, type Ground } from './scan-ground.ts';

const scanResume: Rule = {
  id: 'scan-resume',
  title: { zh: '续扫与全扫行数一致', en: 'A resumed pass shows the same rows as often' },
  why: 'A row that is lost or doubled where a pass was cut changes what is known of its subject.',
  try: (trial) =>
    tryScan(trial, async (ground) => {
      await ground.rows.reset(3 * ground.rows.pageRows + 1);
      const whole = multiset((await ground.pass()).rows);
      for (const cutAfter of [1, 2, 3]) {
        const { first, rest } = await resumeAfter(ground, cutAfter);
        if (rest === null) return fail(`page ${cutAfter} cannot be resumed`);
        if (rest.fault !== null) return fail(rest.fault.code);
        const joined = multiset([...first.rows, ...rest.rows]);
        if (isDeepStrictEqual(joined, whole)) continue;
        return fail(`cut after page ${cutAfter}: ${joined.length} rows instead of ${whole.length}`);
      }
      return PASS;
    }),
};

const resumedAbsence: Rule = {
  id: 'resumed-absence',
  title: {
    zh: '续扫不得误判已读为消失',
    en: 'A resumed pass does not take what was read before for gone',
  },
  why: 'Every row before the cut would be deleted, and everybody in them unknown.',
  try: (trial) =>
    tryScan(trial, async (ground) => {
      const { rows } = ground;
      await rows.reset(3 * rows.pageRows);
      const ids = await rows.ids();
      const { first, rest } = await resumeAfter(ground, 1, () => rows.write(1));
      if (rest === null) return fail('page 1 cannot be resumed');
      if (rest.fault !== null) return fail(rest.fault.code);
      if (!rest.isFull) return PASS;
      // A full pass replaces what is held by what was shown under its own name.
      const name = rest.pages.at(-1)?.pass;
      const own = [...first.pages, ...rest.pages].filter(({ pass }) => pass === name);
      return requireHonest({ ...rest, rows: own.flatMap((page) => page.rows) }, ids);
    }),
};

/** What is read of a pass that was cut off. */
export const RESUME_RULES: readonly Rule[] = [scanResume, resumedAbsence];

/** A pass that is left after so many pages, and what another connector reads of the rest. */
async function resumeAfter(
  { pass }: Ground,
  cutAfter: number,
  meanwhile: () => Promise<void> = () => Promise.resolve(),
): Promise<{ readonly first: Pass; readonly rest: Pass | null }> {
  const first = await pass({ afterPage: (_page, pages) => Promise.resolve(pages < cutAfter) });
  const resume = first.pages.at(-1)?.resume ?? null;
  await meanwhile();
  return { first, rest: resume === null ? null : await pass({ resume }) };
}
