import type { RecordOutcome } from './outcome.ts';

/** What a source said, and where it is from. */
export interface Sourced<R> {
  readonly records: readonly R[];
  readonly provenance: Provenance;
}

/** Which source said it, when, and where the proof is. */
export interface Provenance {
  readonly source: string;
  readonly asOf: Date | null;
  readonly observedAt: Date;
  readonly recordOutcome: RecordOutcome;
  readonly reused: boolean;
  readonly evidenceDigest: string;
}
