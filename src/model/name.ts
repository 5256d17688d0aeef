import { compareByRules } from './comparison.ts';
import type { Comparison } from './outcome.ts';
import { applyRules, hasUnmappable, rulesThatEqual, TEXT_RULES, type TextRule } from './text.ts';
import { TRADITIONAL } from './traditional-table.ts';

/** Organizations are 企业, 机构 and 个体工商户; their names fold less strictly than persons'. */
export type NameKind = 'ORGANIZATION' | 'PERSON';

const INTERPUNCTS = /[•‧・･．.∙⋅●·‥]/gu;

/** The sign between the parts of a transcribed name (间隔号), in its many encodings. */
export const INTERPUNCT_RULE: TextRule = {
  id: 'INTERPUNCT@1',
  apply: (text) => text.replace(INTERPUNCTS, '·'),
};

/** What is folded in names of persons, in the order applied. */
export const PERSON_RULES: readonly TextRule[] = [...TEXT_RULES, INTERPUNCT_RULE];
/** What is folded in names of organizations, in the order applied. */
export const ORGANIZATION_RULES: readonly TextRule[] = TEXT_RULES;

/**
 * Folds are only approximate: they say that two names may be one, which a person decides. A
 * missing interpunct is common in forms; traditional characters are folded for organizations
 * only, since for persons a variant character is another name.
 */
const INTERPUNCT_OMITTED_RULE: TextRule = {
  id: 'INTERPUNCT_OMITTED@1',
  apply: (text) => text.replace(/·/gu, ''),
};
const TRADITIONAL_RULE: TextRule = {
  id: 'TRADITIONAL@1',
  apply: (text) => [...text].map((one) => TRADITIONAL.get(one) ?? one).join(''),
};

/**
 * Whether a claimed name is the one a source holds. Equal after the rules is MATCH_NORMALIZED
 * with exactly the rules that were needed. A character that a conversion has lost never refutes:
 * it fits any one character (MATCH_APPROXIMATE), or the names are NOT_COMPARABLE.
 */
export function compareNames(
  claimed: string | null,
  held: string | null,
  kind: NameKind,
): Comparison {
  const rules = kind === 'PERSON' ? PERSON_RULES : ORGANIZATION_RULES;
  const comparison = compareByRules(claimed, held, rules);
  if (comparison.outcome !== 'MISMATCH' || claimed === null || held === null) return comparison;

  const fold = kind === 'PERSON' ? INTERPUNCT_OMITTED_RULE : TRADITIONAL_RULE;
  const needed = rulesThatEqual([claimed, held], [...rules, fold]);
  return needed === null ? comparison : { outcome: 'MATCH_APPROXIMATE', rules: needed };
}

/** A name as it is used for finding records: equal for all spellings that normalize alike. */
export function nameKey(name: string, kind: NameKind): string {
  return applyRules(name, kind === 'PERSON' ? PERSON_RULES : ORGANIZATION_RULES);
}

/** False where a conversion has lost a character: nobody can be found or refuted by such a name. */
export function isLegibleName(name: string): boolean {
  return !hasUnmappable(name);
}
