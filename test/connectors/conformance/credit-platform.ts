import { creditPlatform } from '../../../connectors/credit-platform/connector.ts';
import { PROFILES } from '../../../sandbox/fixtures-credit.ts';
import { SUBJECTS } from '../../../sandbox/fixtures-subjects.ts';
import { createProfile } from '../../../sandbox/population.ts';
import { startSandbox } from '../../../sandbox/sandbox.ts';
import { OPEN_NETWORK } from '../../../src/connector-kit/network.ts';
import { systemClock } from '../../../src/model/clock.ts';
import { E1, need, P1 } from '../questions.ts';
import { CANARY_SUBJECTS } from '../rig.ts';
import { createCommitment } from './reference.ts';
import { createControl, createSandboxTwin } from './sandbox-twin.ts';
import { NO_KEYS, type SubjectPlan } from './started-subject.ts';

const HELD = need(PROFILES.find(({ identify }) => identify === SUBJECTS.e1.code));
const UNDER_15_DIGITS = need(PROFILES.find(({ identify }) => identify === SUBJECTS.p1.code15));

/** A profile that cannot be read: the day of a removal is no day. */
const SPOILED = createProfile({
  identify: SUBJECTS.e4.code,
  subjectName: SUBJECTS.e4.name,
  lists: [{ listName: '红名单', reason: null, authority: null, listedOn: null, removedOn: 'soon' }],
});

/** The public credit platform. */
export const CREDIT_PLATFORM: SubjectPlan = {
  kind: 'credit-platform',
  async start() {
    const sandbox = await startSandbox();
    const { controlUrl, tlsBaseUrl } = sandbox.sources['credit-platform'];
    const control = createControl(controlUrl);
    const twice = { ...UNDER_15_DIGITS, identify: SUBJECTS.p1.code, commitments: [] };
    await control.put(`/records/profiles/${SUBJECTS.p1.code}`, twice);
    await control.put(`/records/profiles/${SPOILED.identify}`, SPOILED);
    return {
      stop: () => sandbox.stop(),
      subject: {
        kind: creditPlatform,
        settings: { baseUrl: tlsBaseUrl, caPem: sandbox.caPem, canary: CANARY_SUBJECTS },
        secrets: { appKey: sandbox.credentials.creditAppKey },
        network: OPEN_NETWORK,
        clock: systemClock,
        questions: {
          'credit.profile': {
            ...NO_KEYS,
            hit: E1,
            miss: CANARY_SUBJECTS.absent,
            many: P1,
            poison: { kind: 'ENTERPRISE', code: SPOILED.identify, name: null },
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
          id: 'credit-platform',
          operations: ['query', 'push', 'push-status'],
          denied: { part: 'credit.profile', operation: 'query' },
          unknownStatus: {
            path: `profiles/${HELD.identify}`,
            record: { ...HELD, grade: { value: 'AAAA', gradedOn: null } },
          },
          cleanAllowed: [],
          pushed: 'pushed',
        }),
        logged: null,
      },
    };
  },
};
