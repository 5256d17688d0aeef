import type { Title } from '../connector.ts';
import type { Trial } from './trial.ts';

/** What came of one rule. `detail` holds names, fixed words and numbers, never values. */
export type Verdict =
  | { readonly result: 'PASS'; readonly detail: null }
  | { readonly result: 'FAIL' | 'SKIP'; readonly detail: string };

/** One clause of the contract, and how it is tried. */
export interface Rule {
  /** Kebab-case; never reused for another clause. */
  readonly id: string;
  readonly title: Title;
  /** Why a connector that breaks it must not be used, in one sentence. */
  readonly why: string;
  try(trial: Trial): Promise<Verdict>;
}

/** The clause is kept. */
export const PASS: Verdict = { result: 'PASS', detail: null };

/** The clause is broken. */
export function fail(detail: string): Verdict {
  return { result: 'FAIL', detail };
}

/** The clause cannot be tried here. */
export function skip(detail: string): Verdict {
  return { result: 'SKIP', detail };
}

/** The first failure; PASS when any part passed; otherwise the first reason to skip. */
export function combine(verdicts: readonly Verdict[], nothing: string): Verdict {
  const failed = verdicts.find(({ result }) => result === 'FAIL');
  const passed = verdicts.find(({ result }) => result === 'PASS');
  return failed ?? passed ?? verdicts[0] ?? skip(nothing);
}

/** One part after the other, each named in its detail. */
export async function tryEach<T>(
  parts: readonly T[],
  nameOf: (part: T) => string,
  attempt: (part: T) => Promise<Verdict>,
): Promise<Verdict> {
  const verdicts: Verdict[] = [];
  for (const part of parts) {
    const verdict = await attempt(part);
    verdicts.push(
      verdict.result === 'PASS'
        ? verdict
        : { ...verdict, detail: `${nameOf(part)}: ${verdict.detail}` },
    );
  }
  return combine(verdicts, 'there is nothing to try it on');
}
