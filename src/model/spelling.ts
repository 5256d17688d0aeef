import { finding, parsed, refused, type Finding, type Parsed } from './finding.ts';
import { INVISIBLE, isBlank } from './text.ts';

/** No identifier is longer; what is longer is not read. */
const SPELLING_LENGTH_MAX = 256;

/** Full-width forms of the printable ASCII characters, U+FF01 to U+FF5E. */
const FULL_WIDTH = /[\uFF01-\uFF5E]/gu;
const FULL_WIDTH_OFFSET = 0xfee0;

/** What folding leaves as it is: most identifiers of a register. */
const FOLDED = /^[0-9A-Z]*$/u;

/** What a spreadsheet makes of a long number; the digits beyond are gone. */
const SCIENTIFIC = /^\d(?:\.\d+)?E\+?\d{1,3}$/u;

/**
 * An identifier without the accidents of typing: no spaces or invisible characters, half width,
 * upper case. Only ASCII is folded, so that no look-alike of another script becomes a letter.
 */
export function foldSpelling(text: string): { text: string; findings: readonly Finding[] } {
  if (FOLDED.test(text)) return { text, findings: [] };
  const dense = text.replace(INVISIBLE, '');
  const narrow = dense.replace(FULL_WIDTH, (character) =>
    String.fromCharCode(character.charCodeAt(0) - FULL_WIDTH_OFFSET),
  );
  const upper = narrow.replace(/[a-z]/gu, (letter) => letter.toUpperCase());
  return {
    text: upper,
    findings: [
      ...(dense === text ? [] : [finding('SPACES')]),
      ...(narrow === dense ? [] : [finding('FULL_WIDTH')]),
      ...(upper === narrow ? [] : [finding('LOWER_CASE')]),
    ],
  };
}

/** The folded spelling, or why there is no identifier to read in this text. */
export function readSpelling(text: string): Parsed<string> {
  if (text.length > SPELLING_LENGTH_MAX) return refused('WRONG_LENGTH');
  if (isBlank(text)) return refused('EMPTY');

  const folded = foldSpelling(text);
  if (folded.text.includes('*')) return refused('MASKED');
  if (SCIENTIFIC.test(folded.text)) return refused('UNRECOVERABLE');
  return parsed(folded.text, folded.findings);
}

/**
 * Refuses a character outside the alphabet; null when there is none. A character that people
 * mistake for one of the alphabet is pointed out by its position, counted from 1.
 */
export function refuseForeign(
  text: string,
  { alphabet, confusable }: { alphabet: string; confusable: string },
): Parsed<never> | null {
  const characters = [...text];
  const position = characters.findIndex((character) => !alphabet.includes(character));
  if (position === -1) return null;
  const isConfusable = confusable.includes(characters[position] ?? '');
  return refused(
    'FOREIGN_CHARACTER',
    isConfusable ? [finding('CONFUSABLE_CHARACTER', `position ${position + 1}`)] : [],
  );
}
