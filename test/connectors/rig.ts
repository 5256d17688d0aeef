import { assistance } from '../../connectors/assistance/connector.ts';
import { creditPlatform } from '../../connectors/credit-platform/connector.ts';
import { licenseLibrary } from '../../connectors/license-library/connector.ts';
import { publicitySystem } from '../../connectors/publicity-system/connector.ts';
import { CANARIES } from '../../sandbox/fixtures.ts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';
import type { SourceId } from '../../sandbox/wire.ts';
import { OPEN_NETWORK } from '../../src/connector-kit/network.ts';
import type { CallContext, Connector } from '../../src/connector-kit/connector.ts';
import { systemClock } from '../../src/model/clock.ts';
import type { Purpose } from '../../src/model/purpose.ts';

export const PURPOSE: Purpose = {
  caseId: 'c-1',
  caseNumber: 'JN-2026-0918-001',
  matterCode: '11370800MB285591843370118009001',
  matterName: '省际普通货物水路运输经营许可',
  legalBasis: '国内水路运输管理条例第六条',
  agencyCode: '11370800MB28559184',
  actor: 'officer-7',
  requestId: 'r-1',
};

/** The four sources, and a connector to any of them, over TLS with the pinned authority. */
export interface Rig {
  readonly sandbox: Sandbox;
  /** A new connector; closed with the rig. */
  connect(id: SourceId, options?: { readonly baseUrl?: string }): Connector;
  setFault(id: SourceId, fault: object): Promise<void>;
  clearFault(id: SourceId): Promise<void>;
  listCalls(id: SourceId): Promise<readonly { operation: string; keys: readonly string[] }[]>;
  putRecord(id: SourceId, path: string, record: object): Promise<void>;
  stop(): Promise<void>;
}

export async function startRig(options: SandboxOptions = {}): Promise<Rig> {
  const sandbox = await startSandbox(options);
  const connectors: Connector[] = [];
  const control = async (id: SourceId, path: string, init: RequestInit = {}): Promise<unknown> => {
    const response = await fetch(`${sandbox.sources[id].controlUrl}${path}`, init);
    if (!response.ok) throw new Error(`control port: ${response.status} ${await response.text()}`);
    return response.json();
  };
  return {
    sandbox,
    connect(id, { baseUrl } = {}) {
      const made = connectTo(sandbox, id, baseUrl ?? sandbox.sources[id].tlsBaseUrl);
      connectors.push(made);
      return made;
    },
    async setFault(id, fault) {
      await control(id, '/fault', { method: 'PUT', body: JSON.stringify(fault) });
    },
    async clearFault(id) {
      await control(id, '/fault', { method: 'DELETE' });
    },
    async listCalls(id) {
      const told = (await control(id, '/calls')) as { calls?: unknown } | unknown[];
      return (Array.isArray(told) ? told : (told.calls ?? [])) as never;
    },
    async putRecord(id, path, record) {
      await control(id, `/records/${path}`, { method: 'PUT', body: JSON.stringify(record) });
    },
    async stop() {
      await Promise.all(connectors.map((each) => each.close()));
      await sandbox.stop();
    },
  };
}

/** A call that may take this long. */
export function within(ms: number): CallContext {
  return { signal: AbortSignal.timeout(ms), purpose: PURPOSE };
}

export const CANARY_SUBJECTS = {
  present: { kind: 'ENTERPRISE', code: CANARIES.presentCode, name: null },
  absent: { kind: 'ENTERPRISE', code: CANARIES.absentCode, name: null },
} as const;

export function connectTo(sandbox: Sandbox, id: SourceId, baseUrl: string): Connector {
  const { credentials } = sandbox;
  const transport = {
    baseUrl,
    connectionsMax: 4,
    caPem: sandbox.caPem,
    replyBytesMax: 1024 * 1024,
    allowPlainHttp: true,
  };
  const clock = systemClock;
  switch (id) {
    case 'license-library':
      return licenseLibrary.create({
        settings: licenseLibrary.settings.parse({
          ...transport,
          accessId: credentials.accessId,
          canary: {
            present: { identifier: CANARIES.presentLicense },
            absent: { identifier: CANARIES.absentLicense },
          },
        }),
        secrets: { accessToken: credentials.accessToken, sm2PrivateKey: credentials.sm2PrivateKey },
        clock,
        network: OPEN_NETWORK,
      });
    case 'publicity-system':
      return publicitySystem.create({
        settings: publicitySystem.settings.parse({
          ...transport,
          rid: credentials.rid,
          sid: credentials.sid,
          commitments: { sid: credentials.supplySid },
          canary: CANARY_SUBJECTS,
        }),
        secrets: { appKey: credentials.exchangeAppKey },
        clock,
        network: OPEN_NETWORK,
      });
    case 'credit-platform':
      return creditPlatform.create({
        settings: creditPlatform.settings.parse({ ...transport, canary: CANARY_SUBJECTS }),
        secrets: { appKey: credentials.creditAppKey },
        clock,
        network: OPEN_NETWORK,
      });
    case 'assistance':
      return assistance.create({
        settings: transport,
        secrets: { token: credentials.assistanceToken },
        clock,
        network: OPEN_NETWORK,
      });
  }
}
