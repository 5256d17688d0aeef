import { HubError } from '../../errors.ts';
import { codeOfError } from '../error-code.ts';
import { sourceFault, type SourceFaultCode } from '../fault.ts';
import { readNetworkError } from '../network-fault.ts';

type Meaning = readonly [code: SourceFaultCode, reason: string];

/** SQLSTATE of PostgreSQL, appendix A; a class of two characters for what is not named. */
const STATES: Readonly<Record<string, Meaning>> = {
  '28P01': ['SOURCE_UNAUTHORIZED', 'PASSWORD'],
  '28000': ['SOURCE_UNAUTHORIZED', 'LOGIN'],
  '42501': ['SOURCE_UNAUTHORIZED', 'PERMISSION'],
  '57014': ['SOURCE_TIMEOUT', 'STATEMENT'],
  '55P03': ['SOURCE_TIMEOUT', 'LOCK'],
  '25P03': ['SOURCE_TIMEOUT', 'IDLE'],
  '42P01': ['SOURCE_SCHEMA_DRIFT', 'TABLE_MISSING'],
  '3F000': ['SOURCE_SCHEMA_DRIFT', 'TABLE_MISSING'],
  '42703': ['SOURCE_SCHEMA_DRIFT', 'COLUMN_MISSING'],
  '3D000': ['SOURCE_SCHEMA_DRIFT', 'DATABASE_MISSING'],
  '53300': ['SOURCE_UNREACHABLE', 'TOO_MANY_CONNECTIONS'],
  '25006': ['SOURCE_UNSUPPORTED', 'WRITES'],
  '08': ['SOURCE_UNREACHABLE', 'RESET'],
  '22': ['SOURCE_SCHEMA_DRIFT', 'COLUMN_TYPE'],
  '40': ['SOURCE_UNREACHABLE', 'CONFLICT'],
  '42': ['SOURCE_SCHEMA_DRIFT', 'COLUMN_TYPE'],
  '53': ['SOURCE_UNREACHABLE', 'EXHAUSTED'],
  '57': ['SOURCE_UNREACHABLE', 'SHUTTING_DOWN'],
};

/** Error numbers of MySQL and MariaDB. */
const NUMBERS: Readonly<Record<number, Meaning>> = {
  1040: ['SOURCE_UNREACHABLE', 'TOO_MANY_CONNECTIONS'],
  1044: ['SOURCE_UNAUTHORIZED', 'PERMISSION'],
  1045: ['SOURCE_UNAUTHORIZED', 'PASSWORD'],
  1049: ['SOURCE_SCHEMA_DRIFT', 'DATABASE_MISSING'],
  1053: ['SOURCE_UNREACHABLE', 'SHUTTING_DOWN'],
  1054: ['SOURCE_SCHEMA_DRIFT', 'COLUMN_MISSING'],
  1129: ['SOURCE_UNAUTHORIZED', 'HOST'],
  1130: ['SOURCE_UNAUTHORIZED', 'HOST'],
  1142: ['SOURCE_UNAUTHORIZED', 'PERMISSION'],
  1143: ['SOURCE_UNAUTHORIZED', 'PERMISSION'],
  1146: ['SOURCE_SCHEMA_DRIFT', 'TABLE_MISSING'],
  1203: ['SOURCE_UNREACHABLE', 'TOO_MANY_CONNECTIONS'],
  1205: ['SOURCE_TIMEOUT', 'LOCK'],
  1213: ['SOURCE_UNREACHABLE', 'CONFLICT'],
  1226: ['SOURCE_QUOTA_EXHAUSTED', 'USER_LIMIT'],
  1227: ['SOURCE_UNAUTHORIZED', 'PERMISSION'],
  1251: ['SOURCE_UNAUTHORIZED', 'LOGIN'],
  1317: ['SOURCE_TIMEOUT', 'STATEMENT'],
  1356: ['SOURCE_SCHEMA_DRIFT', 'TABLE_MISSING'],
  1370: ['SOURCE_UNAUTHORIZED', 'PERMISSION'],
  1698: ['SOURCE_UNAUTHORIZED', 'LOGIN'],
  1792: ['SOURCE_UNSUPPORTED', 'WRITES'],
  1820: ['SOURCE_UNAUTHORIZED', 'PASSWORD_EXPIRED'],
  1862: ['SOURCE_UNAUTHORIZED', 'PASSWORD_EXPIRED'],
  1927: ['SOURCE_UNREACHABLE', 'RESET'],
  1969: ['SOURCE_TIMEOUT', 'STATEMENT'],
  3024: ['SOURCE_TIMEOUT', 'STATEMENT'],
  3118: ['SOURCE_UNAUTHORIZED', 'LOCKED'],
  4151: ['SOURCE_UNAUTHORIZED', 'LOCKED'],
};

/** Codes of the MySQL driver itself. */
const DRIVER_CODES: Readonly<Record<string, Meaning>> = {
  PROTOCOL_CONNECTION_LOST: ['SOURCE_UNREACHABLE', 'RESET'],
  PROTOCOL_SEQUENCE_TIMEOUT: ['SOURCE_TIMEOUT', 'DEADLINE'],
  HANDSHAKE_NO_SSL_SUPPORT: ['SOURCE_UNREACHABLE', 'TLS_PROTOCOL'],
  HANDSHAKE_SSL_ERROR: ['SOURCE_UNREACHABLE', 'TLS_PROTOCOL'],
  AUTH_SWITCH_PLUGIN_ERROR: ['SOURCE_UNAUTHORIZED', 'LOGIN'],
};

/** node-postgres gives these no code. */
const MESSAGES: readonly (readonly [RegExp, Meaning])[] = [
  [/^timeout expired$/u, ['SOURCE_UNREACHABLE', 'CONNECT_TIMEOUT']],
  [/does not support SSL|error establishing an SSL/u, ['SOURCE_UNREACHABLE', 'TLS_PROTOCOL']],
  [/^Connection terminated|Client was closed|not queryable/u, ['SOURCE_UNREACHABLE', 'RESET']],
  [/closed state|after end|SCRAM|^SASL/u, ['SOURCE_UNAUTHORIZED', 'LOGIN']],
];

/**
 * The fault that an error of a database driver amounts to. Errors of a database quote values and
 * statements, so the error itself is not kept: only its number.
 */
export function readSqlError(error: unknown): HubError {
  if (error instanceof HubError) return error;
  const [code, reason] = meaningOf(error) ?? [];
  const mark = markOf(error);
  const facts = mark === null ? {} : { sqlError: mark };
  if (code !== undefined && reason !== undefined) {
    const hop = code === 'SOURCE_UNREACHABLE' ? 'NETWORK' : 'SOURCE';
    return sourceFault(code, { hop, reason, ...facts });
  }
  const network = readNetworkError(error);
  if (network !== null) return network;
  return sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason: 'PROTOCOL', ...facts });
}

function meaningOf(error: unknown): Meaning | null {
  if (typeof error !== 'object' || error === null) return null;
  const number = 'errno' in error && typeof error.errno === 'number' ? error.errno : null;
  if (number !== null && NUMBERS[number] !== undefined) return NUMBERS[number];
  const code = codeOfError(error);
  if (code !== null) {
    const driver = DRIVER_CODES[code];
    if (driver !== undefined) return driver;
    return isSqlState(error, code) ? (STATES[code] ?? STATES[code.slice(0, 2)] ?? null) : null;
  }
  const message = error instanceof Error || 'message' in error ? String(error.message) : '';
  return MESSAGES.find(([pattern]) => pattern.test(message))?.[1] ?? null;
}

/** The SQLSTATE or the error number. Null for what the database did not say itself. */
function markOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const code = codeOfError(error);
  if (code !== null && isSqlState(error, code)) return code;
  const number = 'errno' in error && typeof error.errno === 'number' ? error.errno : 0;
  return number >= 1000 ? String(number) : null;
}

/** `EPIPE` looks like one, too; only errors of the server have a severity. */
function isSqlState(error: object, code: string): boolean {
  return /^[0-9A-Z]{5}$/u.test(code) && 'severity' in error;
}
