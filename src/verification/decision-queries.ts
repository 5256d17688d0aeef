import type { BasisDocument } from '../model/basis-document.ts';
import type { OfficerDecision } from '../model/officer-decision.ts';
import type { Database, Transaction } from '../store/database.ts';

interface DecisionRow {
  verdict_id: string;
  verification_id: string;
  number: number;
  outcome: OfficerDecision['outcome'];
  reason: string;
  documents: readonly BasisDocument[];
  decided_at: Date;
  decided_by: string;
}

/** Adds what an officer decided. */
export async function insertDecision(
  trx: Transaction,
  verdictId: string,
  decision: Omit<OfficerDecision, 'number'>,
): Promise<void> {
  await trx('officer_decision').insert({
    ...{ verdict_id: verdictId, verification_id: decision.verificationId },
    ...{ outcome: decision.outcome, reason: decision.reason, decided_at: decision.decidedAt },
    ...{ documents: JSON.stringify(decision.documents), decided_by: decision.decidedBy },
  });
}

/** Oldest first within a verification. */
export async function listDecisionsOf(
  db: Database,
  verificationIds: readonly string[],
): Promise<readonly OfficerDecision[]> {
  const { rows } = await db.raw<{ rows: DecisionRow[] }>(
    `
    select officer_decision.*, verdict.number
    from officer_decision
    join verdict on verdict.id = verdict_id
    where officer_decision.verification_id = any(:ids::uuid[])
    order by officer_decision.verification_id, verdict.number
    `,
    { ids: [...verificationIds] },
  );
  return rows.map((row) => ({
    ...{ verificationId: row.verification_id, number: row.number, outcome: row.outcome },
    ...{ reason: row.reason, documents: row.documents, decidedAt: row.decided_at },
    decidedBy: row.decided_by,
  }));
}

/**
 * Everybody who handled the case of a subject, by account: who opened it, checked or decided
 * eligibility, took or stepped its commitment, asked a verification or another agency, or had to do
 * with an on-site order.
 */
export async function listHandlers(
  db: Database | Transaction,
  about: { readonly caseId: string; readonly subjectId: string },
): Promise<readonly string[]> {
  const { rows } = await db.raw<{ rows: { by: string }[] }>(
    `
    select distinct by from (
      select opened_by from case_file where id = :caseId
      union all select asked_by from verification where case_id = :caseId
      union all select checked_by from eligibility_check
        where case_id = :caseId and subject_id = :subjectId
      union all select decided_by from eligibility_decision
        join eligibility_check on eligibility_check.id = check_id
        where case_id = :caseId and subject_id = :subjectId
      union all select accepted_by from commitment
        where case_id = :caseId and subject_id = :subjectId
      union all select by from commitment_event
        join commitment on commitment.id = commitment_id
        where case_id = :caseId and subject_id = :subjectId
      union all select submitted_by from assistance_request
        where case_id = :caseId and subject_id = :subjectId
      union all select made_by from work_order
        where case_id = :caseId and subject_id = :subjectId
      union all select by from work_order_event
        join work_order on work_order.id = work_order_id
        where case_id = :caseId and subject_id = :subjectId
    ) as handled (by)
    `,
    { ...about },
  );
  return rows.map(({ by }) => by);
}
