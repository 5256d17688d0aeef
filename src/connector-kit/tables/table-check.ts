import type { Clock } from '../../model/clock.ts';
import { attempt, createCheckLines, type ReadProbe } from '../check-lines.ts';
import type { CheckLine } from '../connector.ts';
import { selectShape, shapeOf, type TableReading } from './change-row.ts';
import { instantOf, readStamp } from './change-time.ts';
import { column } from './fragments.ts';
import { listExcessRights } from './login.ts';
import { piece, sql } from './statement.ts';
import { readColumns } from './table-columns.ts';
import type { TableDatabase, TableSession } from './table-database.ts';

/** What a check of a database needs to know. */
export interface TableCheck {
  readonly database: TableDatabase;
  readonly clock: Clock;
  readonly timeoutMs: number;
  readonly readings: readonly TableReading[];
  /** Test records by capability. */
  readonly canaries: readonly ReadProbe[];
}

const BY_FAULT: Readonly<Record<string, string>> = {
  SOURCE_UNREACHABLE: 'Check host and port, the route to the database and whether it is up.',
  SOURCE_TIMEOUT: 'Check the route to the database, how busy it is, and the indexes of the table.',
  SOURCE_UNAUTHORIZED: 'Check user and password, and that the login may read this.',
  SOURCE_QUOTA_EXHAUSTED: 'Ask for more connections for this login.',
  SOURCE_MALFORMED: 'Check that a database of this kind is listening there.',
  SOURCE_SCHEMA_DRIFT: 'Compare the names of database, tables and columns with what is there.',
  SOURCE_INTEGRITY_FAILED: 'Check the test records.',
  SOURCE_UNSUPPORTED: 'Leave it out, or name the columns it needs.',
};
const LINES = createCheckLines({
  byFault: BY_FAULT,
  tls: 'Check the certificate of the database and the authority pinned for it.',
  plain: 'Use TLS where the database offers it.',
  clock: 'Set the clocks of hub and database by the same time server.',
});
const { line } = LINES;

/**
 * Network, TLS, credentials, clock, whether the login can only read, and one line for each table
 * and capability; always by a new connection. Never rejects.
 */
export async function checkTables(
  plan: TableCheck,
  signal: AbortSignal,
): Promise<readonly CheckLine[]> {
  const { database, timeoutMs, readings, canaries } = plan;
  const inSession = <T>(work: (session: TableSession) => Promise<T>): Promise<T> =>
    database.read({ signal, timeoutMs, isFresh: true }, work);
  const reached = await attempt(() => inSession((session) => readSkew(session, plan.clock)));
  const { isEncrypted } = database;
  const lines = LINES.reach(reached, { isEncrypted, skewMs: reached.value });
  const isIn = reached.fault === null;
  lines.push(isIn ? await checkRights(inSession) : line('read-only', { result: 'SKIP' }));
  for (const reading of readings) {
    const probe = `read ${reading.setting.table}`;
    const read = isIn ? await attempt(() => inSession((each) => readOne(each, reading))) : null;
    lines.push(line(probe, read ?? { result: 'SKIP' }));
  }
  return [...lines, ...(await LINES.reads(canaries, { isIn, signal }))];
}

async function readSkew(session: TableSession, clock: Clock): Promise<number | null> {
  const now =
    session.dialect === 'postgresql'
      ? piece("to_char(clock_timestamp(), 'YYYYMMDDHH24MISSUS')")
      : piece("date_format(now(6), '%Y%m%d%H%i%s%f')");
  const [row] = await session.all(sql`select ${now} as now`);
  const stamp = readStamp(row?.['now'] ?? '');
  return stamp === null ? null : instantOf(stamp).getTime() - clock.now().getTime();
}

/** One row with every column that is read of it: names and grants are then known to be right. */
async function readOne(session: TableSession, reading: TableReading): Promise<void> {
  const { table } = reading.setting;
  const columns = await readColumns(session, table);
  const shape = shapeOf(reading);
  shape.read.forEach((name) => columns.get(name));
  await session.all(sql`select ${selectShape(session, shape)} from ${column(table)} limit 1`);
}

async function checkRights(
  inSession: <T>(work: (session: TableSession) => Promise<T>) => Promise<T>,
): Promise<CheckLine> {
  const { value, fault, tookMs } = await attempt(() => inSession(listExcessRights));
  if (fault !== null || value === null) return line('read-only', { fault, tookMs });
  if (value.length === 0) return line('read-only', { tookMs });
  return {
    probe: 'read-only',
    result: 'FAIL',
    code: 'UNSAFE_CONFIGURATION',
    advice: `Use a login that may only read; this one has: ${value.join(', ')}.`,
    tookMs,
  };
}
