import type { BusinessDate } from './business-date.ts';

/** A matter of an upper list that an agency has to take over (承接). */
export interface Adoption {
  readonly taskId: string;
  readonly agencyCode: string;
  readonly matterCode: string;
  readonly dueOn: BusinessDate;
  readonly provisional: boolean;
  /** Null while open. */
  readonly adoptedOn: BusinessDate | null;
  /** Code under which the agency carries it out. Null while open. */
  readonly ownMatterCode: string | null;
}

/** How much an agency has taken over. */
export interface AdoptionCoverage {
  readonly agencyCode: string;
  readonly adopted: number;
  readonly open: number;
  readonly overdue: number;
}
