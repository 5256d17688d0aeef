import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const NAME = /^(\d{4})_[a-z0-9_]+\.sql$/;
/** Shows the sum of the migrations and is not one. */
const GOLDEN = 'schema.golden.sql';

/** One file of the folder of migrations. */
export interface Migration {
  /** NNNN_name.sql */
  readonly name: string;
  readonly sql: string;
  /** SHA-256 of the text with line feeds alone, hex: the same on every machine's check-out. */
  readonly digest: string;
}

export type Applied = Pick<Migration, 'name' | 'digest'>;

/** How a database stands against a folder of migrations. Names, in name order. */
export interface MigrationState {
  readonly pending: readonly string[];
  /** Applied, but not in the folder: the database is newer than the code. */
  readonly unknown: readonly string[];
  /** Applied, but the file is not what it was. */
  readonly changed: readonly string[];
}

/**
 * The migrations of a folder, in name order.
 *
 * @throws {Error} for a file whose name puts it in no order, and for a number that is used twice.
 */
export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql') && name !== GOLDEN);
  const numbers = new Map<string, string>();
  for (const name of names.sort()) {
    const number = NAME.exec(name)?.[1];
    if (number === undefined)
      throw new Error(`${join(folder, name)} is not named like a migration, 0001_name.sql.`);
    const other = numbers.get(number);
    if (other !== undefined) throw new Error(`${other} and ${name} have the same number.`);
    numbers.set(number, name);
  }
  return Promise.all(names.map((name) => readMigration(folder, name)));
}

/** Compares without changing anything. */
export function compareMigrations(
  files: readonly Migration[],
  applied: readonly Applied[],
): MigrationState {
  const digests = new Map(applied.map(({ name, digest }) => [name, digest]));
  const names = new Set(files.map(({ name }) => name));
  return {
    pending: files.map(({ name }) => name).filter((name) => !digests.has(name)),
    unknown: applied.map(({ name }) => name).filter((name) => !names.has(name)),
    changed: files
      .filter(({ name, digest }) => (digests.get(name) ?? digest) !== digest)
      .map(({ name }) => name),
  };
}

async function readMigration(folder: string, name: string): Promise<Migration> {
  const sql = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
  return { name, sql, digest: createHash('sha256').update(sql).digest('hex') };
}
