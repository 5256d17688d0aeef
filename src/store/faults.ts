import { isNativeError } from 'node:util/types';

import knex from 'knex';

import { HubError } from '../errors.ts';
import { codeOf } from './error-code.ts';

/** The SQLSTATEs (PostgreSQL, appendix A) that rooms tell apart. */
export const SQLSTATE = {
  uniqueViolation: '23505',
  foreignKeyViolation: '23503',
  checkViolation: '23514',
  notNullViolation: '23502',
  exclusionViolation: '23P01',
  /** Also what the trigger of an append-only table raises. */
  restrictViolation: '23001',
  invalidTextRepresentation: '22P02',
  serializationFailure: '40001',
  deadlockDetected: '40P01',
  lockNotAvailable: '55P03',
  queryCanceled: '57014',
} as const;

/** Connection exception, insufficient resources, operator intervention, system error, internal. */
const UNHEALTHY_CLASSES = ['08', '53', '57', '58', 'XX'];
const UNHEALTHY_STATES: readonly string[] = [
  // A transaction that did nothing for too long and was ended with its connection.
  '25P03',
  // Read-only: a standby after a failover.
  '25006',
  SQLSTATE.lockNotAvailable,
  SQLSTATE.serializationFailure,
  SQLSTATE.deadlockDetected,
];
const NODE_CODES = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
];
const QUERY_TIMEOUT = 'Query read timeout';
// node-postgres gives these no code. Knex writes the statement before them.
const CODELESS = [
  QUERY_TIMEOUT,
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'timeout expired',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
];

/** The SQLSTATE of an error of PostgreSQL. Null for every other error. */
export function sqlStateOf(error: unknown): string | null {
  const code = codeOf(error);
  return code !== null && /^[0-9A-Z]{5}$/.test(code) && !NODE_CODES.includes(code) ? code : null;
}

/**
 * Whether an error says that PostgreSQL cannot be reached or cannot serve now. Then nothing is
 * known of what was asked, and a write may or may not have been made.
 */
export function isStoreUnavailable(error: unknown): boolean {
  if (error instanceof knex.KnexTimeoutError) return true;
  const code = codeOf(error);
  if (code === null)
    return listParts(error).some(isStoreUnavailable) || CODELESS.some(endsIn(error));
  const state = sqlStateOf(error);
  if (state === null) return NODE_CODES.includes(code);
  return UNHEALTHY_STATES.includes(state) || UNHEALTHY_CLASSES.includes(state.slice(0, 2));
}

/** STORE_UNAVAILABLE for an error that says so; null for any other, which is a bug. */
export function toStoreFault(error: unknown): HubError | null {
  return isStoreUnavailable(error) ? new HubError('STORE_UNAVAILABLE', { cause: error }) : null;
}

/** Whether the client stopped waiting for an answer that the server never sent. */
export function isQueryTimeout(error: unknown): boolean {
  return codeOf(error) === null && endsIn(error)(QUERY_TIMEOUT);
}

/** The failures of one connection to each address of a host. */
function listParts(error: unknown): readonly unknown[] {
  if (typeof error !== 'object' || error === null || !('errors' in error)) return [];
  return Array.isArray(error.errors) ? error.errors : [];
}

function endsIn(error: unknown): (text: string) => boolean {
  if (!isNativeError(error)) return () => false;
  const { message } = error;
  return (text) => message === text || message.endsWith(` - ${text}`);
}

/**
 * A room whose functions fail with STORE_UNAVAILABLE where the database could not be reached, so
 * that no caller has to know what a pool throws.
 */
export function withStoreFaults<T extends object>(room: T): T {
  const guarded = Object.entries(room).map(([name, member]: [string, unknown]) => {
    if (typeof member !== 'function') return [name, member] as const;
    const guard = async (...args: readonly unknown[]): Promise<unknown> => {
      try {
        return (await Reflect.apply(member, room, args)) as unknown;
      } catch (error) {
        throw toStoreFault(error) ?? error;
      }
    };
    return [name, guard] as const;
  });
  return Object.fromEntries(guarded) as T;
}
