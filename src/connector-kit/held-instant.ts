import { LosslessNumber } from 'lossless-json';

import { driftFault } from './fault.ts';
import { isBlank } from '../model/text.ts';

const WALL_TIME = /^(\d{4})-?(\d{2})-?(\d{2})(?:[ T]?(\d{2}):?(\d{2}):?(\d{2})(?:\.\d{1,9})?)?$/u;
const ZONED = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/u;
const EPOCH_MS = /^\d{13}$/u;

/**
 * An instant as sources write one: `2026-09-18 06:00:00` or `20260918060000` by the clocks of
 * Asia/Shanghai (which has no daylight saving since 1991), a day for its first moment, ISO 8601
 * with a zone, or epoch milliseconds. Null for nothing and for blanks.
 *
 * @throws {HubError} SOURCE_SCHEMA_DRIFT, reason `BAD_DATE`, for anything else.
 */
export function readInstant(held: unknown, pointer: string): Date | null {
  if (held === null || held === undefined) return null;
  if (typeof held === 'string' && isBlank(held)) return null;
  const text = typeof held === 'number' || held instanceof LosslessNumber ? String(held) : held;
  if (typeof text !== 'string') throw driftFault(pointer, 'BAD_DATE');
  const milliseconds = toEpoch(text.trim());
  if (Number.isNaN(milliseconds)) throw driftFault(pointer, 'BAD_DATE');
  return new Date(milliseconds);
}

function toEpoch(text: string): number {
  if (EPOCH_MS.test(text)) return Number(text);
  if (ZONED.test(text)) return Date.parse(text);
  const [, year, month, day, hour = '00', minute = '00', second = '00'] =
    WALL_TIME.exec(text) ?? [];
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}+08:00`;
  const milliseconds = Date.parse(iso);
  // The 31st of a short month parses to the next one; such a day was never meant.
  const isSame =
    !Number.isNaN(milliseconds) &&
    new Date(milliseconds + 8 * 3_600_000).toISOString().slice(0, 10) === `${year}-${month}-${day}`;
  return isSame ? milliseconds : Number.NaN;
}
