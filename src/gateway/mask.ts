import {
  maskAddress,
  maskCode,
  maskPersonName,
  maskResidentId,
  maskSubjectName,
} from '../model/masking.ts';
import type { SubjectKind } from '../model/subject-code.ts';

const PROFILE = 'OFFICER';
/** What `maskResidentId` makes of a text that is no resident id. */
const HIDDEN = maskResidentId('', PROFILE);

/** How persons are shown at the exit. Enterprises and their codes are public and never masked. */
export interface Mask {
  subjectName(subject: { readonly kind: SubjectKind; readonly name: string }): string;
  personName(name: string): string;
  /** Of a subject or holder: public codes as they are, resident ids masked, others hidden. */
  code(text: string): string;
  /** A number on a person's license: masked when it is a resident id, as on identity cards. */
  personNumber(text: string): string;
  personAddress(text: string): string;
}

/** Callers who may read the evidence see persons as they are. */
export function createMask({ seesPersons }: { readonly seesPersons: boolean }): Mask {
  return seesPersons ? AS_THEY_ARE : FOR_OFFICERS;
}

const same = (text: string) => text;

const AS_THEY_ARE: Mask = {
  subjectName: ({ name }) => name,
  personName: same,
  code: same,
  personNumber: same,
  personAddress: same,
};

const FOR_OFFICERS: Mask = {
  subjectName: (subject) => maskSubjectName(subject, PROFILE),
  personName: (name) => maskPersonName(name, PROFILE),
  code: (text) => maskCode(text, PROFILE),
  personNumber: (text) => {
    const masked = maskResidentId(text, PROFILE);
    return masked === HIDDEN ? text : masked;
  },
  personAddress: maskAddress,
};
