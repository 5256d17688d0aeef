import { assistance } from '../../../connectors/assistance/connector.ts';
import { startSandbox } from '../../../sandbox/sandbox.ts';
import { OPEN_NETWORK } from '../../../src/connector-kit/network.ts';
import { systemClock } from '../../../src/model/clock.ts';
import { DRAFT } from '../questions.ts';
import { createSandboxTwin } from './sandbox-twin.ts';
import { NO_KEYS, type SubjectPlan } from './started-subject.ts';

/** The assisting agency's system, which is told and not asked. */
export const ASSISTANCE: SubjectPlan = {
  kind: 'assistance',
  async start() {
    const sandbox = await startSandbox();
    return {
      stop: () => sandbox.stop(),
      subject: {
        kind: assistance,
        settings: { baseUrl: sandbox.sources.assistance.tlsBaseUrl, caPem: sandbox.caPem },
        secrets: { token: sandbox.credentials.assistanceToken },
        network: OPEN_NETWORK,
        clock: systemClock,
        questions: { 'assistance.request': { ...NO_KEYS, hit: DRAFT } },
        push: {},
        twin: createSandboxTwin(sandbox, {
          id: 'assistance',
          operations: ['notify'],
          denied: null,
          unknownStatus: null,
          // A receipt is written in letters that are the same bytes in both charsets.
          cleanAllowed: ['charset:gbk-declared-as-utf8', 'charset:gbk-undeclared'],
          pushed: null,
        }),
        logged: null,
      },
    };
  },
};
