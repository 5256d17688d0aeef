import type { Discrepancy, FollowUp, Verdict, Verification } from '../../src/model/verification.ts';
import {
  CASE,
  CASE_ID,
  day,
  instant,
  MATTER,
  PERSON,
  PERSON_ID,
  PERSON_NAME,
  VERIFICATION_ID,
} from './records.ts';
import { POLICY_CHOICE } from './policy-records.ts';

export const VERIFICATION: Verification = {
  id: VERIFICATION_ID,
  agencyCode: CASE.agencyCode,
  caseId: CASE_ID,
  subjectId: PERSON.id,
  claims: [
    { requirement: 'identity', field: 'HOLDER_NAME', value: PERSON_NAME },
    { requirement: 'identity', field: 'LICENSE_NUMBER', value: PERSON_ID },
    { requirement: 'identity', field: 'LEGAL_REPRESENTATIVE', value: '王小二' },
    { requirement: 'identity', field: 'ADDRESS', value: '山东省济宁市任城区某路1号' },
  ],
  askedAt: instant,
  askedBy: 'officer-1',
};

export const VERDICT: Verdict = {
  id: '00000000-0000-4000-8000-0000000000e1',
  verificationId: VERIFICATION_ID,
  number: 1,
  code: 'INCONCLUSIVE',
  refutation: null,
  reasons: [
    {
      code: 'SOURCE_DID_NOT_ANSWER',
      requirement: 'identity',
      field: null,
      source: 'license-library',
      hop: 'NETWORK',
      detail: 'SOURCE_TIMEOUT',
    },
  ],
  requirements: [
    {
      id: 'identity',
      label: '居民身份证',
      belief: 'UNKNOWN',
      successor: null,
      fields: [
        {
          field: 'HOLDER_NAME',
          decisive: true,
          belief: 'UNKNOWN',
          dissent: [],
          bySource: [
            {
              source: 'license-library',
              rank: 3,
              outcome: 'WITHHELD',
              belief: 'UNKNOWN',
              rules: [],
            },
          ],
        },
      ],
    },
  ],
  retryAt: '2026-11-23T02:15:00.000Z',
  observations: [
    {
      requirement: 'identity',
      source: 'license-library',
      dataset: 'LICENSE',
      method: 'ONLINE',
      rank: 3,
      transport: 'TIMEOUT',
      hop: 'NETWORK',
      fault: 'SOURCE_TIMEOUT',
      retryAt: null,
      recordOutcome: null,
      status: null,
      fields: [],
      notes: [],
      asOf: null,
      observedAt: '2026-11-23T02:00:00.000Z',
      evidenceId: null,
      evidenceDigest: null,
    },
  ],
  relevantOn: day('2026-11-20'),
  dueOn: null,
  dueIsProvisional: false,
  policyVersion: `${MATTER.code}@1`,
  policyChoice: POLICY_CHOICE,
  normalizerVersion: '1',
  decidedAt: instant,
  cause: 'ASKED',
  supersedes: null,
};

export const DISCREPANCY: Discrepancy = {
  id: '00000000-0000-4000-8000-0000000000d1',
  verificationId: VERIFICATION_ID,
  requirement: 'identity',
  field: 'HOLDER_NAME',
  sources: ['license-library', 'credit-platform'],
  openedAt: instant,
};

export const FOLLOW_UP: FollowUp = {
  id: '00000000-0000-4000-8000-0000000000d2',
  verificationId: VERIFICATION_ID,
  kind: 'VERIFY_AGAIN',
  dueOn: day('2026-11-30'),
  dueIsProvisional: false,
  createdAt: instant,
};
