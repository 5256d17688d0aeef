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
  pgFunction('program', `copy (select 1) to program 'true'`, ''),
  pgFunction('copy_file', `copy (select 1) to '/dev/null'`, ''),
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
