import { RADICALS } from './radical-table.ts';

/**
 * One way in which two spellings of the same thing differ. The id is stored with every verdict
 * that rests on the rule; a rule that changes its effect gets a new number.
 */
export interface TextRule {
  readonly id: string;
  readonly apply: (text: string) => string;
}

/**
 * Names the set of rules below and in name.ts, document-number.ts and comparison.ts. Changes
 * whenever a rule is added, withdrawn or renumbered, or their order changes.
 */
export const normalizerVersion = 'hecha-normalizer@1';

/** White space, controls, zero-width and direction marks, soft hyphens, variation selectors. */
export const INVISIBLE =
  /[\s\p{Cc}\u00AD\u180E\u200B-\u200F\u202A-\u202E\u2060-\u2064\uFE00-\uFE0F\uFEFF]/gu;

/** Radicals that stand for the ideograph they look like, which NFKC leaves alone. */
export const RADICAL_RULE: TextRule = {
  id: 'RADICALS@1',
  apply: (text) => text.replace(/[\u2E80-\u2EFF]/gu, (radical) => RADICALS.get(radical) ?? radical),
};

/** Spaces and everything else that cannot be seen. */
export const SPACE_RULE: TextRule = {
  id: 'SPACES@1',
  apply: (text) => text.replace(INVISIBLE, ''),
};

/** Compatibility forms (NFKC): full and half width, Kangxi radicals, enclosed characters. */
export const WIDTH_RULE: TextRule = {
  id: 'WIDTH@1',
  apply: (text) => text.replace(/[^\p{ASCII}]/gu, withoutCompatibility).normalize('NFC'),
};

/** Spaces, and accents that decompose into a space and a mark, belong to another rule. */
function withoutCompatibility(character: string): string {
  const plain = character.normalize('NFKC');
  return plain.includes(' ') ? character : plain;
}

/** Brackets of any shape or width are round. */
export const BRACKET_RULE: TextRule = {
  id: 'BRACKETS@1',
  apply: (text) => text.replace(/[〔【[（﹙﹝［]/gu, '(').replace(/[〕】\]）﹚﹞］]/gu, ')'),
};

/** Only ASCII letters: other scripts have no case in these registers, or more than one. */
export const CASE_RULE: TextRule = {
  id: 'CASE@1',
  apply: (text) => text.replace(/[a-zａ-ｚ]/gu, (letter) => letter.toUpperCase()),
};

/** The rules for text of any kind, in the order applied. */
export const TEXT_RULES: readonly TextRule[] = [
  RADICAL_RULE,
  SPACE_RULE,
  WIDTH_RULE,
  BRACKET_RULE,
  CASE_RULE,
];

/** The text after all rules, one after the other. */
export function applyRules(text: string, rules: readonly TextRule[]): string {
  return rules.reduce((current, rule) => rule.apply(current), text);
}

/**
 * The rules without which the two texts would not be equal: what is left when every rule that
 * is not needed has been dropped. Null when the texts differ even under all rules.
 */
export function rulesThatEqual(
  pair: readonly [string, string],
  rules: readonly TextRule[],
  isEqual: (left: string, right: string) => boolean = (left, right) => left === right,
): readonly string[] | null {
  const holds = (applied: readonly TextRule[]) =>
    isEqual(applyRules(pair[0], applied), applyRules(pair[1], applied));
  if (!holds(rules)) return null;
  const needed = rules.reduce((kept, rule) => {
    const without = kept.filter((one) => one !== rule);
    return holds(without) ? without : kept;
  }, rules);
  return needed.map(({ id }) => id);
}

/** The rules that this text needs to become normal, for counting how often each is needed. */
export function rulesThatChange(text: string, rules: readonly TextRule[]): readonly string[] {
  return rulesThatEqual([text, applyRules(text, rules)], rules) ?? [];
}

const PLACEHOLDERS = new Set(['N/A', 'NA', 'NULL', 'NONE', '无', '暂无', '不详', '空']);

/** Begins neither like a placeholder nor like a dash: most texts of a register. */
const BEGINS_LIKE_A_WORD = /^(?![Nn无暂不空])[0-9A-Za-z\u4E00-\u9FA5]/u;

/** Whether a source means "nothing" by this text: blank, dashes, `N/A`, 无. */
export function isBlank(text: string | null): boolean {
  if (text === null) return true;
  if (BEGINS_LIKE_A_WORD.test(text)) return false;
  const dense = text.replace(INVISIBLE, '').normalize('NFKC');
  return /^[-‐-―_/\\.]*$/u.test(dense) || PLACEHOLDERS.has(dense.toUpperCase());
}

/**
 * Characters that stand for one that a conversion has lost: private use, question marks,
 * asterisks, boxes, the replacement character.
 */
const UNMAPPABLE = /[\p{Co}?？*＊□■〓\uFFFD]/u;

/** Whether a conversion has lost a character of this text. */
export function hasUnmappable(text: string): boolean {
  return UNMAPPABLE.test(text);
}

/**
 * Equality where a lost character may be any one character. Texts of which nothing is left but
 * lost characters are equal to nothing.
 */
export function equalsExceptUnmappable(left: string, right: string): boolean {
  const [ours, theirs] = [[...left], [...right]];
  if (ours.length !== theirs.length) return false;
  const pairs = ours.map((character, index) => [character, theirs[index] ?? ''] as const);
  const legible = pairs.filter(([a, b]) => !UNMAPPABLE.test(a) && !UNMAPPABLE.test(b));
  return legible.length > 0 && legible.every(([a, b]) => a === b);
}
