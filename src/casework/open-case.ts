import type { Matter } from '../model/matter.ts';
import type { BusinessDate } from '../model/business-date.ts';
import { addDays } from '../model/clock.ts';
import { checkSubject, type ParsedSubject } from '../model/named-subject.ts';
import { checkLength, mistake, type UserError } from '../model/user-error.ts';
import type { OpenCase } from './casework.ts';

/** A case that names more is a fishing license, not a case. */
export const SUBJECTS_PER_CASE_MAX = 20;
/** Characters of 办件编号, as the schema promises. */
export const CASE_NUMBER_LENGTH_MAX = 64;
/** Characters of the law and article, as the schema promises. */
export const LEGAL_BASIS_LENGTH_MAX = 512;
const ACCEPTED_DAYS_BACK_MAX = 366;

/** Mistakes in the text of a request to open a case, and the subjects that could be read. */
export function checkOpenCase(
  input: OpenCase,
  day: { acceptedOn: BusinessDate; today: BusinessDate },
): { readonly errors: readonly UserError[]; readonly subjects: readonly ParsedSubject[] } {
  const parsed = input.subjects
    .slice(0, SUBJECTS_PER_CASE_MAX)
    .map((given, index) => checkSubject(given, ['subjects', String(index)]));
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
