import pg from 'pg';

import { copyOut } from './copy-out.ts';

/** How a snapshot is opened. */
export interface SnapshotOptions {
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** The server ends a statement after so long. */
  readonly statementMsMax: number;
  /** The server ends a snapshot that nobody asks anything for so long. */
  readonly idleMsMax: number;
  /** Name of a snapshot that another connection has exported and holds open. Null for a new one. */
  readonly snapshotId: string | null;
  /** Aborting ends what is running, at the server too, and the connection. */
  readonly signal: AbortSignal;
}

/**
 * What a PostgreSQL database held at one moment. All values arrive as text. After a statement that
 * failed it is of no further use.
 */
export interface Snapshot {
  /** By column; placeholders are `$1` and so on. */
  rows(
    text: string,
    values: readonly (string | null)[],
  ): Promise<readonly Readonly<Record<string, string | null>>[]>;
  /** Bytes of `copy (select …) to stdout (format binary)`; see `copyOut` for `take`. */
  copy(
    text: string,
    values: readonly (string | null)[],
    take: (chunk: Buffer) => void,
  ): Promise<void>;
  /** A name by which other connections read the same snapshot, for as long as this one is open. */
  share(): Promise<string>;
  /** Never throws. May be called twice. */
  end(): Promise<void>;
}

const CONNECT_MS_MAX = 5_000;
/** How much longer than the server the client waits before it calls the network dead. */
const ANSWER_MARGIN_MS = 1_000;

/**
 * Opens a connection of its own in one transaction, REPEATABLE READ and READ ONLY, in UTC and with
 * ISO days. Nothing of it runs in parallel workers, so that reading costs a source one core.
 *
 * @throws {Error} of PostgreSQL or of the network.
 */
export async function openSnapshot(url: string, options: SnapshotOptions): Promise<Snapshot> {
  const { signal, applicationName, statementMsMax } = options;
  signal.throwIfAborted();
  const client = new pg.Client({
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    query_timeout: statementMsMax + ANSWER_MARGIN_MS,
    keepAlive: true,
    types: { getTypeParser: () => (text: string) => text },
  });
  // A connection that dies fails the query that is under way; without this it ends the process.
  client.on('error', () => undefined);
  const abort = (): void => void drop(client, url);
  signal.addEventListener('abort', abort, { once: true });
  const end = async (): Promise<void> => {
    signal.removeEventListener('abort', abort);
    await client.end().catch(() => undefined);
  };
  try {
    await client.connect();
    for (const text of setupOf(options)) await client.query(text);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    async rows(text, values) {
      signal.throwIfAborted();
      const answer = await client.query<Record<string, string | null>>(text, [...values]);
      return answer.rows;
    },
    async copy(text, values, take) {
      signal.throwIfAborted();
      const bound = text.replaceAll(/\$(\d+)/gu, (_, place: string) => {
        const value = values[Number(place) - 1] ?? null;
        return value === null ? 'null' : client.escapeLiteral(value);
      });
      await copyOut(client, `copy (${bound}) to stdout (format binary)`, take);
    },
    async share() {
      const { rows } = await client.query<{ id: string }>('select pg_export_snapshot() as id');
      return rows[0]?.id ?? '';
    },
    end,
  };
}

function setupOf({ statementMsMax, idleMsMax, snapshotId }: SnapshotOptions): readonly string[] {
  if (snapshotId !== null && !/^[0-9A-Fa-f-]{1,64}$/u.test(snapshotId))
    throw new RangeError('No name of a snapshot.');
  const settings = [
    `set statement_timeout = ${statementMsMax}`,
    `set idle_in_transaction_session_timeout = ${idleMsMax}`,
    "set timezone = 'UTC'",
    "set datestyle = 'ISO, YMD'",
    'set standard_conforming_strings = on',
    'set max_parallel_workers_per_gather = 0',
    'set jit = off',
  ];
  const begin = 'begin isolation level repeatable read read only';
  return [
    settings.join('; '),
    begin,
    // The snapshot is taken by the first statement, so it is taken now.
    snapshotId === null ? 'select 1' : `set transaction snapshot '${snapshotId}'`,
  ];
}

/** Tells the server, which would not notice by itself while it computes, and frees the socket. */
async function drop(client: pg.Client, url: string): Promise<void> {
  const { processID } = client as unknown as { readonly processID: number | null };
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } };
  connection.stream.destroy();
  if (processID === null) return;
  const ender = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS_MAX });
  ender.on('error', () => undefined);
  try {
    await ender.connect();
    await ender.query('select pg_terminate_backend($1)', [processID]);
  } catch {
    // The server's own limit of time ends the statement.
  } finally {
    await ender.end().catch(() => undefined);
  }
}
