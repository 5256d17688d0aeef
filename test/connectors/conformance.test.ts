import { format } from 'node:util';

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import {
  runConformance,
  type ConformanceReport,
} from '../../src/connector-kit/conformance/conformance.ts';
import { CONFORMANCE_RULES } from '../../src/connector-kit/conformance/rules.ts';
import { SUBJECT_PLANS } from './conformance/subjects.ts';

const RUN_MS_MAX = 120_000;
const METHODS = ['log', 'info', 'warn', 'error', 'debug'] as const;

/** Whatever is written while a kind is examined: a connector has no log of its own to write to. */
const written: string[] = [];
const originals = METHODS.map((method) => [method, console[method]] as const);
beforeEach(() => {
  written.length = 0;
  for (const [method] of originals) {
    console[method] = (...told: unknown[]) => void written.push(format(...told));
  }
});
afterEach(() => {
  for (const [method, original] of originals) console[method] = original;
});

describe('every connector kind', () => {
  const reports: ConformanceReport[] = [];

  test.each(SUBJECT_PLANS)(
    '$kind keeps the contract',
    async ({ kind, start }) => {
      const started = await start();
      const subject = { ...started.subject, logged: () => written.join('\n') };

      const report = await runConformance(subject, { signal: AbortSignal.timeout(RUN_MS_MAX) });
      await started.stop();

      reports.push(report);
      expect(report.lines.filter(({ result }) => result === 'FAIL')).toEqual([]);
      expect(report).toMatchObject({ kind, passed: true });
    },
    RUN_MS_MAX,
  );

  test('leaves no rule of the kit untried', () => {
    const kept = new Set(
      reports.flatMap(({ lines }) =>
        lines.filter(({ result }) => result === 'PASS').map(({ rule }) => rule),
      ),
    );

    const untried = CONFORMANCE_RULES.map(({ id }) => id).filter((id) => !kept.has(id));

    expect(untried).toEqual([]);
  });
});
