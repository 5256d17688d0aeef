import { randomUUID } from 'node:crypto';

import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import { STARTER_MATTERS } from '../../src/catalog/starter/matters.ts';
import type { BusinessDate } from '../../src/model/business-date.ts';
import {
  CheckEligibilityDocument,
  ExplainPolicyDocument,
  PublishPolicyVersionDocument,
  ReadPolicyChoicesDocument,
  type GradePolicyInput,
  type PublishPolicyVersionInput,
} from '../generated/operations.ts';
import type { AskOptions, TestHub } from './hub.ts';
import { matterCode } from './journey.ts';

/** The justice bureau of the city that the starter matters belong to. */
export const BUREAU = { role: 'JUSTICE' } as const;

/** The recorded opinion of a regulator. */
export const OPINION = {
  ...{ opinion: '信用优良，同意免予核查', regulatorCode: AGENCIES.market.code },
  ...{ recordedOn: '2026-11-02' as BusinessDate, document: '济市监函〔2026〕17号' },
};

/** Exempt for A, by sampling for B, after the decision for C, first for D. */
export const BY_GRADE: readonly GradePolicyInput[] = [
  { grade: 'A', exemption: OPINION },
  { grade: 'B', timing: 'BY_SAMPLING' },
  { grade: 'C', timing: 'AFTER_DECISION', withinWorkingDays: 10 },
  { grade: 'D', timing: 'BEFORE_DECISION' },
];

/** The policy of a starter matter as a caller sends it, with as many fields as a caller may. */
export function policyOfMatter(name: string): Readonly<Record<string, unknown>> {
  const { policy } = STARTER_MATTERS.find((one) => one.name === name)!;
  const { exemption: _, ...sent } = policy;
  const requirements = sent.requirements.map((one) => ({ ...one, fields: one.fields.slice(0, 8) }));
  return { ...sent, requirements };
}

/** A whole version of the policies of a starter matter, effective today. */
export function versionOf(
  name: string,
  more: Partial<PublishPolicyVersionInput> & { readonly effectiveFrom: BusinessDate },
): PublishPolicyVersionInput {
  return {
    ...{ matterCode: matterCode(name), lastVersion: 0, reason: '按信用等级分级核查' },
    ...{ gradeAgeDaysMax: 365, idempotencyKey: randomUUID() },
    policies: [{ policy: policyOfMatter(name), byGrade: [...BY_GRADE] }],
    ...more,
  };
}

/** Sends a version. */
export async function sendVersion(
  hub: TestHub,
  input: PublishPolicyVersionInput,
  as: AskOptions = BUREAU,
) {
  return (await hub.get(PublishPolicyVersionDocument, { input }, as)).publishPolicyVersion;
}

/** Sends a version that is taken. */
export async function publishVersion(hub: TestHub, input: PublishPolicyVersionInput) {
  const { policyVersion, userErrors } = await sendVersion(hub, input);
  if (policyVersion === null) throw new Error(JSON.stringify(userErrors));
  return policyVersion;
}

interface InCase {
  readonly caseId: string;
  readonly subjectId: string;
}

/** Which policy a question would be judged by now. */
export async function explain(hub: TestHub, { caseId, subjectId }: InCase) {
  const { explainVerification } = await hub.get(ExplainPolicyDocument, { caseId, subjectId });
  if (explainVerification === null) throw new Error('no such subject');
  return explainVerification;
}

/** Puts the grade of a subject on record, as the check of eligibility does. */
export async function checkEligibility(hub: TestHub, { caseId, subjectId }: InCase) {
  const input = { caseId, subjectId, idempotencyKey: randomUUID() };
  await hub.get(CheckEligibilityDocument, { input });
}

/** Under which policies the verdicts of a verification were judged, oldest first. */
export async function choicesOf(hub: TestHub, id: string) {
  const { verification } = await hub.get(ReadPolicyChoicesDocument, { id });
  if (verification === null) throw new Error('no such verification');
  return verification.history;
}
