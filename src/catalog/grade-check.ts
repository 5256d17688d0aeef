import type { BusinessDate } from '../model/business-date.ts';
import type {
  GradeLadder,
  GradePolicy,
  PolicyExemption,
  PolicyGrade,
} from '../model/policy-version.ts';
import type { VerificationPolicy } from '../model/policy.ts';
import { isValidUnifiedSocialCreditCode } from '../model/unified-social-credit-code.ts';
import { checkLength, mistake, type UserError } from '../model/user-error.ts';
import { readPolicy } from './matter-check.ts';
import { checkWithin, missing, orMissing } from './policy-mistakes.ts';

/** What is to be different for one credit grade, as a caller sends it. */
export interface GradePolicyDraft {
  readonly grade: PolicyGrade;
  /** Null: as without a grade. */
  readonly timing: VerificationPolicy['timing'] | null;
  readonly withinWorkingDays: number | null;
  readonly ladders: readonly {
    readonly requirement: string;
    readonly ladder: readonly unknown[];
  }[];
  readonly exemption: ExemptionDraft | null;
}

/** The recorded opinion as a caller sends it; what is null is missing. */
export interface ExemptionDraft {
  readonly opinion: string | null;
  readonly regulatorCode: string | null;
  readonly recordedOn: BusinessDate | null;
  readonly document: string | null;
}

interface Checked {
  readonly gradePolicy: GradePolicy;
  readonly errors: readonly UserError[];
}

/** The policy of no grade, as it was read and as it was sent, and where the grade's stands. */
interface Beside {
  readonly policy: VerificationPolicy;
  readonly withinWorkingDays: number | null;
  readonly given: Readonly<Record<string, unknown>>;
  readonly today: BusinessDate;
  readonly at: readonly string[];
}

const OPINION_LENGTH_MAX = 1_000;
const DOCUMENT_LENGTH_MAX = 200;

/** The policy of one grade, and everything that is missing in it or wrong. */
export function checkGrade(draft: GradePolicyDraft, beside: Beside): Checked {
  const { at } = beside;
  const own = { timing: draft.timing, withinWorkingDays: draft.withinWorkingDays };
  const when =
    own.timing === null
      ? { timing: beside.policy.timing, withinWorkingDays: beside.withinWorkingDays }
      : { timing: own.timing, withinWorkingDays: own.withinWorkingDays };
  const errors = own.timing === null ? checkUntimed(draft, at) : checkWithin(when, at);
  const { ladders, errors: ofLadders } = readLadders(draft, beside);
  const { exemption, errors: ofExemption } = readExemption(draft, beside);
  return {
    gradePolicy: { grade: draft.grade, ...when, ladders, exemption },
    errors: [...errors, ...ofLadders, ...ofExemption],
  };
}

function checkUntimed({ withinWorkingDays }: GradePolicyDraft, at: readonly string[]) {
  if (withinWorkingDays === null) return [];
  return [mistake('ELEMENT_MISSING', [...at, 'timing'], 'Send the timing these days belong to.')];
}

/** Read as part of the whole policy, so that it may be whatever a ladder may be there. */
function readLadders({ ladders }: GradePolicyDraft, { policy, given, at }: Beside) {
  const read: GradeLadder[] = [];
  const errors: UserError[] = [];
  ladders.forEach(({ requirement, ladder }, index) => {
    const field = [...at, 'ladders', String(index)];
    const place = policy.requirements.findIndex(({ id }) => id === requirement);
    if (place < 0) {
      const known = policy.requirements.map(({ id }) => id).join(', ');
      errors.push(
        mistake('UNKNOWN_REQUIREMENT', [...field, 'requirement'], `The policy has: ${known}.`),
      );
      return;
    }
    if (ladders.findIndex((one) => one.requirement === requirement) < index) {
      errors.push(mistake('TOO_MANY', field, 'Send one ladder for a requirement.'));
      return;
    }
    const requirements = (given['requirements'] as readonly object[]).map((one, at) =>
      at === place ? { ...one, ladder } : one,
    );
    const whole = readPolicy({ ...given, requirements }, []);
    const found = whole.policy?.requirements[place];
    if (found !== undefined) read.push({ requirement, ladder: found.ladder });
    // `requirements`, its place, and then the ladder as the caller sent it.
    for (const one of whole.errors)
      errors.push(
        orMissing({ ...one, field: [...field, ...one.field.slice(2)] }, { ladder }, field.length),
      );
  });
  return { ladders: read, errors };
}

/** Who, when and where it stands: without all of it nothing is exempt, and D never is. */
function readExemption({ grade, exemption }: GradePolicyDraft, { at, today }: Beside) {
  if (exemption === null) return { exemption: null, errors: [] };
  const field = (name: string) => [...at, 'exemption', name];
  if (grade === 'D')
    return {
      exemption: null,
      errors: [
        mistake(
          'EXEMPTION_NOT_ALLOWED',
          [...at, 'exemption'],
          'Grade D is never exempt from verification. Send when and how it is verified.',
        ),
      ],
    };
  const { opinion, regulatorCode, recordedOn, document } = exemption;
  const errors: UserError[] = [
    ...(opinion === null
      ? [missing(field('opinion'))]
      : checkLength(opinion, field('opinion'), OPINION_LENGTH_MAX)),
    ...(document === null
      ? [missing(field('document'))]
      : checkLength(document, field('document'), DOCUMENT_LENGTH_MAX)),
    ...(recordedOn === null ? [missing(field('recordedOn'))] : []),
    ...(regulatorCode === null ? [missing(field('regulatorCode'))] : []),
  ];
  if (regulatorCode !== null && !isValidUnifiedSocialCreditCode(regulatorCode))
    errors.push(
      mistake(
        'MALFORMED_CODE',
        field('regulatorCode'),
        'The regulator has a unified social credit code of 18 characters. Check it for a typo.',
      ),
    );
  if (recordedOn !== null && recordedOn > today)
    errors.push(
      mistake(
        'DATE_OUT_OF_RANGE',
        field('recordedOn'),
        `Send the day of the opinion, to ${today}.`,
      ),
    );
  return { exemption: wholeOf(exemption), errors };
}

function wholeOf(draft: ExemptionDraft): PolicyExemption | null {
  const { opinion, regulatorCode, recordedOn, document } = draft;
  if (opinion === null || regulatorCode === null) return null;
  if (recordedOn === null || document === null) return null;
  return { opinion: opinion.trim(), regulatorCode, recordedOn, document: document.trim() };
}
