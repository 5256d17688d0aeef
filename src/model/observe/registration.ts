import { compareCapital, compareCodes, compareDates, compareText } from '../comparison.ts';
import type { Enterprise, EnterpriseStatus } from '../enterprise.ts';
import { compareNames } from '../name.ts';
import type { Comparison, RecordStatus } from '../outcome.ts';
import type { ClaimField } from '../policy.ts';
import { parseRegistrationNumber } from '../registration-number.ts';
import { parseUnifiedSocialCreditCode } from '../unified-social-credit-code.ts';
import type { ObservationNote, SourceObservation } from '../verification.ts';
import {
  compareHolderCode,
  DIFFERS,
  HOLDS,
  NOT_COMPARABLE,
  ifClaimed,
  NOT_HELD,
  observeAnswer,
  outcomeOf,
  singleRecord,
  withoutRecord,
  type About,
  type FieldComparison,
  type Told,
} from './about.ts';
import { compareStatus } from './license.ts';

const FORMER_NAME_RULE = 'FORMER_NAME@1';

/** What the publicity system's answer says about a requirement. */
export function observeRegistration(about: About, told: Told<Enterprise>): SourceObservation {
  const enterprise = singleRecord(told);
  if (enterprise === null)
    return observeAnswer(about, told, {
      status: null,
      notes: [],
      compare: withoutRecord(told.recordOutcome),
    });

  const status = registrationStatus(enterprise.status);
  return observeAnswer(about, told, {
    status,
    notes: [...noteFormerName(about, enterprise), ...noteListing(about, enterprise)],
    compare: (field) => compareField(about, enterprise, field),
  });
}

/** What a registration state is worth as the status of a record. */
export function registrationStatus(status: EnterpriseStatus): RecordStatus {
  switch (status) {
    case 'ACTIVE':
    case 'DORMANT':
      return 'VALID';
    case 'LICENSE_WITHDRAWN':
      return 'WITHDRAWN';
    case 'DEREGISTERED':
      return 'CANCELED';
    case 'ANNULLED':
      return 'REVOKED';
    case 'MOVED_OUT':
      return 'TRANSFERRED_OUT';
    // Liquidation or closure limits an enterprise without ending it: a person must look.
    case 'IMPAIRED':
    case 'UNKNOWN':
      return 'STATUS_UNKNOWN';
  }
}

function compareField(about: About, enterprise: Enterprise, field: ClaimField): FieldComparison {
  switch (field) {
    case 'STATUS':
      return compareStatus(registrationStatus(enterprise.status));
    case 'HOLDER_NAME':
      return compareWithHistory(claimedName(about), enterprise);
    case 'HOLDER_CODE':
      return compareHolderCode(about, enterprise.code);
    case 'LICENSE_NUMBER':
      return ifClaimed(about, field, (claimed) => compareNumber(claimed, enterprise));
    case 'VALID_UNTIL':
      return ifClaimed(about, field, (claimed) =>
        compareDates(claimed, enterprise.longTerm ? '长期' : enterprise.validUntil, {
          role: 'VALIDITY_END',
        }),
      );
    case 'LEGAL_REPRESENTATIVE':
      return ifClaimed(about, field, (claimed) =>
        compareNames(claimed, enterprise.legalRepresentative, 'PERSON'),
      );
    case 'ADDRESS':
      return ifClaimed(about, field, (claimed) => compareText(claimed, enterprise.address));
    case 'CAPITAL':
      return ifClaimed(about, field, (claimed) => compareCapital(claimed, enterprise.capital));
    case 'ESTABLISHED_ON':
      return ifClaimed(about, field, (claimed) =>
        compareDates(claimed, enterprise.establishedOn, { role: 'OTHER' }),
      );
    case 'CREDIT_STANDING':
      if (enterprise.notTold.includes('SERIOUS_VIOLATIONS')) return NOT_HELD;
      return hasStandingViolation(enterprise) ? DIFFERS : HOLDS;
    default:
      return NOT_HELD;
  }
}

/** A business license is numbered by the credit code, or by the registration number before 2015. */
function compareNumber(claimed: string, enterprise: Enterprise): Comparison {
  const byCode = compareCodes(claimed, enterprise.code, parseUnifiedSocialCreditCode);
  const isRegistrationNumber = parseRegistrationNumber(claimed).ok;
  return isRegistrationNumber
    ? compareCodes(claimed, enterprise.registrationNumber, parseRegistrationNumber)
    : byCode;
}

function claimedName(about: About): string {
  return about.claims.get('HOLDER_NAME') ?? about.subject.name;
}

/** A name the enterprise once had is still its name; only a name it never had differs. */
function compareWithHistory(claimed: string, enterprise: Enterprise): FieldComparison {
  const now = compareNames(claimed, enterprise.name, 'ORGANIZATION');
  if (now.outcome !== 'MISMATCH') return now;
  // It may be a former name, which this source would not know.
  if (enterprise.notTold.includes('FORMER_NAMES')) return NOT_COMPARABLE;
  const former = findFormerName(claimed, enterprise);
  return former === null ? now : outcomeOf('MATCH_NORMALIZED', [...former.rules, FORMER_NAME_RULE]);
}

function findFormerName(claimed: string, enterprise: Enterprise) {
  for (const former of enterprise.formerNames) {
    const { outcome, rules } = compareNames(claimed, former.name, 'ORGANIZATION');
    if (outcome === 'MATCH_EXACT' || outcome === 'MATCH_NORMALIZED')
      return { rules, until: former.until };
  }
  return null;
}

function noteFormerName(about: About, enterprise: Enterprise): readonly ObservationNote[] {
  const isCompared = about.requirement.fields.some(({ field }) => field === 'HOLDER_NAME');
  const current = compareNames(claimedName(about), enterprise.name, 'ORGANIZATION');
  if (!isCompared || current.outcome !== 'MISMATCH') return [];
  const former = findFormerName(claimedName(about), enterprise);
  return former === null
    ? []
    : [{ code: 'FORMER_NAME', field: 'HOLDER_NAME', detail: former.until }];
}

function hasStandingViolation(enterprise: Enterprise): boolean {
  return enterprise.seriousViolations.some(({ removedOn }) => removedOn === null);
}

/** Told only where it is asked for: elsewhere it would speak against the subject unasked. */
function noteListing(about: About, enterprise: Enterprise): readonly ObservationNote[] {
  const isCompared = about.requirement.fields.some(({ field }) => field === 'CREDIT_STANDING');
  return isCompared && hasStandingViolation(enterprise)
    ? [{ code: 'STANDING_LISTING', field: 'CREDIT_STANDING', detail: 'SERIOUS_VIOLATION' }]
    : [];
}
