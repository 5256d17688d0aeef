import { z } from 'zod';

/** What the environment says, read once and typed. Nothing else reads `process.env`. */
export interface Config {
  readonly port: number;
  readonly host: string;
  /** Folder of a demo's files. */
  readonly dataFolder: string;
  /** Null where none is given. */
  readonly databaseUrl: string | null;
  readonly isProduction: boolean;
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** `iss` and `aud` of the tokens that are accepted. */
  readonly issuer: string;
  readonly audience: string;
  /** File with the public keys (JWKS) of the identity provider. Null where none is given. */
  readonly jwksFile: string | null;
  /** File that lists the sources. Null where none is given. */
  readonly sourcesFile: string | null;
  /** File with the key encryption keys of the sources' credentials. Null where none is given. */
  readonly vaultKeysFile: string | null;
  /** File with the keys that summaries of cross-checks are signed by. Null where none is given. */
  readonly signingKeysFile: string | null;
  /** Secret of the digests by which subjects are found in the journal. Null where none is given. */
  readonly digestSecret: string | null;
  readonly introspection: boolean;
}

const isOn = z.enum(['on', 'off']).transform((value) => value === 'on');

const Environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(4_000),
  HOST: z.string().min(1).default('127.0.0.1'),
  HECHA_DATA: z.string().min(1).default('.hecha'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgres://')
    .optional(),
  NODE_ENV: z.string().default(''),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
  HECHA_ISSUER: z.string().min(1).default('hecha'),
  HECHA_AUDIENCE: z.string().min(1).default('hecha'),
  HECHA_JWKS_FILE: z.string().min(1).optional(),
  HECHA_SOURCES_FILE: z.string().min(1).optional(),
  HECHA_VAULT_KEYS_FILE: z.string().min(1).optional(),
  HECHA_SIGNING_KEYS_FILE: z.string().min(1).optional(),
  HECHA_DIGEST_SECRET: z.string().min(1).optional(),
  HECHA_INTROSPECTION: isOn.default(false),
});

/** @throws {Error} that names every variable that is wrong, and never its value. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const read = Environment.safeParse(withoutEmpty(environment));
  if (!read.success) {
    const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new Error(`The environment is not right. ${problems.join('; ')}.`);
  }
  const { data } = read;
  return {
    port: data.PORT,
    host: data.HOST,
    dataFolder: data.HECHA_DATA,
    databaseUrl: data.DATABASE_URL ?? null,
    isProduction: data.NODE_ENV === 'production',
    logLevel: data.LOG_LEVEL,
    issuer: data.HECHA_ISSUER,
    audience: data.HECHA_AUDIENCE,
    jwksFile: data.HECHA_JWKS_FILE ?? null,
    sourcesFile: data.HECHA_SOURCES_FILE ?? null,
    vaultKeysFile: data.HECHA_VAULT_KEYS_FILE ?? null,
    signingKeysFile: data.HECHA_SIGNING_KEYS_FILE ?? null,
    digestSecret: data.HECHA_DIGEST_SECRET ?? null,
    introspection: data.HECHA_INTROSPECTION,
  };
}

/** An empty variable is how shells and compose files say "not set". */
function withoutEmpty(environment: Readonly<Record<string, string | undefined>>) {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
}
