import { randomUUID } from 'node:crypto';

import { STARTER_MATTERS } from '../../src/catalog/starter/matters.ts';
import {
  OpenCaseDocument,
  VerifyDocument,
  type ClaimInput,
  type SubjectInput,
  type VerifyMutation,
} from '../generated/operations.ts';
import type { AskOptions, TestHub } from './hub.ts';

/** Names of starter matters, by what they show. */
export const MATTERS = {
  waterTransport: '省际普通货物水路运输经营许可',
  waterRenewal: '水路运输经营许可延续',
  roadTransport: '道路货物运输经营许可变更',
  food: '食品经营许可变更',
  construction: '建筑业企业资质告知承诺核准',
  registration: '经营主体登记事项确认',
  household: '户口登记项目变更',
  residence: '居住登记',
  exam: '专业技术人员资格考试报名资格确认',
  insurance: '失业保险金申领',
  dispatch: '劳务派遣经营许可延续',
  sanitation: '公共场所卫生许可延续',
  legalAid: '法律援助申请',
  ended: '食品流通许可核发',
} as const;

export function matterCode(name: string): string {
  const matter = STARTER_MATTERS.find((one) => one.name === name);
  if (matter === undefined) throw new Error(`no starter matter ${name}`);
  return matter.code;
}

export type Verified = NonNullable<VerifyMutation['verify']['verification']>;

/** A case with one subject or several, as a counter opens it. */
export async function openCase(
  hub: TestHub,
  wanted: {
    matter: string;
    subjects: readonly SubjectInput[];
    acceptedOn?: string;
    caseNumber?: string;
  },
  options: AskOptions = {},
) {
  const { openCase: opened } = await hub.get(
    OpenCaseDocument,
    {
      input: {
        matterCode: matterCode(wanted.matter),
        caseNumber: wanted.caseNumber ?? `T-${randomUUID().slice(0, 8)}`,
        legalBasis: '行政许可法第三十一条',
        acceptedOn: wanted.acceptedOn ?? null,
        subjects: wanted.subjects,
      },
    },
    options,
  );
  if (opened.case === null) throw new Error(JSON.stringify(opened.userErrors));
  return opened.case;
}

/** Opens a case for one subject and verifies it. */
export async function verifySubject(
  hub: TestHub,
  wanted: {
    matter: string;
    subject: SubjectInput;
    claims?: readonly ClaimInput[];
    acceptedOn?: string;
  },
): Promise<Verified> {
  const opened = await openCase(hub, { ...wanted, subjects: [wanted.subject] });
  return verify(hub, {
    caseId: opened.id,
    subjectId: opened.subjects[0]!.id,
    claims: wanted.claims ?? [],
  });
}

export async function verify(
  hub: TestHub,
  wanted: {
    caseId: string;
    subjectId: string;
    claims?: readonly ClaimInput[];
    idempotencyKey?: string;
  },
  options: AskOptions = {},
): Promise<Verified> {
  const input = { claims: [], idempotencyKey: randomUUID(), ...wanted };
  const { verify: asked } = await hub.get(VerifyDocument, { input }, options);
  if (asked.verification === null) throw new Error(JSON.stringify(asked.userErrors));
  return asked.verification;
}

export function requirementOf({ verdict }: Verified, id: string) {
  const found = verdict.requirements.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no requirement ${id}`);
  return found;
}

export function fieldOf(verified: Verified, requirement: string, field: string) {
  const found = requirementOf(verified, requirement).fields.find((one) => one.field === field);
  if (found === undefined) throw new Error(`no field ${field}`);
  return found;
}

export function reasonCodes({ verdict }: Verified): readonly string[] {
  return verdict.reasons.map(({ code }) => code);
}

/** Tells a simulated source to fail, through its control port as a person would. */
export async function breakSource(
  hub: TestHub,
  source: keyof TestHub['sandbox']['sources'],
  fault: Readonly<Record<string, unknown>>,
): Promise<void> {
  const response = await fetch(`${hub.sandbox.sources[source].controlUrl}/fault`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  });
  if (!response.ok) throw new Error(await response.text());
}

export async function mendSource(
  hub: TestHub,
  source: keyof TestHub['sandbox']['sources'],
): Promise<void> {
  await fetch(`${hub.sandbox.sources[source].controlUrl}/fault`, { method: 'DELETE' });
}

/** Calls a source has received since they were last forgotten. */
export async function callsOf(
  hub: TestHub,
  source: keyof TestHub['sandbox']['sources'],
): Promise<readonly { operation: string; keys: readonly string[] }[]> {
  const response = await fetch(`${hub.sandbox.sources[source].controlUrl}/calls`);
  const { calls } = (await response.json()) as {
    calls: readonly { operation: string; keys: readonly string[] }[];
  };
  return calls;
}

export async function forgetCalls(hub: TestHub): Promise<void> {
  for (const source of Object.values(hub.sandbox.sources))
    await fetch(`${source.controlUrl}/calls`, { method: 'DELETE' });
}
