import { createStateMachine } from './state-machine.ts';

/** Where a ticket for a license file stands. */
export type FileTicketState = 'ISSUED' | 'FETCHING' | 'DELIVERED';

/** What can happen to it. */
export type FileTicketStep = 'CLAIM' | 'RELEASE' | 'DELIVER';

/** A ticket serves one whole file. What broke off may be tried again, by a fresh address. */
export const FILE_TICKET_LIFE = createStateMachine<FileTicketState, FileTicketStep>({
  ISSUED: { CLAIM: 'FETCHING' },
  FETCHING: { DELIVER: 'DELIVERED', RELEASE: 'ISSUED' },
  DELIVERED: {},
});

/** How long a ticket may be used. */
export const TICKET_TERM_MS = 120_000;

/** How often a ticket may be tried, whatever came of it. */
export const TICKET_TRIES_MAX = 5;

/** A claim whose process ended is free again after this, which is longer than any file takes. */
export const TICKET_CLAIM_MS = 90_000;

/** The right of one account to one file, once, for the purpose of one case. */
export interface FileTicket {
  readonly id: string;
  readonly agencyCode: string;
  /** The officer it was issued to, as the identity provider names them. */
  readonly account: string;
  readonly caseId: string;
  readonly subjectId: string;
  /** Id of the source that gives the file. */
  readonly source: string;
  /** 证照标识. */
  readonly licenseIdentifier: string;
  readonly state: FileTicketState;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly tries: number;
  /** Null before it was first claimed. */
  readonly claimedAt: Date | null;
}

/** Why a ticket cannot be claimed now. Null when it can. */
export function whyNotClaim(ticket: FileTicket, now: Date): 'OVER' | 'FETCHING' | null {
  if (now >= ticket.expiresAt || ticket.tries >= TICKET_TRIES_MAX) return 'OVER';
  if (FILE_TICKET_LIFE.after(ticket.state, 'CLAIM') !== null) return null;
  if (FILE_TICKET_LIFE.isFinal(ticket.state)) return 'OVER';
  const heldMs = ticket.claimedAt === null ? 0 : now.getTime() - ticket.claimedAt.getTime();
  return heldMs >= TICKET_CLAIM_MS ? null : 'FETCHING';
}
