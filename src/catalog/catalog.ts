import type { BusinessDate } from '../model/business-date.ts';
import type { Matter, PriorityField } from '../model/matter.ts';
import type { Page, PageRequest } from '../model/page.ts';

/** Certification matters and their lists, by version and day. */
export interface Catalog {
  /** In the order of codes. */
  listInForce(
    filter: { on: BusinessDate; priorityField: PriorityField | null },
    page: PageRequest,
  ): Promise<Page<Matter>>;
  /** The version in force that day. Null when none is. */
  findInForce(code: string, on: BusinessDate): Promise<Matter | null>;
  /** In the order of `keys`; null where there is no such version. */
  listVersions(
    keys: readonly { code: string; version: number }[],
  ): Promise<readonly (Matter | null)[]>;
  /** Whether any version was ever in force. */
  isKnown(code: string): Promise<boolean>;
  /** Adds versions that are not there yet. Returns how many were added. */
  publish(matters: readonly Matter[]): Promise<number>;
}
