import { createHash } from 'node:crypto';

import type { Claim } from '../model/verification.ts';

/** SHA-256, hex, of what makes two questions the same. */
export function questionDigestOf(question: {
  readonly caseId: string;
  readonly subjectId: string;
  readonly claims: readonly Claim[];
}): string {
  const { caseId, subjectId, claims } = question;
  const text = JSON.stringify([
    caseId,
    subjectId,
    claims.map(({ requirement, field, value }) => [requirement, field, value]),
  ]);
  return createHash('sha256').update(text).digest('hex');
}
