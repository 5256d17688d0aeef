import type { VerdictCode } from './verification.ts';

/** What a revision would change, by one cause. */
export interface ChangeGroup {
  /** Requirement, and what of its observation would be another, in fixed words. */
  readonly cause: string;
  readonly count: number;
  /** At most five. */
  readonly examples: readonly ChangeExample[];
}

/** One verdict that would be another. Persons are masked. */
export interface ChangeExample {
  readonly verificationId: string;
  readonly agencyCode: string;
  readonly subjectName: string;
  readonly before: VerdictCode;
  readonly after: VerdictCode;
}

/** Whether recorded answers are read again, or live ones compared with those in the shadow. */
export type ShadowMode = 'REPLAY' | 'LIVE';

/** What came of comparing a revision with the one in use. */
export interface ShadowReport {
  readonly id: string;
  readonly source: string;
  readonly revision: number;
  readonly mode: ShadowMode;
  readonly asked: number;
  readonly unreadable: number;
  readonly changed: number;
  /** Most frequent first. */
  readonly groups: readonly ChangeGroup[];
  readonly tookMs: number;
  readonly madeAt: Date;
  readonly madeBy: string;
}

/**
 * Under which id a revision in the shadow is asked, so that nothing it says is taken for what the
 * source said: no source can be registered under it.
 */
export function shadowIdOf(source: string): string {
  return `${source}~shadow`;
}
