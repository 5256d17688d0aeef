import { graphql } from '../../../connectors/graphql/connector.ts';
import { rest } from '../../../connectors/rest/connector.ts';
import { OPEN_NETWORK } from '../../../src/connector-kit/network.ts';
import { systemClock } from '../../../src/model/clock.ts';
import { SUBJECTS, UNREADABLE } from '../exchange-platform-rig.ts';
import { API_SECRET, startOpenApi } from '../open-api-rig.ts';
import { createSpokenTwin } from './spoken-twin.ts';
import { NO_KEYS, type SubjectPlan } from './started-subject.ts';

/** An ordinary JSON API, and an ordinary GraphQL API, registered without code. */
export const REST = planOf('rest');
export const GRAPHQL = planOf('graphql');

function planOf(kind: 'rest' | 'graphql'): SubjectPlan {
  return {
    kind,
    async start() {
      const rig = await startOpenApi(kind);
      const { present, absent } = SUBJECTS;
      return {
        stop: () => rig.stop(),
        subject: {
          kind: kind === 'rest' ? rest : graphql,
          settings: rig.settingsOf(),
          secrets: { secret: API_SECRET },
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
          twin: createSpokenTwin(rig.api, {
            operations: ['query'],
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
}
