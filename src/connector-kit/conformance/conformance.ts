import { HubError } from '../../errors.ts';
import { fail, type Rule, type Verdict } from './rule.ts';
import { CONFORMANCE_RULES } from './rules.ts';
import type { ConformanceSubject } from './subject.ts';
import { startTrial, type Trial } from './trial.ts';

/** Semantic version of the rules. A rule that is added or sharpened raises it. */
export const CONFORMANCE_KIT_VERSION = '1.1.0';

/** What came of one rule. */
export interface ConformanceLine {
  /** Id of the rule: docs/reference/conformance.md. */
  readonly rule: string;
  readonly result: 'PASS' | 'FAIL' | 'SKIP';
  /** What broke the rule, or why it could not be tried: names and numbers, never values. */
  readonly detail: string | null;
  readonly tookMs: number;
}

/** What the kit says of one connector kind, or of one registered source. */
export interface ConformanceReport {
  readonly kitVersion: string;
  readonly kind: string;
  readonly kindVersion: string;
  /** One for each rule, in the order of the kit. */
  readonly lines: readonly ConformanceLine[];
  /** True exactly when no rule was broken. */
  readonly passed: boolean;
}

/**
 * Tries every rule on a subject, one after the other. Never throws for what the subject does. When
 * `signal` aborts, rules that were not tried count as broken: nothing is passed by giving up.
 */
export async function runConformance(
  subject: ConformanceSubject,
  { signal }: { readonly signal: AbortSignal },
): Promise<ConformanceReport> {
  const trial = startTrial(subject, signal);
  const lines: ConformanceLine[] = [];
  try {
    for (const rule of CONFORMANCE_RULES) {
      const startedAt = performance.now();
      const verdict = signal.aborted
        ? fail('the examination was stopped')
        : await tryRule(rule, trial);
      const tookMs = Math.round(performance.now() - startedAt);
      lines.push({ rule: rule.id, ...verdict, tookMs });
    }
  } finally {
    trial.stop();
  }
  return {
    kitVersion: CONFORMANCE_KIT_VERSION,
    kind: subject.kind.kind,
    kindVersion: subject.kind.version,
    lines,
    passed: lines.every(({ result }) => result !== 'FAIL'),
  };
}

// A rule reads whatever a connector of somebody else does; what it did not foresee breaks it.
async function tryRule(rule: Rule, trial: Trial): Promise<Verdict> {
  try {
    return await rule.try(trial);
  } catch (error) {
    if (error instanceof HubError) {
      const { hop = '', reason = '' } = error.details;
      return fail(`${error.code} ${hop} ${reason}`.trim());
    }
    return fail(`an error that is no fault: ${error instanceof Error ? error.name : typeof error}`);
  }
}
