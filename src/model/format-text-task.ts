import type { BusinessDate } from './business-date.ts';

/** An agency has to publish the format text of a matter that came onto a list. */
export interface FormatTextTask {
  readonly id: string;
  /** Names the published list. */
  readonly listReference: string;
  readonly matterCode: string;
  readonly agencyCode: string;
  readonly listedOn: BusinessDate;
  readonly workingDays: number;
  readonly dueOn: BusinessDate;
  readonly provisional: boolean;
  /** First day on which the agency had a text published. Null while it has none. */
  readonly publishedOn: BusinessDate | null;
}
