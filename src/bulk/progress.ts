import type { BulkProgress, BulkState } from '../model/bulk.ts';
import type { Counted } from './report-queries.ts';

const MINUTE_MS = 60_000;
const SECOND_MS = 1_000;

/** How far a list has come, and how long it will take at the pace of the last minute. */
export function progressOf(
  { groups, rejected, lately, since }: Counted,
  { state, now }: { readonly state: BulkState; readonly now: Date },
): BulkProgress {
  const sumOf = (one: Counted['groups'][number]['state']): number =>
    groups.filter((group) => group.state === one).reduce((sum, { rows }) => sum + rows, 0);
  const waiting = sumOf('WAITING');
  // Of a list that has just begun, the minute has not passed yet.
  const passedMs =
    since === null ? MINUTE_MS : Math.max(SECOND_MS, now.getTime() - since.getTime());
  const perMs = state === 'RUNNING' ? lately / passedMs : 0;
  return {
    rows: groups.reduce((sum, { rows }) => sum + rows, 0),
    ...{ waiting, rejected, skipped: sumOf('SKIPPED') },
    verdicts: groups.flatMap(({ verdict_code: verdict, rows }) =>
      verdict === null ? [] : [{ verdict, rows }],
    ),
    rowsPerMinute: Math.round(perMs * MINUTE_MS),
    secondsLeft: perMs === 0 ? null : Math.ceil(waiting / perMs / SECOND_MS),
  };
}
