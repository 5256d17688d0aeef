import { publicitySystem } from '../../../connectors/publicity-system/connector.ts';
import { ENTERPRISES } from '../../../sandbox/fixtures-publicity.ts';
import { SUBJECTS } from '../../../sandbox/fixtures-subjects.ts';
import { createEnterprise } from '../../../sandbox/population.ts';
import { startSandbox } from '../../../sandbox/sandbox.ts';
import { OPEN_NETWORK } from '../../../src/connector-kit/network.ts';
import { systemClock } from '../../../src/model/clock.ts';
import { E1, need } from '../questions.ts';
import { CANARY_SUBJECTS } from '../rig.ts';
import { createCommitment } from './reference.ts';
import { createControl, createSandboxTwin } from './sandbox-twin.ts';
import { NO_KEYS, type SubjectPlan } from './started-subject.ts';

const HELD = need(ENTERPRISES.find(({ code }) => code === SUBJECTS.e1.code));

/** An enterprise whose row cannot be read: the day of a removal is no day. */
const SPOILED = createEnterprise({
  code: SUBJECTS.e4.code,
  name: SUBJECTS.e4.name,
  entityId: '3708820000000004',
  violations: [{ reason: '示例', since: '2026-05-11', authority: '示例', removedOn: 'soon' }],
});

/** The publicity system behind the exchange platform. */
export const PUBLICITY_SYSTEM: SubjectPlan = {
  kind: 'publicity-system',
  async start() {
    const sandbox = await startSandbox();
    const { controlUrl, tlsBaseUrl } = sandbox.sources['publicity-system'];
    const control = createControl(controlUrl);
    await control.put(`/records/enterprises/${SPOILED.code}`, SPOILED);
    const { rid, sid, supplySid, exchangeAppKey } = sandbox.credentials;
    return {
      stop: () => sandbox.stop(),
      subject: {
        kind: publicitySystem,
        settings: {
          baseUrl: tlsBaseUrl,
          caPem: sandbox.caPem,
          rid,
          sid,
          commitments: { sid: supplySid },
          canary: CANARY_SUBJECTS,
        },
        secrets: { appKey: exchangeAppKey },
        network: OPEN_NETWORK,
        clock: systemClock,
        questions: {
          'enterprise.registration': {
            ...NO_KEYS,
            hit: E1,
            miss: CANARY_SUBJECTS.absent,
            poison: { kind: 'ENTERPRISE', code: SPOILED.code, name: null },
            blank: { ...E1, code: '' },
          },
        },
        push: {
          'credit.commitment': {
            sound: [createCommitment(1), createCommitment(2)],
            refused: { ...createCommitment(3), liability: '' },
          },
        },
        twin: createSandboxTwin(sandbox, {
          id: 'publicity-system',
          operations: ['httpproxy', 'supply'],
          denied: { part: 'enterprise.registration', operation: 'httpproxy' },
          unknownStatus: {
            path: `enterprises/${HELD.code}`,
            record: { ...HELD, stateCode: '8', stateText: '待核验' },
          },
          cleanAllowed: [],
          pushed: 'supplied',
        }),
        logged: null,
      },
    };
  },
};
