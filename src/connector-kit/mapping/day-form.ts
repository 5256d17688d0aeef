import { businessDateOfEpoch } from '../../model/business-date.ts';
import { INVISIBLE, isBlank } from '../../model/text.ts';
import type { DayForm } from './rule.ts';

/** The text as `parseDate` reads it; null for a text in a form that was not agreed on. */
export type DayFilter = (text: string) => string | null;

const FORMS: Readonly<Record<DayForm, RegExp>> = {
  DATE: /^\d{4}([-/.])\d{1,2}\1\d{1,2}$/u,
  DATE_TIME: /^\d{4}([-/.])\d{1,2}\1\d{1,2}T?\d{1,2}:\d{2}/u,
  CHINESE: /^\d{4}年\d{1,2}月\d{1,2}[日号]/u,
  NUMERALS: /^[^\d年]{4}年/u,
  COMPACT: /^\d{8}$/u,
  COMPACT_TIME: /^\d{14}(?:\d{3})?$/u,
  EPOCH_MS: /^(?:-\d{9,14}|\d{11,13}|\d{15})$/u,
  EPOCH_S: /^-?\d{9,10}$/u,
};

/** A point in time: with an offset, or counted from 1970. */
const OFFSET = /:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})$/u;
/** What stands for no day, or for none at all, is not written in any form. */
const DIGIT = /\p{Nd}|[零〇○一二三四五六七八九十]/u;

/**
 * Lets through the forms of a rule, and what holds no digit at all (长期, blanks, placeholders).
 * Seconds since 1970 are told from a day only where the rule says so. Null where nothing need be
 * filtered.
 */
export function compileDayFilter(
  forms: readonly DayForm[] | null,
  read: 'DAY' | 'LAST_DAY' | 'INSTANT',
): DayFilter | null {
  if (forms === null && read !== 'INSTANT') return null;
  const isAgreed = (dense: string): boolean =>
    (read !== 'INSTANT' || OFFSET.test(dense) || FORMS.EPOCH_MS.test(dense) || inSeconds(dense)) &&
    (forms === null || forms.some((form) => FORMS[form].test(dense)));
  const inSeconds = (dense: string): boolean =>
    forms !== null && forms.includes('EPOCH_S') && FORMS.EPOCH_S.test(dense);
  return (text) => {
    const dense = text.normalize('NFKC').replace(INVISIBLE, '');
    if (isBlank(text) || !DIGIT.test(dense)) return text;
    if (inSeconds(dense)) return businessDateOfEpoch(Number(dense) * 1000);
    return isAgreed(dense) ? text : null;
  };
}
