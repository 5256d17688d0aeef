import { INVISIBLE, isBlank } from './text.ts';

/** A calendar day in Asia/Shanghai, `YYYY-MM-DD`. Compares correctly as text. */
export type BusinessDate = string & { readonly __brand: 'BusinessDate' };

/** What a text or number says as a date. */
export type ParsedDate =
  | { readonly kind: 'DATE'; readonly date: BusinessDate }
  /** 长期: no end. */
  | { readonly kind: 'LONG_TERM' }
  /** Blank, a placeholder, or an all-zero date. */
  | { readonly kind: 'ABSENT' }
  | { readonly kind: 'BAD_DATE' };

/** What a date says. At the end of a validity, 2099-12-31 is how some sources write 长期. */
export type DateRole = 'VALIDITY_END' | 'OTHER';

const YEAR_MIN = 1800;
const TEXT_LENGTH_MAX = 64;
const LONG_TERM_WORDS = new Set(['长期', '永久', '长期有效', '永久有效', '无固定期限', '永续']);

const OFFSET = String.raw`(Z|[+-]\d{2}:?\d{2})`;
const SECONDS = String.raw`(?::(\d{2})(?:[.,]\d{1,9})?)`;
const TIME = String.raw`(?:[T ]?(\d{1,2}):(\d{2})${SECONDS}?\s?${OFFSET}?)?`;
const SEPARATED = new RegExp(String.raw`^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})${TIME}$`, 'u');
const CHINESE = new RegExp(String.raw`^(\d{4})年(\d{1,2})月(\d{1,2})[日号]${TIME}$`, 'u');
const COMPACT = /^(\d{4})(\d{2})(\d{2})(?:\d{6}(?:\d{3})?)?$/u;
const NUMERALS = /^([零〇○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月(.{1,4})[日号]$/u;

/**
 * Reads every form in which sources write a day: ISO, with slashes or dots, 2021年2月9日, Chinese
 * numerals, compact, with a time, and milliseconds since 1970. A time with an offset is turned
 * into the day in Asia/Shanghai; one without is local. What is no day is BAD_DATE, never a guess.
 */
export function parseDate(
  input: string | number | null,
  { role }: { readonly role: DateRole },
): ParsedDate {
  if (input === null) return ABSENT;
  const text = typeof input === 'number' ? String(input) : input;
  if (text.length > TEXT_LENGTH_MAX) return BAD_DATE;
  if (isBlank(text)) return ABSENT;

  const plain = text.normalize('NFKC').trim().replace(/\s+/gu, ' ');
  const dense = plain.replace(INVISIBLE, '');
  if (LONG_TERM_WORDS.has(dense)) return LONG_TERM;
  if (/^0{4}[-/.]?0{1,2}[-/.]?0{1,2}(?:\D|$)/u.test(dense)) return ABSENT;

  const date = ofEpoch(dense) ?? ofCompact(dense) ?? ofParts(plain) ?? ofNumerals(dense);
  if (date === null) return BAD_DATE;
  const isLongTerm = date.startsWith('9999') || (role === 'VALIDITY_END' && date === '2099-12-31');
  return isLongTerm ? LONG_TERM : { kind: 'DATE', date };
}

const ABSENT: ParsedDate = { kind: 'ABSENT' };
const BAD_DATE: ParsedDate = { kind: 'BAD_DATE' };
const LONG_TERM: ParsedDate = { kind: 'LONG_TERM' };

/** `YYYY-MM-DD` and nothing else. Null for a day that does not exist. */
export function parseBusinessDate(text: string): BusinessDate | null {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(text) ?? [];
  return year === undefined || month === undefined || day === undefined
    ? null
    : parseCalendarDay(year, month, day);
}

/** A day from its three numbers in digits. Null when it does not exist, or is before 1800. */
export function parseCalendarDay(year: string, month: string, day: string): BusinessDate | null {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const exists = y >= YEAR_MIN && y <= 9999 && m >= 1 && m <= 12 && d >= 1 && d <= daysIn(y, m);
  if (!exists) return null;
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` as BusinessDate;
}

/**
 * The zone's history counts: midnight of a summer day from 1986 to 1991, as a database wrote it
 * then, is 15:00 UTC, and a fixed offset of eight hours would make it the day before.
 */
const SHANGHAI_DAY = new Intl.DateTimeFormat('en-u-ca-iso8601', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

const EPOCH_MS_MIN = Date.UTC(1000, 0, 2);
const EPOCH_MS_MAX = Date.UTC(9999, 11, 31);

/**
 * The calendar day in Asia/Shanghai, from milliseconds since 1970. Null outside the years 1000
 * to 9999, whose days have no four digits.
 */
export function businessDateOfEpoch(epochMs: number): BusinessDate | null {
  if (!(epochMs >= EPOCH_MS_MIN && epochMs <= EPOCH_MS_MAX)) return null;
  const parts = SHANGHAI_DAY.formatToParts(epochMs);
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}` as BusinessDate;
}

/** From the first to the last valid day. */
export interface Validity {
  /** Null when the source does not tell: then it counts as begun. */
  readonly from: BusinessDate | null;
  /** Last valid day, inclusive. Null means long-term. */
  readonly until: BusinessDate | null;
}

/** Whether a validity covers a day, first and last day included. */
export function statusOnDate(
  { from, until }: Validity,
  on: BusinessDate,
): 'VALID' | 'EXPIRED' | 'NOT_YET_VALID' {
  if (until !== null && until < on) return 'EXPIRED';
  return from !== null && on < from ? 'NOT_YET_VALID' : 'VALID';
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return isLeap ? 29 : 28;
}

/**
 * Milliseconds have 11 to 13 or 15 digits (15 is the year 9999), or a minus; 14 digits are a day
 * and a time. Neither seconds are read, nor 12 digits that may be a day with hour and minute.
 */
function ofEpoch(text: string): BusinessDate | null {
  if (!/^(?:\d{11,13}|\d{15}|-\d{9,14})$/u.test(text)) return null;
  if (text.length === 12 && isCompactMinute(text)) return null;
  return businessDateOfEpoch(Number(text));
}

/**
 * Twelve digits may be `yyyymmddhhmm`, and then say nothing certain. No register writes a year from
 * 2200 to 9998, so that those are milliseconds of the years 1976 to 2001; 9999 stands for 长期.
 */
function isCompactMinute(text: string): boolean {
  const isFar = text >= '2200' && text < '9999';
  return !isFar && ofCompact(`${text}00`) !== null;
}

function ofCompact(text: string): BusinessDate | null {
  const [, year, month, day] = COMPACT.exec(text) ?? [];
  return year === undefined || month === undefined || day === undefined
    ? null
    : parseCalendarDay(year, month, day);
}

function ofParts(text: string): BusinessDate | null {
  const match = SEPARATED.exec(tighten(text)) ?? CHINESE.exec(tighten(text));
  if (match === null) return null;
  const numbers = match.slice(1).filter((part: string | undefined) => /^\d+$/u.test(part ?? ''));
  const [year, month, day, hour = '0', minute = '0', second = '0'] = numbers;
  if (year === undefined || month === undefined || day === undefined) return null;
  if (Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) return null;

  const date = parseCalendarDay(year, month, day);
  const offset = match.at(-1);
  if (date === null || offset === undefined) return date;
  const zone = offset === 'Z' ? 'Z' : `${offset.slice(0, 3)}:${offset.slice(-2)}`;
  const time = [hour, minute, second].map((part) => part.padStart(2, '0')).join(':');
  return businessDateOfEpoch(Date.parse(`${date}T${time}${zone}`));
}

/** Spaces around the signs of a date mean nothing; the one before a time does. */
function tighten(text: string): string {
  return text.replace(/ ?([-/.年月:]) ?/gu, '$1').replace(/ (?=[日号])/gu, '');
}

function ofNumerals(text: string): BusinessDate | null {
  const [, year, month, day] = NUMERALS.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return null;
  const digits = [...year].map(digitOf).join('');
  return parseCalendarDay(digits, String(numberOf(month)), String(numberOf(day)));
}

function digitOf(numeral: string): number {
  return '○〇零'.includes(numeral) ? 0 : '一二三四五六七八九'.indexOf(numeral) + 1;
}

/** 九 is 9, 十 10, 十二 12, 二十 20, 三十一 31. Malformed numerals give a number that is no day. */
function numberOf(numerals: string): number {
  const written = numerals.replace('廿', '二十').replace('卅', '三十');
  const [tens = '', ones, ...rest] = written.split('十');
  if (ones === undefined) return tens.length === 1 ? digitOf(tens) : 0;
  if (rest.length > 0 || tens.length > 1 || ones.length > 1) return 0;
  return (tens === '' ? 1 : digitOf(tens)) * 10 + (ones === '' ? 0 : digitOf(ones));
}
