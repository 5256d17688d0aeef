import type { AdjustmentState } from './adjustment-life.ts';
import type { AgencyLevel } from './agency.ts';
import type { BusinessDate } from './business-date.ts';
import type { ListChange, ListedMatter } from './listed-matter.ts';

/** A published version of the list of a region. */
export interface MatterList {
  readonly id: string;
  readonly regionCode: string;
  readonly level: AgencyLevel;
  /** Counts from 1 within the region. */
  readonly version: number;
  readonly origin: 'IMPORT' | 'ADJUSTMENT';
  readonly effectiveFrom: BusinessDate;
  readonly publishedOn: BusinessDate;
  /** SHA-256 of region, version, first day and changes, hex: what is filed. */
  readonly digest: string;
  /** Justice bureau that published it, or took it over. */
  readonly agencyCode: string;
  readonly publishedAt: Date;
  readonly publishedBy: string;
}

/** A version as other rooms are told of it, in the transaction that publishes it. */
export interface PublishedMatterList {
  readonly list: MatterList;
  readonly changes: readonly ListChange[];
}

/** What differs between two versions in one matter. */
export interface MatterDifference {
  readonly code: string;
  /** Null where it was not on the list. */
  readonly before: ListedMatter | null;
  /** Null where it is not on the list any more. */
  readonly after: ListedMatter | null;
}

/** A request of an agency to adjust the list of its region (清单调整申请). */
export interface MatterAdjustment {
  readonly id: string;
  readonly agencyCode: string;
  readonly regionCode: string;
  readonly level: AgencyLevel;
  readonly kind: 'ADD' | 'REMOVE' | 'CHANGE';
  readonly matterCode: string;
  /** As last submitted. Null for a removal. */
  readonly entry: ListedMatter | null;
  /** 依据, as last submitted. */
  readonly basis: string;
  readonly requestedAt: Date;
  /** Account of the last submission. */
  readonly requestedBy: string;
  readonly state: AdjustmentState;
  /** How many steps were taken. */
  readonly version: number;
  /** Why it stands where it stands. Null where nobody said. */
  readonly reason: string | null;
  readonly decidedBy: string | null;
  /** The version it went into. Null before. */
  readonly listId: string | null;
}
