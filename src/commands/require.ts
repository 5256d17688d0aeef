import type { Config } from '../config.ts';

/** @throws {Error} that says what to set. */
export function requireDatabaseUrl(config: Config): string {
  if (config.databaseUrl !== null) return config.databaseUrl;
  throw new Error(
    'DATABASE_URL is not set. Give a PostgreSQL 15 or newer, ' +
      'postgres://user:password@host/database; `hecha demo` brings its own.',
  );
}

/** @throws {Error} that names the variable and says what it is for. */
export function requireSetting(value: string | null, name: string, what: string): string {
  if (value !== null) return value;
  throw new Error(`${name} is not set: ${what}.`);
}
