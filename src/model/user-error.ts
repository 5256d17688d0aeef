/** Mistakes a caller can correct. See enum UserErrorCode of the schema. */
export type UserErrorCode =
  | 'LENGTH_OUT_OF_RANGE'
  | 'MALFORMED_CODE'
  | 'WRONG_CHECK_CHARACTER'
  | 'WRONG_SUBJECT_KIND'
  | 'DUPLICATE_SUBJECT'
  | 'UNKNOWN_MATTER'
  | 'MATTER_NOT_IN_FORCE'
  | 'DATE_OUT_OF_RANGE'
  | 'UNKNOWN_CASE'
  | 'SUBJECT_NOT_IN_CASE'
  | 'UNKNOWN_REQUIREMENT'
  | 'FIELD_NOT_COMPARED'
  | 'MALFORMED_VALUE'
  | 'DUPLICATE_CLAIM'
  | 'CLAIM_MISSING'
  | 'TOO_MANY'
  | 'UNKNOWN_ASSISTANCE_REQUEST'
  | 'ANSWERS_DO_NOT_FIT'
  | 'UNKNOWN_SOURCE'
  | 'ALREADY_REGISTERED'
  | 'UNKNOWN_KIND'
  | 'SETTING_NOT_ACCEPTED'
  | 'SECRET_NOT_ACCEPTED'
  | 'SECRETS_MISSING'
  | 'STEP_NOT_ALLOWED'
  | 'SECOND_OPERATOR_NEEDED'
  | 'CHECK_MISSING'
  | 'SHADOW_MISSING'
  | 'REASON_MISSING'
  | 'TOO_MANY_PROBES'
  | 'UNKNOWN_CALENDAR_DAYS'
  | 'UNKNOWN_AGENCY'
  | 'SECOND_PERSON_NEEDED'
  | 'UNKNOWN_ASSISTANCE_ITEM'
  | 'STALE_VERSION'
  | 'UNKNOWN_ELIGIBILITY_CHECK'
  | 'NOT_ELIGIBLE'
  | 'UNKNOWN_COMMITMENT'
  | 'TEXT_MISSING'
  | 'TEXT_DIFFERS'
  | 'PROXY_NOT_ALLOWED'
  | 'BASIS_MISSING'
  | 'ALREADY_COMMITTED'
  | 'UNKNOWN_TEXT'
  | 'ELEMENT_MISSING'
  | 'UNKNOWN_PASS'
  | 'PASS_RUNNING'
  | 'UNKNOWN_PUSH'
  | 'UNKNOWN_BREACH'
  | 'SECOND_OFFICER_NEEDED'
  | 'NOT_YOUR_REGION'
  | 'UNKNOWN_ADJUSTMENT'
  | 'EXCLUDED_MATTER'
  | 'OPINION_MISSING'
  | 'EXEMPTION_NOT_ALLOWED'
  | 'ALREADY_LISTED'
  | 'NOT_LISTED'
  | 'FILE_NOT_READABLE'
  | 'UNKNOWN_ADOPTION'
  | 'LICENSE_NOT_SHOWN'
  | 'UNKNOWN_FILING'
  | 'UNKNOWN_BULK'
  | 'UNKNOWN_DRAW'
  | 'UNKNOWN_OBJECTION'
  | 'UNKNOWN_REPORT'
  | 'UNKNOWN_REPAIR'
  | 'UNKNOWN_RECORD'
  | 'ALREADY_UNDER_WAY'
  | 'TOO_FEW_INSPECTORS'
  | 'UNKNOWN_VERIFICATION'
  | 'UNKNOWN_WORK_ORDER'
  | 'UNKNOWN_CROSS_CHECK'
  | 'UNKNOWN_CROSS_CHECK_RUN'
  | 'UNKNOWN_FINDING'
  | 'QUOTA_TOO_SMALL'
  | 'RUN_GOES_ON'
  | 'NOT_SIGNED'
  | 'UNKNOWN_KEY'
  | 'WRONG_SIGNATURE';

/** Tied to the input field that carries the mistake. Never repeats the value. */
export interface UserError {
  readonly code: UserErrorCode;
  /** Path from the input object to the field. Empty when no field is to blame. */
  readonly field: readonly string[];
  readonly message: string;
  /** Where a step is not allowed: the state the thing is in. Null for other mistakes. */
  readonly state: string | null;
  /** Where a step is not allowed: the steps that are. Empty for other mistakes. */
  readonly allowed: readonly string[];
}

/** One mistake: which, where, and what to do instead. */
export function mistake(code: UserErrorCode, field: readonly string[], message: string): UserError {
  return { code, field, message, state: null, allowed: [] };
}

/** LENGTH_OUT_OF_RANGE where a text is blank or longer than allowed; otherwise nothing. */
export function checkLength(
  text: string,
  field: readonly string[],
  lengthMax: number,
): readonly UserError[] {
  if (text.trim() !== '' && text.length <= lengthMax) return [];
  return [mistake('LENGTH_OUT_OF_RANGE', field, `Send 1 to ${lengthMax} characters.`)];
}

/** The thing that was asked for, or why the caller has to ask differently. */
export type Accepted<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly errors: readonly UserError[] };
