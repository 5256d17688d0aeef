import { afterAll, beforeAll, describe } from '@jest/globals';

import { tableExchange } from '../../connectors/table-exchange/connector.ts';
import {
  tableExchangeSettings,
  type TableExchangeSettings,
} from '../../connectors/table-exchange/settings.ts';
import { startTableProxy, type TableProxy } from '../../sandbox/table-proxy.ts';
import type { Capabilities, CapabilityName, Connector } from '../../src/connector-kit/connector.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import type { Network } from '../../src/connector-kit/network.ts';
import type { ScanPage, ScanRequest } from '../../src/connector-kit/scan.ts';
import { need } from './questions.ts';
import { CLOCK, startTableRig, type TableRig } from '../connector-kit/tables-rig.ts';
import { whyNoMariadb } from '../support/mariadb.ts';
import { within } from './rig.ts';

type Json = Readonly<Record<string, unknown>>;

/** How the twin's licenses become licenses of the hub. */
export const LICENSE_MAPPING = {
  fields: {
    identifier: { from: '/ZZBS' },
    typeCode: { from: '/ZZLXDM' },
    number: { from: '/ZZBH' },
    holderName: { from: '/CZZT' },
    holderCode: { from: '/CZZTDM' },
    issuer: { from: '/ZZBFJG' },
    issuedOn: { from: '/ZZBFRQ' },
    validFrom: { from: '/ZZYXQQSRQ' },
    validUntil: { from: '/ZZYXQJZRQ' },
    status: {
      from: '/ZZZT',
      pairs: { 有效: 'VALID', 过期: 'EXPIRED', 暂扣: 'SUSPENDED', 注销: 'CANCELED' },
    },
  },
} as const;

/** How the twin's registrations become enterprises. */
export const ENTERPRISE_MAPPING = {
  fields: {
    code: { from: '/UNISCID' },
    name: { from: '/ENTNAME' },
    entityId: { from: '/PRIPID' },
    status: {
      from: '/REGSTATE',
      pairs: { '1': 'ACTIVE', '2': 'LICENSE_WITHDRAWN', '3': 'DEREGISTERED', '4': 'DEREGISTERED' },
    },
    validFrom: { from: '/OPFROM' },
    validUntil: { from: '/OPTO' },
  },
} as const;

/** A twin behind a network that can fail, and connectors to it. */
export interface ExchangeRig {
  readonly tables: TableRig;
  readonly proxy: TableProxy;
  /** As an operator writes them. */
  settings(overrides?: Json): Json;
  /** Closed with the suite. */
  connect(overrides?: Json, options?: { password?: string; network?: Network }): Connector;
  /** The same by way of the proxy. */
  connectByProxy(overrides?: Json): Connector;
}

/** Runs a suite in both dialects; where there is no MariaDB, its suite says why it is skipped. */
export function describeExchange(title: string, suite: (rig: () => ExchangeRig) => void): void {
  for (const dialect of ['postgresql', 'mysql'] as const) {
    const reason = dialect === 'mysql' ? whyNoMariadb() : null;
    const run = reason === null ? describe : describe.skip;
    run(`${title}: ${dialect}${reason === null ? '' : `, skipped: ${reason}`}`, () => {
      let rig: (ExchangeRig & { stop(): Promise<void> }) | null = null;
      beforeAll(async () => {
        rig = await startExchangeRig(dialect);
      }, 120_000);
      afterAll(() => rig?.stop());
      suite(() => need(rig ?? undefined));
    });
  }
}

/** One look-up. */
export async function ask<N extends CapabilityName>(
  connector: Connector,
  capability: N,
  ...keys: readonly Capabilities[N]['key'][]
) {
  const desk: Connector['capabilities'][N] = connector.capabilities[capability];
  if (desk === undefined) throw new Error(`no ${capability}`);
  return desk.lookup(keys, within(10_000));
}

/** A whole pass. */
export async function scanAll(
  connector: Connector,
  request: Partial<ScanRequest> & { readonly collection: string },
) {
  const pages: ScanPage[] = [];
  const { holdings } = connector;
  if (holdings === null) throw new Error('no holdings');
  const whole = { since: null, resume: null, isDone: () => Promise.resolve(false), ...request };
  for await (const page of holdings.scan(whole, within(20_000))) pages.push(page);
  return {
    rows: pages.flatMap((page) => page.rows),
    rejects: pages.flatMap((page) => page.rejects),
    last: pages.at(-1) ?? null,
  };
}

async function startExchangeRig(
  dialect: 'postgresql' | 'mysql',
): Promise<ExchangeRig & { stop(): Promise<void> }> {
  const tables = await startTableRig(dialect);
  const { twin } = tables;
  const proxy = await startTableProxy(twin);
  const made: Connector[] = [];
  const settings = (overrides: Json = {}): Json => ({
    dialect,
    host: twin.host,
    port: twin.port,
    database: twin.database,
    user: twin.reader.user,
    encryption: 'NONE',
    pageRows: 5,
    collections: [
      { table: 'CERT_LICENSE', id: ['ZZBS'], about: 'CZZTDM' },
      { table: 'E_BASEINFO', id: ['PRIPID'], about: 'PRIPID' },
    ],
    answers: {
      'license.byIdentifier': {
        collection: 'CERT_LICENSE',
        mapping: LICENSE_MAPPING,
        absence: 'COVERED',
        keys: { identifier: 'ZZBS' },
      },
      'license.byHolder': {
        collection: 'CERT_LICENSE',
        mapping: LICENSE_MAPPING,
        absence: 'COVERED',
        keys: { code: 'CZZTDM', typeCode: 'ZZLXDM' },
      },
      'enterprise.registration': {
        collection: 'E_BASEINFO',
        mapping: ENTERPRISE_MAPPING,
        absence: 'COVERED',
        kinds: ['ENTERPRISE'],
        keys: { code: 'UNISCID' },
      },
    },
    ...overrides,
  });
  const connect: ExchangeRig['connect'] = (overrides = {}, options = {}) => {
    const connector = tableExchange.create({
      settings: parse(settings(overrides)),
      secrets: { password: options.password ?? twin.reader.password },
      clock: CLOCK,
      network: options.network ?? OPEN_NETWORK,
    });
    made.push(connector);
    return connector;
  };
  return {
    tables,
    proxy,
    settings,
    connect,
    connectByProxy: (overrides = {}) =>
      connect({ host: proxy.host, port: proxy.port, ...overrides }),
    async stop() {
      await Promise.all(made.map((each) => each.close()));
      await proxy.stop();
      await tables.stop();
    },
  };
}

/** @throws {ZodError} */
export function parse(settings: unknown): TableExchangeSettings {
  return tableExchangeSettings.parse(settings);
}
