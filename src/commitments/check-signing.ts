import type { BusinessDate } from '../model/business-date.ts';
import { mayCommit, type EligibilityCheck } from '../model/eligibility-check.ts';
import { checkLength, mistake, type UserError } from '../model/user-error.ts';
import type { PublishedText, SignCommitment } from './commitments.ts';

/** Characters of a signer's name, as the schema promises. */
const SIGNER_LENGTH_MAX = 200;
/** Characters of a power of attorney, as the schema promises. */
const PROXY_BASIS_LENGTH_MAX = 500;
const KEY_LENGTH_MAX = 64;

/** Mistakes in a signing. Empty when it may be recorded. */
export function checkSigning(
  input: SignCommitment,
  about: {
    readonly check: EligibilityCheck | null;
    readonly text: PublishedText | null;
    readonly isPublicMatter: boolean;
    readonly today: BusinessDate;
  },
): readonly UserError[] {
  return [
    ...checkLength(input.idempotencyKey, ['idempotencyKey'], KEY_LENGTH_MAX),
    ...checkEligible(input, about),
    ...checkText(input, about.text),
    ...checkSigner(input, about.text),
    ...(input.validUntil !== null && input.validUntil < about.today
      ? [mistake('DATE_OUT_OF_RANGE', ['validUntil'], `Send a day from ${about.today} on.`)]
      : []),
    ...(about.isPublicMatter && input.agreesToPublicity === null
      ? [
          mistake(
            'CLAIM_MISSING',
            ['agreesToPublicity'],
            'The matter is a public one: ask the applicant, and send the answer.',
          ),
        ]
      : []),
  ];
}

function checkEligible(
  { caseId, subjectId }: SignCommitment,
  { check, today }: { check: EligibilityCheck | null; today: BusinessDate },
): readonly UserError[] {
  const field = ['eligibilityCheckId'];
  if (check?.caseId !== caseId || check.subjectId !== subjectId)
    return [
      mistake('UNKNOWN_ELIGIBILITY_CHECK', field, 'Name a check of this subject in this case.'),
    ];
  if (check.checkedOn !== today)
    return [mistake('NOT_ELIGIBLE', field, 'The check is of another day. Check again.')];
  if (mayCommit(check)) return [];
  return [
    mistake(
      'NOT_ELIGIBLE',
      field,
      check.outcome === 'BLOCKED'
        ? 'The applicant may not commit until the record is repaired or annulled.'
        : 'The check is open: an officer has to weigh it with `decideEligibility`.',
    ),
  ];
}

function checkText(input: SignCommitment, text: PublishedText | null): readonly UserError[] {
  if (text === null)
    return [
      mistake(
        'TEXT_MISSING',
        ['caseId'],
        'No format text is published for the matter. Publish one.',
      ),
    ];
  if (text.digest === input.textDigest.toLowerCase()) return [];
  return [
    mistake('TEXT_DIFFERS', ['textDigest'], 'It is not the published text. Have it signed anew.'),
  ];
}

function checkSigner(
  { signerName, signerCapacity, proxyBasis }: SignCommitment,
  text: PublishedText | null,
): readonly UserError[] {
  const named = checkLength(signerName, ['signerName'], SIGNER_LENGTH_MAX);
  if (signerCapacity !== 'PROXY')
    return proxyBasis === null
      ? named
      : [...named, mistake('MALFORMED_VALUE', ['proxyBasis'], 'Only a proxy has one.')];
  const allowed =
    text !== null && !text.allowsProxy
      ? [mistake('PROXY_NOT_ALLOWED', ['signerCapacity'], 'The guide does not allow a proxy.')]
      : [];
  return [
    ...named,
    ...allowed,
    ...checkLength(proxyBasis ?? '', ['proxyBasis'], PROXY_BASIS_LENGTH_MAX),
  ];
}
