import type { ClaimField, Requirement, VerificationPolicy } from '../../src/model/policy.ts';
import type { SourceObservation } from '../../src/model/verification.ts';

/** A policy that verifies these requirements of enterprises, before the decision. */
export function policyOf(requirements: readonly Requirement[]): VerificationPolicy {
  return {
    subjectKinds: ['ENTERPRISE'],
    timing: 'BEFORE_DECISION',
    followUpWorkingDays: 3,
    dateThatCounts: 'ASKED_ON',
    exemption: null,
    requirements,
  };
}

/** A requirement of which every field decides. */
export function requirementOf(id: string, fields: readonly ClaimField[]): Requirement {
  return {
    id,
    label: id,
    fields: fields.map((field) => ({ field, decisive: true, mustBeClaimed: false })),
    ladder: [],
    acceptsSuccessor: false,
  };
}

type About = Pick<SourceObservation, 'requirement' | 'source' | 'rank'>;

/** One record was found, and its fields compared like this. */
export function answered(
  one: About & Pick<SourceObservation, 'fields'> & Partial<SourceObservation>,
): SourceObservation {
  return {
    dataset: 'LICENSE',
    method: 'ONLINE',
    transport: 'ANSWERED',
    hop: null,
    fault: null,
    retryAt: null,
    recordOutcome: 'FOUND_ONE',
    status: null,
    notes: [],
    asOf: null,
    observedAt: '2026-09-18T02:00:00.000Z',
    evidenceId: 'c0ffee00-0000-4000-8000-000000000001',
    evidenceDigest: 'c0ffee',
    ...one,
  };
}

/** The source gave no answer. */
export function unanswered(
  one: About & Pick<SourceObservation, 'transport'> & Partial<SourceObservation>,
): SourceObservation {
  return {
    dataset: 'LICENSE',
    method: 'ONLINE',
    hop: 'NETWORK',
    fault: `SOURCE_${one.transport}`,
    retryAt: null,
    recordOutcome: null,
    status: null,
    fields: [],
    notes: [],
    asOf: null,
    observedAt: null,
    evidenceId: null,
    evidenceDigest: null,
    ...one,
  };
}
