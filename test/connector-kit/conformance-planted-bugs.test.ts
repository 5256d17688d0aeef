import { describe, expect, test } from '@jest/globals';

import { runConformance } from '../../src/connector-kit/conformance/conformance.ts';
import { plant, PLANTED_BUGS } from '../connectors/conformance/planted-bugs.ts';
import { SUBJECT_PLANS } from '../connectors/conformance/subjects.ts';

const RUN_MS_MAX = 120_000;

describe('a connector with one mistake', () => {
  test.each(PLANTED_BUGS)(
    '$name is found by $rule and by nothing else',
    async (bug) => {
      const plan = SUBJECT_PLANS.find(({ kind }) => kind === bug.into);
      const started = await plan!.start();

      const report = await runConformance(plant(bug, started.subject), {
        signal: AbortSignal.timeout(RUN_MS_MAX),
      });
      await started.stop();

      const broken = report.lines.filter(({ result }) => result === 'FAIL');
      expect(broken.map(({ rule, detail }) => ({ rule, detail }))).toEqual([
        { rule: bug.rule, detail: expect.any(String) },
      ]);
      expect(report.passed).toBe(false);
    },
    RUN_MS_MAX,
  );
});
