import { setTimeout as delay } from 'node:timers/promises';

import { expect, test } from '@jest/globals';
import { generate } from 'selfsigned';

import { startTableProxy, type TableProxy } from '../../sandbox/table-proxy.ts';
import { createCertificates } from '../../sandbox/tls.ts';
import type { Origin } from '../../src/connector-kit/network.ts';
import { column } from '../../src/connector-kit/tables/fragments.ts';
import { piece, sql } from '../../src/connector-kit/tables/statement.ts';
import {
  createTableDatabase,
  type TableDatabase,
} from '../../src/connector-kit/tables/table-database.ts';
import { HubError } from '../../src/errors.ts';
import { startMariadb, whyNoMariadb } from '../support/mariadb.ts';
import { calm, describeDialects, type TableRig } from './tables-rig.ts';

const COUNT = sql`select 'x' as x from ${column('CERT_LICENSE')} limit 1`;

async function faultOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'none';
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    const { hop, reason } = error.details;
    return `${error.code} ${String(hop)} ${String(reason)}`;
  }
}

function ask(database: TableDatabase, query = COUNT, signal = calm().signal, timeoutMs = 1_000) {
  return database.read({ signal, timeoutMs }, (session) => session.all(query));
}

/** Takes that long at the server, or until it is ended there. */
function sleepFor(rig: TableRig, seconds: number) {
  return rig.twin.dialect === 'postgresql'
    ? piece(`select pg_sleep(${seconds})::text as x`)
    : piece(`select cast(sleep(${seconds}) as char) as x`);
}

async function isAsleep(rig: TableRig): Promise<boolean> {
  const sessions = await rig.twin.sessions();
  return sessions.some(({ statement }) => statement.includes('sleep('));
}

async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if (await isSo()) return;
    await delay(50);
  }
  throw new Error('It never came to that.');
}

async function withProxy<T>(rig: TableRig, work: (proxy: TableProxy) => Promise<T>): Promise<T> {
  const proxy = await startTableProxy(rig.twin);
  try {
    return await work(proxy);
  } finally {
    await proxy.stop();
  }
}

describeDialects('a database', (rigOf) => {
  connecting(rigOf);
  givingUp(rigOf);
  sharing(rigOf);
});

describeDialects('TLS to a database', (rigOf) => {
  test('proves the host as configured, by the pinned authority only', async () => {
    const rig = rigOf();
    const certificates = { ...(await createCertificates()), 'name-only': await nameOnly() };
    const other = await createCertificates();
    const { caPem } = certificates;
    const servers = await startTlsServers(rig, certificates);
    const faults = new Map<string, string>();
    for (const [name, { host, kind, ca }] of Object.entries({
      'by name': { host: 'localhost', kind: 'right', ca: caPem },
      'by address': { host: '127.0.0.1', kind: 'right', ca: caPem },
      'other authority': { host: 'localhost', kind: 'right', ca: other.caPem },
      'no authority': { host: 'localhost', kind: 'right', ca: null },
      'other host': { host: 'localhost', kind: 'wrong-host', ca: caPem },
      'other address': { host: '127.0.0.1', kind: 'wrong-host', ca: caPem },
      'address by a name': {
        host: '127.0.0.1',
        kind: 'name-only',
        ca: certificates['name-only'].cert,
      },
      expired: { host: 'localhost', kind: 'expired', ca: caPem },
      'self-signed': { host: 'localhost', kind: 'self-signed', ca: caPem },
      'no TLS': { host: 'localhost', kind: 'none', ca: caPem },
    } as const)) {
      const made = createTableDatabase({
        settings: {
          ...servers.settings,
          host,
          port: await servers.use(kind),
          encryption: 'TLS',
          caPem: ca,
        },
        password: servers.password,
        network: {
          resolve: () => Promise.resolve({ address: '127.0.0.1', family: 4 }),
          openDirectory: () => Promise.reject(new Error('no directory')),
        },
      });
      faults.set(name, await faultOf(ask(made, piece("select 'x' as x"))));
      await made.close();
    }
    await servers.stop();

    expect(Object.fromEntries(faults)).toEqual({
      'by name': 'none',
      'by address': 'none',
      'other authority': expect.stringMatching(/^SOURCE_UNREACHABLE NETWORK TLS_/u),
      'no authority': expect.stringMatching(/^SOURCE_UNREACHABLE NETWORK TLS_/u),
      'other host': 'SOURCE_UNREACHABLE NETWORK TLS_HOST',
      'other address': 'SOURCE_UNREACHABLE NETWORK TLS_HOST',
      'address by a name': 'SOURCE_UNREACHABLE NETWORK TLS_HOST',
      expired: 'SOURCE_UNREACHABLE NETWORK TLS_EXPIRED',
      'self-signed': 'SOURCE_UNREACHABLE NETWORK TLS_SELF_SIGNED',
      'no TLS': 'SOURCE_UNREACHABLE NETWORK TLS_PROTOCOL',
    });
  }, 120_000);
});

/** Proves the name `localhost`, which Node asks for where it knows no host. */
async function nameOnly() {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  return { key: made.private, cert: made.cert };
}

type Certificates = Awaited<ReturnType<typeof createCertificates>> & {
  readonly 'name-only': Awaited<ReturnType<typeof nameOnly>>;
};
type Kind = 'right' | 'wrong-host' | 'expired' | 'self-signed' | 'name-only' | 'none';

/** PostgreSQL behind a proxy that speaks TLS for it; a MariaDB for each certificate. */
async function startTlsServers(rig: TableRig, certificates: Certificates) {
  const { twin } = rig;
  if (twin.dialect === 'postgresql') {
    const proxy = await startTableProxy(twin);
    return {
      settings: rig.settings(),
      password: twin.reader.password,
      use(kind: Kind) {
        proxy.setTls(kind === 'none' ? null : certificates[kind]);
        return Promise.resolve(kind === 'none' ? twin.port : proxy.port);
      },
      stop: () => proxy.stop(),
    };
  }
  const started = new Map<Kind, Awaited<ReturnType<typeof startMariadb>>>();
  return {
    settings: rig.settings({ database: 'mysql', user: 'twin_admin' }),
    password: rig.server.password,
    async use(kind: Kind) {
      const tls =
        kind === 'none'
          ? null
          : { certPem: certificates[kind].cert, keyPem: certificates[kind].key };
      const server = started.get(kind) ?? (await startMariadb(tls));
      started.set(kind, server);
      return server.port;
    },
    async stop() {
      for (const server of started.values()) await server.stop();
    },
  };
}

test('tests of MariaDB are never skipped in CI', () => {
  const before = process.env['CI'];
  process.env['CI'] = 'true';
  const reason = whyNoMariadb();
  if (before === undefined) delete process.env['CI'];
  else process.env['CI'] = before;

  expect(reason).toBeNull();
});

function connecting(rigOf: () => TableRig): void {
  test('tells refused, unknown, wrong password and wrong database apart', async () => {
    const { connect, twin } = rigOf();

    expect(await faultOf(ask(connect({ port: 1 })))).toBe('SOURCE_UNREACHABLE NETWORK REFUSED');
    expect(await faultOf(ask(connect({}, 'wrong')))).toBe('SOURCE_UNAUTHORIZED SOURCE PASSWORD');
    const stranger = await faultOf(ask(connect({ user: 'nobody' })));
    expect(stranger).toBe('SOURCE_UNAUTHORIZED SOURCE PASSWORD');
    const database = await faultOf(ask(connect({ database: 'no_such_database' })));
    expect(database).toBe(
      twin.dialect === 'postgresql'
        ? 'SOURCE_SCHEMA_DRIFT SOURCE DATABASE_MISSING'
        : 'SOURCE_UNAUTHORIZED SOURCE PERMISSION',
    );
  });

  test('connects to the judged address and to no other', async () => {
    const rig = rigOf();
    const asked: Origin[] = [];
    const made = createTableDatabase({
      settings: rig.settings({ host: 'DB.agency.invalid' }),
      password: rig.twin.reader.password,
      network: {
        resolve(origin) {
          asked.push(origin);
          return Promise.resolve({ address: rig.twin.host, family: 4 });
        },
        openDirectory: () => Promise.reject(new Error('no directory')),
      },
    });

    const rows = await ask(made);
    await made.close();

    expect(rows).toEqual([]);
    expect(asked).toEqual([
      { protocol: rig.twin.dialect, host: 'db.agency.invalid', port: rig.twin.port },
    ]);
  });

  test('ends a statement at the server when its time is over', async () => {
    const rig = rigOf();
    const started = performance.now();

    const fault = await faultOf(ask(rig.connect(), sleepFor(rig, 20), calm().signal, 300));

    expect(fault).toBe('SOURCE_TIMEOUT SOURCE STATEMENT');
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(await isAsleep(rig)).toBe(false);
  });
}

function givingUp(rigOf: () => TableRig): void {
  test('ends a statement at the server, and frees the socket, when nobody waits any more', async () => {
    const rig = rigOf();
    await withProxy(rig, async (proxy) => {
      const made = rig.connect({ host: proxy.host, port: proxy.port });
      const leave = new AbortController();
      const asked = faultOf(ask(made, sleepFor(rig, 20), leave.signal, 20_000));
      await until(() => isAsleep(rig));
      const started = performance.now();

      leave.abort();
      const fault = await asked;

      expect(fault).toBe('SOURCE_TIMEOUT NETWORK DEADLINE');
      expect(performance.now() - started).toBeLessThan(100);
      await made.close();

      // Closing waits until the server was told, by a second connection.
      expect(proxy.connections()).toBe(2);
      await until(async () => !(await isAsleep(rig)));
      await until(() => proxy.openSockets() === 0);
    });
  });

  test('gives up on a silent network, before and after it was asked', async () => {
    const rig = rigOf();
    await withProxy(rig, async (proxy) => {
      const made = rig.connect({ host: proxy.host, port: proxy.port });
      await ask(made);
      await proxy.setMode('HANG');
      const started = performance.now();

      const asked = await faultOf(ask(made, COUNT, calm().signal, 200));
      const connecting = await faultOf(
        ask(rig.connect({ host: proxy.host, port: proxy.port }), COUNT, AbortSignal.timeout(500)),
      );

      expect(asked).toBe('SOURCE_TIMEOUT NETWORK DEADLINE');
      expect(connecting).toBe('SOURCE_TIMEOUT NETWORK DEADLINE');
      expect(performance.now() - started).toBeLessThan(3_000);
    });
  });

  test('forgets connections that died while nobody used them', async () => {
    const rig = rigOf();
    await withProxy(rig, async (proxy) => {
      const made = rig.connect({ host: proxy.host, port: proxy.port });
      await Promise.all([ask(made), ask(made), ask(made)]);
      await proxy.setMode('REFUSE');

      const refused = await faultOf(ask(made));
      await proxy.setMode('PASS');

      expect(refused).toMatch(/^SOURCE_UNREACHABLE NETWORK (?:REFUSED|RESET)$/u);
      expect(await ask(made)).toEqual([]);
    });
  });
}

function sharing(rigOf: () => TableRig): void {
  test('opens so many connections and no more, whoever waits', async () => {
    const rig = rigOf();
    await withProxy(rig, async (proxy) => {
      const made = rig.connect({ host: proxy.host, port: proxy.port, connectionsMax: 3 });
      let most = 0;
      const watch = setInterval(() => {
        most = Math.max(most, proxy.openSockets());
      }, 5);

      await Promise.all(Array.from({ length: 30 }, () => ask(made, sleepFor(rig, 0.02))));
      clearInterval(watch);

      expect(most).toBeLessThanOrEqual(3);
      expect(proxy.connections()).toBe(3);
      await made.close();
      await until(() => proxy.openSockets() === 0);
    });
  });

  test('does not wait for a place longer than its caller', async () => {
    const rig = rigOf();
    const made = rig.connect({ connectionsMax: 1 });
    const first = ask(made, sleepFor(rig, 0.5), calm().signal, 5_000);
    const started = performance.now();

    const late = await faultOf(ask(made, COUNT, AbortSignal.timeout(50)));

    expect(late).toBe('SOURCE_TIMEOUT NETWORK DEADLINE');
    expect(performance.now() - started).toBeLessThan(300);
    await first;
    expect(await ask(made)).toEqual([]);
  });

  test('names a missing right, and is of use again after a failed statement', async () => {
    const rig = rigOf();
    const made = rig.connect({ connectionsMax: 1 });
    await rig.twin.allow('CERT_LICENSE', false);

    const denied = await faultOf(ask(made));
    await rig.twin.allow('CERT_LICENSE', true);

    expect(denied).toBe('SOURCE_UNAUTHORIZED SOURCE PERMISSION');
    expect(await ask(made)).toEqual([]);
  });

  test('keeps what the database says about values out of its faults', async () => {
    const rig = rigOf();
    const secret = '370800199001010015';
    const query =
      rig.twin.dialect === 'postgresql'
        ? piece('select (?::text)::int::text as x', [`x${secret}`])
        : piece('select json_value(extractvalue(?, ?), ?) as x', [secret, secret, secret]);
    let error: unknown = null;

    await ask(rig.connect(), query).catch((each: unknown) => (error = each));

    expect(error).toBeInstanceOf(HubError);
    const { message, details, cause, stack } = error as HubError;
    expect(JSON.stringify([message, details, String(cause), stack])).not.toContain(secret);
  });
}
