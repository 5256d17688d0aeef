import type { Stratum } from '../model/sampling.ts';
import type { BusinessDate } from '../model/business-date.ts';
import { checkLength, mistake, type UserError } from '../model/user-error.ts';

/** A plan as an officer sends it. */
export interface PlanSampling {
  /** Null for the caller's own agency. */
  readonly agencyCode: string | null;
  readonly matterCodes: readonly string[];
  readonly from: BusinessDate;
  readonly through: BusinessDate;
  readonly strata: readonly Stratum[];
  readonly inspectors: readonly string[];
  readonly inspectorsPerSubject: number;
  readonly idempotencyKey: string;
}

const MATTERS_MAX = 50;
const STRATA_MAX = 20;
const INSPECTORS_MAX = 500;
const PER_SUBJECT_MAX = 10;
const PERMILLE = 1_000;
const DAYS_MAX = 366;
const DAY_MS = 86_400_000;
/** No tabulator and no line end: both divide the population's text. */
const STRATUM_NAME = /^[\p{L}\p{N}_-]{1,40}$/u;
const INSPECTOR = /^[\p{L}\p{N}._@-]{1,64}$/u;

/** What is wrong with a plan; nothing where it can be committed to. */
export function checkPlan(plan: PlanSampling, today: BusinessDate): readonly UserError[] {
  const { matterCodes, from, through, strata, inspectors, inspectorsPerSubject } = plan;
  return [
    ...checkLength(plan.idempotencyKey, ['idempotencyKey'], 64),
    ...checkCount(matterCodes, ['matterCodes'], MATTERS_MAX),
    ...matterCodes.flatMap((code, index) => checkLength(code, ['matterCodes', `${index}`], 64)),
    ...checkPeriod(from, through, today),
    ...checkCount(
      strata.map(({ name }) => name),
      ['strata'],
      STRATA_MAX,
    ),
    ...strata.flatMap((one, index) => checkStratum(one, ['strata', `${index}`])),
    ...checkLast(strata.at(-1)),
    ...checkCount(inspectors, ['inspectors'], INSPECTORS_MAX),
    ...inspectors.flatMap((one, index) =>
      INSPECTOR.test(one)
        ? []
        : [
            mistake(
              'MALFORMED_VALUE',
              ['inspectors', `${index}`],
              'Send 1 to 64 letters, digits, or one of ._@-',
            ),
          ],
    ),
    ...(inspectorsPerSubject >= 1 &&
    inspectorsPerSubject <= Math.min(PER_SUBJECT_MAX, inspectors.length)
      ? []
      : [
          mistake(
            'MALFORMED_VALUE',
            ['inspectorsPerSubject'],
            `Send 1 to ${PER_SUBJECT_MAX}, and at most as many as the pool has.`,
          ),
        ]),
  ];
}

/** One to `max` different ones. */
function checkCount(
  all: readonly string[],
  field: readonly string[],
  max: number,
): readonly UserError[] {
  if (all.length < 1 || all.length > max) return [mistake('TOO_MANY', field, `Send 1 to ${max}.`)];
  if (new Set(all).size === all.length) return [];
  return [mistake('MALFORMED_VALUE', field, 'Send each one once.')];
}

function checkPeriod(
  from: BusinessDate,
  through: BusinessDate,
  today: BusinessDate,
): readonly UserError[] {
  const days = (Date.parse(through) - Date.parse(from)) / DAY_MS + 1;
  if (days < 1 || days > DAYS_MAX)
    return [mistake('DATE_OUT_OF_RANGE', ['through'], `Send 1 to ${DAYS_MAX} days.`)];
  if (from <= today) return [];
  return [mistake('DATE_OUT_OF_RANGE', ['from'], `Up to ${today}.`)];
}

function checkStratum(stratum: Stratum, at: readonly string[]): readonly UserError[] {
  const { name, credit, verification, sharePermille } = stratum;
  const errors: UserError[] = [];
  if (!STRATUM_NAME.test(name))
    errors.push(
      mistake('MALFORMED_VALUE', [...at, 'name'], 'Send 1 to 40 letters or digits, - or _.'),
    );
  if (sharePermille < 0 || sharePermille > PERMILLE)
    errors.push(mistake('MALFORMED_VALUE', [...at, 'sharePermille'], 'Send 0 to 1000.'));
  if (credit?.length === 0 || verification?.length === 0)
    errors.push(mistake('MALFORMED_VALUE', at, 'Leave out what shall not divide.'));
  return errors;
}

/** Nobody falls through the strata: what is not drawn has a share of zero that all can read. */
function checkLast(last: Stratum | undefined): readonly UserError[] {
  if (last === undefined || (last.credit === null && last.verification === null)) return [];
  return [mistake('CLAIM_MISSING', ['strata'], 'Let the last stratum take in whatever is left.')];
}
