import type { Capabilities, CapabilityName, SubjectKey } from '../connector-kit/connector.ts';
import { HubError } from '../errors.ts';
import type { Caller } from '../model/caller.ts';
import type { CaseFile, CaseSubject } from '../model/case-file.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import type { UsableConsent } from '../model/consent.ts';
import type { CreditProfile } from '../model/credit.ts';
import type { Enterprise } from '../model/enterprise.ts';
import type { License } from '../model/license.ts';
import type { Matter } from '../model/matter.ts';
import { licenseStatusOn } from '../model/observe/license.ts';
import type { RecordStatus } from '../model/outcome.ts';
import { purposeOfCase, type Purpose } from '../model/purpose.ts';
import { currentRegionCode } from '../model/region.ts';
import type { Sourced } from '../model/sourced.ts';
import type { RoutedAsk } from '../sources/routed-ask.ts';
import type { Observation, Sources } from '../sources/sources.ts';

/** What the sources say of one subject, side by side, with provenance. */
export interface Subjects {
  /**
   * Each asks one source for the purpose of the subject's case.
   *
   * @throws {HubError} SOURCE_… when the source gave no usable answer; AUDIT_UNAVAILABLE.
   */
  askLicenses(caller: Caller, question: LicensesQuestion): Promise<Sourced<LicenseNow>>;
  /** What the holder has consented to, by the source that asked the holder. */
  askConsentedLicenses(caller: Caller, question: ConsentedQuestion): Promise<Sourced<LicenseNow>>;
  askRegistration(caller: Caller, question: SubjectQuestion): Promise<Sourced<Enterprise>>;
  askCreditProfile(caller: Caller, question: SubjectQuestion): Promise<Sourced<CreditProfile>>;
}

/** A question about one subject, for the purpose of its case. */
export interface SubjectQuestion {
  readonly subject: CaseSubject;
  /** The subject's case: the purpose of the question. */
  readonly caseFile: CaseFile;
  /** The case's matter, in the version of the case. */
  readonly matter: Matter;
  readonly maxAgeSeconds: number;
}

/** The same, for licenses of one type. */
export interface LicensesQuestion extends SubjectQuestion {
  readonly typeCode: string;
}

/** The same, under a consent of their holder (持证人授权). */
export interface ConsentedQuestion extends LicensesQuestion, UsableConsent {}

/** A license and its status on the business day of the question. */
export interface LicenseNow {
  readonly license: License;
  readonly status: RecordStatus;
}

/** The room that looks things up without judging them. */
export function createSubjects(deps: {
  routedAsk: Pick<RoutedAsk, 'ask'>;
  sources: Pick<Sources, 'ask'>;
  clock: Clock;
}): Subjects {
  const { routedAsk, sources, clock } = deps;

  async function askLicenses(
    caller: Caller,
    question: LicensesQuestion,
  ): Promise<Sourced<LicenseNow>> {
    const { typeCode, subject } = question;
    return asSeenToday(
      await routedAsk.ask({
        ...{ dataset: 'LICENSE', licenseTypeCode: typeCode, capability: 'license.byHolder' },
        key: { holder: keyOf(subject), typeCode },
        ...termsOf(caller, question),
      }),
    );
  }

  async function askConsentedLicenses(
    caller: Caller,
    question: ConsentedQuestion,
  ): Promise<Sourced<LicenseNow>> {
    const { typeCode, subject, source, reference: consent } = question;
    const { purpose, maxAgeMs } = termsOf(caller, question);
    const key = { holder: keyOf(subject), typeCode, consent };
    return asSeenToday(
      await sources.ask({ source, capability: 'license.byConsent', key, purpose, maxAgeMs }),
    );
  }

  function asSeenToday(
    answer: Observation<'license.byHolder' | 'license.byConsent'> | null,
  ): Sourced<LicenseNow> {
    const today = businessDate(clock.now());
    const { records: licenses, provenance } = sourced(answer);
    const seen = licenses.map((license) => ({ license, status: licenseStatusOn(license, today) }));
    return { records: seen, provenance };
  }

  async function askRegistration(
    caller: Caller,
    question: SubjectQuestion,
  ): Promise<Sourced<Enterprise>> {
    return sourced(
      await routedAsk.ask({
        dataset: 'REGISTRATION',
        licenseTypeCode: null,
        capability: 'enterprise.registration',
        key: keyOf(question.subject),
        ...termsOf(caller, question),
      }),
    );
  }

  async function askCreditProfile(
    caller: Caller,
    question: SubjectQuestion,
  ): Promise<Sourced<CreditProfile>> {
    return sourced(
      await routedAsk.ask({
        dataset: 'CREDIT',
        licenseTypeCode: null,
        capability: 'credit.profile',
        // Names differ between sources: the code alone finds the record.
        key: { ...keyOf(question.subject), name: null },
        ...termsOf(caller, question),
      }),
    );
  }

  return { askLicenses, askConsentedLicenses, askRegistration, askCreditProfile };
}

/** A subject is asked about for the purpose of its own case, and of no other. */
function termsOf(
  caller: Caller,
  { subject, caseFile, matter, maxAgeSeconds }: SubjectQuestion,
): {
  purpose: Purpose;
  maxAgeMs: number;
  regionCode: string | null;
} {
  const isItsCase = subject.caseId === caseFile.id && caseFile.agencyCode === caller.agencyCode;
  const isItsMatter =
    caseFile.matterCode === matter.code && caseFile.matterVersion === matter.version;
  if (!isItsCase || !isItsMatter) throw new HubError('FORBIDDEN', { details: { field: 'case' } });
  return {
    maxAgeMs: maxAgeSeconds * 1_000,
    regionCode: currentRegionCode(subject.regionCode),
    purpose: purposeOfCase(caller, { caseFile, matter }),
  };
}

function keyOf({ kind, code, name }: CaseSubject): SubjectKey {
  return { kind, code, name };
}

/** On a plain look-up, a source that does not answer is a fault of that field. */
function sourced<N extends CapabilityName>(
  answer: Observation<N> | null,
): Sourced<Capabilities[N]['record']> {
  if (answer === null) throw new HubError('SOURCE_NOT_REGISTERED');
  if (answer.transport !== 'ANSWERED') throw answer.fault;
  return {
    records: answer.records,
    provenance: {
      source: answer.source,
      asOf: answer.asOf,
      observedAt: answer.observedAt,
      recordOutcome: answer.recordOutcome,
      reused: answer.reused,
      evidenceDigest: answer.rawDigest,
    },
  };
}
