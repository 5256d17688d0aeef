import type { Services } from '../../src/gateway/services.ts';
import type { SamplingDraw } from '../../src/model/inspection.ts';
import { ALGORITHM, planText, sha256, type SamplingPlan } from '../../src/model/sampling.ts';
import { AGENCY, day, instant, MATTER } from './records.ts';

const ID = '0b9c6a52-6a39-4f0e-9f5e-8f9a2d1f0d31';
const COMMITMENT_ID = '0b9c6a52-6a39-4f0e-9f5e-8f9a2d1f0d01';
const POPULATION = `rest\t${COMMITMENT_ID}\n`;
const PLAN: SamplingPlan = {
  ...{ algorithm: ALGORITHM, id: ID, agencyCode: AGENCY.code, matterCodes: [MATTER.code] },
  ...{ from: day('2026-10-01'), through: day('2026-10-31') },
  strata: [{ name: 'rest', credit: null, verification: null, sharePermille: 1_000 }],
  ...{ inspectors: ['inspector-1', 'inspector-2'], inspectorsPerSubject: 2 },
};

const DRAW: SamplingDraw = {
  ...{ id: ID, agencyCode: AGENCY.code, plan: PLAN, planText: planText(PLAN) },
  ...{ planDigest: sha256(planText(PLAN)), seedCommitment: 'ab'.repeat(32) },
  ...{ plannedAt: instant, plannedBy: 'regulator-1', state: 'DRAWN', version: 3 },
  ...{ populationDigest: sha256(POPULATION), populationSize: 1, seed: 'cd'.repeat(32) },
};

const page = <T>(nodes: readonly T[]) => ({ nodes, hasNextPage: false, endCursor: 'cursor' });

/** One of everything of supervision, with all a field can show. */
export const supervision: Services['supervision'] = {
  plan: async () => ({ ok: true, value: DRAW }),
  step: async () => ({ ok: true, value: DRAW }),
  record: async () => ({ ok: true, value: DRAW }),
  find: async () => DRAW,
  pageOf: async () => page([DRAW]),
  listEvents: async () => [
    { number: 1, step: null, state: 'PLANNED', at: instant, by: 'regulator-1', reason: null },
  ],
  populationOf: async () => POPULATION,
  pageOfSubjects: async () =>
    page([
      {
        ...{ position: 1, commitmentId: COMMITMENT_ID, stratum: 'rest' },
        inspectors: PLAN.inspectors,
        inspection: {
          ...{ number: 1, outcome: 'NOT_KEPT', inspectedOn: day('2026-11-20') },
          ...{ note: '现场与承诺不一致', recordedAt: instant, recordedBy: 'regulator-1' },
        },
      },
    ]),
  countInspections: async () => ({ drawn: 1, kept: 0, notKept: 1, notFound: 0 }),
};
