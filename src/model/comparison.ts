import { parseDate, type DateRole, type ParsedDate } from './business-date.ts';
import { parseCapital } from './capital.ts';
import { hasFinding, type FindingCode, type Parsed } from './finding.ts';
import type { Comparison } from './outcome.ts';
import {
  applyRules,
  equalsExceptUnmappable,
  hasUnmappable,
  isBlank,
  rulesThatEqual,
  TEXT_RULES,
  type TextRule,
} from './text.ts';

const MATCH_EXACT: Comparison = { outcome: 'MATCH_EXACT', rules: [] };
const MISMATCH: Comparison = { outcome: 'MISMATCH', rules: [] };
const SOURCE_BLANK: Comparison = { outcome: 'SOURCE_BLANK', rules: [] };
const NOT_COMPARABLE: Comparison = { outcome: 'NOT_COMPARABLE', rules: [] };

/**
 * Compares texts under rules. A lost character on either side makes a hit approximate and a miss
 * NOT_COMPARABLE, even where the texts are equal: two lost characters need not be the same one.
 */
export function compareByRules(
  claimed: string | null,
  held: string | null,
  rules: readonly TextRule[],
): Comparison {
  if (held === null || isBlank(held)) return SOURCE_BLANK;
  if (claimed === null || isBlank(claimed)) return NOT_COMPARABLE;

  if (hasUnmappable(claimed) || hasUnmappable(held)) {
    const needed = rulesThatEqual([claimed, held], rules, equalsExceptUnmappable);
    return needed === null ? NOT_COMPARABLE : approximate(...needed, 'UNMAPPABLE_CHARACTER@1');
  }

  if (claimed === held) return MATCH_EXACT;
  const needed = rulesThatEqual([claimed, held], rules);
  return needed === null ? MISMATCH : normalized(...needed);
}

/** The longest region prefix of an address: a province, a city and a county. */
const REGION_PREFIX_LENGTH_MAX = 20;
const ADDRESS_LENGTH_MIN = 4;

/**
 * Compares addresses. One that only leaves out the regions before it is an approximate match:
 * registers differ in whether they write province and city.
 */
export function compareText(claimed: string | null, held: string | null): Comparison {
  const comparison = compareByRules(claimed, held, TEXT_RULES);
  if (comparison.outcome !== 'MISMATCH' || claimed === null || held === null) return comparison;

  const [short = '', long = ''] = [claimed, held]
    .map((text) => applyRules(text, TEXT_RULES))
    .sort((left, right) => left.length - right.length);
  const prefix = long.slice(0, long.length - short.length);
  const isSameWithoutRegion =
    short.length >= ADDRESS_LENGTH_MIN &&
    prefix.length <= REGION_PREFIX_LENGTH_MAX &&
    long.endsWith(short) &&
    /[省市区县盟州旗]$/u.test(prefix);
  return isSameWithoutRegion ? approximate('REGION_PREFIX@1') : MISMATCH;
}

/** What each finding of a spelling means as a rule, in the order applied. */
const RULES_OF_FINDINGS = [
  ['SPACES', 'SPACES@1'],
  ['FULL_WIDTH', 'WIDTH@1'],
  ['LOWER_CASE', 'CASE@1'],
  ['FIFTEEN_DIGITS', 'FIFTEEN_DIGITS@1'],
  ['MISSING_PREFIX', 'MISSING_PREFIX@1'],
] as const satisfies readonly (readonly [FindingCode, string])[];

/**
 * Compares identifiers by their canonical form. What the parser refuses cannot be compared; and
 * where the codes differ and one has a wrong check character, somebody mistyped it, which says
 * nothing about the subject.
 */
export function compareCodes(
  claimed: string | null,
  held: string | null,
  parse: (text: string) => Parsed<{ readonly code: string }>,
): Comparison {
  if (held === null || isBlank(held)) return SOURCE_BLANK;
  if (claimed === null || isBlank(claimed)) return NOT_COMPARABLE;

  const [ours, theirs] = [parse(claimed), parse(held)];
  if (!ours.ok || !theirs.ok) return NOT_COMPARABLE;
  const findings = [...ours.findings, ...theirs.findings];
  if (ours.value.code !== theirs.value.code) {
    return hasFinding(findings, 'INVALID_CHECK_CHARACTER') ? NOT_COMPARABLE : MISMATCH;
  }
  if (claimed === held) return MATCH_EXACT;
  const rules = RULES_OF_FINDINGS.filter(([code]) => hasFinding(findings, code));
  return rules.length === 0 ? normalized('SEPARATORS@1') : normalized(...rules.map(([, id]) => id));
}

/** Compares days however they are written. What is no day cannot be compared. */
export function compareDates(
  claimed: string | number | null,
  held: string | number | null,
  options: { readonly role: DateRole },
): Comparison {
  const [ours, theirs] = [parseDate(claimed, options), parseDate(held, options)];
  if (theirs.kind === 'ABSENT') return SOURCE_BLANK;
  if (ours.kind === 'ABSENT' || ours.kind === 'BAD_DATE' || theirs.kind === 'BAD_DATE') {
    return NOT_COMPARABLE;
  }
  if (!isSameDay(ours, theirs)) return MISMATCH;
  return claimed === held ? MATCH_EXACT : normalized('DATE_FORM@1');
}

function isSameDay(left: ParsedDate, right: ParsedDate): boolean {
  if (left.kind === 'DATE' && right.kind === 'DATE') return left.date === right.date;
  return left.kind === right.kind;
}

/**
 * Compares amounts of capital exactly, in ten thousands of a currency. A held zero is how
 * registers write "none"; a currency that one side leaves open is only an approximate match.
 */
export function compareCapital(claimed: string | null, held: string | null): Comparison {
  if (held === null || isBlank(held)) return SOURCE_BLANK;
  if (claimed === null || isBlank(claimed)) return NOT_COMPARABLE;

  const [ours, theirs] = [parseCapital(claimed), parseCapital(held)];
  if (hasFinding(theirs.findings, 'ZERO_AMOUNT') || hasFinding(theirs.findings, 'NO_AMOUNT')) {
    return SOURCE_BLANK;
  }
  if (ours.capital === null || theirs.capital === null) return NOT_COMPARABLE;

  const sameCurrency = ours.capital.currency === theirs.capital.currency;
  const sameAmount = ours.capital.amountWan === theirs.capital.amountWan;
  const isAssumed = [ours, theirs].some(({ findings }) => hasFinding(findings, 'CURRENCY_ASSUMED'));
  if (isAssumed && !sameCurrency) {
    return sameAmount ? approximate('CURRENCY_ASSUMED@1') : NOT_COMPARABLE;
  }
  if (!sameAmount || !sameCurrency) return MISMATCH;
  return claimed === held ? MATCH_EXACT : normalized('CAPITAL_FORM@1');
}

function normalized(...rules: readonly string[]): Comparison {
  return { outcome: 'MATCH_NORMALIZED', rules };
}

function approximate(...rules: readonly string[]): Comparison {
  return { outcome: 'MATCH_APPROXIMATE', rules };
}
