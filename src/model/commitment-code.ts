import type { BusinessDate } from './business-date.ts';

/** Commitments that one region can number in a day. */
export const SERIAL_MAX = 999_999;

/**
 * 承诺编码 as the national collection template has it: six digits of the region of acceptance, the
 * day of the commitment as `yyyymmdd`, a serial of six digits. `370800` on 2021-02-09, serial 1:
 * `37080020210209000001`.
 *
 * @throws {RangeError} when the serial is not 1 to 999,999.
 */
export function commitmentCode(regionCode: string, day: BusinessDate, serial: number): string {
  if (!Number.isInteger(serial) || serial < 1 || serial > SERIAL_MAX)
    throw new RangeError(`a serial is 1 to ${SERIAL_MAX}`);
  return `${regionCode}${day.replaceAll('-', '')}${String(serial).padStart(6, '0')}`;
}
