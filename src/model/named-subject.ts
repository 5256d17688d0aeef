import type { Finding } from './finding.ts';
import { parseSubjectCode, type SubjectKind } from './subject-code.ts';
import { checkLength, mistake, type UserError } from './user-error.ts';

/** Characters of 承诺人名称 in the national collection template. */
const SUBJECT_NAME_LENGTH_MAX = 200;
const SUBJECT_CODE_LENGTH_MAX = 64;

/** A subject as an agency names it. */
export interface NamedSubject {
  readonly kind: SubjectKind;
  readonly code: string;
  readonly name: string;
}

/** A subject as it will be bound to a case. */
export interface ParsedSubject {
  readonly kind: SubjectKind;
  readonly code: string;
  readonly codeAsGiven: string;
  readonly name: string;
  readonly regionCode: string | null;
  readonly findings: readonly Finding[];
}

/** Mistakes in how a subject is named, each at its field below `path`; null where its code is. */
export function checkSubject(
  given: NamedSubject,
  path: readonly string[],
): { readonly errors: readonly UserError[]; readonly subject: ParsedSubject | null } {
  const at = (field: string) => [...path, field];
  const errors = checkLength(given.name, at('name'), SUBJECT_NAME_LENGTH_MAX);
  if (given.code.length > SUBJECT_CODE_LENGTH_MAX)
    return {
      errors: [...errors, mistake('MALFORMED_CODE', at('code'), 'The code is too long.')],
      subject: null,
    };

  const parsed = parseSubjectCode(given.kind, given.code);
  if (!parsed.ok)
    return { errors: [...errors, refusedCode(parsed.reason, at('code'))], subject: null };
  return {
    errors,
    subject: {
      kind: given.kind,
      code: parsed.value.code,
      codeAsGiven: given.code,
      name: given.name.trim(),
      regionCode: parsed.value.regionCode,
      findings: parsed.findings,
    },
  };
}

function refusedCode(reason: string, field: readonly string[]): UserError {
  switch (reason) {
    case 'INVALID_CHECK_CHARACTER':
      return mistake(
        'WRONG_CHECK_CHARACTER',
        field,
        'The check character does not fit the code. Compare it with the document.',
      );
    case 'WRONG_KIND':
      return mistake(
        'WRONG_SUBJECT_KIND',
        field,
        'The code belongs to another kind of subject: 92 begins codes of individual businesses.',
      );
    default:
      return mistake(
        'MALFORMED_CODE',
        field,
        `The code cannot be read (${reason}). Send a unified social credit code of 18 ` +
          'characters, or a resident id of 18 or 15.',
      );
  }
}
