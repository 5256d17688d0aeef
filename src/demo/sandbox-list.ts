import type { Sandbox } from '../../sandbox/sandbox.ts';
import { CANARIES } from '../../sandbox/fixtures.ts';
import type { SourceId } from '../../sandbox/wire.ts';
import type { ListedSource, SourceList } from '../source-list.ts';

/** How the simulated sources are reached: over TLS with their own authority, or in plain HTTP. */
export type Transport = 'TLS' | 'PLAIN';

/** The simulated sources as a list a hub is started with. */
export function listOfSandbox(sandbox: Sandbox, transport: Transport): SourceList {
  return {
    routes: {
      LICENSE: 'license-library',
      REGISTRATION: 'publicity-system',
      CREDIT: 'credit-platform',
      ASSISTANCE: 'assistance',
    },
    sources: [
      listedLibrary(sandbox, transport),
      listedPublicity(sandbox, transport),
      listedCredit(sandbox, transport),
      listedAssistance(sandbox, transport),
    ],
  };
}

function listedLibrary(sandbox: Sandbox, transport: Transport): ListedSource {
  const { accessId, accessToken, sm2PrivateKey } = sandbox.credentials;
  return {
    id: 'license-library',
    title: '电子证照库',
    kind: 'license-library',
    settings: {
      ...reach(sandbox, 'license-library', transport),
      accessId,
      canary: {
        present: { identifier: CANARIES.presentLicense },
        absent: { identifier: CANARIES.absentLicense },
      },
    },
    secrets: { accessToken, sm2PrivateKey },
    policy: {},
  };
}

function listedPublicity(sandbox: Sandbox, transport: Transport): ListedSource {
  const { rid, sid, exchangeAppKey } = sandbox.credentials;
  const reached = reach(sandbox, 'publicity-system', transport);
  return {
    id: 'publicity-system',
    title: '国家企业信用信息公示系统',
    kind: 'publicity-system',
    settings: { ...reached, rid, sid, canary: SUBJECT_CANARY },
    secrets: { appKey: exchangeAppKey },
    policy: {},
  };
}

function listedCredit(sandbox: Sandbox, transport: Transport): ListedSource {
  return {
    id: 'credit-platform',
    title: '公共信用信息平台',
    kind: 'credit-platform',
    settings: { ...reach(sandbox, 'credit-platform', transport), canary: SUBJECT_CANARY },
    secrets: { appKey: sandbox.credentials.creditAppKey },
    policy: {},
  };
}

function listedAssistance(sandbox: Sandbox, transport: Transport): ListedSource {
  return {
    id: 'assistance',
    title: '协助单位业务系统',
    kind: 'assistance',
    settings: reach(sandbox, 'assistance', transport),
    secrets: { token: sandbox.credentials.assistanceToken },
    policy: {},
  };
}

const SUBJECT_CANARY = {
  present: { kind: 'ENTERPRISE', code: CANARIES.presentCode, name: null },
  absent: { kind: 'ENTERPRISE', code: CANARIES.absentCode, name: null },
} as const;

function reach({ sources, caPem }: Sandbox, id: SourceId, transport: Transport) {
  return transport === 'TLS'
    ? { baseUrl: sources[id].tlsBaseUrl, caPem }
    : { baseUrl: sources[id].baseUrl, allowPlainHttp: true };
}
