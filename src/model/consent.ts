import { createStateMachine } from './state-machine.ts';

/** How far the consent of a holder has come (持证人授权). */
export type ConsentState = 'REQUESTED' | 'WAITING' | 'GRANTED' | 'REFUSED' | 'EXPIRED' | 'FAILED';

/** What can happen to it. */
export type ConsentStep = 'BEGIN' | 'FAIL' | 'GRANT' | 'REFUSE' | 'EXPIRE';

/**
 * A request is on record before the source hears of it, waits for the holder, and ends. One that
 * the source did not take has failed; nothing of it says anything about the holder. A granted one
 * ends as well, when its time is over.
 */
export const CONSENT_LIFE = createStateMachine<ConsentState, ConsentStep>({
  REQUESTED: { BEGIN: 'WAITING', FAIL: 'FAILED', EXPIRE: 'EXPIRED' },
  WAITING: { GRANT: 'GRANTED', REFUSE: 'REFUSED', EXPIRE: 'EXPIRED' },
  GRANTED: { EXPIRE: 'EXPIRED' },
  REFUSED: {},
  EXPIRED: {},
  FAILED: {},
});

/** Licenses are read under a consent for so long after it was given. */
export const CONSENT_USE_MS = 30 * 60_000;

/** The consent of one holder to read licenses of some types, for one case. */
export interface HolderConsent {
  readonly id: string;
  readonly agencyCode: string;
  readonly caseId: string;
  readonly subjectId: string;
  /** Id of the source that asks the holder. */
  readonly source: string;
  readonly typeCodes: readonly string[];
  readonly state: ConsentState;
  /** Counts the steps so far. */
  readonly version: number;
  /** The source's name for it. Null before it took it. */
  readonly reference: string | null;
  /** Fault of the beginning. Null unless it failed. */
  readonly fault: string | null;
  readonly requestedAt: Date;
  readonly requestedBy: string;
  /** The holder must have decided before. */
  readonly expiresAt: Date;
  /** Null unless it was given. */
  readonly grantedAt: Date | null;
  /** Not asked again before. */
  readonly nextPollAt: Date;
}

/** Until when licenses may be read under it. Null before it was given. */
export function usableUntil({ grantedAt }: HolderConsent): Date | null {
  return grantedAt === null ? null : new Date(grantedAt.getTime() + CONSENT_USE_MS);
}

/** The state by the clock: a wait and a term end by themselves, whoever has noticed. */
export function consentStateAt(consent: HolderConsent, now: Date): ConsentState {
  const end = consent.state === 'GRANTED' ? usableUntil(consent) : consent.expiresAt;
  const isOver = end !== null && end <= now;
  return isOver ? (CONSENT_LIFE.after(consent.state, 'EXPIRE') ?? consent.state) : consent.state;
}

/** Whose licenses, of which type, for which case. */
export interface ConsentSought {
  readonly agencyCode: string;
  readonly caseId: string;
  readonly subjectId: string;
  readonly typeCode: string;
}

/** What a source is asked with under a consent. */
export interface UsableConsent {
  readonly source: string;
  /** As the source names the consent. */
  readonly reference: string;
}
