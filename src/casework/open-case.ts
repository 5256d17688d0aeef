import type { Matter } from '../model/matter.ts';
import type { BusinessDate } from '../model/business-date.ts';
import { addDays } from '../model/clock.ts';
import { parseSubjectCode, type SubjectKind } from '../model/subject-code.ts';
import type { Finding } from '../model/finding.ts';
import { checkLength, mistake, type UserError } from '../model/user-error.ts';
import type { OpenCase } from './casework.ts';

/** A case that names more is a fishing license, not a case. */
export const SUBJECTS_PER_CASE_MAX = 20;
/** Characters of 办件编号, as the schema promises. */
export const CASE_NUMBER_LENGTH_MAX = 64;
/** Characters of the law and article, as the schema promises. */
export const LEGAL_BASIS_LENGTH_MAX = 512;
/** Characters of 承诺人名称 in the national collection template. */
export const SUBJECT_NAME_LENGTH_MAX = 200;
const SUBJECT_CODE_LENGTH_MAX = 64;
const ACCEPTED_DAYS_BACK_MAX = 366;

/** A subject as it will be bound to a case. */
export interface ParsedSubject {
  readonly kind: SubjectKind;
  readonly code: string;
  readonly codeAsGiven: string;
  readonly name: string;
  readonly regionCode: string | null;
  readonly findings: readonly Finding[];
}

/** Mistakes in the text of a request to open a case, and the subjects that could be read. */
export function checkOpenCase(
  input: OpenCase,
  day: { acceptedOn: BusinessDate; today: BusinessDate },
): { readonly errors: readonly UserError[]; readonly subjects: readonly ParsedSubject[] } {
  const parsed = input.subjects.slice(0, SUBJECTS_PER_CASE_MAX).map(checkSubject);
  const subjects = parsed.flatMap((one) => (one.subject === null ? [] : [one.subject]));
  const errors = [
    ...checkLength(input.caseNumber, ['caseNumber'], CASE_NUMBER_LENGTH_MAX),
    ...checkLength(input.legalBasis, ['legalBasis'], LEGAL_BASIS_LENGTH_MAX),
    ...checkDay(day),
    ...checkCount(input.subjects.length),
    ...parsed.flatMap((one) => one.errors),
    ...findDuplicates(parsed.map(({ subject }) => subject?.code ?? null)),
  ];
  return { errors, subjects };
}

/** Mistakes in the choice of the matter: unknown, not in force, or not for such subjects. */
export function checkMatter(
  matter: Matter | null,
  about: {
    isKnown: boolean;
    acceptedOn: BusinessDate;
    subjects: readonly Pick<ParsedSubject, 'kind'>[];
  },
): readonly UserError[] {
  if (matter === null && !about.isKnown)
    return [
      mistake('UNKNOWN_MATTER', ['matterCode'], 'No matter has this code. See query `matters`.'),
    ];
  if (matter === null)
    return [
      mistake(
        'MATTER_NOT_IN_FORCE',
        ['matterCode'],
        `The matter is not in force on ${about.acceptedOn}.`,
      ),
    ];
  return about.subjects.flatMap(({ kind }, index) =>
    matter.policy.subjectKinds.includes(kind)
      ? []
      : [
          mistake(
            'WRONG_SUBJECT_KIND',
            ['subjects', String(index), 'kind'],
            `The matter is for ${matter.policy.subjectKinds.join(', ')}.`,
          ),
        ],
  );
}

function checkSubject(
  given: OpenCase['subjects'][number],
  index: number,
): { readonly errors: readonly UserError[]; readonly subject: ParsedSubject | null } {
  const at = (field: string) => ['subjects', String(index), field];
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

function checkDay(day: { acceptedOn: BusinessDate; today: BusinessDate }): readonly UserError[] {
  const earliest = addDays(day.today, -ACCEPTED_DAYS_BACK_MAX);
  if (day.acceptedOn >= earliest && day.acceptedOn <= day.today) return [];
  return [
    mistake(
      'DATE_OUT_OF_RANGE',
      ['acceptedOn'],
      `Send a day from ${earliest} to ${day.today}, Asia/Shanghai.`,
    ),
  ];
}

function checkCount(count: number): readonly UserError[] {
  if (count >= 1 && count <= SUBJECTS_PER_CASE_MAX) return [];
  const code = count === 0 ? 'LENGTH_OUT_OF_RANGE' : 'TOO_MANY';
  return [mistake(code, ['subjects'], `Name 1 to ${SUBJECTS_PER_CASE_MAX} subjects.`)];
}

function findDuplicates(codes: readonly (string | null)[]): readonly UserError[] {
  return codes.flatMap((code, index) =>
    code !== null && codes.indexOf(code) < index
      ? [
          mistake(
            'DUPLICATE_SUBJECT',
            ['subjects', String(index), 'code'],
            'The case names this subject already.',
          ),
        ]
      : [],
  );
}
