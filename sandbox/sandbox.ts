import { randomBytes } from 'node:crypto';

import { sm2 } from 'sm-crypto-v2';

import { createAssistance } from './assistance.ts';
import type { HubAddress } from './clerk.ts';
import { createCreditPlatform } from './credit-platform.ts';
import type { AesGeneration } from './exchange-platform.ts';
import { FIXTURES } from './fixtures.ts';
import { createLicenseLibrary } from './license-library.ts';
import type { Population } from './population.ts';
import { createPublicitySystem } from './publicity-system.ts';
import { startSource } from './source-server.ts';
import type { RunningSource } from './source-server.ts';
import { createCertificates } from './tls.ts';
import { SOURCE_IDS } from './wire.ts';
import type { SourceId, SourceLogic } from './wire.ts';

/** All optional: the defaults suit a demo, tests say what they care about. */
export interface SandboxOptions {
  /** Ports by source; any free ones where not given. */
  readonly ports?: Readonly<Partial<Record<SourceId, SourcePorts>>>;
  /** What the sources hold; the fixtures unless given. */
  readonly population?: Population;
  /** Where the clerk of the assisting agency answers. */
  readonly hub?: HubAddress;
  /** How long the clerk takes; null (the default) for never by himself. */
  readonly replyAfterMs?: number | null;
  /** Of the exchange platform; `ECB` unless given. */
  readonly aes?: AesGeneration;
  readonly secretLifeMs?: number;
  /** The sources' own limits; none unless given. */
  readonly limits?: Readonly<Partial<SourceLimits>>;
  /** License types the hub was not granted. */
  readonly typesDenied?: readonly string[];
  /** License types that are shown with their holder's consent only. */
  readonly typesByConsent?: readonly string[];
  /** Secrets that stay the same over restarts; made up afresh unless given. */
  readonly credentials?: Readonly<Partial<SandboxCredentials>>;
  /** Epoch milliseconds by the clock of the sources; the machine's unless given. */
  readonly now?: () => number;
}

export interface SourcePorts {
  readonly data: number;
  readonly control: number;
}

export interface SourceLimits {
  readonly licenseCallsPerDayMax: number;
  readonly publicityCallsPerHourMax: number;
  readonly creditSubjectsPerDayMax: number;
}

/** What the hub must be told to be let in everywhere. */
export interface SandboxCredentials {
  /** License library: `head.accessId` and `head.accessToken`. */
  readonly accessId: string;
  readonly accessToken: string;
  /** SM2 key pair of the hub, hex; the library encrypts for the public key. */
  readonly sm2PublicKey: string;
  readonly sm2PrivateKey: string;
  /** Exchange platform in front of the publicity system. */
  readonly rid: string;
  readonly sid: string;
  /** The service that takes commitments. */
  readonly supplySid: string;
  readonly exchangeAppKey: string;
  /** Credit platform: `X-App-Key`. */
  readonly creditAppKey: string;
  /** Assistance: bearer token. */
  readonly assistanceToken: string;
}

export interface Sandbox {
  readonly sources: Readonly<Record<SourceId, RunningSource>>;
  readonly credentials: SandboxCredentials;
  readonly aes: AesGeneration;
  /** The authority that signed the certificates of all sources. */
  readonly caPem: string;
  /** Stops all four. May be called twice; both calls wait for the same stop. */
  stop(): Promise<void>;
}

const SECRET_LIFE_MS = 30 * 60_000;

/** Starts the four sources of record on 127.0.0.1. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const now = options.now ?? Date.now;
  const credentials = { ...createCredentials(), ...options.credentials };
  const certificates = await createCertificates();
  const logics = createLogics(options, credentials, now);
  const running = await Promise.all(
    SOURCE_IDS.map((id) =>
      startSource({
        logic: logics[id],
        certificates,
        dataPort: options.ports?.[id]?.data ?? 0,
        controlPort: options.ports?.[id]?.control ?? 0,
        now,
      }),
    ),
  );
  const sources = Object.fromEntries(running.map((each) => [each.id, each])) as Record<
    SourceId,
    RunningSource
  >;
  let stopped: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    await Promise.all(running.map((each) => each.stop()));
  };
  return {
    sources,
    credentials,
    aes: options.aes ?? 'ECB',
    caPem: certificates.caPem,
    stop: () => (stopped ??= stop()),
  };
}

function createLogics(
  options: SandboxOptions,
  credentials: SandboxCredentials,
  now: () => number,
): Readonly<Record<SourceId, SourceLogic>> {
  const population = options.population ?? FIXTURES;
  return {
    'license-library': createLicenseLibrary({
      accessId: credentials.accessId,
      accessToken: credentials.accessToken,
      consumerPublicKey: credentials.sm2PublicKey,
      licenses: population.licenses,
      typesDenied: options.typesDenied ?? [],
      typesByConsent: options.typesByConsent ?? [],
      callsPerDayMax: options.limits?.licenseCallsPerDayMax ?? null,
    }),
    'publicity-system': createPublicitySystem({
      rid: credentials.rid,
      sids: [credentials.sid, credentials.supplySid],
      appKey: credentials.exchangeAppKey,
      aes: options.aes ?? 'ECB',
      secretLifeMs: options.secretLifeMs ?? SECRET_LIFE_MS,
      callsPerHourMax: options.limits?.publicityCallsPerHourMax ?? null,
      enterprises: population.enterprises,
    }),
    'credit-platform': createCreditPlatform({
      appKey: credentials.creditAppKey,
      profiles: population.profiles,
      subjectsPerDayMax: options.limits?.creditSubjectsPerDayMax ?? null,
    }),
    assistance: createAssistance({
      token: credentials.assistanceToken,
      facts: population.facts,
      replyAfterMs: options.replyAfterMs ?? null,
      hub: options.hub ?? null,
      now,
    }),
  };
}

function createCredentials(): SandboxCredentials {
  const pair = sm2.generateKeyPairHex();
  const secret = (): string => randomBytes(16).toString('hex');
  return {
    accessId: 'hecha',
    accessToken: secret(),
    sm2PublicKey: pair.publicKey,
    sm2PrivateKey: pair.privateKey,
    rid: '11370800MB28559184',
    sid: 's_370800_demo_0001',
    supplySid: 's_370800_demo_0002',
    exchangeAppKey: secret(),
    creditAppKey: secret(),
    assistanceToken: secret(),
  };
}
