import { soap } from '../../../connectors/soap/connector.ts';
import { OPEN_NETWORK } from '../../../src/connector-kit/network.ts';
import { systemClock } from '../../../src/model/clock.ts';
import { ANSWER, PASSWORD, startSoapRig, SUBJECTS, UNREADABLE } from '../soap-rig.ts';
import { createSpokenTwin } from './spoken-twin.ts';
import { NO_KEYS, type SubjectPlan } from './started-subject.ts';

/** A SOAP service, registered without code. */
export const SOAP: SubjectPlan = {
  kind: 'soap',
  async start() {
    const rig = await startSoapRig();
    const { present, absent } = SUBJECTS;
    return {
      stop: () => rig.stop(),
      subject: {
        kind: soap,
        settings: rig.settingsOf(),
        secrets: { secret: PASSWORD },
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
        twin: createSpokenTwin(rig.service, {
          operations: [ANSWER.operation],
          integrity: ['wrong-row', 'extra'],
          // XML has no keys that could stand twice.
          without: ['malformed:duplicate-keys'],
          // It has no numbers either: a long one is as good as any other text.
          cleanAllowed: ['malformed:unsafe-integer'],
          unplayed: [],
        }),
        logged: null,
      },
    };
  },
};
