import type { Agency } from '../model/agency.ts';
import {
  pairOf,
  type ComparedCollections,
  type CrossCheckDefinition,
  type CrossCheckPlanning,
  type DayWindow,
} from '../model/cross-check.ts';
import { isHourlyAtMost, parseCron } from '../model/cron-slots.ts';
import { refuseTerms } from '../model/freshness-plan.ts';
import { checkLength, mistake, type UserError } from '../model/user-error.ts';

/** A definition as an operator sends it. */
export interface DefineCrossCheck extends CrossCheckDefinition {
  readonly key: string;
  /** The version that was read. Null for a new one. */
  readonly version: number | null;
}

const KEY = /^[a-z][a-z0-9-]{2,63}$/u;
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d$/u;
const TITLE_LENGTH_MAX = 100;
const FIELDS_MAX = 8;
const WEIGHTS_MAX = 100;
const SAMPLE_MAX = 10_000;

/** What is wrong with a definition, field by field. `subjects`: how many there would be now. */
export function checkDefinition(
  input: DefineCrossCheck,
  about: {
    readonly owner: Agency | null;
    readonly subjects: number;
    /** Sides whose source hands over nothing of the kind. */
    readonly unfit: readonly (keyof ComparedCollections)[];
  },
): readonly UserError[] {
  return [
    ...(KEY.test(input.key)
      ? []
      : [malformed(['key'], 'Send small letters, digits and hyphens, 3 to 64.')]),
    ...checkLength(input.title, ['title'], TITLE_LENGTH_MAX),
    ...checkPair(input),
    ...checkCollections(input, about.unfit),
    ...checkCron(input.cron),
    ...checkWindow(input.window),
    ...checkNumber(input.hoursMax, ['hoursMax'], [1, 48]),
    ...checkNumber(input.evidenceHoursMax, ['evidenceHoursMax'], [0, 24]),
    ...checkNumber(input.settleMinutes, ['settleMinutes'], [0, 1_440]),
    ...checkNumber(input.dueWorkingDays, ['dueWorkingDays'], [1, 60]),
    ...checkAcknowledged(input),
    ...checkThresholds(input),
    ...checkWeights(input),
    ...checkPlanning(input, about.subjects),
    ...(input.ownerCode !== null && about.owner === null
      ? [mistake('UNKNOWN_AGENCY', ['ownerCode'], 'No agency is registered under this code.')]
      : []),
  ];
}

function checkPair(input: DefineCrossCheck): readonly UserError[] {
  const { left, right, keys, fields, strategy } = input;
  const pair = pairOf(left, right);
  if (pair === null) return [malformed(['right'], `${left} cannot be compared with ${right}.`)];
  const isKnown = keys.length === pair.keys.length && pair.keys.every((one) => keys.includes(one));
  const names = fields.map(({ field }) => field);
  return [
    ...(isKnown ? [] : [malformed(['keys'], `These two are known by ${pair.keys.join(' and ')}.`)]),
    ...(pair.strategies.includes(strategy)
      ? []
      : [malformed(['strategy'], `These two are compared ${pair.strategies.join(' or ')}.`)]),
    ...(fields.length === 0 || fields.length > FIELDS_MAX
      ? [malformed(['fields'], `Send 1 to ${FIELDS_MAX}.`)]
      : []),
    ...fields.flatMap(({ field, rule }, index) => {
      const at = ['fields', String(index)];
      if (names.indexOf(field) !== index)
        return [malformed([...at, 'field'], `${field} is named twice.`)];
      const wanted = pair.rules[field];
      if (wanted === undefined) {
        const known = Object.keys(pair.rules).join(', ');
        return [mistake('FIELD_NOT_COMPARED', [...at, 'field'], `Compared can be ${known}.`)];
      }
      if (wanted === rule) return [];
      return [malformed([...at, 'rule'], `${field} is compared by ${wanted} here.`)];
    }),
  ];
}

function checkCollections(
  { strategy, collections, ownerCode }: DefineCrossCheck,
  unfit: readonly (keyof ComparedCollections)[],
): readonly UserError[] {
  if (strategy !== 'WHOLE_COLLECTIONS')
    return collections === null
      ? []
      : [malformed(['collections'], 'Leave it empty: sources are asked record by record.')];
  if (collections === null)
    return [malformed(['collections'], 'Name the sources that hand over what is compared.')];
  const owner =
    ownerCode === null
      ? [malformed(['ownerCode'], 'Name who looks into records: they are of no commitment.')]
      : [];
  return [
    ...owner,
    ...unfit.map((side) =>
      mistake(
        'UNKNOWN_SOURCE',
        ['collections', side],
        'Name a source in use that hands over such records in passes.',
      ),
    ),
  ];
}

function checkCron(text: string): readonly UserError[] {
  const schedule = parseCron(text);
  if (schedule === null)
    return [malformed(['cron'], 'Send minute, hour, day, month and weekday, e.g. `30 22 * * *`.')];
  if (isHourlyAtMost(schedule)) return [];
  return [malformed(['cron'], 'Name one minute: at most one run in an hour.')];
}

function checkWindow(window: DayWindow | null): readonly UserError[] {
  if (window === null) return [];
  return (['from', 'until'] as const).flatMap((end) =>
    TIME.test(window[end]) ? [] : [malformed(['window', end], 'Send `HH:MM`, 00:00 to 23:59.')],
  );
}

function checkAcknowledged({ right, acknowledgedWithin }: DefineCrossCheck): readonly UserError[] {
  const field = ['acknowledgedWithin'];
  const isCompared = right === 'CREDIT_ACKNOWLEDGMENTS';
  if (!isCompared)
    return acknowledgedWithin === null
      ? []
      : [malformed(field, 'Leave it empty: nothing is acknowledged here.')];
  return checkNumber(acknowledgedWithin ?? NaN, field, [0, 30]);
}

function checkThresholds({ thresholds }: DefineCrossCheck): readonly UserError[] {
  const { warnShare, holdShare, countedMin } = thresholds;
  const isShare = (one: number): boolean => one >= 0 && one <= 1;
  const shares = (['warnShare', 'holdShare'] as const).flatMap((name) =>
    isShare(thresholds[name]) ? [] : [malformed(['thresholds', name], 'Send 0 to 1.')],
  );
  const isInOrder = shares.length > 0 || warnShare <= holdShare;
  return [
    ...shares,
    ...(isInOrder
      ? []
      : [malformed(['thresholds', 'holdShare'], 'A run warns before it is held: send more.')]),
    ...checkNumber(countedMin, ['thresholds', 'countedMin'], [1, 10_000]),
  ];
}

function checkWeights({ weights }: DefineCrossCheck): readonly UserError[] {
  if (weights.length > WEIGHTS_MAX)
    return [mistake('TOO_MANY', ['weights'], `Send at most ${WEIGHTS_MAX}.`)];
  const codes = weights.map(({ matterCode }) => matterCode);
  return weights.flatMap(({ matterCode, hazard, consequence }, index) => {
    const at = ['weights', String(index)];
    return [
      ...(codes.indexOf(matterCode) === index
        ? []
        : [malformed([...at, 'matterCode'], 'This matter is named twice.')]),
      ...checkNumber(hazard, [...at, 'hazard'], [1, 5]),
      ...checkNumber(consequence, [...at, 'consequence'], [1, 5]),
    ];
  });
}

function checkPlanning(
  { strategy, planning }: DefineCrossCheck,
  subjects: number,
): readonly UserError[] {
  if (strategy !== 'BY_DEADLINE')
    return planning === null ? [] : [malformed(['planning'], 'Only BY_DEADLINE is planned.')];
  if (planning === null) return [malformed(['planning'], 'BY_DEADLINE needs quota and staleness.')];
  const errors = [
    ...checkNumber(planning.quotaPerDay, ['planning', 'quotaPerDay'], [1, 10_000_000]),
    ...checkReserve(planning),
    ...checkNumber(planning.stalenessDaysMax, ['planning', 'stalenessDaysMax'], [1, 366]),
    ...checkNumber(planning.samplePerNight, ['planning', 'samplePerNight'], [0, SAMPLE_MAX]),
  ];
  if (errors.length > 0) return errors;
  const arithmetic = refuseTerms(subjects, planning);
  if (arithmetic === null) return [];
  return [mistake('QUOTA_TOO_SMALL', ['planning', 'quotaPerDay'], arithmetic)];
}

function checkReserve({ reserveShare }: CrossCheckPlanning): readonly UserError[] {
  if (reserveShare >= 0.2 && reserveShare <= 0.3) return [];
  return [malformed(['planning', 'reserveShare'], 'Keep 0.2 to 0.3 for counters.')];
}

function checkNumber(
  value: number,
  field: readonly string[],
  [low, high]: readonly [number, number],
): readonly UserError[] {
  if (Number.isInteger(value) && value >= low && value <= high) return [];
  return [malformed(field, `Send a whole number from ${low} to ${high}.`)];
}

function malformed(field: readonly string[], message: string): UserError {
  return mistake('MALFORMED_VALUE', field, message);
}
