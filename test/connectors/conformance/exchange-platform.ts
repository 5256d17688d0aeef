import { exchangePlatform } from '../../../connectors/exchange-platform/connector.ts';
import { OPEN_NETWORK } from '../../../src/connector-kit/network.ts';
import { systemClock } from '../../../src/model/clock.ts';
import { SECRET, SID, startGatewayRig, SUBJECTS, UNREADABLE } from '../exchange-platform-rig.ts';
import { createSpokenTwin } from './spoken-twin.ts';
import { NO_KEYS, type SubjectPlan } from './started-subject.ts';

/** A service behind the national platform, registered without code. */
export const EXCHANGE_PLATFORM: SubjectPlan = {
  kind: 'exchange-platform',
  async start() {
    const rig = await startGatewayRig('GJGXJHPT');
    const { present, absent } = SUBJECTS;
    return {
      stop: () => rig.stop(),
      subject: {
        kind: exchangePlatform,
        settings: rig.settingsOf(),
        secrets: { secret: SECRET },
        network: OPEN_NETWORK,
        clock: systemClock,
        questions: {
          'enterprise.registration': {
            ...NO_KEYS,
            hit: present,
            miss: absent,
            poison: { ...present, code: UNREADABLE },
            blank: { ...present, code: '' },
          },
        },
        push: {},
        twin: createSpokenTwin(rig.gateway, {
          operations: [SID],
          integrity: ['wrong-row', 'extra'],
          without: [],
          cleanAllowed: [],
          unplayed: [],
        }),
        logged: null,
      },
    };
  },
};
