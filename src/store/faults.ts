import knex from 'knex';

import { HubError } from '../errors.ts';

/** SQLSTATE classes that speak of the server's health and not of the statement. */
const UNHEALTHY_CLASSES = ['08', '53', '57', '58', 'XX'];
const UNHEALTHY_STATES = ['25006', '55P03', '40001', '40P01'];
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
// node-postgres gives these no code.
const CODELESS = [
  'Query read timeout',
  'Connection terminated',
  'timeout expired',
  'Client has encountered a connection error',
  'The client is closed',
];

/** Whether an error says that PostgreSQL cannot be reached or cannot serve. */
export function isStoreUnavailable(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isStoreUnavailable);
  if (!(error instanceof Error)) return false;
  if (error instanceof knex.KnexTimeoutError) return true;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  if (code === null) return CODELESS.some((text) => error.message.startsWith(text));
  return (
    NODE_CODES.includes(code) ||
    UNHEALTHY_STATES.includes(code) ||
    (code.length === 5 && UNHEALTHY_CLASSES.some((one) => code.startsWith(one)))
  );
}

/** STORE_UNAVAILABLE for an error that says so; null for any other, which is a bug. */
export function toStoreFault(error: unknown): HubError | null {
  return isStoreUnavailable(error) ? new HubError('STORE_UNAVAILABLE', { cause: error }) : null;
}
