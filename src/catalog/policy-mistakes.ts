import type { KindPolicy } from '../model/policy-version.ts';
import type { VerificationPolicy } from '../model/policy.ts';
import { mistake, type UserError } from '../model/user-error.ts';

const DAYS_MAX = 250;

/** The working days after the decision belong to that timing, and to it alone. */
export function checkWithin(
  {
    timing,
    withinWorkingDays,
  }: Pick<KindPolicy, 'withinWorkingDays'> & {
    readonly timing: VerificationPolicy['timing'];
  },
  at: readonly string[],
): readonly UserError[] {
  const field = [...at, 'withinWorkingDays'];
  if (timing === 'AFTER_DECISION' && withinWorkingDays === null) return [missing(field)];
  if (timing !== 'AFTER_DECISION' && withinWorkingDays !== null)
    return [mistake('MALFORMED_VALUE', field, 'Only what is verified after the decision has it.')];
  if (withinWorkingDays === null || isWithin(withinWorkingDays, DAYS_MAX)) return [];
  return [mistake('MALFORMED_VALUE', field, `Send 1 to ${DAYS_MAX} working days.`)];
}

/** A mandatory thing that is not there. */
export function missing(field: readonly string[]): UserError {
  return mistake('ELEMENT_MISSING', field, `Send ${field.at(-1) ?? 'it'}: it is mandatory.`);
}

/** What could not be read because nothing was there, said as such. `skip`: names before `given`. */
export function orMissing(error: UserError, given: unknown, skip: number): UserError {
  const found = error.field
    .slice(skip)
    .reduce<unknown>(
      (held, name) =>
        typeof held === 'object' && held !== null
          ? (held as Readonly<Record<string, unknown>>)[name]
          : null,
      given,
    );
  const isEmpty = found === undefined || (Array.isArray(found) && found.length === 0);
  return isEmpty && error.code === 'MALFORMED_VALUE' ? missing(error.field) : error;
}

/** Whether a number is whole and 1 to `max`. */
export function isWithin(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= max;
}
