/**
 * Text with everything visible that a reader would not see or that turns the direction of others:
 * control characters, marks of direction, invisible characters, lone halves of characters. Each is
 * written as 〔U+XXXX〕 where it stands, so that what is signed is what is read. `\n` stays; a tab
 * and spaces of any width become one space, but the ideographic space stays.
 */
export function printable(text: string): string {
  return text
    .replace(/\r\n?/gu, '\n')
    .replace(/[\t\u00a0\u1680\u2000-\u200a\u202f\u205f]/gu, ' ')
    .replace(UNSEEN, (character) => codePointMark(character));
}

/** `〔U+XXXX〕`, as a character is printed that cannot be shown. */
export function codePointMark(character: string): string {
  return `〔${codePointName(character)}〕`;
}

/** `U+XXXX` of the first character. */
export function codePointName(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

// Controls and formats, private use, surrogates, what is no character, separators of lines; marks
// that choose among forms of the character before; fillers that are letters but show nothing.
const UNSEEN = new RegExp(
  [
    String.raw`(?!\n)[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]`,
    String.raw`[\p{Variation_Selector}\p{Noncharacter_Code_Point}]`,
    String.raw`[\u034f\u115f\u1160\u3164\uffa0]`,
  ].join('|'),
  'gu',
);
