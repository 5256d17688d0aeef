import { inconclusive, type Settled } from './cross-check-compare.ts';
import type { CrossCheck, CrossCheckField } from './cross-check.ts';
import type { Enterprise } from './enterprise.ts';
import type { License } from './license.ts';
import { registrationStatus } from './observe/registration.ts';
import { compareNames } from './name.ts';
import { parseResidentId } from './resident-id.ts';

/** What a whole collection is compared as, and which fields of its records. */
export const COMPARED_FIELDS = {
  LICENSE: ['STATUS', 'HOLDER_NAME', 'HOLDER_CODE', 'VALID_UNTIL'],
  BUSINESS_LICENSE: ['STATUS', 'HOLDER_NAME'],
  ENTERPRISE: ['STATUS', 'HOLDER_NAME'],
} as const satisfies Readonly<Record<string, readonly CrossCheckField[]>>;
export type ComparedKind = keyof typeof COMPARED_FIELDS;

/** What a source holds under one key. */
export interface ComparedRecord {
  /** License identifier, or unified social credit code; canonical. */
  readonly key: string;
  /** SEVERAL: more than one record. UNREADABLE: one that its mapping cannot read. */
  readonly state: 'ONE' | 'SEVERAL' | 'UNREADABLE';
  /** Empty unless ONE. A field that is not told is null: that says nothing. */
  readonly values: Readonly<Partial<Record<CrossCheckField, string | null>>>;
}

/** Whether a license or an enterprise may be used, where the two are compared. */
type InForce = 'IN_FORCE' | 'NOT_IN_FORCE';

/** The licenses under one identifier, as two libraries are compared. */
export function comparedLicense(key: string, licenses: readonly License[] | null): ComparedRecord {
  return one(key, licenses, (license) => ({
    STATUS: license.flaggedStatus,
    HOLDER_NAME: license.holderName,
    HOLDER_CODE: license.holderCode,
    VALID_UNTIL: license.longTerm ? 'LONG_TERM' : license.validUntil,
  }));
}

/**
 * The business licenses (营业执照) of one enterprise. Of several the one in force counts: the others
 * were replaced.
 */
export function comparedBusinessLicense(
  key: string,
  licenses: readonly License[] | null,
): ComparedRecord {
  const inForce = licenses?.filter(({ flaggedStatus }) => flaggedStatus === 'VALID') ?? [];
  const counted = inForce.length > 0 ? inForce : (licenses?.slice(0, 1) ?? null);
  return one(key, counted, ({ flaggedStatus, holderName }) => ({
    STATUS: inForceOf(flaggedStatus),
    HOLDER_NAME: flaggedStatus === 'VALID' ? holderName : null,
  }));
}

/** What the register says of one enterprise, to be compared with its business license. */
export function comparedEnterprise(
  key: string,
  enterprises: readonly Enterprise[] | null,
): ComparedRecord {
  return one(key, enterprises, ({ status, name }) => {
    const inForce = inForceOf(registrationStatus(status));
    return { STATUS: inForce, HOLDER_NAME: inForce === 'IN_FORCE' ? name : null };
  });
}

/** Whether the silence of each side about a key means that it has none. */
export interface Coverage {
  readonly left: boolean;
  readonly right: boolean;
}

/**
 * What two collections say under one key; null where one has nothing. Absence counts only where
 * the side would show the record. What is out of force on one side may well be gone on the other,
 * where a license is compared with an enterprise.
 */
export function compareRecords(
  { left, right }: { readonly left: ComparedRecord | null; readonly right: ComparedRecord | null },
  check: Pick<CrossCheck, 'fields'>,
  covered: Coverage,
): Settled {
  const known = [left, right].flatMap((side) => (side === null ? [] : [side]));
  if (known.some(({ state }) => state === 'UNREADABLE'))
    return inconclusive('UNREADABLE', [difference('UNPARSEABLE')]);
  if (known.some(({ state }) => state === 'SEVERAL'))
    return inconclusive('SEVERAL_RECORDS', [difference('DUPLICATE_KEY')]);
  if (left === null || right === null) return compareAbsence({ left, right }, covered);
  if ([left, right].some(({ values }) => values.STATUS === 'STATUS_UNKNOWN'))
    return inconclusive('STATUS_UNKNOWN', [{ ...difference('UNPARSEABLE'), field: 'STATUS' }]);
  const differences = check.fields.flatMap(({ field }): Settled['differences'] => {
    const [one = null, other = null] = [left.values[field], right.values[field]];
    if (one === null || other === null || one === other) return [];
    if (field === 'HOLDER_NAME' && !areOtherNames(left, one, other)) return [];
    return field === 'STATUS'
      ? [{ class: 'STATUS_CHANGED', field, valueFrom: one, valueTo: other }]
      : [{ class: 'FIELD_CHANGED', field, valueFrom: '', valueTo: '' }];
  });
  return settled(differences);
}

function compareAbsence(
  { left, right }: { readonly left: ComparedRecord | null; readonly right: ComparedRecord | null },
  covered: Coverage,
): Settled {
  const held = left ?? right;
  if (held === null || held.values.STATUS === 'NOT_IN_FORCE') return settled([]);
  if (!(left === null ? covered.left : covered.right)) return inconclusive('ABSENCE_MEANS_NOTHING');
  return settled([difference(left === null ? 'MISSING_IN_HUB' : 'MISSING_IN_SOURCE')]);
}

function settled(differences: Settled['differences']): Settled {
  const outcome = differences.length === 0 ? 'MATCHED' : 'DIFFERING';
  return { outcome, cause: null, status: null, differences };
}

function difference(one: Settled['differences'][number]['class']) {
  return { class: one, field: '', valueFrom: '', valueTo: '' } as const;
}

function one<R>(
  key: string,
  records: readonly R[] | null,
  valuesOf: (record: R) => ComparedRecord['values'],
): ComparedRecord {
  const [record] = records ?? [];
  if (records === null || record === undefined) return { key, state: 'UNREADABLE', values: {} };
  if (records.length > 1) return { key, state: 'SEVERAL', values: {} };
  return { key, state: 'ONE', values: valuesOf(record) };
}

/** Null where the status says neither: then it is not compared. */
function inForceOf(status: License['flaggedStatus']): InForce | null {
  if (status === 'STATUS_UNKNOWN') return null;
  return status === 'VALID' ? 'IN_FORCE' : 'NOT_IN_FORCE';
}

/** Only what no spelling explains: whatever a person would have to look at is not another name. */
function areOtherNames({ values }: ComparedRecord, one: string, other: string): boolean {
  const isPerson = parseResidentId(values.HOLDER_CODE ?? '').ok;
  return compareNames(one, other, isPerson ? 'PERSON' : 'ORGANIZATION').outcome === 'MISMATCH';
}
