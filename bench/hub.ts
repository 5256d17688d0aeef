import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { exportJWK, generateKeyPair, SignJWT } from 'jose';

import type { SandboxCredentials } from '../sandbox/sandbox.ts';
import type { Child, Children } from './children.ts';
import {
  CASES,
  CONNECTIONS_PER_SOURCE,
  ENTERPRISES_PER_CASE,
  type SourcesReady,
  type Upstreams,
} from './wiring.ts';

const KEY_ID = 'bench';
const AGENCY = '11370800MB28559184';
/** The simulated sources are on this machine. */
const BENCH_ZONE = { name: 'bench', blocks: ['127.0.0.0/8'], ports: [1], protocols: ['http'] };
const MATTER_NAME = '省际普通货物水路运输经营许可';

/** A hub as `hecha serve` runs it, every feature on. */
export interface BenchHub {
  readonly child: Child;
  readonly url: string;
  /** Bearer token of a counter. */
  readonly token: string;
}

export async function startHub(
  children: Children,
  given: {
    readonly folder: string;
    readonly databaseUrl: string;
    readonly upstreams: Upstreams;
    readonly credentials: SandboxCredentials;
  },
): Promise<BenchHub> {
  const folder = join(given.folder, 'hub');
  await mkdir(folder);
  const pair = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: KEY_ID, alg: 'ES256', use: 'sig' };
  const jwksFile = join(folder, 'jwks.json');
  const sourcesFile = join(folder, 'sources.json');
  await writeFile(jwksFile, JSON.stringify({ keys: [jwk] }));
  const vaultKeysFile = join(folder, 'vault-keys');
  await writeFile(vaultKeysFile, `bench:${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  await writeFile(sourcesFile, JSON.stringify(listOf(given)), { mode: 0o600 });
  const child = await children.startHecha(['serve'], /serving (http:\/\/\S+)\/graphql/, {
    PORT: '0',
    DATABASE_URL: given.databaseUrl,
    HECHA_JWKS_FILE: jwksFile,
    HECHA_SOURCES_FILE: sourcesFile,
    HECHA_VAULT_KEYS_FILE: vaultKeysFile,
    HECHA_DIGEST_SECRET: randomBytes(32).toString('hex'),
  });
  const token = await new SignJWT({ agency: AGENCY, roles: ['COUNTER'], scope: '' })
    .setProtectedHeader({ alg: 'ES256', typ: 'JWT', kid: KEY_ID })
    .setSubject('bench')
    .setIssuer('hecha')
    .setAudience('hecha')
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(pair.privateKey);
  return { child, url: child.said, token };
}

const DATASETS = {
  'license-library': 'LICENSE',
  'publicity-system': 'REGISTRATION',
  'credit-platform': 'CREDIT',
  assistance: 'ASSISTANCE',
} as const;

/** The list of sources. No canaries: their calls would be counted among those of the query. */
function listOf(given: {
  readonly upstreams: Upstreams;
  readonly credentials: SandboxCredentials;
}): object {
  const { upstreams, credentials } = given;
  const policy = {
    concurrencyMax: CONNECTIONS_PER_SOURCE,
    waitingMax: 2_000,
    deadlineMs: 20_000,
    attemptMs: 10_000,
  };
  const source = (id: keyof Upstreams, own: { settings?: object; secrets: object }) => ({
    id,
    title: id,
    ownerAgency: AGENCY,
    routes: [{ dataset: DATASETS[id] }],
    kind: id,
    policy,
    secrets: own.secrets,
    settings: {
      baseUrl: upstreams[id].baseUrl,
      allowPlainHttp: true,
      connectionsMax: CONNECTIONS_PER_SOURCE,
      ...own.settings,
    },
  });
  const { accessId, accessToken, sm2PrivateKey, rid, sid } = credentials;
  return {
    egress: { zones: [BENCH_ZONE], allowsLoopback: true },
    sources: [
      source('license-library', {
        settings: { accessId },
        secrets: { accessToken, sm2PrivateKey },
      }),
      source('publicity-system', {
        settings: { rid, sid },
        secrets: { appKey: credentials.exchangeAppKey },
      }),
      source('credit-platform', { secrets: { appKey: credentials.creditAppKey } }),
      source('assistance', { secrets: { token: credentials.assistanceToken } }),
    ],
  };
}

/** Opens the cases the run rotates over, by the hub's own mutation. Their ids. */
export async function openCases(
  hub: BenchHub,
  enterprises: SourcesReady['enterprises'],
): Promise<readonly string[]> {
  const { matters } = await ask<{ matters: { nodes: { code: string; name: string }[] } }>(
    hub,
    '{ matters(first: 100) { nodes { code name } } }',
  );
  const matter = matters.nodes.find(({ name }) => name === MATTER_NAME);
  if (matter === undefined) throw new Error(`The catalog has no ${MATTER_NAME}.`);
  const ids: string[] = [];
  for (let index = 0; index < CASES; index += 1) {
    const from = index * ENTERPRISES_PER_CASE;
    const subjects = enterprises
      .slice(from, from + ENTERPRISES_PER_CASE)
      .map(({ code, name }) => ({ kind: 'ENTERPRISE', code, name }));
    const { openCase } = await ask<{
      openCase: { case: { id: string } | null; userErrors: { message: string }[] };
    }>(
      hub,
      `mutation ($input: OpenCaseInput!) {
         openCase(input: $input) { case { id } userErrors { message } }
       }`,
      {
        input: {
          matterCode: matter.code,
          caseNumber: `BENCH-${index + 1}`,
          legalBasis: '国内水路运输管理条例第八条',
          subjects,
        },
      },
    );
    if (openCase.case === null) throw new Error(openCase.userErrors[0]?.message ?? 'no case');
    ids.push(openCase.case.id);
  }
  return ids;
}

async function ask<T>(hub: BenchHub, query: string, variables: object = {}): Promise<T> {
  const response = await fetch(`${hub.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${hub.token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data?: T; errors?: unknown };
  if (data === undefined || errors !== undefined)
    throw new Error(`The hub answered ${response.status}: ${JSON.stringify(errors)}`);
  return data;
}
