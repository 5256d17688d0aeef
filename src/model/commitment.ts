import type { BusinessDate } from './business-date.ts';
import type { CommitmentState, CommitmentStep } from './commitment-life.ts';
import type { SubjectKind } from './subject-code.ts';

/** A signed commitment (承诺书): who promised what, in which words, before whom. */
export interface Commitment {
  readonly id: string;
  /** 承诺编码: region of acceptance, `yyyymmdd` of the commitment, serial of six digits. */
  readonly code: string;
  readonly caseId: string;
  readonly subjectId: string;
  readonly agencyCode: string;
  readonly matterCode: string;
  readonly matterVersion: number;
  /** The check by which the applicant may use commitment. */
  readonly eligibilityCheckId: string;
  readonly text: SignedText;
  readonly signer: Signer;
  readonly signedOn: BusinessDate;
  readonly signedAt: Date;
  /** Officer who took it in. */
  readonly acceptedBy: string;
  /** 承诺有效期. Null for none. */
  readonly validUntil: BusinessDate | null;
  readonly publicity: CommitmentPublicity;
  readonly state: CommitmentState;
  /** Counts the events so far; what a step must name so that nothing is decided on old news. */
  readonly version: number;
}

/** The words that were signed, by the template's version and by what they came to. */
export interface SignedText {
  readonly templateId: string;
  readonly templateVersion: number;
  /** SHA-256 of the text as the applicant saw it, UTF-8, hex. */
  readonly digest: string;
}

/** Who signed. A proxy only where the service guide allows one (是否可代为承诺). */
export interface Signer {
  readonly name: string;
  readonly capacity: 'SELF' | 'LEGAL_REPRESENTATIVE' | 'PROXY';
  /** The power of attorney. Null unless a proxy signed. */
  readonly proxyBasis: string | null;
}

/**
 * Whether the commitment is shown to the public (公开承诺书). That of a natural person never is:
 * Shandong public credit information regulation, art. 20.
 */
export type CommitmentPublicity = 'PUBLIC' | 'NOT_ASKED' | 'BARRED_FOR_PERSONS';

/** One thing that was done to a commitment. Append-only. */
export interface CommitmentEvent {
  readonly commitmentId: string;
  /** Counts from 1 within the commitment. */
  readonly number: number;
  /** Null for the signing itself. */
  readonly step: CommitmentStep | null;
  readonly state: CommitmentState;
  readonly at: Date;
  readonly by: string;
  /** Why, in the officer's words. Null where the step needs none. */
  readonly reason: string | null;
  /** What it rests on: a verification, a decision, a document. Null where nothing is named. */
  readonly basis: string | null;
}

/** Why an applicant hands in the certificate after all (转为提交证明). */
export type CertificateGround = 'NOT_CHOSEN' | 'PUBLICITY_REFUSED' | 'INELIGIBLE' | 'WITHDRAWN';

/** That a subject of a case proves its claim by certificate. */
export interface CertificateRoute {
  readonly caseId: string;
  readonly subjectId: string;
  readonly ground: CertificateGround;
  readonly since: Date;
  readonly by: string;
}

/** What the public sees of a commitment of an enterprise or individual business. */
export interface PublicCommitment {
  readonly code: string;
  readonly subjectName: string;
  readonly subjectCode: string;
  readonly matterName: string;
  readonly certificate: string;
  readonly signedOn: BusinessDate;
  readonly state: CommitmentState;
}

/** Whether a commitment under a public matter is shown to the public. */
export function publicityOf(matterIsPublic: boolean, kind: SubjectKind): CommitmentPublicity {
  if (!matterIsPublic) return 'NOT_ASKED';
  return kind === 'PERSON' ? 'BARRED_FOR_PERSONS' : 'PUBLIC';
}
