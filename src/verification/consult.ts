import type { CapabilityName } from '../connector-kit/connector.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { CaseSubject } from '../model/case-file.ts';
import type { ConsentSought, UsableConsent } from '../model/consent.ts';
import type { License } from '../model/license.ts';
import { parseLicenseIdentifier } from '../model/license-identifier.ts';
import { observeSilence, type About } from '../model/observe/about.ts';
import { observeTold, type OnlineDataset } from '../model/observe/answer.ts';
import { findSuccessor, licenseStatusOn, observeLicense } from '../model/observe/license.ts';
import type { ClaimField, Consultation, Dataset, Requirement } from '../model/policy.ts';
import type { Purpose } from '../model/purpose.ts';
import { currentRegionCode } from '../model/region.ts';
import type { ObservationNote, ObservedDataset, SourceObservation } from '../model/verification.ts';
import type { Urgency } from '../sources/policy.ts';
import type { RoutedAsk, RoutedQuestion } from '../sources/routed-ask.ts';
import type { Answered, Observation, Sources } from '../sources/sources.ts';

/** One question as the ladder climbs it: who, what is claimed, which day counts, and why. */
export interface Inquiry {
  readonly subject: CaseSubject;
  readonly claimsOf: (requirement: string) => ReadonlyMap<ClaimField, string>;
  readonly relevantOn: BusinessDate;
  readonly purpose: Purpose;
  /** For BATCH nobody waits: a slow source has its time, and no person is asked for help. */
  readonly urgency: Urgency;
}

/** Asks one source for one requirement and tells what its answer says. */
export interface Consultants {
  /** What one source says about one requirement. Never rejects because of a source. */
  consult(
    inquiry: Inquiry,
    requirement: Requirement,
    consultation: Consultation,
  ): Promise<SourceObservation>;
  aboutOf(inquiry: Inquiry, requirement: Requirement, consulted: Consulted): About;
  /** Id of the source by which another agency is told now, or the inbox. */
  assistanceSource(): string;
}

/** Which source of which dataset, and what its word is worth. */
export type Consulted = Pick<Consultation, 'rank' | 'fieldRanks'> & {
  readonly dataset: ObservedDataset;
  /** Empty where nobody is responsible. */
  readonly source: string;
};

/** What became of a routed question; nobody being responsible is a silence as well. */
type Heard<N extends CapabilityName> = Observation<N> | Nobody;

interface Nobody {
  readonly transport: 'UNSUPPORTED';
  readonly source: '';
  readonly hop: 'HUB';
  readonly reason: 'SOURCE_NOT_REGISTERED';
  readonly retryAt: null;
}

const NOBODY: Nobody = {
  transport: 'UNSUPPORTED',
  source: '',
  hop: 'HUB',
  reason: 'SOURCE_NOT_REGISTERED',
  retryAt: null,
};

/** Consultants over whichever sources are responsible. */
export function createConsultants(deps: {
  readonly routedAsk: RoutedAsk;
  /** How long a verification waits for a slow source before its answer counts as coming later. */
  readonly patienceMs: number;
  assistanceSource(): string;
  /** Puts a question to one source by name. */
  readonly sources: Pick<Sources, 'ask'>;
  /** Under which consent a holder's licenses may be read. Null where there is none. */
  findConsent(about: ConsentSought): Promise<UsableConsent | null>;
}): Consultants {
  const { routedAsk, patienceMs } = deps;

  async function consult(
    inquiry: Inquiry,
    requirement: Requirement,
    consultation: Consultation,
  ): Promise<SourceObservation> {
    const aboutIt = ({ source }: { readonly source: string }) =>
      aboutOf(inquiry, requirement, { ...consultation, source });
    switch (consultation.dataset) {
      case 'LICENSE':
        return consultLicense(inquiry, aboutIt, consultation);
      case 'REGISTRATION': {
        const heard = await ask(inquiry, consultation, 'enterprise.registration');
        return observeHeard('REGISTRATION', aboutIt(heard), heard);
      }
      case 'CREDIT': {
        const heard = await ask(inquiry, consultation, 'credit.profile');
        return observeHeard('CREDIT', aboutIt(heard), heard);
      }
    }
  }

  /** By identifier where one is claimed: only that shows licenses that are no longer in force. */
  async function consultLicense(
    inquiry: Inquiry,
    aboutIt: (heard: { readonly source: string }) => About,
    consultation: Consultation,
  ): Promise<SourceObservation> {
    const claimed = aboutIt(NOBODY).claims.get('LICENSE_IDENTIFIER');
    const identifier = claimed === undefined ? null : canonicalIdentifier(claimed);
    if (identifier === null) {
      const heard = await askHolder(inquiry, consultation);
      return observeHeard('LICENSE', aboutIt(heard), heard);
    }

    const heard = await askRouted(inquiry, consultation, {
      capability: 'license.byIdentifier',
      key: { identifier },
    });
    const about = aboutIt(heard);
    if (heard.transport === 'NEEDS_CONSENT') {
      const consented = await askHolder(inquiry, consultation);
      return observeHeard('LICENSE', aboutIt(consented), consented);
    }
    if (heard.transport !== 'ANSWERED') return observeSilence(about, heard);
    if (isInForce(heard, inquiry.relevantOn)) return observeLicense(about, heard, []);
    return followSuccessor(inquiry, about, { consultation, identifier, answer: heard });
  }

  /** A license that is out of force may have been replaced, which the holder query tells. */
  async function followSuccessor(
    inquiry: Inquiry,
    about: About,
    found: {
      consultation: Consultation;
      identifier: string;
      answer: Answered<'license.byIdentifier'>;
    },
  ): Promise<SourceObservation> {
    const held = await askHolder(inquiry, found.consultation);
    const successor =
      held.transport === 'ANSWERED' ? findSuccessor(found.identifier, held.records) : null;
    if (held.transport !== 'ANSWERED' || successor === null)
      return observeLicense(about, found.answer, []);

    const exists: ObservationNote = {
      code: 'SUCCESSOR_EXISTS',
      field: 'LICENSE_IDENTIFIER',
      detail: successor.identifier,
    };
    if (!about.requirement.acceptsSuccessor)
      return observeLicense(about, supersededBy(found.answer), [exists]);
    const followed: ObservationNote = { ...exists, code: 'SUCCESSOR_FOLLOWED' };
    // The identifier that was claimed is settled: the policy lets its successor stand for it.
    const claims = new Map([
      ...about.claims,
      ['LICENSE_IDENTIFIER', successor.identifier ?? found.identifier] as const,
    ]);
    return observeLicense(
      { ...about, claims, source: held.source },
      { ...held, recordOutcome: 'FOUND_ONE', records: [successor] },
      [exists, followed],
    );
  }

  async function askHolder(
    inquiry: Inquiry,
    consultation: Consultation,
  ): Promise<Heard<'license.byHolder' | 'license.byConsent'>> {
    const { id: subjectId, kind, code, name } = inquiry.subject;
    const key = { holder: { kind, code, name }, typeCode: consultation.licenseTypeCode ?? '' };
    const heard = await askRouted(inquiry, consultation, { capability: 'license.byHolder', key });
    if (heard.transport !== 'NEEDS_CONSENT') return heard;
    const { agencyCode, caseId } = inquiry.purpose;
    const about = { agencyCode, caseId, subjectId, typeCode: key.typeCode };
    const consent = await deps.findConsent(about);
    if (consent === null) return heard;
    return deps.sources.ask({
      ...termsOf(inquiry, consultation),
      ...{ source: consent.source, capability: 'license.byConsent' },
      key: { ...key, consent: consent.reference },
    });
  }

  function ask<N extends 'enterprise.registration' | 'credit.profile'>(
    inquiry: Inquiry,
    consultation: Consultation,
    capability: N,
  ): Promise<Heard<N>> {
    const { kind, code, name } = inquiry.subject;
    // Names differ between sources; the code alone finds the record, and names are compared here.
    const key = { kind, code, name: capability === 'credit.profile' ? null : name };
    return askRouted<N>(inquiry, consultation, { capability, key });
  }

  async function askRouted<N extends CapabilityName>(
    inquiry: Inquiry,
    consultation: Consultation,
    asked: Pick<RoutedQuestion<N>, 'capability' | 'key'>,
  ): Promise<Heard<N>> {
    const { dataset, licenseTypeCode } = consultation;
    const observation = await routedAsk.ask<N>({
      ...asked,
      ...termsOf(inquiry, consultation),
      ...{ dataset, licenseTypeCode },
      regionCode: currentRegionCode(inquiry.subject.regionCode),
    });
    return observation ?? NOBODY;
  }

  /** What a question is put under, whoever gets it. */
  function termsOf(
    { purpose, urgency }: Inquiry,
    { maxAgeSeconds }: Consultation,
  ): Pick<RoutedQuestion<CapabilityName>, 'purpose' | 'urgency' | 'maxAgeMs' | 'patienceMs'> {
    const terms = { purpose, urgency, maxAgeMs: maxAgeSeconds * 1_000 };
    return urgency === 'BATCH' ? terms : { ...terms, patienceMs };
  }

  function aboutOf(inquiry: Inquiry, requirement: Requirement, consulted: Consulted): About {
    const { subject, relevantOn } = inquiry;
    const { source, dataset, rank, fieldRanks } = consulted;
    return {
      ...{ requirement, source, dataset, rank, fieldRanks, relevantOn },
      claims: inquiry.claimsOf(requirement.id),
      subject: { kind: subject.kind, code: subject.code, name: subject.name },
    };
  }

  return { consult, aboutOf, assistanceSource: () => deps.assistanceSource() };
}

/** What was heard, as an observation of one requirement. */
function observeHeard(
  dataset: OnlineDataset,
  about: About,
  heard: Heard<CapabilityName>,
): SourceObservation {
  return heard.transport === 'ANSWERED'
    ? observeTold(dataset, about, heard)
    : observeSilence(about, heard);
}

/** The library tells only that it is out of force; that a successor exists tells why. */
function supersededBy(answer: Answered<'license.byIdentifier'>): Answered<'license.byIdentifier'> {
  const records = answer.records.map((license) => ({
    ...license,
    flaggedStatus: 'SUPERSEDED' as const,
  }));
  return { ...answer, records };
}

/** Capabilities a dataset is asked by, for plans. */
export function capabilityOf(dataset: Dataset): CapabilityName {
  switch (dataset) {
    case 'LICENSE':
      return 'license.byHolder';
    case 'REGISTRATION':
      return 'enterprise.registration';
    case 'CREDIT':
      return 'credit.profile';
    case 'ASSISTANCE':
      return 'assistance.request';
  }
}

function canonicalIdentifier(claimed: string): string | null {
  const parsed = parseLicenseIdentifier(claimed);
  return parsed.ok ? parsed.value.code : null;
}

function isInForce(answer: Answered<'license.byIdentifier'>, on: BusinessDate): boolean {
  const license: License | undefined = answer.records[0];
  return license !== undefined && licenseStatusOn(license, on) === 'VALID';
}

/** The dataset that a capability answers. Null for what a person answers. */
export function datasetOf(capability: CapabilityName): OnlineDataset | null {
  switch (capability) {
    case 'license.byHolder':
    case 'license.byConsent':
    case 'license.byIdentifier':
      return 'LICENSE';
    case 'enterprise.registration':
      return 'REGISTRATION';
    case 'credit.profile':
      return 'CREDIT';
    default:
      return null;
  }
}
