/**
 * Something to know about a value that was nevertheless read. Codes are stable: they are stored
 * with records and shown to callers.
 */
export const FINDING_CODES = [
  // How a value is spelled.
  'LOWER_CASE',
  'FULL_WIDTH',
  'SPACES',
  'SEPARATORS',
  'CONFUSABLE_CHARACTER',
  'UNMAPPABLE_CHARACTER',
  // Identifiers.
  'INVALID_CHECK_CHARACTER',
  'HISTORIC_REGION',
  'UNKNOWN_REGION',
  'FIFTEEN_DIGITS',
  'FOREIGN_RESIDENT',
  'BAD_ORGANIZATION_CODE',
  'BAD_TYPE_CODE',
  'BAD_ISSUER_CODE',
  'LEGACY_SEGMENT',
  'MISSING_PREFIX',
  'OPAQUE_CODE',
  // Amounts.
  'NO_AMOUNT',
  'MALFORMED_AMOUNT',
  'ZERO_AMOUNT',
  'CURRENCY_ASSUMED',
  // Fields of a record that could not be taken over as they are.
  'BAD_CODE',
  'BAD_DATE',
  'UNKNOWN_STATUS',
  'UNKNOWN_CATEGORY',
] as const;
/** A member of `FINDING_CODES`. */
export type FindingCode = (typeof FINDING_CODES)[number];

/** One remark on one value. */
export interface Finding {
  readonly code: FindingCode;
  /** Which part: a position, a segment, a field. Null when the code says it all. Never a value. */
  readonly detail: string | null;
}

/** Why a text was not read at all. A refusal says nothing about the subject. */
export const REFUSAL_REASONS = [
  /** Blank, or a placeholder such as `--`. */
  'EMPTY',
  'WRONG_LENGTH',
  /** Not the number or kind of segments that the identifier has. */
  'WRONG_STRUCTURE',
  'FOREIGN_CHARACTER',
  /** Characters are hidden behind asterisks. */
  'MASKED',
  /** A spreadsheet has overwritten digits (`3.70811E+17`): the value is lost. */
  'UNRECOVERABLE',
  'INVALID_CHECK_CHARACTER',
  /** The date inside the identifier does not exist. */
  'BAD_DATE',
  /** A sound identifier of another kind of subject. */
  'WRONG_KIND',
] as const;
/** A member of `REFUSAL_REASONS`. */
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** What a parser makes of a text. Findings of a refusal are hints for whoever corrects it. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly reason: RefusalReason; readonly findings: readonly Finding[] };

/** A text that was read. */
export function parsed<T>(value: T, findings: readonly Finding[]): Parsed<T> {
  return { ok: true, value, findings };
}

/** A text that was not read. */
export function refused(reason: RefusalReason, findings: readonly Finding[] = []): Parsed<never> {
  return { ok: false, reason, findings };
}

/** `detail` names a part and never repeats a value. */
export function finding(code: FindingCode, detail: string | null = null): Finding {
  return { code, detail };
}

/** Whether a code is among the findings. */
export function hasFinding(findings: readonly Finding[], code: FindingCode): boolean {
  return findings.some((one) => one.code === code);
}
