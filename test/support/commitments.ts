import { randomUUID } from 'node:crypto';

import { TEXT_ELEMENTS } from '../../src/model/format-text.ts';
import {
  CheckEligibilityDocument,
  DraftFormatTextDocument,
  PublishFormatTextDocument,
  SignCommitmentDocument,
  type SignCommitmentInput,
  type SubjectInput,
} from '../generated/operations.ts';
import type { AskOptions, TestHub } from './hub.ts';
import { matterCode, openCase } from './journey.ts';

/** A format text with every element, but those left out. */
export function elementsWithout(...leftOut: readonly string[]) {
  return TEXT_ELEMENTS.filter((element) => !leftOut.includes(element)).map((element) => ({
    element,
    text: `${element}：按规定`,
  }));
}

/** Publishes a whole format text of a matter. Returns its digest. */
export async function publishText(
  hub: TestHub,
  matter: string,
  options: AskOptions & { allowsProxy?: boolean } = {},
): Promise<string> {
  const { allowsProxy = false, ...as } = options;
  const draft = { matterCode: matterCode(matter), elements: elementsWithout(), allowsProxy };
  const { draftFormatText } = await hub.get(DraftFormatTextDocument, { input: draft }, as);
  const id = draftFormatText.text!.id;
  const input = { id, channels: ['PLATFORM' as const] };
  const { publishFormatText } = await hub.get(PublishFormatTextDocument, { input }, as);
  return publishFormatText.text!.digest;
}

/** Opens a case, and checks its only subject. */
export async function checkSubject(
  hub: TestHub,
  { matter, subject }: { matter: string; subject: SubjectInput },
  options: AskOptions = {},
) {
  const opened = await openCase(hub, { matter, subjects: [subject] }, options);
  const about = { caseId: opened.id, subjectId: opened.subjects[0]!.id };
  const input = { ...about, idempotencyKey: randomUUID() };
  const { checkEligibility } = await hub.get(CheckEligibilityDocument, { input }, options);
  if (checkEligibility.check === null) throw new Error(JSON.stringify(checkEligibility.userErrors));
  return { ...about, check: checkEligibility.check };
}

export type Checked = Awaited<ReturnType<typeof checkSubject>>;

/** Sends a signing of a checked subject. */
export async function trySign(
  hub: TestHub,
  { caseId, subjectId, check }: Checked,
  more: Partial<SignCommitmentInput> & { textDigest: string },
  options: AskOptions = {},
) {
  const input: SignCommitmentInput = {
    ...{ caseId, subjectId, eligibilityCheckId: check.id, idempotencyKey: randomUUID() },
    ...{ signerName: '王经办', signerCapacity: 'LEGAL_REPRESENTATIVE', ...more },
  };
  const { signCommitment } = await hub.get(SignCommitmentDocument, { input }, options);
  return signCommitment;
}
