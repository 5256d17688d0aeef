import { createPrivateKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { JWK } from 'jose';
import { sm2 } from 'sm-crypto-v2';

import type { Sandbox, SandboxCredentials } from '../../sandbox/sandbox.ts';
import { createSigningKey, mintToken } from '../access/tokens.ts';
import { AGENCIES } from '../catalog/starter/agencies.ts';
import type { Config } from '../config.ts';
import type { Role } from '../model/caller.ts';
import type { Clock } from '../model/clock.ts';
import { publicBytesOf, publicPemOf, type SigningKey } from '../model/ed25519.ts';
import { DEMO_MARK } from '../safety.ts';
import type { SourceList } from '../source-list.ts';
import type { VaultKey } from '../vault/vault.ts';

const TOKEN_DAYS = 30;
const SECONDS_PER_DAY = 86_400;

/** What a demo keeps between two starts. */
export interface Keeping {
  readonly privateJwk: JWK;
  readonly publicJwk: JWK;
  readonly digestSecret: string;
  /** Base64. */
  readonly vaultKey: string;
  /** Signs summaries of cross-checks: Ed25519, PKCS#8 as PEM. */
  readonly summaryKey: string;
  readonly credentials: SandboxCredentials;
}

/** The account of each role in a demo: what it is called, and whose it is. */
export const DEMO_ACCOUNTS: Readonly<Record<Role, { account: string; agencyCode: string }>> = {
  COUNTER: { account: 'demo-counter', agencyCode: AGENCIES.approval.code },
  REGULATOR: { account: 'demo-regulator', agencyCode: AGENCIES.approval.code },
  JUSTICE: { account: 'demo-justice', agencyCode: AGENCIES.justice.code },
  OPERATOR: { account: 'demo-operator', agencyCode: AGENCIES.approval.code },
  CREDIT: { account: 'demo-credit', agencyCode: AGENCIES.approval.code },
  MARKET: { account: 'demo-market', agencyCode: AGENCIES.market.code },
  ASSIST_UNIT: { account: 'demo-assist', agencyCode: AGENCIES.healthInsurance.code },
  AUDITOR: { account: 'demo-auditor', agencyCode: AGENCIES.approval.code },
};

/** Made at the first start, readable by this account alone. */
export async function loadKeeping(folder: string): Promise<Keeping> {
  const keyFile = join(folder, 'demo-signing-key.json');
  const secretFile = join(folder, 'demo-secrets.json');
  const summaryKeyFile = join(folder, 'demo-summary-key.json');
  if (!existsSync(keyFile)) {
    const { privateJwk } = await createSigningKey(`${DEMO_MARK}${randomBytes(4).toString('hex')}`);
    await writePrivately(keyFile, privateJwk);
  }
  if (!existsSync(secretFile)) await writePrivately(secretFile, makeSecrets());
  if (!existsSync(summaryKeyFile)) await writePrivately(summaryKeyFile, makeSummaryKey());
  const privateJwk = JSON.parse(await readFile(keyFile, 'utf8')) as JWK;
  const secrets = JSON.parse(await readFile(secretFile, 'utf8')) as ReturnType<typeof makeSecrets>;
  const summary = JSON.parse(await readFile(summaryKeyFile, 'utf8')) as { summaryKey: string };
  return { privateJwk, publicJwk: publicPartOf(privateJwk), ...secrets, ...summary };
}

/** In a file of its own, because demos of before have the others already. */
function makeSummaryKey() {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { summaryKey: privateKey.export({ format: 'pem', type: 'pkcs8' }) };
}

function makeSecrets() {
  const secret = () => `${DEMO_MARK}${randomBytes(16).toString('hex')}`;
  const pair = sm2.generateKeyPairHex();
  const credentials: SandboxCredentials = {
    accessId: 'hecha',
    accessToken: secret(),
    sm2PublicKey: pair.publicKey,
    sm2PrivateKey: pair.privateKey,
    rid: AGENCIES.approval.code,
    sid: 's_370800_demo_0001',
    supplySid: 's_370800_demo_0002',
    exchangeAppKey: secret(),
    creditAppKey: secret(),
    assistanceToken: secret(),
  };
  return { digestSecret: secret(), vaultKey: randomBytes(32).toString('base64'), credentials };
}

function publicPartOf(privateJwk: JWK): JWK {
  return Object.fromEntries(Object.entries(privateJwk).filter(([name]) => name !== 'd'));
}

/** One token for each role, valid for a month. */
export async function mintDemoTokens(given: {
  keeping: Keeping;
  config: Config;
  clock: Clock;
}): Promise<Readonly<Record<string, string>>> {
  const { keeping, config, clock } = given;
  const minted = Object.entries(DEMO_ACCOUNTS).map(async ([role, account]) => {
    const token = await mintToken({
      ...account,
      privateJwk: keeping.privateJwk,
      issuer: config.issuer,
      audience: config.audience,
      roles: [role as Role],
      scopes: [],
      lifetimeSeconds: TOKEN_DAYS * SECONDS_PER_DAY,
      clock,
    });
    return [role, token] as const;
  });
  return Object.fromEntries(await Promise.all(minted));
}

/** The key that seals the demo's credentials, marked so that no real hub takes it. */
export function vaultKeysOf({ vaultKey }: Keeping): readonly VaultKey[] {
  return [{ id: `${DEMO_MARK}key`, key: Buffer.from(vaultKey, 'base64') }];
}

/** The key that signs the demo's cross-checks, marked so that no real hub takes it. */
export function signingKeysOf({ summaryKey }: Keeping): readonly SigningKey[] {
  return [{ id: `${DEMO_MARK}key`, key: createPrivateKey(summaryKey) }];
}

/** What tests, tools and people look up: tokens, and where the simulated sources are. */
export async function writeFiles(
  folder: string,
  given: {
    tokens: Readonly<Record<string, string>>;
    sandbox: Sandbox;
    list: SourceList;
    keeping: Keeping;
  },
): Promise<void> {
  const { tokens, sandbox, list, keeping } = given;
  const sources = Object.fromEntries(
    Object.entries(sandbox.sources).map(([id, { baseUrl, tlsBaseUrl, controlUrl }]) => [
      id,
      { baseUrl, tlsBaseUrl, controlUrl },
    ]),
  );
  await writePrivately(join(folder, 'demo-tokens.json'), tokens);
  await writePrivately(join(folder, 'sandbox.json'), sources);
  await writePrivately(join(folder, 'demo-sources.json'), list);
  const [signing] = signingKeysOf(keeping);
  if (signing !== undefined)
    await writeFile(join(folder, 'hub.pub'), publicPemOf(publicBytesOf(signing.key)));
}

async function writePrivately(file: string, json: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(json, null, 2)}\n`, { mode: 0o600 });
}
