import { afterAll, beforeAll, expect, test } from '@jest/globals';

import type { Verdict } from '../../src/connector-kit/conformance/rule.ts';
import { CONFORMANCE_RULES } from '../../src/connector-kit/conformance/rules.ts';
import type { ConformanceSubject } from '../../src/connector-kit/conformance/subject.ts';
import { startTrial } from '../../src/connector-kit/conformance/trial.ts';
import { BROKEN_RULES, breakRule } from '../connectors/conformance/broken-rules.ts';
import { CREDIT_PLATFORM } from '../connectors/conformance/credit-platform.ts';
import { LICENSE_LIBRARY } from '../connectors/conformance/license-library.ts';
import { PLANTED_BUGS } from '../connectors/conformance/planted-bugs.ts';
import { REFERENCE } from '../connectors/conformance/reference.ts';
import type { StartedSubject } from '../connectors/conformance/started-subject.ts';

const PLANS = [LICENSE_LIBRARY, CREDIT_PLATFORM, REFERENCE];
const started = new Map<string, StartedSubject>();
beforeAll(async () => {
  for (const plan of PLANS) started.set(plan.kind, await plan.start());
});
afterAll(() => Promise.all([...started.values()].map(({ stop }) => stop())));

/** What the last of these rules says, after the others were tried in the same examination. */
async function tryRules(subject: ConformanceSubject, ids: readonly string[]): Promise<Verdict> {
  const trial = startTrial(subject, AbortSignal.timeout(30_000));
  const rules = ids.map((id) => CONFORMANCE_RULES.find((rule) => rule.id === id)!);
  const last = rules.pop()!;
  for (const rule of rules) await rule.try(trial);
  const verdict = await last.try(trial);
  trial.stop();
  return verdict;
}

test.each(BROKEN_RULES)('$rule is broken by a connector that breaks it', async (broken) => {
  const { subject } = started.get(broken.into)!;
  const ids = [...broken.after, broken.rule];

  const kept = await tryRules(subject, ids);
  const verdict = await tryRules({ ...subject, kind: breakRule(broken, subject.kind) }, ids);

  expect(kept).toEqual({ result: 'PASS', detail: null });
  expect(verdict).toEqual({ result: 'FAIL', detail: expect.any(String) });
});

test('every rule was seen broken', () => {
  const seen = [...BROKEN_RULES, ...PLANTED_BUGS].map(({ rule }) => rule);

  const unseen = CONFORMANCE_RULES.map(({ id }) => id).filter((id) => !seen.includes(id));

  expect(unseen).toEqual([]);
});
