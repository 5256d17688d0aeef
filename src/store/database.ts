import knex, { type Knex } from 'knex';
import pg from 'pg';

import { isQueryTimeout } from './faults.ts';

export type Database = Knex;
export type Transaction = Knex.Transaction;

const CONNECT_MS_MAX = 2_000;
const STATEMENT_MS_MAX = 5_000;
const LOCK_MS_MAX = 3_000;
const IDLE_IN_TRANSACTION_MS_MAX = 10_000;
/** How much longer than the server the client waits before it calls the network dead. */
const ANSWER_MARGIN_MS = 1_000;

// Numbers of PostgreSQL's own types (pg_type.oid), which no release changes.
const DATE: number = pg.types.builtins.DATE;
const INT8: number = pg.types.builtins.INT8;
const INT8_ARRAY = 1016;
const DATE_ARRAY = 1182;
const TEXT_ARRAY: number = 1009;

/** How a pool is opened. */
export interface DatabaseOptions {
  readonly connectionsMax: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Default: 5 s, after which the server ends a statement; the client waits 1 s longer. */
  readonly statementTimeoutMs?: number;
}

/**
 * Opens a pool on PostgreSQL 15 or newer. Nothing connects until the first query. Every wait has an
 * end: 2 s for a connection, 3 s for a lock, 5 s for a statement, 10 s for a transaction that does
 * nothing, 6 s for an answer that a silent network never brings. What ends that way is an error of
 * which `toStoreFault` makes STORE_UNAVAILABLE.
 *
 * A `date` comes back as 'YYYY-MM-DD', a business day without a time zone; an `int8` as a number,
 * and one beyond the safe range as a RangeError instead of a wrong number. Sessions are in UTC.
 * Errors carry the statement with its placeholders, never the values bound to them.
 */
export function openDatabase(url: string, options: DatabaseOptions): Database {
  const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_MS_MAX;
  const clients = new Map<string, pg.Client>();
  const db = knex({
    client: 'pg',
    // What matters of it is thrown too; the default writes to the console.
    log: { debug: ignore, warn: ignore, error: ignore, deprecate: ignore },
    connection: {
      connectionString: url,
      application_name: options.applicationName,
      connectionTimeoutMillis: CONNECT_MS_MAX,
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs + ANSWER_MARGIN_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS_MAX,
      keepAlive: true,
      types: { getTypeParser },
    },
    acquireConnectionTimeout: CONNECT_MS_MAX,
    pool: {
      min: 0,
      max: options.connectionsMax,
      afterCreate(client: PooledClient, done: (error: Error | null, client: pg.Client) => void) {
        // A client that dies while it is checked out would otherwise end the process.
        client.on('error', () => undefined);
        clients.set(client.__knexUid, client);
        client.once('end', () => clients.delete(client.__knexUid));
        const session = `set timezone = 'UTC'; set lock_timeout = ${LOCK_MS_MAX}`;
        client.query(session, (error: Error | null) => done(error, client));
      },
      validate: (client: PooledClient) => clients.has(client.__knexUid),
    },
  });
  // The answer that was waited for in vain may still come, and would delay whatever is asked next
  // on the same connection, the rollback first: the connection is given up with the question.
  db.on('query-error', (error: unknown, { __knexUid }: { __knexUid: string }) => {
    if (!isQueryTimeout(error)) return;
    void clients.get(__knexUid)?.end().catch(ignore);
    clients.delete(__knexUid);
  });
  return db;
}

/** Where the pool connects to. Holds the password: for connecting, not for showing. */
export function connectionStringOf(db: Database): string {
  const { config } = db.client as { config: { connection: { connectionString: string } } };
  return config.connection.connectionString;
}

type PooledClient = pg.Client & { readonly __knexUid: string };

function ignore(): void {
  // Said elsewhere, or about a connection that is being thrown away.
}

function getTypeParser(oid: number, format: string): (text: string) => unknown {
  if (oid === DATE) return (text) => text;
  if (oid === INT8) return parseSafeInteger;
  if (oid === DATE_ARRAY) return parseTexts;
  if (oid === INT8_ARRAY) return parseSafeIntegers;
  return parserOf(oid, format);
}

/** The parser that comes with the driver; its types know fewer numbers than PostgreSQL has. */
function parserOf(oid: number, format: string): (text: string) => unknown {
  const parsers = pg.types as { getTypeParser(oid: number, format: string): Parser };
  return parsers.getTypeParser(oid, format === 'binary' ? 'binary' : 'text');
}

type Parser = (text: string) => unknown;

function parseSafeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new RangeError('An int8 of the database is beyond the integers that can be counted.');
  return value;
}

function parseTexts(text: string): readonly (string | null)[] {
  return parserOf(TEXT_ARRAY, 'text')(text) as readonly (string | null)[];
}

function parseSafeIntegers(text: string): readonly (number | null)[] {
  return parseTexts(text).map((one) => (one === null ? null : parseSafeInteger(one)));
}
