import { licenseLibrary } from '../../../connectors/license-library/connector.ts';
import { CANARIES, LICENSE_IDS } from '../../../sandbox/fixtures.ts';
import { FOOD_LICENSE, WATERWAY_LICENSE } from '../../../sandbox/license-faces.ts';
import { SUBJECTS } from '../../../sandbox/fixtures-subjects.ts';
import { startSandbox } from '../../../sandbox/sandbox.ts';
import { OPEN_NETWORK } from '../../../src/connector-kit/network.ts';
import { systemClock } from '../../../src/model/clock.ts';
import { CANARY_SUBJECTS } from '../rig.ts';
import { E1 } from '../questions.ts';
import { createSandboxTwin } from './sandbox-twin.ts';
import { NO_KEYS, type SubjectPlan } from './started-subject.ts';

const E4 = { kind: 'ENTERPRISE', code: SUBJECTS.e4.code, name: null } as const;

/** The license library, by identifier and by holder. */
export const LICENSE_LIBRARY: SubjectPlan = {
  kind: 'license-library',
  async start() {
    const sandbox = await startSandbox();
    const { accessId, accessToken, sm2PrivateKey } = sandbox.credentials;
    return {
      stop: () => sandbox.stop(),
      subject: {
        kind: licenseLibrary,
        settings: {
          baseUrl: sandbox.sources['license-library'].tlsBaseUrl,
          caPem: sandbox.caPem,
          accessId,
          canary: {
            present: { identifier: CANARIES.presentLicense },
            absent: { identifier: CANARIES.absentLicense },
          },
        },
        secrets: { accessToken, sm2PrivateKey },
        network: OPEN_NETWORK,
        clock: systemClock,
        questions: {
          'license.byIdentifier': {
            ...NO_KEYS,
            hit: { identifier: LICENSE_IDS.endsOn17 },
            miss: { identifier: LICENSE_IDS.absent },
            withheld: { identifier: LICENSE_IDS.revoked },
            blank: { identifier: '' },
          },
          'license.byHolder': {
            ...NO_KEYS,
            hit: { holder: E1, typeCode: FOOD_LICENSE },
            miss: { holder: CANARY_SUBJECTS.absent, typeCode: FOOD_LICENSE },
            many: { holder: E4, typeCode: WATERWAY_LICENSE },
            blank: { holder: { ...E1, code: '' }, typeCode: FOOD_LICENSE },
          },
        },
        push: {},
        files: { held: LICENSE_IDS.endsOn17, absent: LICENSE_IDS.absent },
        twin: createSandboxTwin(sandbox, {
          id: 'license-library',
          operations: ['queryCertInfo', 'queryCertInfoByHolderCode'],
          denied: { part: 'license.byHolder', operation: 'queryCertInfoByHolderCode' },
          unknownStatus: { kind: 'drift', how: 'new-status-code' },
          cleanAllowed: [],
          pushed: null,
        }),
        logged: null,
      },
    };
  },
};
