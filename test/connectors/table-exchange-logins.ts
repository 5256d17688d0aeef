import type { TableTwin } from '../../sandbox/table-exchange.ts';

/** A login that may do more than read, and how it came by it. */
export interface GreedyLogin {
  readonly title: string;
  /** `$` stands for the login. */
  readonly grants: readonly string[];
  /** A right that must be named. */
  readonly right: string;
}

const GREEDY_POSTGRES: readonly GreedyLogin[] = [
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

const GREEDY_MYSQL: readonly GreedyLogin[] = [
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
    title: 'a role that is switched on',
    grants: [
      'create role if not exists `odd ON ?role`',
      'create role if not exists inner_role',
      'grant insert on DB.* to inner_role',
      'grant inner_role to `odd ON ?role`',
      'grant `odd ON ?role` to $',
      'set default role `odd ON ?role` for $',
    ],
    right: 'INSERT',
  },
  {
    title: 'a role that it can switch on',
    grants: ['grant inner_role to $'],
    right: 'ROLE THAT IS OFF',
  },
  { title: 'insert for all', grants: ['grant insert on DB.E_BASEINFO to public'], right: 'INSERT' },
];

/** Logins that may do too much, in one dialect. */
export function listGreedyLogins(dialect: TableTwin['dialect']): readonly GreedyLogin[] {
  return dialect === 'postgresql' ? GREEDY_POSTGRES : GREEDY_MYSQL;
}

/** Makes a login that may read all tables and more, lends it, and removes it. */
export async function withLogin<T>(
  twin: TableTwin,
  { grants }: GreedyLogin,
  work: (login: { readonly user: string; readonly password: string }) => Promise<T>,
): Promise<T> {
  const isPostgres = twin.dialect === 'postgresql';
  const login = { user: `greedy_${twin.database.slice(-8)}`, password: 'p' };
  const who = isPostgres ? login.user : `'${login.user}'@'%'`;
  const [make, read, remove] = isPostgres
    ? [
        [`create role ${who} login password 'p'`],
        [`grant select on all tables in schema public to ${who}`],
        [
          `reassign owned by ${who} to current_user`,
          `drop owned by ${who}`,
          'revoke insert on "AO_OPA_DETAIL" from public',
          `drop role ${who}`,
        ],
      ]
    : [
        [`create user ${who} identified by 'p'`],
        [`grant select on ${twin.database}.* to ${who}`],
        [
          `drop user ${who}`,
          'grant insert on DB.E_BASEINFO to public',
          'revoke insert on DB.E_BASEINFO from public',
        ],
      ];
  const fill = (text: string): string =>
    text.replaceAll('$', who).replaceAll('DB.', `${twin.database}.`);
  for (const statement of [...make, ...read, ...grants]) await twin.run(fill(statement));
  try {
    return await work(login);
  } finally {
    for (const statement of remove) await twin.run(fill(statement));
  }
}
