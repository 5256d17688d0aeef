import type { Sandbox } from '../../sandbox/sandbox.ts';
import { CANARIES } from '../../sandbox/fixtures.ts';
import type { SourceId } from '../../sandbox/wire.ts';
import type { SourceList } from '../source-list.ts';

/** How the simulated sources are reached: over TLS with their own authority, or in plain HTTP. */
export type Transport = 'TLS' | 'PLAIN';

/** The simulated sources as a list a hub is started with. */
export function listOfSandbox(sandbox: Sandbox, transport: Transport): SourceList {
  const { credentials, sources, caPem } = sandbox;
  const reach = (id: SourceId) =>
    transport === 'TLS'
      ? { baseUrl: sources[id].tlsBaseUrl, caPem }
      : { baseUrl: sources[id].baseUrl, allowPlainHttp: true };
  const canaryOf = (code: string) => ({ kind: 'ENTERPRISE', code, name: null });
  const subjectCanary = {
    present: canaryOf(CANARIES.presentCode),
    absent: canaryOf(CANARIES.absentCode),
  };
  return {
    routes: {
      LICENSE: 'license-library',
      REGISTRATION: 'publicity-system',
      CREDIT: 'credit-platform',
      ASSISTANCE: 'assistance',
    },
    sources: [
      {
        id: 'license-library',
        title: '电子证照库',
        kind: 'license-library',
        settings: {
          ...reach('license-library'),
          accessId: credentials.accessId,
          canary: {
            present: { identifier: CANARIES.presentLicense },
            absent: { identifier: CANARIES.absentLicense },
          },
        },
        secrets: {
          accessToken: credentials.accessToken,
          sm2PrivateKey: credentials.sm2PrivateKey,
        },
        policy: {},
      },
      {
        id: 'publicity-system',
        title: '国家企业信用信息公示系统',
        kind: 'publicity-system',
        settings: {
          ...reach('publicity-system'),
          rid: credentials.rid,
          sid: credentials.sid,
          canary: subjectCanary,
        },
        secrets: { appKey: credentials.exchangeAppKey },
        policy: {},
      },
      {
        id: 'credit-platform',
        title: '公共信用信息平台',
        kind: 'credit-platform',
        settings: {
          ...reach('credit-platform'),
          canary: subjectCanary,
        },
        secrets: { appKey: credentials.creditAppKey },
        policy: {},
      },
      {
        id: 'assistance',
        title: '协助单位业务系统',
        kind: 'assistance',
        settings: reach('assistance'),
        secrets: { token: credentials.assistanceToken },
        policy: {},
      },
    ],
  };
}
