import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';

import type { JSONWebKeySet } from 'jose';

import { readConfig, type Config } from '../config.ts';
import { openHub, type Hub } from '../hub.ts';
import { createLog } from '../log.ts';
import { systemClock } from '../model/clock.ts';
import { parseSigningKeys } from '../model/ed25519.ts';
import { findUnsafe, findUnsafeDatabase } from '../safety.ts';
import { readSourceList } from '../source-list.ts';
import { parseVaultKeys } from '../vault/vault.ts';
import { migrationState } from '../store/migrate.ts';
import { MIGRATIONS } from './folders.ts';
import type { AddCommand } from './hecha.ts';
import { requireDatabaseUrl, requireSetting } from './require.ts';
import { untilTold } from './signals.ts';

const POSTGRESQL_PORT = 5_432;

/** `hecha serve`: lists every reason not to start, or serves until it is told to end. */
export const addServe: AddCommand = (program, world, finish) => {
  program
    .command('serve')
    .description('serve the hub on the database of DATABASE_URL; refuses an unsafe start')
    .exitOverride()
    .addHelpText(
      'after',
      `
Environment: DATABASE_URL, HECHA_JWKS_FILE (public keys of the identity provider),
HECHA_SOURCES_FILE (egress zones and founding sources), HECHA_VAULT_KEYS_FILE (keys that seal
credentials), HECHA_SIGNING_KEYS_FILE (keys that sign summaries of cross-checks; without it they
are not signed), HECHA_DIGEST_SECRET (32 characters or more), PORT (4000), HOST (127.0.0.1),
HECHA_ISSUER, HECHA_AUDIENCE, HECHA_INTROSPECTION (off), LOG_LEVEL (info).`,
    )
    .action(async () => {
      const config = readConfig(world.environment);
      const hub = await openSafely(config, world.environment);
      try {
        const { url } = await hub.start();
        world.tell(`serving ${url}/graphql`);
        await untilTold();
      } finally {
        await hub.stop();
      }
      finish(0);
    });
};

/** A hub by the environment. @throws {Error} that lists every reason not to start. */
export async function openSafely(
  config: Config,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Hub> {
  const databaseUrl = requireDatabaseUrl(config);
  const jwksFile = requireSetting(
    config.jwksFile,
    'HECHA_JWKS_FILE',
    'a file with the public keys (JWKS) of the identity provider',
  );
  const sourcesFile = requireSetting(
    config.sourcesFile,
    'HECHA_SOURCES_FILE',
    'a file that lists egress zones and sources, see docs/operations.md',
  );
  const vaultKeysFile = requireSetting(
    config.vaultKeysFile,
    'HECHA_VAULT_KEYS_FILE',
    'a file with the keys that seal credentials, one name:base64 a line',
  );
  const keys = await readKeys(jwksFile);
  const list = await readSourceList(sourcesFile, environment);
  const vaultKeys = parseVaultKeys(await readFile(vaultKeysFile, 'utf8'));
  const signingKeys = await readSigningKeys(config);
  const { sources, egress } = list;
  refuseFor(findUnsafe(config, { keys, vaultKeys, signingKeys, egress, sources }));

  const hub = openHub({
    config,
    databaseUrl,
    keys,
    founding: sources,
    egress: { ...egress, own: ownPlaces(config, databaseUrl) },
    ...{ vaultKeys, signingKeys },
    digestSecret: config.digestSecret ?? '',
    clock: systemClock,
    log: createLog({ level: config.logLevel }),
    replica: `${hostname()}-${process.pid}`,
    graphiql: false,
    consoleFolder: null,
    runsJobs: true,
  });
  try {
    const { pending, unknown, changed } = await migrationState(hub.db, MIGRATIONS);
    refuseFor([
      ...pending.map((name) => `Migration ${name} is pending: run \`hecha migrate\`.`),
      ...unknown.map((name) => `Migration ${name} is unknown: the database is newer than this.`),
      ...changed.map((name) => `Migration ${name} was changed after it was applied.`),
      ...(await findUnsafeDatabase(hub.db)),
    ]);
    return hub;
  } catch (error) {
    await hub.stop();
    throw error;
  }
}

/** The hub's own listener and its database are no sources. */
function ownPlaces(config: Config, databaseUrl: string) {
  const { hostname: database, port } = new URL(databaseUrl);
  return [
    { address: config.host, port: config.port },
    { address: database, port: port === '' ? POSTGRESQL_PORT : Number(port) },
  ];
}

/** None where no file is given: then nothing is signed. */
async function readSigningKeys({ signingKeysFile }: Config) {
  return signingKeysFile === null ? [] : parseSigningKeys(await readFile(signingKeysFile, 'utf8'));
}

async function readKeys(file: string): Promise<JSONWebKeySet> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new Error(`HECHA_JWKS_FILE ${file} cannot be read as JSON.`, { cause });
  }
  const isKeySet =
    typeof json === 'object' && json !== null && 'keys' in json && Array.isArray(json.keys);
  if (!isKeySet) throw new Error(`HECHA_JWKS_FILE ${file} holds no key set: {"keys": [...]}.`);
  return json as JSONWebKeySet;
}

function refuseFor(reasons: readonly string[]): void {
  if (reasons.length > 0)
    throw new Error(`refusing to start:\n${reasons.map((one) => `  - ${one}`).join('\n')}`);
}
