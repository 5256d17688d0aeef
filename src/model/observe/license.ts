import { statusOnDate, type BusinessDate } from '../business-date.ts';
import { compareCodes, compareDates, compareText } from '../comparison.ts';
import { compareDocumentNumbers } from '../document-number.ts';
import type { License } from '../license.ts';
import { parseLicenseIdentifier } from '../license-identifier.ts';
import { compareNames } from '../name.ts';
import type { RecordStatus } from '../outcome.ts';
import type { ClaimField } from '../policy.ts';
import type { ObservationNote, SourceObservation } from '../verification.ts';
import {
  compareHolderCode,
  DIFFERS,
  HOLDS,
  ifClaimed,
  NOT_COMPARABLE,
  NOT_HELD,
  observeAnswer,
  singleRecord,
  WITHHELD,
  withoutRecord,
  type About,
  type FieldComparison,
  type Told,
} from './about.ts';

/** What the license library's answer says about a requirement. */
export function observeLicense(
  about: About,
  told: Told<License>,
  notes: readonly ObservationNote[],
): SourceObservation {
  const chosen = chooseLicense(about, told);
  const license = singleRecord(chosen);
  if (license === null)
    return observeAnswer(about, chosen, {
      status: null,
      notes,
      compare: withoutRecord(chosen.recordOutcome),
    });

  const status = licenseStatusOn(license, about.relevantOn);
  const compare = (field: ClaimField) => compareField(about, license, { field, status });
  return observeAnswer(about, chosen, { status, notes, compare });
}

/**
 * The library's flag is not trusted alone: a license past its last day is expired, flag or no flag.
 */
export function licenseStatusOn(license: License, on: BusinessDate): RecordStatus {
  if (license.flaggedStatus !== 'VALID') return license.flaggedStatus;
  return statusOnDate({ from: license.validFrom, until: license.validUntil }, on);
}

/**
 * The license that replaced `identifier`: it says so itself (关联证照标识), or it is the same
 * license in a later version. Null when none of them did.
 */
export function findSuccessor(identifier: string, licenses: readonly License[]): License | null {
  const replaced = parseLicenseIdentifier(identifier);
  const successor = licenses.find((license) => {
    if (license.replaces === identifier) return true;
    if (license.identifier === null || !replaced.ok) return false;
    const other = parseLicenseIdentifier(license.identifier);
    return (
      other.ok &&
      other.value.sameLicenseKey === replaced.value.sameLicenseKey &&
      other.value.version > replaced.value.version
    );
  });
  return successor ?? null;
}

/** A holder may have several licenses of one type; the claimed number tells which is meant. */
function chooseLicense(about: About, told: Told<License>): Told<License> {
  const claimed = about.claims.get('LICENSE_NUMBER');
  if (told.recordOutcome !== 'FOUND_MANY' || claimed === undefined) return told;
  const meant = told.records.filter(({ number }) =>
    compareDocumentNumbers(claimed, number).outcome.startsWith('MATCH_'),
  );
  return meant.length === 1 ? { ...told, recordOutcome: 'FOUND_ONE', records: meant } : told;
}

function compareField(
  about: About,
  license: License,
  seen: { field: ClaimField; status: RecordStatus },
): FieldComparison {
  const { field, status } = seen;
  if (field === 'STATUS') return compareStatus(status);
  if (field === 'LICENSE_IDENTIFIER')
    return ifClaimed(about, field, (claimed) =>
      compareCodes(claimed, license.identifier, parseLicenseIdentifier),
    );
  if (license.withheld) return WITHHELD;
  switch (field) {
    case 'HOLDER_NAME':
      return compareNames(
        about.claims.get(field) ?? about.subject.name,
        license.holderName,
        about.subject.kind === 'PERSON' ? 'PERSON' : 'ORGANIZATION',
      );
    case 'HOLDER_CODE':
      return compareHolderCode(about, license.holderCode);
    case 'LICENSE_NUMBER':
      return ifClaimed(about, field, (claimed) => compareDocumentNumbers(claimed, license.number));
    case 'VALID_UNTIL':
      return ifClaimed(about, field, (claimed) =>
        compareDates(claimed, license.longTerm ? '长期' : license.validUntil, {
          role: 'VALIDITY_END',
        }),
      );
    case 'LEGAL_REPRESENTATIVE':
      return ifClaimed(about, field, (claimed) =>
        compareNames(claimed, license.legalRepresentative, 'PERSON'),
      );
    case 'ADDRESS':
      return ifClaimed(about, field, (claimed) => compareText(claimed, license.address));
    default:
      return NOT_HELD;
  }
}

/** A status that decides nothing is no "no". */
export function compareStatus(status: RecordStatus): FieldComparison {
  if (status === 'VALID') return HOLDS;
  return status === 'STATUS_UNKNOWN' ? NOT_COMPARABLE : DIFFERS;
}
