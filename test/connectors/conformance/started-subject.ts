import type { ConformanceSubject } from '../../../src/connector-kit/conformance/subject.ts';

/** A connector kind beside its simulated source, ready to be examined. */
export interface StartedSubject {
  readonly subject: ConformanceSubject;
  stop(): Promise<void>;
}

/** How to start one; the name is that of the kind. */
export interface SubjectPlan {
  readonly kind: string;
  start(): Promise<StartedSubject>;
}

/** No keys at all; a subject names those it has. */
export const NO_KEYS = {
  hit: null,
  miss: null,
  many: null,
  withheld: null,
  poison: null,
  blank: null,
} as const;
