import { parseDate } from '../model/business-date.ts';
import { parseCapital } from '../model/capital.ts';
import { parseLicenseIdentifier } from '../model/license-identifier.ts';
import {
  UNSTATED_FIELDS,
  type ClaimField,
  type Requirement,
  type VerificationPolicy,
} from '../model/policy.ts';
import { mistake, type UserError } from '../model/user-error.ts';
import type { Claim } from '../model/verification.ts';

const CLAIMS_MAX = 40;
const VALUE_LENGTH_MAX = 500;
const KEY_LENGTH_MAX = 64;

/** Mistakes in a question, judged by the policy of its matter. */
export function checkClaims(
  policy: VerificationPolicy,
  question: { readonly claims: readonly Claim[]; readonly idempotencyKey: string },
): readonly UserError[] {
  const { claims, idempotencyKey } = question;
  const errors: UserError[] = [];
  if (idempotencyKey.length < 1 || idempotencyKey.length > KEY_LENGTH_MAX)
    errors.push(
      mistake('LENGTH_OUT_OF_RANGE', ['idempotencyKey'], `Send 1 to ${KEY_LENGTH_MAX} characters.`),
    );
  if (claims.length > CLAIMS_MAX)
    return [...errors, mistake('TOO_MANY', ['claims'], `Send at most ${CLAIMS_MAX} claims.`)];

  claims.forEach((claim, index) => {
    errors.push(...checkClaim(policy, claim, index), ...checkRepeated(claims, index));
  });
  return [...errors, ...policy.requirements.flatMap((one) => findMissing(one, claims))];
}

function checkClaim(policy: VerificationPolicy, claim: Claim, index: number): readonly UserError[] {
  const at = (field: string) => ['claims', String(index), field];
  const requirement = policy.requirements.find(({ id }) => id === claim.requirement);
  if (requirement === undefined) {
    const known = policy.requirements.map(({ id }) => id).join(', ');
    return [mistake('UNKNOWN_REQUIREMENT', at('requirement'), `The matter has: ${known}.`)];
  }
  const isCompared = requirement.fields.some(({ field }) => field === claim.field);
  if (!isCompared || UNSTATED_FIELDS.includes(claim.field)) {
    const compared = statedFields(requirement).join(', ');
    return [mistake('FIELD_NOT_COMPARED', at('field'), `The requirement compares: ${compared}.`)];
  }
  const length = claim.value.trim().length;
  if (length < 1 || claim.value.length > VALUE_LENGTH_MAX)
    return [
      mistake('LENGTH_OUT_OF_RANGE', at('value'), `Send 1 to ${VALUE_LENGTH_MAX} characters.`),
    ];
  const problem = problemOf(claim.field, claim.value);
  return problem === null ? [] : [mistake('MALFORMED_VALUE', at('value'), problem)];
}

/** A value that could never be compared would only look like doubt about the applicant. */
function problemOf(field: ClaimField, value: string): string | null {
  switch (field) {
    case 'LICENSE_IDENTIFIER':
      return parseLicenseIdentifier(value).ok
        ? null
        : 'Send a license identifier of GB/T 36904-2018, with its dots.';
    case 'VALID_UNTIL': {
      const { kind } = parseDate(value, { role: 'VALIDITY_END' });
      return kind === 'DATE' || kind === 'LONG_TERM' ? null : 'Send a day, YYYY-MM-DD, or 长期.';
    }
    case 'ESTABLISHED_ON':
      return parseDate(value, { role: 'OTHER' }).kind === 'DATE' ? null : 'Send a day, YYYY-MM-DD.';
    case 'CAPITAL':
      return parseCapital(value).capital === null ? 'Send an amount with its unit, 100万元.' : null;
    default:
      return null;
  }
}

function checkRepeated(claims: readonly Claim[], index: number): readonly UserError[] {
  const claim = claims[index];
  const first = claims.findIndex(
    (one) => one.requirement === claim?.requirement && one.field === claim.field,
  );
  if (first === index) return [];
  const message = 'The field of this requirement is claimed already.';
  return [mistake('DUPLICATE_CLAIM', ['claims', String(index), 'field'], message)];
}

function findMissing(requirement: Requirement, claims: readonly Claim[]): readonly UserError[] {
  return requirement.fields
    .filter(({ mustBeClaimed }) => mustBeClaimed)
    .filter(
      ({ field }) =>
        !claims.some((claim) => claim.requirement === requirement.id && claim.field === field),
    )
    .map(({ field }) =>
      mistake('CLAIM_MISSING', ['claims'], `Claim ${field} of ${requirement.id}.`),
    );
}

function statedFields(requirement: Requirement): readonly ClaimField[] {
  return requirement.fields
    .map(({ field }) => field)
    .filter((field) => !UNSTATED_FIELDS.includes(field));
}
