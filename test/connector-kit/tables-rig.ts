import { afterAll, beforeAll, describe } from '@jest/globals';

import { startTableTwin, type TableDelta, type TableTwin } from '../../sandbox/table-exchange.ts';
import type { TableDialect, TableServer } from '../../sandbox/table-link.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import type { ScanPage } from '../../src/connector-kit/scan.ts';
import type { TableReading } from '../../src/connector-kit/tables/change-row.ts';
import { scanTable } from '../../src/connector-kit/tables/scan-table.ts';
import {
  createTableDatabase,
  type TableDatabase,
} from '../../src/connector-kit/tables/table-database.ts';
import {
  tableSetting,
  type DatabaseSettings,
  type TableSetting,
} from '../../src/connector-kit/tables/table-settings.ts';
import { startMariadb, whyNoMariadb, type MariadbServer } from '../support/mariadb.ts';

/** What the clock of all tests of tables shows. */
export const NOW = new Date('2026-09-18T09:00:00+08:00');
export const CLOCK = { now: () => NOW };

/** Both databases, and a twin in each; closed with the suite. */
export interface TableRig {
  readonly twin: TableTwin;
  readonly server: TableServer;
  readonly database: TableDatabase;
  settings(overrides?: Partial<DatabaseSettings>): DatabaseSettings;
  /** A further one, closed with the suite. */
  connect(overrides?: Partial<DatabaseSettings>, password?: string): TableDatabase;
  reading(setting: Partial<TableSetting> & { readonly table: string }): TableReading;
  scan(
    reading: TableReading,
    options?: {
      readonly since?: string | null;
      readonly resume?: string | null;
      readonly pages?: number;
    },
  ): Promise<ScannedPass>;
}

/** The pages of a pass, or of a part of one. */
export interface ScannedPass {
  readonly pages: readonly ScanPage[];
  readonly rows: readonly ScanPage['rows'][number][];
  readonly rejects: readonly ScanPage['rejects'][number][];
  readonly last: ScanPage | null;
}

/**
 * Runs a suite against PostgreSQL and MariaDB. Where there is no MariaDB, its suite is skipped
 * and says why.
 */
export function describeDialects(title: string, suite: (rig: () => TableRig) => void): void {
  for (const dialect of ['postgresql', 'mysql'] as const) {
    const reason = dialect === 'mysql' ? whyNoMariadb() : null;
    const run = reason === null ? describe : describe.skip;
    run(`${title}: ${dialect}${reason === null ? '' : `, skipped: ${reason}`}`, () => {
      let rig: (TableRig & { stop(): Promise<void> }) | null = null;
      beforeAll(async () => {
        rig = await startTableRig(dialect);
      }, 120_000);
      afterAll(() => rig?.stop());
      suite(() => {
        if (rig === null) throw new Error('The twin did not start.');
        return rig;
      });
    });
  }
}

/** A change of a license in the twin's simple table. */
export function licenseDelta(
  operation: string,
  id: string,
  rest: Partial<TableDelta> & { readonly holder?: string } = {},
): TableDelta {
  const { holder = 'H1', ...delta } = rest;
  return {
    table: 'CERT_LICENSE',
    operation,
    values: { ZZBS: id, CZZTDM: holder, ZZLXDM: 'T1', ZZZT: '有效' },
    ...delta,
  };
}

/** Signals that end long after any test has. */
export function calm(): { readonly signal: AbortSignal } {
  return { signal: AbortSignal.timeout(60_000) };
}

export async function startTableRig(
  dialect: TableDialect,
): Promise<TableRig & { stop(): Promise<void> }> {
  const mariadb = dialect === 'mysql' ? await startMariadb() : null;
  const server = mariadb === null ? postgresServer() : mysqlServer(mariadb);
  const twin = await startTableTwin({ ...server, now: () => NOW.getTime() });
  const databases: TableDatabase[] = [];
  const settings = (overrides: Partial<DatabaseSettings> = {}): DatabaseSettings => ({
    dialect,
    host: twin.host,
    port: twin.port,
    database: twin.database,
    user: twin.reader.user,
    encryption: 'NONE',
    caPem: null,
    connectionsMax: 4,
    statementTimeoutMs: 1_000,
    scanTimeoutMs: 60_000,
    rowsMax: 1_000,
    pageRows: 100,
    ...overrides,
  });
  const connect = (
    overrides: Partial<DatabaseSettings> = {},
    password = twin.reader.password,
  ): TableDatabase => {
    const made = createTableDatabase({
      settings: settings(overrides),
      password,
      network: OPEN_NETWORK,
    });
    databases.push(made);
    return made;
  };
  const database = connect();
  return {
    twin,
    server,
    database,
    settings,
    connect,
    reading: (setting) => ({
      setting: tableSetting.parse({ id: ['ZZBS'], ...setting }),
      columns: setting.table === 'CERT_LICENSE' ? ['CZZTDM', 'ZZLXDM', 'ZZZT'] : [],
      keysOf: (values) => [values['CZZTDM'] ?? ''],
    }),
    async scan(reading, { since = null, resume = null, pages: pagesMax = Infinity } = {}) {
      const deps = { database, settings: settings(), clock: CLOCK };
      const pages: ScanPage[] = [];
      for await (const page of scanTable(deps, reading, { since, resume }, calm())) {
        pages.push(page);
        if (pages.length >= pagesMax) break;
      }
      return {
        pages,
        rows: pages.flatMap((page) => page.rows),
        rejects: pages.flatMap((page) => page.rejects),
        last: pages.at(-1) ?? null,
      };
    },
    async stop() {
      await Promise.all(databases.map((each) => each.close()));
      await twin.stop();
      await mariadb?.stop();
    },
  };
}

function postgresServer(): TableServer {
  const given = process.env['TEST_SERVER_URL'];
  if (given === undefined) throw new Error('Run tests with jest: its setup starts PostgreSQL.');
  const url = new URL(given);
  return {
    dialect: 'postgresql',
    host: url.hostname,
    port: Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
  };
}

function mysqlServer({ host, port, user, password }: MariadbServer): TableServer {
  return { dialect: 'mysql', host, port, user, password };
}
