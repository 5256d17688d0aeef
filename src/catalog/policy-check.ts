import type { BusinessDate } from '../model/business-date.ts';
import { addDays } from '../model/clock.ts';
import type { Matter } from '../model/matter.ts';
import { POLICY_GRADES, type KindPolicy, type PolicyGrade } from '../model/policy-version.ts';
import type { VerificationPolicy } from '../model/policy.ts';
import { checkLength, mistake, type UserError } from '../model/user-error.ts';
import { checkGrade, type GradePolicyDraft } from './grade-check.ts';
import { readPolicy } from './matter-check.ts';
import { checkWithin, isWithin, missing, orMissing } from './policy-mistakes.ts';

/** How claims of some kinds of subject are to be verified, as a caller sends it. */
export interface KindPolicyDraft {
  readonly policy: Readonly<Record<string, unknown>>;
  readonly withinWorkingDays: number | null;
  readonly byGrade: readonly GradePolicyDraft[];
}

/** A version as a caller sends it. */
export interface PolicyVersionDraft {
  readonly matterCode: string;
  /** The version that was read; 0 where there is none yet. */
  readonly lastVersion: number;
  readonly effectiveFrom: BusinessDate;
  readonly reason: string | null;
  readonly gradeAgeDaysMax: number | null;
  readonly policies: readonly KindPolicyDraft[];
  readonly idempotencyKey: string;
}

const REASON_LENGTH_MAX = 1_000;
const KEY_LENGTH_MAX = 64;
const AGE_DAYS_MAX = 1_096;
const AHEAD_DAYS_MAX = 366;
const POLICIES_MAX = 3;

/** What speaks against a version before its matter is looked up. */
export function checkVersion(draft: PolicyVersionDraft, today: BusinessDate): readonly UserError[] {
  const { effectiveFrom, reason, gradeAgeDaysMax, policies } = draft;
  const errors = [...checkLength(draft.idempotencyKey, ['idempotencyKey'], KEY_LENGTH_MAX)];
  if (effectiveFrom < today || effectiveFrom > addDays(today, AHEAD_DAYS_MAX))
    errors.push(
      mistake(
        'DATE_OUT_OF_RANGE',
        ['effectiveFrom'],
        `Send a day from ${today} on, at most ${AHEAD_DAYS_MAX} days ahead.`,
      ),
    );
  if (reason === null) errors.push(missing(['reason']));
  else errors.push(...checkLength(reason, ['reason'], REASON_LENGTH_MAX));
  const hasGrades = policies.some(({ byGrade }) => byGrade.length > 0);
  if (gradeAgeDaysMax === null && hasGrades) errors.push(missing(['gradeAgeDaysMax']));
  if (gradeAgeDaysMax !== null && !isWithin(gradeAgeDaysMax, AGE_DAYS_MAX))
    errors.push(mistake('MALFORMED_VALUE', ['gradeAgeDaysMax'], `Send 1 to ${AGE_DAYS_MAX} days.`));
  if (policies.length === 0) errors.push(missing(['policies']));
  if (policies.length > POLICIES_MAX)
    errors.push(mistake('TOO_MANY', ['policies'], `Send at most ${POLICIES_MAX} policies.`));
  return errors;
}

/** The policies of a version, or everything that is missing in them or wrong. */
export function checkPolicies(
  { policies }: Pick<PolicyVersionDraft, 'policies'>,
  { matter, today }: { readonly matter: Matter; readonly today: BusinessDate },
): { readonly policies: readonly KindPolicy[]; readonly errors: readonly UserError[] } {
  const read = policies
    .slice(0, POLICIES_MAX)
    .map((draft, at) => checkPolicy(draft, ['policies', String(at)], today));
  const found = read.flatMap(({ kindPolicy }) => (kindPolicy === null ? [] : [kindPolicy]));
  const errors = read.flatMap((one) => one.errors);
  // Which kinds are left out is not known before each policy says which it is for.
  if (found.length === read.length) errors.push(...checkKinds(found, matter));
  return { policies: found, errors };
}

function checkPolicy(
  draft: KindPolicyDraft,
  at: readonly string[],
  today: BusinessDate,
): { readonly kindPolicy: KindPolicy | null; readonly errors: readonly UserError[] } {
  const { exemption = null, ...given } = draft.policy;
  const { policy, errors: wrong } = readPolicy(given, [...at, 'policy']);
  const errors = wrong.map((one) => orMissing(one, given, at.length + 1));
  if (exemption !== null)
    errors.push(
      mistake(
        'EXEMPTION_NOT_ALLOWED',
        [...at, 'policy', 'exemption'],
        'Where no grade is known something is verified: exempt a grade instead, other than D.',
      ),
    );
  if (policy === null) return { kindPolicy: null, errors };
  const { withinWorkingDays } = draft;
  errors.push(...checkWithin({ timing: policy.timing, withinWorkingDays }, at));
  errors.push(...checkDecisive(policy, at));
  errors.push(...checkGradesOnce(draft.byGrade, at));
  const graded = draft.byGrade.slice(0, POLICY_GRADES.length).map((grade, index) =>
    checkGrade(grade, {
      ...{ policy, withinWorkingDays, today, given },
      at: [...at, 'byGrade', String(index)],
    }),
  );
  errors.push(...graded.flatMap((one) => one.errors));
  const byGrade = graded
    .map((one) => one.gradePolicy)
    .toSorted((one, other) => (one.grade < other.grade ? -1 : 1));
  return { kindPolicy: { policy, withinWorkingDays, byGrade }, errors };
}

/** Without a decisive field every claim would be true. */
function checkDecisive(
  { requirements }: VerificationPolicy,
  at: readonly string[],
): readonly UserError[] {
  const errors = requirements.flatMap(({ fields }, index) =>
    fields.some(({ decisive }) => decisive)
      ? []
      : [
          mistake(
            'ELEMENT_MISSING',
            [...at, 'policy', 'requirements', String(index), 'fields'],
            'Name a field that decides: otherwise everything would be true.',
          ),
        ],
  );
  const ids = requirements.map(({ id }) => id);
  if (new Set(ids).size < ids.length)
    errors.push(
      mistake('MALFORMED_VALUE', [...at, 'policy', 'requirements'], 'Give each id to one alone.'),
    );
  return errors;
}

function checkGradesOnce(byGrade: readonly GradePolicyDraft[], at: readonly string[]) {
  const grades = new Set<PolicyGrade>(byGrade.map(({ grade }) => grade));
  if (grades.size === byGrade.length) return [];
  return [mistake('TOO_MANY', [...at, 'byGrade'], 'Send one policy for a grade.')];
}

function checkKinds(found: readonly KindPolicy[], { policy }: Matter): readonly UserError[] {
  const named = found.flatMap((one) => one.policy.subjectKinds);
  const errors: UserError[] = [];
  if (new Set(named).size < named.length)
    errors.push(mistake('TOO_MANY', ['policies'], 'Send one policy for a kind of subject.'));
  for (const kind of policy.subjectKinds)
    if (!named.includes(kind))
      errors.push(
        mistake('ELEMENT_MISSING', ['policies', kind], `Send a policy for ${kind}: it may apply.`),
      );
  const others = named.filter((kind) => !policy.subjectKinds.includes(kind));
  if (others.length > 0)
    errors.push(
      mistake(
        'WRONG_SUBJECT_KIND',
        ['policies'],
        `The matter is for ${policy.subjectKinds.join(', ')}.`,
      ),
    );
  return errors;
}
