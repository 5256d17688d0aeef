import { compareByRules } from './comparison.ts';
import type { Comparison } from './outcome.ts';
import { applyRules, TEXT_RULES, type TextRule } from './text.ts';

/**
 * 第12号, 12号 and 12 are one number; dashes of any kind are one sign. A dash or a full stop inside
 * stays, for it separates parts.
 */
export const DOCUMENT_NUMBER_RULE: TextRule = {
  id: 'DOCUMENT_NUMBER@1',
  apply: (text) =>
    text
      .replace(/[‐-―−﹣－]/gu, '-')
      .replace(/第(?=[0-9０-９])/gu, '')
      .replace(/号$/u, ''),
};

/** What is folded in document numbers, in the order applied. */
export const DOCUMENT_NUMBER_RULES: readonly TextRule[] = [...TEXT_RULES, DOCUMENT_NUMBER_RULE];

/** Spreadsheets overwrite the digits of a long number. */
const SCIENTIFIC = /^\d(?:\.\d+)?E\+?\d{1,3}$/u;

/** Whether a claimed number of a document or license (文号, 证照编号) is the one a source holds. */
export function compareDocumentNumbers(claimed: string | null, held: string | null): Comparison {
  const isLost = [claimed, held].some(
    (number) => number !== null && SCIENTIFIC.test(documentNumberKey(number)),
  );
  if (isLost) return { outcome: 'NOT_COMPARABLE', rules: [] };
  return compareByRules(claimed, held, DOCUMENT_NUMBER_RULES);
}

/** A number as it is used for finding records. */
export function documentNumberKey(number: string): string {
  return applyRules(number, DOCUMENT_NUMBER_RULES);
}
