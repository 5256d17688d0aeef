import { parseDate, type BusinessDate } from '../model/business-date.ts';
import { finding, type Finding } from '../model/finding.ts';
import { parseResidentId } from '../model/resident-id.ts';
import { isBlank } from '../model/text.ts';
import { parseUnifiedSocialCreditCode } from '../model/unified-social-credit-code.ts';
import { driftFault } from './fault.ts';

/** A day as sources send one: text in any of their forms, epoch milliseconds, or nothing. */
export type HeldDay = string | number | null;

/** Text as the source holds it, without the space around it. Null for blanks and `--`. */
export function readText(held: string | null): string | null {
  return held === null || isBlank(held) ? null : held.trim();
}

/**
 * A day on which a conclusion rests. Null when the source holds none.
 *
 * @throws {HubError} SOURCE_SCHEMA_DRIFT for what is no day: without it nothing may be concluded.
 */
export function readDay(held: HeldDay, pointer: string): BusinessDate | null {
  const day = parseDate(held, { role: 'OTHER' });
  if (day.kind === 'ABSENT') return null;
  if (day.kind !== 'DATE') throw driftFault(pointer, 'BAD_DATE');
  return day.date;
}

/** A day that only informs: what is no day is null, and a finding added to `findings`. */
export function noteDay(
  held: HeldDay,
  { field, findings }: { readonly field: string; readonly findings: Finding[] },
): BusinessDate | null {
  const day = parseDate(held, { role: 'OTHER' });
  if (day.kind === 'DATE') return day.date;
  if (day.kind !== 'ABSENT') findings.push(finding('BAD_DATE', field));
  return null;
}

/**
 * The last day of a validity. A blank means long-term (长期), as all sources of this hub agree;
 * a placeholder such as `--` or `0000-00-00` says nothing and is refused.
 *
 * @throws {HubError} SOURCE_SCHEMA_DRIFT for anything else that is no day.
 */
export function readLastDay(
  held: HeldDay,
  pointer: string,
): { readonly validUntil: BusinessDate | null; readonly longTerm: boolean } {
  if (held === null || String(held).trim() === '') return { validUntil: null, longTerm: true };
  const day = parseDate(held, { role: 'VALIDITY_END' });
  if (day.kind === 'LONG_TERM') return { validUntil: null, longTerm: true };
  if (day.kind !== 'DATE') throw driftFault(pointer, 'BAD_DATE');
  return { validUntil: day.date, longTerm: false };
}

/**
 * The canonical code of a subject: unified social credit code, or resident id with 18 characters
 * (15 digits are completed). A text that is neither stands as it is, with the finding BAD_CODE.
 */
export function readSubjectCode(held: string): {
  readonly code: string;
  readonly findings: readonly Finding[];
} {
  const asOrganization = parseUnifiedSocialCreditCode(held);
  const asPerson = parseResidentId(held);
  const sound = [asOrganization, asPerson].filter((each) => each.ok);
  const best =
    sound.find((each) => !each.findings.some(({ code }) => code === 'INVALID_CHECK_CHARACTER')) ??
    sound[0];
  return best === undefined
    ? { code: held, findings: [finding('BAD_CODE')] }
    : { code: best.value.code, findings: best.findings };
}
