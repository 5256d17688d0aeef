import mysql from 'mysql2/promise';
import pg from 'pg';

/** The databases that agencies put their exchange tables in. */
export type TableDialect = 'postgresql' | 'mysql';

/** Where a database server is, and a login that may do everything there. */
export interface TableServer {
  readonly dialect: TableDialect;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** A connection of the provider, who writes. */
export interface TableLink {
  /** Runs one statement with `?` for its values; rows by column. */
  run(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  end(): Promise<void>;
}

/** Signs in at one database of a server. */
export async function openTableLink(server: TableServer, database: string): Promise<TableLink> {
  return server.dialect === 'postgresql'
    ? openPostgres(server, database)
    : openMysql(server, database);
}

/** A name as the dialect quotes it. */
export function quote(dialect: TableDialect, name: string): string {
  return dialect === 'postgresql' ? `"${name}"` : `\`${name}\``;
}

async function openPostgres(server: TableServer, database: string): Promise<TableLink> {
  const { host, port, user, password } = server;
  const client = new pg.Client({ host, port, user, password, database });
  client.on('error', () => undefined);
  await client.connect();
  return {
    async run(text, values = []) {
      let at = 0;
      const numbered = text.replace(/\?/gu, () => `$${(at += 1)}`);
      const { rows } = await client.query<Record<string, unknown>>(numbered, [...values]);
      return rows;
    },
    end: () => client.end(),
  };
}

async function openMysql(server: TableServer, database: string): Promise<TableLink> {
  const { host, port, user, password } = server;
  const connection = await mysql.createConnection({
    host,
    port,
    user,
    password,
    database,
    charset: 'utf8mb4',
    dateStrings: true,
  });
  connection.on('error', () => undefined);
  return {
    async run(text, values = []) {
      const [rows] = await connection.query(text, [...values]);
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
    },
    end: () => connection.end(),
  };
}
