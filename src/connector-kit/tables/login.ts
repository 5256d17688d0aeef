import { piece } from './statement.ts';
import type { TableSession } from './table-database.ts';

/**
 * What this login may do besides reading, in the database's own words (`INSERT`, `SUPERUSER`).
 * Empty for a login that can only read. A read-only transaction is no protection against a login
 * that may write: only grants are.
 */
export function listExcessRights(session: TableSession): Promise<readonly string[]> {
  return session.dialect === 'postgresql' ? listOfPostgres(session) : listOfMysql(session);
}

async function listOfPostgres(session: TableSession): Promise<readonly string[]> {
  const rows = await session.all(piece(POSTGRES));
  return [...new Set(rows.flatMap((row) => row['r'] ?? []))].toSorted();
}

/**
 * Attributes of the login and of every role it can become; roles that come with the server and
 * reach its files, programs or all tables; grants to write, own or create anything outside the
 * system's own schemas (whose views everybody may "update").
 */
const POSTGRES = `
  with own as (
    select oid, rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication
      from pg_catalog.pg_roles where pg_catalog.pg_has_role(current_user, oid, 'MEMBER')
  ), place as (
    select oid, nspname from pg_catalog.pg_namespace
     where nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
       and nspname not like 'pg\\_temp\\_%' and nspname not like 'pg\\_toast\\_temp\\_%'
  ), relation as (
    select k.oid, k.relkind, k.relowner from pg_catalog.pg_class k
      join place on place.oid = k.relnamespace where k.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
  ), word (w) as (
    values ('INSERT'), ('UPDATE'), ('DELETE'), ('TRUNCATE'), ('REFERENCES'), ('TRIGGER')
  )
  select 'SUPERUSER' as r from own where rolsuper
  union select 'BYPASSRLS' from own where rolbypassrls
  union select 'CREATEDB' from own where rolcreatedb
  union select 'CREATEROLE' from own where rolcreaterole
  union select 'REPLICATION' from own where rolreplication
  union select upper(rolname::text) from own
         where rolname in ('pg_write_all_data', 'pg_read_server_files', 'pg_write_server_files',
                           'pg_execute_server_program', 'pg_signal_backend', 'pg_maintain',
                           'pg_checkpoint', 'pg_create_subscription', 'pg_database_owner')
  union select w from word where exists (
    select 1 from relation join own on true
     where relkind <> 'S' and pg_catalog.has_table_privilege(own.oid, relation.oid, w))
  union select w from word where w in ('INSERT', 'UPDATE', 'REFERENCES') and exists (
    select 1 from relation join own on true
     where relkind <> 'S' and pg_catalog.has_any_column_privilege(own.oid, relation.oid, w))
  union select 'OWNER' where exists (
    select 1 from relation join own on own.oid = relowner)
  union select 'SEQUENCE' where exists (
    select 1 from relation join own on true
     where (relkind = 'S') and pg_catalog.has_sequence_privilege(own.oid, relation.oid, 'USAGE, UPDATE'))
  union select 'CREATE' where exists (
    select 1 from place join own on true
     where pg_catalog.has_schema_privilege(own.oid, place.oid, 'CREATE'))
  union select 'CREATE' where exists (
    select 1 from own
     where pg_catalog.has_database_privilege(own.oid, pg_catalog.current_database(), 'CREATE'))`;

/**
 * Rights of MySQL and MariaDB that change nothing and reach no file. Everything else is too much.
 */
const HARMLESS: readonly string[] = ['USAGE', 'SELECT', 'SHOW VIEW', 'SHOW DATABASES'];

async function listOfMysql(session: TableSession): Promise<readonly string[]> {
  const own = (await showGrants(session, 'current_user()')).map(readGrant);
  const roles = own.flatMap(({ role }) => (role === null ? [] : [role]));
  const lent = session.isMariaDb
    ? await listOfMariaDbRoles(session, roles)
    : await listOfMysqlRoles(session, roles);
  const rights = [...own.flatMap((each) => each.rights), ...lent];
  return [...new Set(rights.filter((right) => !HARMLESS.includes(right)))].toSorted();
}

/** The server shows what a login has with these roles, and what they hold in turn. */
async function listOfMysqlRoles(
  session: TableSession,
  roles: readonly string[],
): Promise<readonly string[]> {
  if (roles.length === 0) return [];
  // A question mark in a name is no place for a value.
  const names = roles.map((role) => role.replaceAll('?', '\\?')).join(', ');
  const grants = await showGrants(session, `current_user() using ${names}`);
  return grants.flatMap((grant) => readGrant(grant).rights);
}

/**
 * MariaDB shows what the role that is switched on has and holds, and what everybody has, and of
 * other roles nothing. A login can switch them on at any time.
 */
async function listOfMariaDbRoles(
  session: TableSession,
  roles: readonly string[],
): Promise<readonly string[]> {
  const [row] = await session.all(piece('select current_role() as r'));
  const current = row?.['r'] ?? null;
  const holders = current === null ? ['public'] : ['public', 'current_role'];
  const rights: string[] = [];
  for (const holder of holders) {
    const grants = await showGrants(session, holder);
    rights.push(...grants.flatMap((grant) => readGrant(grant).rights));
  }
  const isOff = (role: string): boolean => unquote(role) !== current;
  return roles.some(isOff) ? [...rights, 'ROLE THAT IS OFF'] : rights;
}

async function showGrants(session: TableSession, holder: string): Promise<readonly string[]> {
  const rows = await session.all(piece(`show grants for ${holder}`));
  return rows.flatMap((row) => Object.values(row).filter((cell) => cell !== null));
}

function unquote(name: string): string {
  return name.replace(/^`|`$/gu, '').replaceAll('``', '`');
}

/** What one line of `show grants` gives: rights, or a role. */
export function readGrant(line: string): {
  readonly rights: readonly string[];
  readonly role: string | null;
} {
  const text = line.trim();
  const on = findOutside(text, /\sON\s/iu);
  if (on === -1) {
    const role = /^GRANT\s+(`(?:[^`]|``)+`(?:@`(?:[^`]|``)*`)?)\s+TO\s/iu.exec(text)?.[1] ?? null;
    if (role !== null) {
      const isAdmin = /WITH ADMIN OPTION\s*$/iu.test(text);
      return { rights: isAdmin ? ['ADMIN OPTION'] : [], role };
    }
    // `SET DEFAULT ROLE` gives nothing; what cannot be read might give anything.
    return { rights: /^SET DEFAULT ROLE\s/iu.test(text) ? [] : ['UNREADABLE GRANT'], role: null };
  }
  const listed = text.slice(0, on).replace(/^GRANT\s+/iu, '');
  const rights = listed
    .replace(/`(?:[^`]|``)*`/gu, '')
    .replace(/\([^)]*\)/gu, '')
    .split(',')
    .map((right) => right.trim().replace(/\s+/gu, ' ').toUpperCase());
  const isGrantor = /WITH GRANT OPTION\s*$/iu.test(text);
  return { rights: isGrantor ? [...rights, 'GRANT OPTION'] : rights, role: null };
}

/** Where a pattern begins outside of quoted names. */
function findOutside(text: string, pattern: RegExp): number {
  const blanked = text.replace(/`(?:[^`]|``)*`/gu, (name) => '`'.repeat(name.length));
  return blanked.search(pattern);
}
