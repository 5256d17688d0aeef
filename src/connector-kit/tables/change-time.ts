import { parseCalendarDay } from '../../model/business-date.ts';
import { isBlank } from '../../model/text.ts';

/**
 * A time by the clocks of Asia/Shanghai, `YYYYMMDDhhmmssffffff`. Compares correctly as text, here
 * and in every database.
 */
export type Stamp = string & { readonly __brand: 'Stamp' };

const LENGTH = 20;
const OFFSET_MS = 8 * 3_600_000;
const TEXT_LENGTH_MAX = 64;

const SEPARATED = new RegExp(
  String.raw`^(\d{4})([-/.年])(\d{1,2})([-/.月])(\d{1,2})日?` +
    String.raw`(?:[T ]?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?)?` +
    String.raw` ?(Z|[+-]\d{2}(?::?\d{2})?)?$`,
  'u',
);
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?: ?(\d{2}):?(\d{2}):?(\d{2})(\d{0,6}))?$/u;
const EPOCH_MS = /^\d{13}$/u;

/**
 * Reads the time of a change in every form in which tables hold one: columns of times and of
 * text, ISO, slashes, dots, 年月日, compact, milliseconds since 1970. Without an offset it is
 * local. Null for blanks and for what is no time, never a guess.
 */
export function parseStamp(held: string | null): Stamp | null {
  if (held === null || held.length > TEXT_LENGTH_MAX || isBlank(held)) return null;
  const text = held.normalize('NFKC').trim();
  if (EPOCH_MS.test(text)) return stampOf(new Date(Number(text)));
  const compact = COMPACT.exec(text);
  if (compact !== null) {
    const [, year, month, day, hour, minute, second, fraction] = compact;
    return build({ year, month, day, hour, minute, second, fraction });
  }
  const separated = SEPARATED.exec(text);
  if (separated === null) return null;
  const [, year, first, month, other, day, hour, minute, second, fraction, offset] = separated;
  if (first === '年' ? other !== '月' : other !== first) return null;
  const stamp = build({ year, month, day, hour, minute, second, fraction });
  return stamp === null || offset === undefined ? stamp : moveToShanghai(stamp, offset);
}

/** The stamp of an instant. */
export function stampOf(instant: Date): Stamp | null {
  const local = new Date(instant.getTime() + OFFSET_MS);
  if (Number.isNaN(local.getTime())) return null;
  const digits = local.toISOString().replace(/\D/gu, '');
  return digits.length === 17 ? (digits.padEnd(LENGTH, '0') as Stamp) : null;
}

/** The instant of a stamp, to the millisecond. */
export function instantOf(stamp: Stamp): Date {
  return new Date(localMilliseconds(stamp) - OFFSET_MS);
}

/** The stamp so many seconds later; earlier when they are negative. */
export function shiftStamp(stamp: Stamp, seconds: number): Stamp {
  const moved = stampOf(new Date(instantOf(stamp).getTime() + seconds * 1_000));
  return moved === null ? stamp : (`${moved.slice(0, 17)}${stamp.slice(17)}` as Stamp);
}

/** As databases take a time: `YYYY-MM-DD hh:mm:ss.ffffff`. */
export function writeTime(stamp: Stamp): string {
  const [, year, month, day, hour, minute, second, fraction] =
    /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{6})$/u.exec(stamp) ?? [];
  return `${year}-${month}-${day} ${hour}:${minute}:${second}.${fraction}`;
}

/** A stamp that was kept as text. Null for any other text. */
export function readStamp(text: string): Stamp | null {
  return /^\d{20}$/u.test(text) ? (text as Stamp) : null;
}

type Part = string | undefined;

interface Parts {
  readonly year: Part;
  readonly month: Part;
  readonly day: Part;
  readonly hour: Part;
  readonly minute: Part;
  readonly second: Part;
  readonly fraction: Part;
}

function build(parts: Parts): Stamp | null {
  const { year = '', month = '', day = '', hour = '0', minute = '0', second = '0' } = parts;
  const date = parseCalendarDay(year, month, day);
  // A leap second and midnight written as 24:00 sort where they belong.
  if (date === null || Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) return null;
  const time = [hour, minute, second].map((part) => part.padStart(2, '0')).join('');
  const fraction = (parts.fraction ?? '').slice(0, 6).padEnd(6, '0');
  return `${date.replaceAll('-', '')}${time}${fraction}` as Stamp;
}

function moveToShanghai(stamp: Stamp, offset: string): Stamp {
  const sign = offset.startsWith('-') ? -1 : 1;
  const digits = offset.replace(/\D/gu, '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return shiftStamp(stamp, 8 * 3_600 - (offset === 'Z' ? 0 : sign * minutes * 60));
}

function localMilliseconds(stamp: Stamp): number {
  const [year, month, day] = [stamp.slice(0, 4), stamp.slice(4, 6), stamp.slice(6, 8)].map(Number);
  const [hour, minute, second] = [8, 10, 12].map((at) => Number(stamp.slice(at, at + 2)));
  const milliseconds = Number(stamp.slice(14, 17));
  const midnight = Date.UTC(year ?? 0, (month ?? 1) - 1, day ?? 1);
  const seconds = ((hour ?? 0) * 60 + (minute ?? 0)) * 60 + (second ?? 0);
  return midnight + seconds * 1_000 + milliseconds;
}
