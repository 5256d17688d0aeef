import knex, { type Knex } from 'knex';
import pg from 'pg';

export type Database = Knex;
export type Transaction = Knex.Transaction;

// `date` stays a text: a business day has no time zone. `int8` is a number: no count of ours
// leaves the safe range.
pg.types.setTypeParser(pg.types.builtins.DATE, (text) => text);
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => Number(text));

export interface DatabaseOptions {
  readonly connectionsMax: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Default: 5 s, after which the server ends a statement; the client waits 1 s longer. */
  readonly statementTimeoutMs?: number;
}

/**
 * Opens a pool. Nothing connects until the first query. Every wait has an end: for a connection,
 * for a lock, for a statement, and for an answer that a silent network never brings.
 */
export function openDatabase(url: string, options: DatabaseOptions): Database {
  const statementTimeoutMs = options.statementTimeoutMs ?? 5_000;
  return knex({
    client: 'pg',
    connection: {
      connectionString: url,
      application_name: options.applicationName,
      connectionTimeoutMillis: 2_000,
      statement_timeout: statementTimeoutMs,
      query_timeout: statementTimeoutMs + 1_000,
      idle_in_transaction_session_timeout: 10_000,
      keepAlive: true,
    },
    acquireConnectionTimeout: 2_000,
    pool: {
      min: 0,
      max: options.connectionsMax,
      afterCreate(client: pg.Client, done: (error: Error | null, client: pg.Client) => void) {
        // A client that dies while it is checked out would otherwise end the process.
        client.on('error', () => undefined);
        client.query("set timezone = 'UTC'; set lock_timeout = '3s'", (error: Error | null) =>
          done(error, client),
        );
      },
    },
  });
}
