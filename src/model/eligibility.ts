import type { BusinessDate } from './business-date.ts';
import { addDays } from './clock.ts';

/** What may stand between an applicant and a commitment (不适用告知承诺制的情形). */
export const ELIGIBILITY_GROUNDS = [
  'FALSE_COMMITMENT',
  'SERIOUSLY_DISHONEST',
  'SERIOUS_VIOLATION',
  'ABNORMAL_OPERATION',
  'GRADE_D',
  'PENALTIES',
  'UNKNOWN_LIST',
] as const;
export type EligibilityGround = (typeof ELIGIBILITY_GROUNDS)[number];

/** One rule: what a ground does, once as many records stand. */
export interface EligibilityRule {
  readonly ground: EligibilityGround;
  readonly effect: 'BLOCK' | 'WARN';
  /** Records it takes, at least 1. */
  readonly atLeast: number;
}

/** The rules in force on a day. Data, published by a justice bureau; a change is a new version. */
export interface EligibilityRules {
  readonly version: number;
  readonly effectiveFrom: BusinessDate;
  readonly rules: readonly EligibilityRule[];
}

/**
 * The rules a hub begins with: the plan's section 12 blocks whoever made a false commitment or has
 * a serious bad record, until that is repaired; everything lighter is for an officer to weigh.
 */
export const FIRST_RULES: EligibilityRules = {
  version: 1,
  effectiveFrom: '2021-02-09' as BusinessDate,
  rules: [
    { ground: 'FALSE_COMMITMENT', effect: 'BLOCK', atLeast: 1 },
    { ground: 'SERIOUSLY_DISHONEST', effect: 'BLOCK', atLeast: 1 },
    { ground: 'SERIOUS_VIOLATION', effect: 'BLOCK', atLeast: 1 },
    { ground: 'ABNORMAL_OPERATION', effect: 'WARN', atLeast: 1 },
    { ground: 'GRADE_D', effect: 'WARN', atLeast: 1 },
    { ground: 'PENALTIES', effect: 'WARN', atLeast: 2 },
    { ground: 'UNKNOWN_LIST', effect: 'WARN', atLeast: 1 },
  ],
};

/** A record that speaks against an applicant, and what has become of it. */
export interface AdverseRecord {
  readonly ground: EligibilityGround;
  /** Registered source that told of it. Null for the hub's own file of the subject. */
  readonly source: string | null;
  /** Names the record where it is kept. Never a personal value. */
  readonly reference: string;
  /** End of the conduct, or day of the entry. Null where the source does not tell. */
  readonly since: BusinessDate | null;
  /** Day on which it was repaired, removed or annulled by a decision. Null while it stands. */
  readonly endedOn: BusinessDate | null;
  /** Last day of its publicity, where the record has one. Never ends a block by itself. */
  readonly publicUntil: BusinessDate | null;
  /** An objection (异议) against it is being handled. */
  readonly isDisputed: boolean;
  /** SHA-256 of the reply that showed it. Null for the hub's own file. */
  readonly evidenceDigest: string | null;
}

/** What a check came to. `UNDETERMINED`: a source that had to be asked did not answer. */
export type EligibilityOutcome = 'ELIGIBLE' | 'WARNED' | 'BLOCKED' | 'UNDETERMINED';

/** A record, and what the rules make of it. */
export interface EligibilityFinding {
  readonly record: AdverseRecord;
  readonly effect: 'BLOCK' | 'WARN' | 'NONE';
  readonly why: FindingReason;
}

/** Why a record has its effect. */
export type FindingReason =
  | 'STANDS'
  | 'ENDED_BY_DECISION'
  | 'DISPUTED'
  | 'NO_LONGER_A_BASIS'
  | 'DAY_UNKNOWN'
  | 'TOO_FEW'
  | 'NO_RULE';

/** What the sources and the hub's own file say of one applicant. */
export interface EligibilityFacts {
  readonly records: readonly AdverseRecord[];
  /** Datasets that had to be asked and did not answer. */
  readonly unanswered: readonly string[];
}

// Shandong public credit information regulation, art. 38: five years from the end of the conduct
// the record itself has to be deleted and is no basis for anything. This is the end of the record,
// not a lapse of the block.
const BASIS_YEARS = 5;

/**
 * Weighs the records by the rules. A record that is repaired, removed or five years old has no
 * effect; a disputed one, or one whose day nobody knows, warns at most. Time alone turns no block
 * into anything else before the record has to be deleted. Silence of a source is never a block.
 */
export function judgeEligibility(
  { rules }: Pick<EligibilityRules, 'rules'>,
  facts: EligibilityFacts,
  today: BusinessDate,
): { readonly outcome: EligibilityOutcome; readonly findings: readonly EligibilityFinding[] } {
  const weighed = facts.records.map((record) => ({ record, why: standing(record, today) }));
  const findings = weighed.map(({ record, why }): EligibilityFinding => {
    const rule = rules.find(({ ground }) => ground === record.ground);
    if (why === 'ENDED_BY_DECISION' || why === 'NO_LONGER_A_BASIS')
      return { record, effect: 'NONE', why };
    if (rule === undefined) return { record, effect: 'NONE', why: 'NO_RULE' };
    const standingCount = weighed.filter(
      (other) => other.record.ground === record.ground && countsAsStanding(other.why),
    ).length;
    if (standingCount < rule.atLeast) return { record, effect: 'NONE', why: 'TOO_FEW' };
    return { record, effect: why === 'STANDS' ? rule.effect : 'WARN', why };
  });
  return { outcome: outcomeOf(findings, facts.unanswered), findings };
}

function standing(record: AdverseRecord, today: BusinessDate): FindingReason {
  if (record.endedOn !== null && record.endedOn <= today) return 'ENDED_BY_DECISION';
  if (record.since !== null && record.since < yearsBefore(today, BASIS_YEARS))
    return 'NO_LONGER_A_BASIS';
  if (record.isDisputed) return 'DISPUTED';
  return record.since === null ? 'DAY_UNKNOWN' : 'STANDS';
}

function countsAsStanding(why: FindingReason): boolean {
  return why === 'STANDS' || why === 'DISPUTED' || why === 'DAY_UNKNOWN';
}

function outcomeOf(
  findings: readonly EligibilityFinding[],
  unanswered: readonly string[],
): EligibilityOutcome {
  if (findings.some(({ effect }) => effect === 'BLOCK')) return 'BLOCKED';
  if (unanswered.length > 0) return 'UNDETERMINED';
  return findings.some(({ effect }) => effect === 'WARN') ? 'WARNED' : 'ELIGIBLE';
}

/** The same day that many years before; 29 February becomes 1 March. */
function yearsBefore(day: BusinessDate, years: number): BusinessDate {
  const year = String(Number(day.slice(0, 4)) - years).padStart(4, '0');
  const same = `${year}${day.slice(4)}` as BusinessDate;
  return day.endsWith('-02-29') ? addDays(`${year}-02-28` as BusinessDate, 1) : same;
}
