import type { RequiredField } from './policy.ts';

/** What is compared from. See enum CrossCheckLeft of the schema. */
export type CrossCheckLeft =
  'LIVE_COMMITMENTS' | 'ENTERPRISE_REGISTER' | 'COMMITMENT_RECORDS' | 'LICENSE_COLLECTION';

/** What is compared with. See enum CrossCheckRight of the schema. */
export type CrossCheckRight =
  | 'LICENSE_LIBRARY'
  | 'PUBLICITY_SYSTEM'
  | 'CREDIT_LISTS'
  | 'CREDIT_ACKNOWLEDGMENTS'
  | 'LICENSE_COLLECTION'
  | 'REGISTER_COLLECTION';

/** What both sides know a record by. */
export type CrossCheckKey =
  'HOLDER_CODE' | 'LICENSE_TYPE' | 'LICENSE_IDENTIFIER' | 'COMMITMENT_CODE';

/** What is compared. */
export type CrossCheckField =
  'STATUS' | 'HOLDER_NAME' | 'HOLDER_CODE' | 'VALID_UNTIL' | 'CREDIT_STANDING' | 'ACKNOWLEDGMENT';

/** How it is compared. */
export type CrossCheckRule = 'IN_FORCE' | 'SAME' | 'NOT_LISTED' | 'AGREES' | 'ACKNOWLEDGED';

/** How sources are asked, or what they handed over is compared. */
export type CrossCheckStrategy = 'RECORD_BY_RECORD' | 'BY_DEADLINE' | 'WHOLE_COLLECTIONS';

/** What a cross-check (夜间核对) compares, when, and from where on it is looked at. Data. */
export interface CrossCheckDefinition {
  /** In Chinese, for people. */
  readonly title: string;
  readonly left: CrossCheckLeft;
  readonly right: CrossCheckRight;
  readonly keys: readonly CrossCheckKey[];
  readonly fields: readonly { readonly field: CrossCheckField; readonly rule: CrossCheckRule }[];
  readonly strategy: CrossCheckStrategy;
  /** Null unless the strategy is WHOLE_COLLECTIONS. */
  readonly collections: ComparedCollections | null;
  /** Five fields, Asia/Shanghai. */
  readonly cron: string;
  /** Null: at any time. */
  readonly window: DayWindow | null;
  readonly hoursMax: number;
  /** How old an answer of the same case may be when the run begins. */
  readonly evidenceHoursMax: number;
  /** Working days. Null unless acknowledgments are compared. */
  readonly acknowledgedWithin: number | null;
  readonly settleMinutes: number;
  /** Null unless the strategy is BY_DEADLINE. */
  readonly planning: CrossCheckPlanning | null;
  readonly weights: readonly CrossCheckWeight[];
  readonly thresholds: CrossCheckThresholds;
  /** Null: the agency that accepted the commitment. */
  readonly ownerCode: string | null;
  readonly dueWorkingDays: number;
  readonly isEnabled: boolean;
}

/** Ids of the registered sources whose handed-over records are compared. */
export interface ComparedCollections {
  readonly left: string;
  readonly right: string;
}

/** `HH:MM` to `HH:MM` in Asia/Shanghai; crosses midnight where `until` is not later than `from`. */
export interface DayWindow {
  readonly from: string;
  readonly until: string;
}

/** How much may be asked in a day, and how stale an answer may become. */
export interface CrossCheckPlanning {
  readonly quotaPerDay: number;
  /** Part that is kept for counters, 0.2 to 0.3. */
  readonly reserveShare: number;
  readonly stalenessDaysMax: number;
  /** Look-ups of a run that go to a random sample of all; 0 to 10,000. */
  readonly samplePerNight: number;
}

/** How dangerous it is that promises under a matter are untrue; 1 to 5 each. */
export interface CrossCheckWeight {
  readonly matterCode: string;
  readonly hazard: number;
  readonly consequence: number;
}

/** From where on a run is looked at before anything of it counts. Shares are 0 to 1. */
export interface CrossCheckThresholds {
  readonly warnShare: number;
  readonly holdShare: number;
  readonly countedMin: number;
}

/** A cross-check, as its last version has it. */
export interface CrossCheck extends CrossCheckDefinition {
  readonly id: string;
  readonly key: string;
  readonly version: number;
  readonly publishedAt: Date;
  readonly publishedBy: string;
}

/** Which pairs can be compared, by what they are known, and which fields by which rules. */
export interface ComparablePair {
  readonly left: CrossCheckLeft;
  readonly right: CrossCheckRight;
  readonly keys: readonly CrossCheckKey[];
  readonly rules: Readonly<Partial<Record<CrossCheckField, CrossCheckRule>>>;
  readonly strategies: readonly CrossCheckStrategy[];
}

const WHOLE: readonly CrossCheckStrategy[] = ['WHOLE_COLLECTIONS'];
const BOTH: readonly CrossCheckStrategy[] = ['RECORD_BY_RECORD', 'BY_DEADLINE'];

/** Every pair whose sources are asked record by record, or that hand over all they have. */
export const COMPARABLE: readonly ComparablePair[] = [
  {
    ...{ left: 'LIVE_COMMITMENTS', right: 'LICENSE_LIBRARY' },
    keys: ['HOLDER_CODE', 'LICENSE_TYPE'],
    rules: { STATUS: 'IN_FORCE', HOLDER_NAME: 'SAME' },
    strategies: BOTH,
  },
  {
    ...{ left: 'LIVE_COMMITMENTS', right: 'PUBLICITY_SYSTEM' },
    keys: ['HOLDER_CODE'],
    rules: { STATUS: 'IN_FORCE', HOLDER_NAME: 'SAME' },
    strategies: BOTH,
  },
  {
    ...{ left: 'LIVE_COMMITMENTS', right: 'CREDIT_LISTS' },
    keys: ['HOLDER_CODE'],
    rules: { CREDIT_STANDING: 'NOT_LISTED' },
    strategies: BOTH,
  },
  {
    ...{ left: 'ENTERPRISE_REGISTER', right: 'CREDIT_LISTS' },
    keys: ['HOLDER_CODE'],
    rules: { CREDIT_STANDING: 'AGREES' },
    strategies: BOTH,
  },
  {
    ...{ left: 'COMMITMENT_RECORDS', right: 'CREDIT_ACKNOWLEDGMENTS' },
    keys: ['COMMITMENT_CODE'],
    rules: { ACKNOWLEDGMENT: 'ACKNOWLEDGED' },
    strategies: ['RECORD_BY_RECORD'],
  },
  {
    ...{ left: 'LICENSE_COLLECTION', right: 'LICENSE_COLLECTION' },
    keys: ['LICENSE_IDENTIFIER'],
    rules: { STATUS: 'SAME', HOLDER_NAME: 'SAME', HOLDER_CODE: 'SAME', VALID_UNTIL: 'SAME' },
    strategies: WHOLE,
  },
  {
    ...{ left: 'LICENSE_COLLECTION', right: 'REGISTER_COLLECTION' },
    keys: ['HOLDER_CODE'],
    rules: { STATUS: 'SAME', HOLDER_NAME: 'SAME' },
    strategies: WHOLE,
  },
];

/** Null where the two cannot be compared. */
export function pairOf(left: CrossCheckLeft, right: CrossCheckRight): ComparablePair | null {
  return COMPARABLE.find((one) => one.left === left && one.right === right) ?? null;
}

/** The fields of a definition as a requirement has them: all of them decide. */
export function requiredFieldsOf({
  fields,
}: Pick<CrossCheckDefinition, 'fields'>): readonly RequiredField[] {
  return fields.flatMap(({ field }) =>
    field === 'ACKNOWLEDGMENT' ? [] : [{ field, decisive: true, mustBeClaimed: false }],
  );
}

const SHANGHAI_MS = 8 * 3_600_000;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

/** Whether an instant lies within a window of the day. */
export function isWithin(window: DayWindow | null, at: Date): boolean {
  if (window === null) return true;
  const minute = Math.floor((at.getTime() + SHANGHAI_MS) / MINUTE_MS) % DAY_MINUTES;
  const [from, until] = [minuteOf(window.from), minuteOf(window.until)];
  return from < until ? minute >= from && minute < until : minute >= from || minute < until;
}

function minuteOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 60 + minutes;
}
