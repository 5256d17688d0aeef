import type { CapabilityName } from '../connector-kit/connector.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { CaseSubject } from '../model/case-file.ts';
import type { License } from '../model/license.ts';
import { parseLicenseIdentifier } from '../model/license-identifier.ts';
import { observeSilence, type About } from '../model/observe/about.ts';
import { observeCredit } from '../model/observe/credit.ts';
import { findSuccessor, licenseStatusOn, observeLicense } from '../model/observe/license.ts';
import { observeRegistration } from '../model/observe/registration.ts';
import type { ClaimField, Consultation, Dataset, Requirement } from '../model/policy.ts';
import type { Purpose } from '../model/purpose.ts';
import type { ObservationNote, SourceObservation } from '../model/verification.ts';
import type { Answered, Observation, Sources } from '../sources/sources.ts';

/** Which registered source answers which kind of question. */
export type Routes = Readonly<Record<Dataset, string>>;

/** One question as the ladder climbs it: who, what is claimed, which day counts, and why. */
export interface Inquiry {
  readonly subject: CaseSubject;
  readonly claimsOf: (requirement: string) => ReadonlyMap<ClaimField, string>;
  readonly relevantOn: BusinessDate;
  readonly purpose: Purpose;
}

/** Asks one source for one requirement and tells what its answer says. */
export interface Consultants {
  /** What one source says about one requirement. Never rejects because of a source. */
  consult(
    inquiry: Inquiry,
    requirement: Requirement,
    consultation: Consultation,
  ): Promise<SourceObservation>;
  aboutOf(
    inquiry: Inquiry,
    requirement: Requirement,
    consultation: Pick<Consultation, 'rank' | 'fieldRanks'> & { readonly dataset: Dataset },
  ): About;
}

/** Consultants over the registered sources, by their routes. */
export function createConsultants(deps: { sources: Sources; routes: Routes }): Consultants {
  const { sources, routes } = deps;

  async function consult(
    inquiry: Inquiry,
    requirement: Requirement,
    consultation: Consultation,
  ): Promise<SourceObservation> {
    const about = aboutOf(inquiry, requirement, consultation);
    switch (consultation.dataset) {
      case 'LICENSE':
        return consultLicense(inquiry, about, consultation);
      case 'REGISTRATION': {
        const answer = await ask(inquiry, consultation, 'enterprise.registration');
        return answer.transport === 'ANSWERED'
          ? observeRegistration(about, answer)
          : observeSilence(about, answer);
      }
      case 'CREDIT': {
        const answer = await ask(inquiry, consultation, 'credit.profile');
        return answer.transport === 'ANSWERED'
          ? observeCredit(about, answer)
          : observeSilence(about, answer);
      }
    }
  }

  /** By identifier where one is claimed: only that shows licenses that are no longer in force. */
  async function consultLicense(
    inquiry: Inquiry,
    about: About,
    consultation: Consultation,
  ): Promise<SourceObservation> {
    const claimed = about.claims.get('LICENSE_IDENTIFIER');
    const identifier = claimed === undefined ? null : canonicalIdentifier(claimed);
    if (identifier === null) {
      const answer = await askHolder(inquiry, consultation);
      return answer.transport === 'ANSWERED'
        ? observeLicense(about, answer, [])
        : observeSilence(about, answer);
    }

    const answer = await sources.ask({
      source: routes.LICENSE,
      capability: 'license.byIdentifier',
      key: { identifier },
      purpose: inquiry.purpose,
      maxAgeMs: consultation.maxAgeSeconds * 1_000,
    });
    if (answer.transport !== 'ANSWERED') return observeSilence(about, answer);
    if (isInForce(answer, about.relevantOn)) return observeLicense(about, answer, []);
    return followSuccessor(inquiry, about, { consultation, identifier, answer });
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
      { ...about, claims },
      { ...held, recordOutcome: 'FOUND_ONE', records: [successor] },
      [exists, followed],
    );
  }

  function askHolder(inquiry: Inquiry, consultation: Consultation) {
    const { kind, code, name } = inquiry.subject;
    return sources.ask({
      source: routes.LICENSE,
      capability: 'license.byHolder',
      key: { holder: { kind, code, name }, typeCode: consultation.licenseTypeCode ?? '' },
      purpose: inquiry.purpose,
      maxAgeMs: consultation.maxAgeSeconds * 1_000,
    });
  }

  function ask<N extends 'enterprise.registration' | 'credit.profile'>(
    inquiry: Inquiry,
    consultation: Consultation,
    capability: N,
  ): Promise<Observation<N>> {
    const { kind, code, name } = inquiry.subject;
    return sources.ask<N>({
      source: routes[consultation.dataset],
      capability,
      // Names differ between sources; the code alone finds the record, and names are compared here.
      key: { kind, code, name: capability === 'credit.profile' ? null : name },
      purpose: inquiry.purpose,
      maxAgeMs: consultation.maxAgeSeconds * 1_000,
    });
  }

  function aboutOf(
    inquiry: Inquiry,
    requirement: Requirement,
    consultation: Pick<Consultation, 'rank' | 'fieldRanks'> & { readonly dataset: Dataset },
  ): About {
    const { subject, relevantOn } = inquiry;
    return {
      requirement,
      source: routes[consultation.dataset],
      dataset: consultation.dataset,
      rank: consultation.rank,
      fieldRanks: consultation.fieldRanks,
      claims: inquiry.claimsOf(requirement.id),
      subject: { kind: subject.kind, code: subject.code, name: subject.name },
      relevantOn,
    };
  }

  return { consult, aboutOf };
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
