import type { Refusals } from '../audit/refusals.ts';
import type { Agency } from '../model/agency.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import type { CaseSubject, SubjectInCase } from '../model/case-file.ts';
import type { Clock } from '../model/clock.ts';
import type {
  CertificateRoute,
  Commitment,
  CommitmentEvent,
  PublicCommitment,
  Signer,
} from '../model/commitment.ts';
import type { CommitmentState, CommitmentStep } from '../model/commitment-life.ts';
import { decodeInstantCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import type { EligibilityCheck } from '../model/eligibility-check.ts';
import type { Matter } from '../model/matter.ts';
import type { Page, PageRequest } from '../model/page.ts';
import type { NewSubjectEntry } from '../model/subject-file.ts';
import type { Accepted } from '../model/user-error.ts';
import type { VerdictCode, Verification } from '../model/verification.ts';
import type { Database, Transaction } from '../store/database.ts';
import { listPublicCommitments } from './public-queries.ts';
import {
  findCommitment,
  listDecidedCodes,
  listEvents,
  listNewestCommitments,
  listRoutes,
} from './queries.ts';
import { createRouting } from './routing.ts';
import { createSigning } from './signing.ts';
import { createSteps } from './steps.ts';

/** Commitments (承诺): signed, withdrawn, concluded, kept or not. */
export interface Commitments {
  /** A commitment, or the certificate route where the applicant refuses publicity. */
  sign(caller: Caller, input: SignCommitment): Promise<Accepted<Signed>>;
  chooseCertificate(caller: Caller, input: ChooseCertificate): Promise<Accepted<CertificateRoute>>;
  /** A step that an officer takes. */
  step(caller: Caller, input: TakeStep): Promise<Accepted<Commitment>>;
  /** A step that follows from a decision elsewhere, in its transaction. Records no refusal. */
  stepWithin(trx: Transaction, caller: Caller, input: StepWithin): Promise<Accepted<Commitment>>;
  /** Null where the agency has none with this id. */
  find(agencyCode: string, id: string, within?: Transaction): Promise<Commitment | null>;
  /** Newest first. */
  pageOf(
    agencyCode: string,
    filter: { state: CommitmentState | null },
    page: PageRequest,
  ): Promise<Page<Commitment>>;
  /** Those shown to the public, of every agency, newest first. Never of natural persons. */
  pageOfPublic(page: PageRequest): Promise<Page<PublicCommitment>>;
  /** Of these codes, those of commitments whose keeping was decided here, at whatever agency. */
  listDecided(codes: readonly string[]): Promise<readonly string[]>;
  /** Oldest first. */
  listEvents(commitmentId: string): Promise<readonly CommitmentEvent[]>;
  /** Of a case that the agency has. */
  listRoutes(caseId: string): Promise<readonly CertificateRoute[]>;
}

/** A commitment as the counter takes it in, not yet checked. */
export interface SignCommitment {
  readonly caseId: string;
  readonly subjectId: string;
  readonly eligibilityCheckId: string;
  readonly textDigest: string;
  readonly signerName: string;
  readonly signerCapacity: Signer['capacity'];
  readonly proxyBasis: string | null;
  /** Null where the applicant was not asked. */
  readonly agreesToPublicity: boolean | null;
  readonly validUntil: BusinessDate | null;
  readonly idempotencyKey: string;
}

/** What a signing came to. */
export type Signed =
  | { readonly commitment: Commitment; readonly certificateRoute: null }
  | { readonly commitment: null; readonly certificateRoute: CertificateRoute };

/** Whose claim is proved by certificate, and why. */
export interface ChooseCertificate {
  readonly caseId: string;
  readonly subjectId: string;
  readonly ground: 'NOT_CHOSEN' | 'INELIGIBLE';
}

/** A step of a commitment. */
export interface TakeStep {
  readonly commitmentId: string;
  readonly version: number;
  readonly step: CommitmentStep;
  readonly reason: string | null;
  readonly basis: string | null;
}

/** A step within another transaction, whose subject was looked up before it. */
export interface StepWithin extends TakeStep {
  readonly subject: Pick<CaseSubject, 'kind' | 'code'>;
}

/** The format text of a matter that is published, and what its guide allows. */
export interface PublishedText {
  readonly templateId: string;
  readonly templateVersion: number;
  /** SHA-256 of the text as applicants see it, hex. */
  readonly digest: string;
  /** 是否可代为承诺. */
  readonly allowsProxy: boolean;
}

/** What the room works with; other rooms fulfill it. */
export interface CommitmentsDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly refusals: Pick<Refusals, 'refuse'>;
  findInCase(
    agencyCode: string,
    ids: { caseId: string; subjectId: string },
  ): Promise<Accepted<SubjectInCase>>;
  findEligibilityCheck(agencyCode: string, id: string): Promise<EligibilityCheck | null>;
  findAgency(code: string): Promise<Agency | null>;
  /** The format text in force. Null where none is published. */
  findText(matter: Matter, on: BusinessDate): Promise<PublishedText | null>;
  /** A verification of the agency, and its current verdict. Null where it has none such. */
  findVerdict(
    agencyCode: string,
    verificationId: string,
  ): Promise<{ verification: Verification; verdict: VerdictCode } | null>;
  /** Enters a line in the file of the applicant, in the same transaction. */
  enter(trx: Transaction, entry: NewSubjectEntry): Promise<void>;
  /** Told of every signing and step, in the same transaction. */
  onChanged(trx: Transaction, commitment: Commitment): Promise<void>;
}

/** The room of commitments. */
export function createCommitments(deps: CommitmentsDependencies): Commitments {
  const { db } = deps;
  const routing = createRouting(deps);
  const signing = createSigning({ ...deps, routing });
  const steps = createSteps({ ...deps, routing });

  async function pageOfAgency(
    agencyCode: string,
    { state }: { state: CommitmentState | null },
    page: PageRequest,
  ): Promise<Page<Commitment>> {
    const before = decodeInstantCursor(page.after);
    const filter = { agencyCode, state, before, rows: rowsToRead(page) };
    const rows = await listNewestCommitments(db, filter);
    return pageOf(rows, page, ({ signedAt, id }) => [signedAt.toISOString(), id]);
  }

  async function pageOfPublic(page: PageRequest): Promise<Page<PublicCommitment>> {
    const before = decodeInstantCursor(page.after);
    const rows = await listPublicCommitments(db, { before, rows: rowsToRead(page) });
    return pageOf(rows, page, ({ signedAt, id }) => [signedAt.toISOString(), id]);
  }

  return {
    sign: signing.sign,
    chooseCertificate: routing.choose,
    step: steps.step,
    stepWithin: steps.take,
    find: async (agencyCode, id, within) =>
      isUuid(id) ? findCommitment(within ?? db, { agencyCode, id }) : null,
    pageOf: pageOfAgency,
    pageOfPublic,
    listDecided: async (codes) => (codes.length === 0 ? [] : listDecidedCodes(db, codes)),
    listEvents: (commitmentId) => listEvents(db, commitmentId),
    listRoutes: (caseId) => listRoutes(db, { caseId, subjectId: null }),
  };
}
