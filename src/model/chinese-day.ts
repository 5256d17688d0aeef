import type { BusinessDate } from './business-date.ts';

/** A day as administrative texts write it, without leading zeros: 2026年9月8日 (GB/T 9704-2012). */
export function chineseDay(day: BusinessDate): string {
  const [year = '', month = '', date = ''] = day.split('-');
  return `${Number(year)}年${Number(month)}月${Number(date)}日`;
}
