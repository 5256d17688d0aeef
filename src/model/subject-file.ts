import type { BusinessDate } from './business-date.ts';
import type { AdverseRecord } from './eligibility.ts';
import type { SubjectKind } from './subject-code.ts';

/** What can be on record in the integrity file of an applicant (申请人诚信档案). */
export const SUBJECT_ENTRY_KINDS = [
  'COMMITMENT_SIGNED',
  'COMMITMENT_WITHDRAWN',
  'COMMITMENT_TERMINATED',
  'COMMITMENT_FULFILLED',
  'COMMITMENT_PARTLY_FULFILLED',
  'COMMITMENT_NOT_FULFILLED',
  'FALSE_COMMITMENT',
  'FALSE_COMMITMENT_ANNULLED',
  'OBJECTION_FILED',
  'OBJECTION_REJECTED',
  'OBJECTION_UPHELD',
  'REPAIRED',
  'CORRECTED',
] as const;
export type SubjectEntryKind = (typeof SUBJECT_ENTRY_KINDS)[number];

/** One line of the file. Nothing is ever taken out; what ends a line is a further line. */
export interface SubjectEntry {
  readonly id: string;
  readonly kind: SubjectEntryKind;
  readonly subject: { readonly kind: SubjectKind; readonly code: string };
  /** The day of what happened; for a false commitment, the end of the conduct. */
  readonly on: BusinessDate;
  /** The entry that this one speaks of. Null for those that begin something. */
  readonly about: string | null;
  /** Names the commitment, breach, objection or repair it rests on. */
  readonly reference: string;
  readonly agencyCode: string;
  readonly at: Date;
  readonly by: string;
}

/** An entry as a room hands it in. */
export type NewSubjectEntry = Omit<SubjectEntry, 'id' | 'at'>;

/**
 * The false commitments of a file that the rules of eligibility weigh: a repair, an annulment or an
 * upheld objection ends one, a correction moves the end of the conduct, and while an objection is
 * open it is disputed.
 */
export function adverseRecordsOf(entries: readonly SubjectEntry[]): readonly AdverseRecord[] {
  return entries
    .filter(({ kind }) => kind === 'FALSE_COMMITMENT')
    .map((entry) => {
      const later = entries.filter(({ about }) => about === entry.id);
      const end = later.find(({ kind }) => ENDS.includes(kind));
      const dispute = later.findLast(({ kind }) => DISPUTES.includes(kind));
      const corrected = later.findLast(({ kind }) => kind === 'CORRECTED');
      return {
        ground: 'FALSE_COMMITMENT',
        source: null,
        reference: entry.reference,
        since: corrected?.on ?? entry.on,
        endedOn: end?.on ?? null,
        publicUntil: null,
        isDisputed: dispute?.kind === 'OBJECTION_FILED',
        evidenceDigest: null,
      };
    });
}

/** The last of these tells whether an objection is open. */
const DISPUTES: readonly SubjectEntryKind[] = [
  'OBJECTION_FILED',
  'OBJECTION_REJECTED',
  'OBJECTION_UPHELD',
  'CORRECTED',
];

const ENDS: readonly SubjectEntryKind[] = [
  'REPAIRED',
  'FALSE_COMMITMENT_ANNULLED',
  'OBJECTION_UPHELD',
];
