import type { Requirement } from '../model/policy.ts';
import type { SourceObservation } from '../model/verification.ts';
import type { Transaction } from '../store/database.ts';

/** What a verification needs to know of sources that are not believed; that room fulfills it. */
export interface Holds {
  /** Counts the answers, and gives them back without what is not believed. */
  weigh(
    requirement: Requirement,
    observations: readonly SourceObservation[],
  ): Promise<readonly SourceObservation[]>;
  /** The same without counting, and final until the transaction ends. */
  screen(
    trx: Transaction,
    observations: readonly SourceObservation[],
  ): Promise<readonly SourceObservation[]>;
}
