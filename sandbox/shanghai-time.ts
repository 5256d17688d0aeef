const OFFSET_MS = 8 * 3_600_000;
const DAY_MS = 24 * 3_600_000;

/** `2026-09-18T06:00:00+08:00`; China has had no daylight saving since 1991. */
export function isoInShanghai(at: number): string {
  return `${new Date(at + OFFSET_MS).toISOString().slice(0, 19)}+08:00`;
}

/** `2026-09-18 06:00:00` of Asia/Shanghai. */
export function textInShanghai(at: number): string {
  return isoInShanghai(at).slice(0, 19).replace('T', ' ');
}

/** The midnight of Asia/Shanghai after `at`, in epoch milliseconds. */
export function nextMidnight(at: number): number {
  return (Math.floor((at + OFFSET_MS) / DAY_MS) + 1) * DAY_MS - OFFSET_MS;
}

/** The last time it was `hour` o'clock in Asia/Shanghai, in epoch milliseconds. */
export function lastTimeAt(hour: number, at: number): number {
  const shift = OFFSET_MS - hour * 3_600_000;
  return Math.floor((at + shift) / DAY_MS) * DAY_MS - shift;
}

/** The midnight of Asia/Shanghai that begins a day `YYYY-MM-DD`, in epoch milliseconds. */
export function midnightOf(day: string): number {
  return Date.parse(`${day}T00:00:00+08:00`);
}
