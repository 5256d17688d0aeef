import type { Refusal } from '../audit/refusals.ts';
import type { AssistanceState } from '../model/assistance-life.ts';
import type { AssistanceRequest } from '../model/assistance-request.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import type { CaseFile, CaseSubject } from '../model/case-file.ts';
import type { UsableConsent } from '../model/consent.ts';
import type { CreditProfile } from '../model/credit.ts';
import type { Enterprise } from '../model/enterprise.ts';
import type { Matter, PriorityField } from '../model/matter.ts';
import type { Page, PageRequest } from '../model/page.ts';
import type {
  Discrepancy,
  FollowUp,
  VerdictCode,
  Verification,
  VerificationPlan,
} from '../model/verification.ts';
import type { Sourced } from '../model/sourced.ts';
import type { LicenseNow, SubjectQuestion } from '../subject/subject.ts';
import type { Deadline } from './deadline.ts';
import { getLoaded, type Loaders } from './loaders.ts';
import type { Services } from './services.ts';

type Once<A extends readonly unknown[], T> = (...args: A) => Promise<T>;

/** What is asked by its arguments rather than by id. The same question is asked once a request. */
export interface Questions {
  readonly matters: Once<
    [{ on: BusinessDate; priorityField: PriorityField | null }, PageRequest],
    Page<Matter>
  >;
  readonly matter: Once<[code: string, on: BusinessDate], Matter | null>;
  readonly cases: Once<[PageRequest], Page<CaseFile>>;
  readonly verifications: Once<[{ verdict: VerdictCode | null }, PageRequest], Page<Verification>>;
  readonly plan: Once<[{ caseId: string; subjectId: string }], VerificationPlan | null>;
  readonly discrepancies: Once<[PageRequest], Page<Discrepancy>>;
  readonly followUps: Once<[PageRequest], Page<FollowUp>>;
  readonly assistanceRequests: Once<
    [{ box: 'INBOX' | 'SENT' | 'COORDINATION'; state: AssistanceState | null }, PageRequest],
    Page<AssistanceRequest>
  >;
  readonly refusals: Once<[PageRequest], Page<Refusal>>;
  /** One source each. @throws {HubError} SOURCE_… when it gave no usable answer in time. */
  readonly licenses: Once<[CaseSubject, AskedLicenses], Sourced<LicenseNow>>;
  /** Under a consent of the holder. */
  readonly consentedLicenses: Once<[CaseSubject, AskedByConsent], Sourced<LicenseNow>>;
  readonly registration: Once<[CaseSubject, AskedSource], Sourced<Enterprise>>;
  readonly creditProfile: Once<[CaseSubject, AskedSource], Sourced<CreditProfile>>;
}

/** Seconds, not negative; 0 asks anew. */
export interface AskedSource {
  readonly maxAgeSeconds: number;
}

/** Of one license type (证照类型代码). */
export interface AskedLicenses extends AskedSource {
  readonly typeCode: string;
}

/** What the holder has consented to. */
export interface AskedByConsent extends AskedLicenses, UsableConsent {}

/** Questions in the caller's name; what belongs to agencies is confined to the caller's own. */
export function createQuestions(deps: {
  services: Services;
  caller: Caller;
  load: Loaders;
  deadline: Deadline;
}): Questions {
  const { services, caller, load, deadline } = deps;
  const { catalog, casework, verifications, assistance, refusals, subjects } = services;
  const { agencyCode } = caller;

  /** Asks in the name of the subject's own case, and gives up when the request has to end. */
  function askSource<Asked extends AskedSource, T>(
    ask: (question: SubjectQuestion & Asked) => Promise<T>,
  ): Once<[CaseSubject, Asked], T> {
    return once(
      async (subject, asked) => {
        const caseFile = await getLoaded(load.case, subject.caseId);
        const matter = await getLoaded(load.matter, {
          code: caseFile.matterCode,
          version: caseFile.matterVersion,
        });
        return deadline.race(ask({ subject, caseFile, matter, ...asked }), 'SOURCE_TIMEOUT');
      },
      (subject, asked) => JSON.stringify([subject.id, asked]),
    );
  }

  return {
    matters: once((filter, page) => catalog.listInForce(filter, page)),
    matter: once((code, on) => catalog.findInForce(code, on)),
    cases: once((page) => casework.pageOfCases(agencyCode, page)),
    verifications: once((filter, page) => verifications.pageOf(agencyCode, filter, page)),
    plan: once((ids) => verifications.explain(caller, ids)),
    discrepancies: once((page) => verifications.pageOfDiscrepancies(agencyCode, page)),
    followUps: once((page) => verifications.pageOfFollowUps(agencyCode, page)),
    assistanceRequests: once((filter, page) => assistance.pageOf(agencyCode, filter, page)),
    refusals: once((page) => refusals.pageOf(page)),
    licenses: askSource((question) => subjects.askLicenses(caller, question)),
    consentedLicenses: askSource((question) => subjects.askConsentedLicenses(caller, question)),
    registration: askSource((question) => subjects.askRegistration(caller, question)),
    creditProfile: askSource((question) => subjects.askCreditProfile(caller, question)),
  };
}

/** A failed question stays failed: a second run of the operation meets the same answer. */
function once<A extends readonly unknown[], T>(
  ask: (...args: A) => Promise<T>,
  keyOf: (...args: A) => string = (...args) => JSON.stringify(args),
): Once<A, T> {
  const asked = new Map<string, Promise<T>>();
  return (...args) => {
    const key = keyOf(...args);
    const earlier = asked.get(key);
    if (earlier !== undefined) return earlier;
    const answer = ask(...args);
    asked.set(key, answer);
    return answer;
  };
}
