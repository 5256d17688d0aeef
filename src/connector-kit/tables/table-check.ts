import { HubError } from '../../errors.ts';
import type { Clock } from '../../model/clock.ts';
import type { CapabilityName, CheckLine } from '../connector.ts';
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
  /** Test records by capability. Null: there are none. */
  readonly canaries: readonly {
    readonly capability: CapabilityName;
    readonly read: ((signal: AbortSignal) => Promise<void>) | null;
  }[];
}

const SKEW_WARN_MS = 60_000;
const SKEW_FAIL_MS = 600_000;

const ADVICE: Readonly<Record<string, string>> = {
  SOURCE_UNREACHABLE: 'Check host and port, the route to the database and whether it is up.',
  SOURCE_TIMEOUT: 'Check the route to the database, how busy it is, and the indexes of the table.',
  SOURCE_UNAUTHORIZED: 'Check user and password, and that the login may read this.',
  SOURCE_QUOTA_EXHAUSTED: 'Ask for more connections for this login.',
  SOURCE_MALFORMED: 'Check that a database of this kind is listening there.',
  SOURCE_SCHEMA_DRIFT: 'Compare the names of database, tables and columns with what is there.',
  SOURCE_INTEGRITY_FAILED: 'Check the test records.',
  SOURCE_UNSUPPORTED: 'Leave it out, or name the columns it needs.',
};
const TLS_ADVICE = 'Check the certificate of the database and the authority pinned for it.';
const PLAIN_ADVICE = 'Use TLS where the database offers it.';
const CANARY_ADVICE = 'Set a canary, so that absence at this source can mean something.';
const CLOCK_ADVICE = 'Set the clocks of hub and database by the same time server.';

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
  const lines = describeReach(reached, database.isEncrypted);
  const isIn = reached.fault === null;
  lines.push(isIn ? await checkRights(inSession) : line('read-only', { result: 'SKIP' }));
  for (const reading of readings) {
    const probe = `read ${reading.setting.table}`;
    const read = isIn ? await attempt(() => inSession((each) => readOne(each, reading))) : null;
    lines.push(line(probe, read ?? { result: 'SKIP' }));
  }
  for (const { capability, read } of canaries) {
    const probe = `read ${capability}`;
    if (!isIn || read === null) {
      lines.push(line(probe, { result: 'SKIP', advice: isIn ? CANARY_ADVICE : null }));
      continue;
    }
    lines.push(line(probe, await attempt(() => read(signal))));
  }
  return lines;
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

interface Attempt<T> {
  readonly value: T | null;
  readonly fault: HubError | null;
  readonly tookMs: number;
}

async function attempt<T>(run: () => Promise<T>): Promise<Attempt<T>> {
  const startedAt = performance.now();
  const took = (): number => Math.round(performance.now() - startedAt);
  try {
    return { value: await run(), fault: null, tookMs: took() };
  } catch (error) {
    // A check reports whatever happens; a bug shows as a fault without a reason.
    const fault =
      error instanceof HubError
        ? error
        : new HubError('SOURCE_MALFORMED', { details: { hop: 'CONNECTOR' }, cause: error });
    return { value: null, fault, tookMs: took() };
  }
}

function describeReach(reached: Attempt<number | null>, isEncrypted: boolean): CheckLine[] {
  const { fault, value, tookMs } = reached;
  const hop = fault?.details['hop'];
  const isTls = String(fault?.details['reason'] ?? '').startsWith('TLS_');
  const isDown = !isTls && (hop === 'NETWORK' || hop === 'HUB');
  const tls = isTls ? { fault, advice: TLS_ADVICE } : isDown ? { result: 'SKIP' as const } : {};
  return [
    line('network', { fault: isDown ? fault : null, tookMs }),
    line('TLS', isEncrypted ? tls : { result: 'WARN', advice: PLAIN_ADVICE }),
    line('credentials', isDown || isTls ? { result: 'SKIP' } : { fault }),
    describeClock(value),
  ];
}

function describeClock(skewMs: number | null): CheckLine {
  if (skewMs === null) return line('clock', { result: 'SKIP' });
  const far = Math.abs(skewMs);
  if (far < SKEW_WARN_MS) return line('clock', {});
  return line('clock', { result: far < SKEW_FAIL_MS ? 'WARN' : 'FAIL', advice: CLOCK_ADVICE });
}

function line(
  probe: string,
  told: {
    readonly fault?: HubError | null;
    readonly result?: CheckLine['result'];
    readonly advice?: string | null;
    readonly tookMs?: number;
  },
): CheckLine {
  const { fault = null, tookMs = 0 } = told;
  return {
    probe,
    result: told.result ?? (fault === null ? 'PASS' : 'FAIL'),
    code: fault?.code ?? 'OK',
    advice: told.advice ?? (fault === null ? null : (ADVICE[fault.code] ?? null)),
    tookMs,
  };
}
