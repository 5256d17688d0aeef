import type { Page, PageRequest } from '../model/page.ts';
import type { UserErrorCode } from '../model/user-error.ts';

/** What was turned down before anything was asked: which rule, which field, never which value. */
export interface Refusals {
  /** All agencies', newest first: auditors see what officers tried. */
  pageOf(page: PageRequest): Promise<Page<Refusal>>;
}

export interface Refusal {
  readonly refusedAt: Date;
  readonly agencyCode: string;
  readonly actor: string;
  readonly operation: string;
  readonly code: UserErrorCode;
  readonly field: string;
  readonly requestId: string;
}
