import type { JSONWebKeySet } from 'jose';

import type { Config } from './config.ts';
import type { Egress } from './connector-kit/egress.ts';
import type { Database } from './store/database.ts';

/** Key ids and secrets of a demo begin like this, so that no real hub accepts them by mistake. */
export const DEMO_MARK = 'demo-';
const DIGEST_SECRET_LENGTH_MIN = 32;

/** What a real hub is told besides its configuration. */
export interface Told {
  readonly keys: JSONWebKeySet;
  readonly vaultKeys: readonly { readonly id: string }[];
  /** Empty where cross-checks are not signed. */
  readonly signingKeys: readonly { readonly id: string }[];
  readonly egress: Pick<Egress, 'zones' | 'allowsLoopback'>;
  readonly sources: readonly {
    readonly id: string;
    readonly settings: Readonly<Record<string, unknown>>;
    readonly secrets: Readonly<Record<string, unknown>>;
  }[];
}

/** Reasons not to start, in sentences; empty when there is none. Values are never repeated. */
export function findUnsafe(config: Config, told: Told): readonly string[] {
  const reasons: string[] = [];
  const refuseIf = (isUnsafe: boolean, reason: string) => {
    if (isUnsafe) reasons.push(reason);
  };
  const secret = config.digestSecret ?? '';
  refuseIf(
    secret.length < DIGEST_SECRET_LENGTH_MIN,
    `HECHA_DIGEST_SECRET must have at least ${DIGEST_SECRET_LENGTH_MIN} characters.`,
  );
  refuseIf(
    secret.startsWith(DEMO_MARK),
    'HECHA_DIGEST_SECRET is the secret of a demo. Make one of your own.',
  );
  refuseIf(told.keys.keys.length === 0, 'HECHA_JWKS_FILE holds no key.');
  refuseIf(
    told.keys.keys.some(({ kid }) => kid === undefined || kid.startsWith(DEMO_MARK)),
    'HECHA_JWKS_FILE holds a key of a demo, or one without a key id.',
  );
  refuseIf(
    told.keys.keys.some((key) => 'd' in key || 'k' in key),
    'HECHA_JWKS_FILE holds a private or symmetric key. Give the public keys alone.',
  );
  refuseIf(config.isProduction && config.introspection, 'HECHA_INTROSPECTION is on in production.');
  refuseIf(config.isProduction && config.logLevel === 'debug', 'LOG_LEVEL is debug in production.');
  refuseIf(told.vaultKeys.length === 0, 'HECHA_VAULT_KEYS_FILE holds no key.');
  refuseIf(
    told.vaultKeys.some(({ id }) => id.startsWith(DEMO_MARK)),
    'HECHA_VAULT_KEYS_FILE holds a key of a demo. Make one of your own.',
  );
  refuseIf(
    config.signingKeysFile !== null && told.signingKeys.length === 0,
    'HECHA_SIGNING_KEYS_FILE holds no key. Leave it out where nothing is to be signed.',
  );
  refuseIf(
    told.signingKeys.some(({ id }) => id.startsWith(DEMO_MARK)),
    'HECHA_SIGNING_KEYS_FILE holds a key of a demo. Make one of your own.',
  );
  refuseIf(
    told.egress.zones.length === 0,
    'HECHA_SOURCES_FILE names no egress zone: nothing is reachable.',
  );
  refuseIf(
    config.isProduction && told.egress.allowsLoopback,
    'HECHA_SOURCES_FILE lets sources lie on this very machine (allowsLoopback) in production.',
  );
  for (const { id, settings, secrets } of told.sources) {
    const baseUrl = settings['baseUrl'];
    const isPlain = typeof baseUrl === 'string' && baseUrl.startsWith('http://');
    const isWaived = settings['allowPlainHttp'] === true;
    refuseIf(
      isPlain && !isWaived,
      `Source ${id} is asked over plain HTTP without "allowPlainHttp": true.`,
    );
    refuseIf(
      Object.values(secrets).some((one) => String(one).startsWith(DEMO_MARK)),
      `Source ${id} has a secret of a demo.`,
    );
  }
  return reasons;
}

/** Reasons in the database itself: rights or settings that make evidence worth less. */
export async function findUnsafeDatabase(db: Database): Promise<readonly string[]> {
  const { rows } = await db.raw<{ rows: { name: string; setting: string }[] }>(
    `
    select name, setting
    from pg_settings
    where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'is_superuser')
    `,
  );
  const off = rows
    .filter(({ name, setting }) => name !== 'is_superuser' && setting === 'off')
    .map(({ name }) => `The database runs with ${name} = off: what it confirms may be lost.`);
  const login = await db.raw<{ rows: { rolsuper: boolean }[] }>(
    'select rolsuper from pg_roles where rolname = current_user',
  );
  return login.rows[0]?.rolsuper === true
    ? [...off, 'The database login is a superuser. Give the hub an account of its own.']
    : off;
}
