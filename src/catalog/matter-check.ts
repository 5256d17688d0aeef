import { z } from 'zod';

import { EXCLUSION_GROUNDS, type ListedMatter } from '../model/listed-matter.ts';
import { parseMatterCode } from '../model/matter-code.ts';
import { CLAIM_FIELDS, type VerificationPolicy } from '../model/policy.ts';
import { isValidUnifiedSocialCreditCode } from '../model/unified-social-credit-code.ts';
import { checkLength, mistake, type UserError } from '../model/user-error.ts';

const NAME_LENGTH_MAX = 200;
const BASIS_LENGTH_MAX = 1_000;
const RISK_MAX = 5;
const USES_MAX = 100_000_000;

/** What speaks against an entry of a list. `at` is the path of the entry in the input. */
export function checkListedMatter(
  matter: ListedMatter,
  at: readonly string[],
): readonly UserError[] {
  return [
    ...checkCodes(matter, at),
    ...checkLength(matter.name, [...at, 'name'], NAME_LENGTH_MAX),
    ...checkLength(matter.agencyName, [...at, 'agencyName'], NAME_LENGTH_MAX),
    ...checkLength(matter.certificate, [...at, 'certificate'], NAME_LENGTH_MAX),
    ...checkLength(matter.legalBasis, [...at, 'legalBasis'], BASIS_LENGTH_MAX),
    ...checkNumbers(matter, at),
    ...checkExclusions(matter, at),
    ...checkExemption(matter, at),
    ...checkField(matter, at),
  ];
}

function checkCodes(matter: ListedMatter, at: readonly string[]): readonly UserError[] {
  const errors: UserError[] = [];
  const parsed = parseMatterCode(matter.code);
  if (!parsed.ok || parsed.value.form !== 'IMPLEMENTING' || parsed.value.code !== matter.code)
    errors.push(
      mistake(
        'MALFORMED_CODE',
        [...at, 'code'],
        'Send the implementing code (实施编码) of 31 characters, GB/T 39554.1-2020.',
      ),
    );
  const agencies: readonly (readonly [string, string])[] = [
    ['agencyCode', matter.agencyCode],
    ...matter.adoptingAgencies.map((code) => ['adoptingAgencies', code] as const),
    ...(matter.exemption === null ? [] : [['exemption', matter.exemption.regulatorCode] as const]),
  ];
  for (const [field, code] of agencies)
    if (!isValidUnifiedSocialCreditCode(code))
      errors.push(
        mistake(
          'MALFORMED_CODE',
          [...at, field],
          'An agency has a unified social credit code of 18 characters. Check it for a typo.',
        ),
      );
  if (matter.licenseTypeCode !== null && !/^[0-9A-Z]{21}$/u.test(matter.licenseTypeCode))
    errors.push(
      mistake(
        'MALFORMED_CODE',
        [...at, 'licenseTypeCode'],
        'A type of license has a code of 21 characters, GB/T 36903-2018.',
      ),
    );
  return errors;
}

function checkNumbers({ usesPerYear, risk }: ListedMatter, at: readonly string[]) {
  const errors: UserError[] = [];
  const isWithin = (value: number, max: number) =>
    Number.isInteger(value) && value >= 0 && value <= max;
  if (usesPerYear !== null && !isWithin(usesPerYear, USES_MAX))
    errors.push(mistake('MALFORMED_VALUE', [...at, 'usesPerYear'], 'Send how often, 0 or more.'));
  if (
    risk !== null &&
    ![risk.legal, risk.security, risk.social].every((n) => isWithin(n, RISK_MAX))
  )
    errors.push(mistake('MALFORMED_VALUE', [...at, 'risk'], `Send each risk as 0 to ${RISK_MAX}.`));
  return errors;
}

function checkExclusions(matter: ListedMatter, at: readonly string[]): readonly UserError[] {
  const errors: UserError[] = [];
  const { exclusions, exclusionNote, isActive } = matter;
  if (exclusions.length > 0 && isActive)
    errors.push(
      mistake(
        'EXCLUDED_MATTER',
        [...at, 'isActive'],
        `It is excluded (${exclusions.join(', ')}) and cannot be active. Send isActive: false.`,
      ),
    );
  if (exclusions.length > EXCLUSION_GROUNDS.length || new Set(exclusions).size < exclusions.length)
    errors.push(mistake('TOO_MANY', [...at, 'exclusions'], 'Send each ground once.'));
  if (exclusionNote !== null)
    errors.push(...checkLength(exclusionNote, [...at, 'exclusionNote'], BASIS_LENGTH_MAX));
  return errors;
}

function checkExemption({ exemption, policy }: ListedMatter, at: readonly string[]) {
  if (exemption !== null)
    return checkLength(exemption.opinion, [...at, 'exemption', 'opinion'], BASIS_LENGTH_MAX);
  if (policy === null || policy.exemption === null) return [];
  return [
    mistake(
      'OPINION_MISSING',
      [...at, 'exemption'],
      'Nothing is exempt from verification without the recorded opinion of the regulator.',
    ),
  ];
}

/** What is verified is one of the seven fields. */
function checkField({ policy, priorityField }: ListedMatter, at: readonly string[]) {
  if (policy === null || priorityField !== null) return [];
  return [
    mistake(
      'MALFORMED_VALUE',
      [...at, 'priorityField'],
      'Send its field (重点领域): a matter that the hub verifies belongs to one of the seven.',
    ),
  ];
}

const field = z.enum(CLAIM_FIELDS);
const rank = z.number().int().min(0).max(1_000);
const days = z.number().int().min(1).max(250);
const text = (max: number) => z.string().trim().min(1).max(max);

const consultation = z.strictObject({
  dataset: z.enum(['LICENSE', 'REGISTRATION', 'CREDIT']),
  rank,
  fieldRanks: z.array(z.strictObject({ field, rank })).max(20),
  licenseTypeCode: text(64).nullable(),
  maxAgeSeconds: z.number().int().min(0).max(31_536_000),
});

const rung = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('ONLINE'), consult: z.array(consultation).min(1).max(3) }),
  z.strictObject({
    method: z.literal('ASSISTANCE'),
    assistingAgency: z.string().refine(isValidUnifiedSocialCreditCode),
    rank,
    workingDays: days,
    questions: z
      .array(z.strictObject({ code: text(64), text: text(500) }))
      .min(1)
      .max(10),
  }),
]);

const policySchema = z.strictObject({
  subjectKinds: z
    .array(z.enum(['ENTERPRISE', 'INDIVIDUAL_BUSINESS', 'PERSON']))
    .min(1)
    .max(3),
  timing: z.enum(['BEFORE_DECISION', 'AFTER_DECISION', 'BY_SAMPLING']),
  followUpWorkingDays: days,
  dateThatCounts: z.enum(['ACCEPTED_ON', 'ASKED_ON']),
  terms: z
    .strictObject({
      workingDays: days,
      onSite: z.strictObject({ workingDays: days }).nullable(),
      decision: z.strictObject({ workingDays: days }),
    })
    .optional(),
  requirements: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/u),
        label: text(200),
        fields: z
          .array(z.strictObject({ field, decisive: z.boolean(), mustBeClaimed: z.boolean() }))
          .min(1)
          .max(8),
        ladder: z.array(rung).min(1).max(4),
        acceptsSuccessor: z.boolean(),
      }),
    )
    .min(1)
    .max(4),
});

/**
 * A policy as a caller sends it, without `exemption`, which the recorded opinion decides; or one
 * mistake for each place that is not understood.
 */
export function readPolicy(
  given: unknown,
  at: readonly string[],
): { readonly policy: VerificationPolicy | null; readonly errors: readonly UserError[] } {
  if (given === null) return { policy: null, errors: [] };
  const read = policySchema.safeParse(given);
  if (read.success) {
    const { terms, ...rest } = read.data;
    const own = terms === undefined ? {} : { terms };
    return { policy: { ...rest, exemption: null, ...own }, errors: [] };
  }
  const errors = read.error.issues
    .slice(0, 10)
    .map(({ path }) =>
      mistake(
        'MALFORMED_VALUE',
        [...at, ...path.map(String)],
        'This is not a verification policy as docs/reference/lists.md describes it.',
      ),
    );
  return { policy: null, errors };
}
