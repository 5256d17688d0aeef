import { addDays } from '../clock.ts';
import type { CreditListing, CreditProfile } from '../credit.ts';
import { compareNames } from '../name.ts';
import type { ClaimField } from '../policy.ts';
import type { ObservationNote, SourceObservation } from '../verification.ts';
import {
  compareHolderCode,
  DIFFERS,
  HOLDS,
  NOT_COMPARABLE,
  NOT_HELD,
  observeAnswer,
  singleRecord,
  type About,
  type FieldComparison,
  type Told,
} from './about.ts';

// Shandong public credit information regulation, art. 38: five years from the end of the conduct,
// then an entry is no longer a basis for anything. An entry that old and still standing is for a
// person to look at.
const BASIS_DAYS_MAX = 5 * 366;

/** What the credit platform's answer says about a requirement. */
export function observeCredit(about: About, told: Told<CreditProfile>): SourceObservation {
  const profile = singleRecord(told);
  const standing = profile === null ? [] : standingListings(about, profile);
  const compare =
    profile === null
      ? (field: ClaimField) => withoutProfile(field, told)
      : (field: ClaimField) => compareField(about, profile, { field, standing });
  const isCompared = about.requirement.fields.some(({ field }) => field === 'CREDIT_STANDING');
  const notes = isCompared ? noteListings(standing) : [];
  return observeAnswer(about, told, { status: null, notes, compare });
}

/** No profile where the platform would show one means that no list names the subject. */
function withoutProfile(field: ClaimField, told: Told<CreditProfile>): FieldComparison {
  return field === 'CREDIT_STANDING' && told.recordOutcome === 'ABSENT_COVERED' ? HOLDS : NOT_HELD;
}

function compareField(
  about: About,
  profile: CreditProfile,
  seen: { field: ClaimField; standing: readonly CreditListing[] },
): FieldComparison {
  switch (seen.field) {
    case 'CREDIT_STANDING':
      return profile.notTold.includes('LISTINGS')
        ? NOT_HELD
        : compareStanding(about, seen.standing);
    case 'HOLDER_NAME':
      return compareNames(
        about.claims.get('HOLDER_NAME') ?? about.subject.name,
        profile.name,
        about.subject.kind === 'PERSON' ? 'PERSON' : 'ORGANIZATION',
      );
    case 'HOLDER_CODE':
      return compareHolderCode(about, profile.code);
    default:
      return NOT_HELD;
  }
}

function compareStanding(about: About, standing: readonly CreditListing[]): FieldComparison {
  if (standing.length === 0) return HOLDS;
  const isBasis = standing.some(
    ({ list, since }) =>
      list === 'SERIOUSLY_DISHONEST' &&
      since !== null &&
      since >= addDays(about.relevantOn, -BASIS_DAYS_MAX),
  );
  return isBasis ? DIFFERS : NOT_COMPARABLE;
}

/**
 * Entries of dishonesty, or of a list the hub does not know, that stand on the date that counts.
 */
function standingListings(about: About, profile: CreditProfile): readonly CreditListing[] {
  return profile.listings.filter(
    ({ list, since, removedOn }) =>
      (list === 'SERIOUSLY_DISHONEST' || list === 'UNKNOWN') &&
      (removedOn === null || removedOn > about.relevantOn) &&
      (since === null || since <= about.relevantOn),
  );
}

function noteListings(standing: readonly CreditListing[]): readonly ObservationNote[] {
  const lists = [...new Set(standing.map(({ list }) => list))];
  return lists.map((list) => ({
    code: 'STANDING_LISTING',
    field: 'CREDIT_STANDING',
    detail: list,
  }));
}
