import type { Sandbox } from '../../sandbox/sandbox.ts';
import { CANARIES } from '../../sandbox/fixtures.ts';
import type { SourceList } from '../source-list.ts';

/** The simulated sources as a list a hub is started with. */
export function listOfSandbox(sandbox: Sandbox): SourceList {
  const { credentials, sources } = sandbox;
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
          baseUrl: sources['license-library'].baseUrl,
          allowPlainHttp: true,
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
          baseUrl: sources['publicity-system'].baseUrl,
          allowPlainHttp: true,
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
          baseUrl: sources['credit-platform'].baseUrl,
          allowPlainHttp: true,
          canary: subjectCanary,
        },
        secrets: { appKey: credentials.creditAppKey },
        policy: {},
      },
      {
        id: 'assistance',
        title: '协助单位业务系统',
        kind: 'assistance',
        settings: { baseUrl: sources.assistance.baseUrl, allowPlainHttp: true },
        secrets: { token: credentials.assistanceToken },
        policy: {},
      },
    ],
  };
}
