import type { Sandbox } from '../../sandbox/sandbox.ts';
import { CANARIES } from '../../sandbox/fixtures.ts';
import type { SourceId } from '../../sandbox/wire.ts';
import { AGENCIES } from '../catalog/starter/agencies.ts';
import type { Egress } from '../connector-kit/egress.ts';
import type { Dataset } from '../model/policy.ts';
import type { ListedSource, SourceList } from '../source-list.ts';

/** How the simulated sources are reached: over TLS with their own authority, or in plain HTTP. */
export type Transport = 'TLS' | 'PLAIN';

/** The simulated sources as a list a hub is started with. */
export function listOfSandbox(sandbox: Sandbox, transport: Transport): SourceList {
  return {
    egress: DEMO_EGRESS,
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
    ...foundedFor('LICENSE', AGENCIES.approval.code),
    settings: {
      ...reach(sandbox, 'license-library', transport),
      accessId,
      canary: {
        present: { identifier: CANARIES.presentLicense },
        absent: { identifier: CANARIES.absentLicense },
      },
    },
    secrets: { accessToken, sm2PrivateKey },
  };
}

function listedPublicity(sandbox: Sandbox, transport: Transport): ListedSource {
  const { rid, sid, supplySid, exchangeAppKey } = sandbox.credentials;
  const reached = reach(sandbox, 'publicity-system', transport);
  return {
    id: 'publicity-system',
    title: '国家企业信用信息公示系统',
    kind: 'publicity-system',
    ...foundedFor('REGISTRATION', AGENCIES.market.code),
    settings: { ...reached, rid, sid, commitments: { sid: supplySid }, canary: SUBJECT_CANARY },
    secrets: { appKey: exchangeAppKey },
  };
}

function listedCredit(sandbox: Sandbox, transport: Transport): ListedSource {
  return {
    id: 'credit-platform',
    title: '公共信用信息平台',
    kind: 'credit-platform',
    ...foundedFor('CREDIT', AGENCIES.approval.code),
    settings: { ...reach(sandbox, 'credit-platform', transport), canary: SUBJECT_CANARY },
    secrets: { appKey: sandbox.credentials.creditAppKey },
  };
}

function listedAssistance(sandbox: Sandbox, transport: Transport): ListedSource {
  return {
    id: 'assistance',
    title: '协助单位业务系统',
    kind: 'assistance',
    ...foundedFor('ASSISTANCE', AGENCIES.healthInsurance.code),
    settings: reach(sandbox, 'assistance', transport),
    secrets: { token: sandbox.credentials.assistanceToken },
  };
}

function foundedFor(dataset: Dataset, ownerAgency: string) {
  const note = '演示环境';
  return { ownerAgency, catalogReference: null, policy: {}, routes: [{ dataset }], note };
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

/** Everything on this machine, where simulated sources are. Never for a real hub. */
export const DEMO_EGRESS: Egress = {
  zones: [],
  directories: [],
  allowsLoopback: true,
  own: [],
};
