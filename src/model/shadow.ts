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

/** What came of reading recorded answers again. */
export interface ShadowReport {
  readonly id: string;
  readonly source: string;
  readonly revision: number;
  readonly asked: number;
  readonly unreadable: number;
  readonly changed: number;
  /** Most frequent first. */
  readonly groups: readonly ChangeGroup[];
  readonly tookMs: number;
  readonly madeAt: Date;
  readonly madeBy: string;
}
