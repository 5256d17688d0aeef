import type { Clock } from '../../model/clock.ts';
import type { CallContext } from '../connector.ts';
import { integrityFault } from '../fault.ts';
import { unsupported } from '../lookup.ts';
import type { ScannedRow, ScanPage, ScanReject, ScanRequest } from '../scan.ts';
import { shapeOf, type Change, type TableReading } from './change-row.ts';
import { instantOf, shiftStamp, stampOf, type Stamp } from './change-time.ts';
import { readPage, type ScanGround } from './page-query.ts';
import {
  laterOf,
  readPosition,
  readWatermark,
  writeMark,
  type Position,
  type Watermark,
} from './scan-position.ts';
import { findReload, printTable, surveyTable, type Reload } from './survey.ts';
import { readColumns } from './table-columns.ts';
import type { TableDatabase, TableSession } from './table-database.ts';
import type { DatabaseSettings } from './table-settings.ts';

/** What a table is scanned with. */
export interface ScanDeps {
  readonly database: TableDatabase;
  readonly settings: Pick<DatabaseSettings, 'pageRows' | 'scanTimeoutMs'>;
  readonly clock: Clock;
}

/** Rows that cannot be named are counted, and told up to here. */
const NAMELESS_MAX = 1_000;

/**
 * The changes of a table since a watermark (增量同步), by one snapshot of the database: what others
 * write meanwhile is shown by the next pass. A pass begins `overlapSeconds` before the newest
 * change of the last one, so that rows committed late are seen; seen twice they do no harm, for
 * `order` decides. A change in the future is put aside (`FUTURE_CHANGE`) and moves nothing.
 *
 * A pass from the beginning shows everything where the table does, and so does one that begins at
 * a full re-load. It is not called `full` when a row had to be put aside, or when the table was
 * changed while the pass was cut off.
 *
 * @throws {HubError} a `SOURCE_…` fault; SOURCE_UNSUPPORTED for a table without a time;
 * SOURCE_INTEGRITY_FAILED, reason `TOO_FEW_ROWS`, for a re-load that would erase too much.
 */
export async function* scanTable(
  deps: ScanDeps,
  reading: TableReading,
  request: Pick<ScanRequest, 'since' | 'resume'>,
  { signal }: Pick<CallContext, 'signal'>,
): AsyncGenerator<ScanPage, void, undefined> {
  const { database, settings, clock } = deps;
  const { pageRows, scanTimeoutMs: timeoutMs } = settings;
  const now = clock.now();
  const futureFrom = futureOf(reading, now);
  const session = await database.open({ signal, timeoutMs });
  try {
    const ground = await readGround(session, reading);
    let { position, rejects } = await beginPass(ground, request, toStamp(now));
    for (;;) {
      const { begin, at, place } = position;
      const page = await readPage(ground, { begin, after: at, pageRows });
      const judged = page.changes.map((change, index) =>
        judgeChange(reading, change, { futureFrom, place: place + index + 1 }),
      );
      const rows = judged.flatMap((each) => ('id' in each ? [each] : []));
      const refused = judged.flatMap((each) => ('id' in each ? [] : [each]));
      const all = [...rejects, ...refused];
      position = {
        ...position,
        at: page.next === null ? null : [...page.next],
        place: place + page.changes.length,
        rejects: position.rejects + refused.length,
      };
      yield writePage(position, { rows, rejects: all, isLast: page.next === null });
      if (page.next === null) return;
      rejects = [];
    }
  } finally {
    await session.end();
  }
}

/** The time from which on a change lies in the future. */
export function futureOf({ setting }: Pick<TableReading, 'setting'>, now: Date): Stamp {
  return shiftStamp(toStamp(now), setting.futureSeconds);
}

function toStamp(now: Date): Stamp {
  const stamp = stampOf(now);
  if (stamp === null) throw new RangeError('The clock shows no year of four digits.');
  return stamp;
}

async function readGround(session: TableSession, reading: TableReading): Promise<ScanGround> {
  const { table, time, id } = reading.setting;
  if (time === null) throw unsupported('NO_TIME_COLUMN');
  const columns = await readColumns(session, table);
  const shape = shapeOf(reading);
  shape.read.forEach((name) => columns.get(name));
  return { session, reading, shape, time: columns.get(time), id: id.map(columns.get) };
}

interface Beginning {
  readonly position: Position;
  readonly rejects: readonly ScanReject[];
}

async function beginPass(
  ground: ScanGround,
  { since, resume }: Pick<ScanRequest, 'since' | 'resume'>,
  now: Stamp,
): Promise<Beginning> {
  const { table } = ground.reading.setting;
  if (resume !== null) {
    const position = readPosition(resume, table);
    const isSame = position.print === null || position.print === (await printTable(ground));
    return { position: { ...position, full: position.full && isSame }, rejects: [] };
  }
  const { overlapSeconds, holds } = ground.reading.setting;
  const last = readWatermark(since);
  const survey = await surveyTable(ground, now);
  const reload = judgeReload(ground.reading, await findReload(ground), { last, now });
  const begin = reload === null ? (last?.at ?? null) : reload.begin;
  // A tolerated clock that is ahead must not move the next pass past what others write meanwhile.
  const newest = survey.newest === null ? null : shiftStamp(survey.newest, -overlapSeconds);
  const end = {
    at: reload === null ? laterOf(newest, last?.at ?? null) : newest,
    reload: reload?.batch ?? last?.reload ?? null,
    ids: reload?.ids ?? survey.ids,
  };
  const full = reload !== null || (begin === null && holds === 'EVERYTHING');
  const rejects = [
    ...refuse(survey.nameless, 0, ground.reading.setting.id[0] ?? null, 'NO_ID'),
    ...refuse(survey.timeless, survey.nameless, ground.time.name, 'BAD_TIME'),
  ];
  const refused = survey.nameless + survey.timeless;
  return {
    rejects,
    position: {
      table,
      pass: `${begin ?? 'ALL'}~${survey.newest ?? 'NONE'}~${end.reload ?? ''}`,
      begin,
      end,
      asOf: survey.newest,
      full,
      print: full ? await printTable(ground) : null,
      rejects: refused,
      place: refused,
      at: null,
    },
  };
}

/**
 * A re-load that is to be read now. Null for one that was read before, and for one that may still
 * be going on.
 *
 * @throws {HubError} SOURCE_INTEGRITY_FAILED, reason `TOO_FEW_ROWS`, where so many ids would be
 * gone that a person should look at it first.
 */
function judgeReload(
  { setting }: TableReading,
  found: Reload | null,
  { last, now }: { readonly last: Watermark | null; readonly now: Stamp },
): Reload | null {
  if (found === null || found.batch === last?.reload) return null;
  const { newest, ids } = found;
  const isSettled = newest !== null && newest <= shiftStamp(now, -setting.reloadAfterSeconds);
  // Everything is read anyway where nothing was read before.
  if (last === null) return isSettled || setting.holds === 'EVERYTHING' ? found : null;
  if (!isSettled) return null;
  if (ids < last.ids * setting.reloadShareMin) throw integrityFault('TOO_FEW_ROWS');
  return found;
}

function refuse(
  count: number,
  after: number,
  field: string | null,
  reason: string,
): readonly ScanReject[] {
  const told = Math.min(count, NAMELESS_MAX);
  return Array.from({ length: told }, (_, at) => ({ place: after + at + 1, field, reason }));
}

/** A change as it is handed over, or why it is not. */
function judgeChange(
  { setting, keysOf }: TableReading,
  change: Change,
  { futureFrom, place }: { readonly futureFrom: Stamp; readonly place: number },
): ScannedRow | ScanReject {
  const { id, about, order, values, tooLong, stamp } = change;
  if (tooLong !== null) return { place, field: tooLong, reason: 'TOO_LONG' };
  if (id === null) return { place, field: setting.id[0] ?? null, reason: 'NO_ID' };
  if (stamp === null) return { place, field: setting.time, reason: 'BAD_TIME' };
  if (stamp > futureFrom) return { place, field: setting.time, reason: 'FUTURE_CHANGE' };
  if (change.change === null) {
    return { place, field: setting.operation, reason: 'UNKNOWN_OPERATION' };
  }
  const keys = change.change === 'PUT' ? keysOf(values) : [];
  return { id, about: about ?? id, keys, change: change.change, order, values };
}

function writePage(
  position: Position,
  page: Pick<ScanPage, 'rows' | 'rejects'> & { readonly isLast: boolean },
): ScanPage {
  const { pass, end, full, rejects, asOf } = position;
  const { isLast } = page;
  return {
    pass,
    rows: page.rows,
    rejects: page.rejects,
    resume: isLast ? null : writeMark(position),
    watermark: isLast ? writeMark(end) : null,
    complete: isLast,
    // What was put aside may be what a question is about: then not everything was shown.
    full: full && !(isLast && rejects > 0),
    asOf: asOf === null ? null : instantOf(asOf),
  };
}
