import type { Services } from '../../src/gateway/services.ts';
import type { PolicyChoice } from '../../src/model/policy-choice.ts';
import type { PolicyExemption, PolicyVersion } from '../../src/model/policy-version.ts';
import { AGENCY, day, instant, MATTER } from './records.ts';

const EXEMPTION: PolicyExemption = {
  ...{ opinion: '信用优良，同意免予核查', regulatorCode: AGENCY.code },
  ...{ recordedOn: day('2026-11-01'), document: '监管函〔2026〕1号' },
};

const VERSION: PolicyVersion = {
  ...{ id: '00000000-0000-4000-8000-0000000000e1', matterCode: MATTER.code, version: 1 },
  ...{ matterVersion: 1, effectiveFrom: day('2026-11-23'), reason: '分级核查' },
  gradeAgeDaysMax: 365,
  policies: [
    {
      ...{ policy: MATTER.policy, withinWorkingDays: 10 },
      byGrade: [
        {
          ...{ grade: 'A', timing: 'AFTER_DECISION', withinWorkingDays: 20 },
          ladders: MATTER.policy.requirements
            .slice(0, 1)
            .map(({ id, ladder }) => ({ requirement: id, ladder })),
          exemption: EXEMPTION,
        },
      ],
    },
  ],
  ...{ agencyCode: AGENCY.code, publishedAt: instant, publishedBy: 'justice-1' },
};

/** With all a field can show. */
export const POLICY_CHOICE: PolicyChoice = {
  ...{ version: 1, matterVersion: 1, subjectKind: 'ENTERPRISE', grade: 'A', why: 'BY_GRADE' },
  opinions: [
    {
      ...{ source: 'credit-platform', grade: 'A', on: day('2026-11-01') },
      ...{ observedAt: '2026-11-23T02:00:00.000Z', standing: 'APPLIED' },
      evidenceId: '00000000-0000-4000-8000-0000000000e2',
    },
  ],
  ...{ gradeAgeDaysMax: 365, withinWorkingDays: 20, exemption: EXEMPTION, policy: null },
};

/** One version of policies, for every matter. */
export const policies: Services['policies'] = {
  publish: async () => ({ ok: true, value: VERSION }),
  listInForce: async (keys) => keys.map(() => VERSION),
  pageOf: async () => ({ nodes: [VERSION], hasNextPage: false, endCursor: 'cursor' }),
};
