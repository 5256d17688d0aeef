import type { DialectName } from './statement.ts';
import type { Wire } from './wire.ts';

const LOCK_MS_MAX = 1_000;
/** A reader that keeps a page for longer than this loses its snapshot and has to resume. */
const IDLE_MS_MAX = 120_000;
/** MySQL knows zones by offset without its tables of zones; China has one since 1991. */
const OFFSET = '+08:00';

/** What is said once on each connection, before anything is asked. */
export function setupCommands(dialect: DialectName): readonly string[] {
  if (dialect === 'postgresql') {
    return [
      [
        "set timezone = 'Asia/Shanghai'",
        "set datestyle = 'ISO, YMD'",
        'set standard_conforming_strings = on',
        `set lock_timeout = ${LOCK_MS_MAX}`,
        `set idle_in_transaction_session_timeout = ${IDLE_MS_MAX}`,
        'set session characteristics as transaction isolation level repeatable read, read only',
      ].join('; '),
    ];
  }
  return [
    // Modes that change how names, blanks or backslashes are read are switched off.
    `set session sql_mode = 'STRICT_TRANS_TABLES', time_zone = '${OFFSET}'`,
    `set session lock_wait_timeout = ${LOCK_MS_MAX / 1000}`,
    `set session innodb_lock_wait_timeout = ${LOCK_MS_MAX / 1000}`,
    `set session wait_timeout = ${IDLE_MS_MAX / 1000}`,
    'set session transaction isolation level repeatable read',
    'set session transaction read only',
  ];
}

/** Begins one read-only snapshot, whose every statement the server ends after so long. */
export function beginCommands(
  dialect: DialectName,
  { isMariaDb }: Pick<Wire, 'isMariaDb'>,
  timeoutMs: number,
): readonly string[] {
  if (dialect === 'postgresql') {
    return [
      `begin isolation level repeatable read read only; set local statement_timeout = ${timeoutMs}`,
    ];
  }
  return [
    isMariaDb
      ? `set session max_statement_time = ${timeoutMs / 1000}`
      : `set session max_execution_time = ${timeoutMs}`,
    'start transaction with consistent snapshot, read only',
  ];
}

/** Ends another session of the same login, with the statement it is running. */
export function endSession(dialect: DialectName, id: string): string {
  if (!/^\d{1,20}$/u.test(id)) throw new RangeError('No number of a session.');
  return dialect === 'postgresql' ? `select pg_terminate_backend(${id})` : `kill ${id}`;
}
