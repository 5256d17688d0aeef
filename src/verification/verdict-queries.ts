import type { BusinessDate } from '../model/business-date.ts';
import type { Deadline } from '../model/deadline.ts';
import type {
  Discrepancy,
  FollowUp,
  Judgement,
  SourceObservation,
  Verdict,
} from '../model/verification.ts';
import type { Database, Transaction } from '../store/database.ts';

interface VerdictRow {
  id: string;
  verification_id: string;
  number: number;
  code: Verdict['code'];
  refutation: Verdict['refutation'];
  reasons: Judgement['reasons'];
  observations: readonly SourceObservation[];
  requirements: Judgement['requirements'];
  relevant_on: BusinessDate;
  due_on: BusinessDate | null;
  due_is_provisional: boolean;
  retry_at: Date | null;
  policy_version: string;
  policy_choice: Verdict['policyChoice'];
  normalizer_version: string;
  decided_at: Date;
  cause: Verdict['cause'];
  supersedes: string | null;
}

/** Oldest first within a verification. */
export async function listVerdictsOf(
  db: Database | Transaction,
  verificationIds: readonly string[],
): Promise<readonly Verdict[]> {
  const rows = await db<VerdictRow>('verdict')
    .whereIn('verification_id', [...verificationIds])
    .orderBy(['verification_id', 'number']);
  return rows.map(fromRow);
}

/** Inserts those whose number is not taken. Returns the ids of those. */
export async function insertVerdicts(
  trx: Transaction,
  verdicts: readonly Verdict[],
): Promise<ReadonlySet<string>> {
  if (verdicts.length === 0) return new Set();
  const inserted = await trx('verdict')
    .insert(verdicts.map(toRow))
    .onConflict(['verification_id', 'number'])
    .ignore()
    .returning<{ id: string }[]>('id');
  return new Set(inserted.map(({ id }) => id));
}

/** One row for a field of a verification, from the verdict that met the contradiction first. */
export async function insertDiscrepancies(
  trx: Transaction,
  met: readonly (Discrepancy & { agencyCode: string; verdictId: string })[],
): Promise<void> {
  if (met.length === 0) return;
  await trx('discrepancy')
    .insert(
      met.map((one) => ({
        id: one.id,
        agency_code: one.agencyCode,
        verdict_id: one.verdictId,
        verification_id: one.verificationId,
        requirement: one.requirement,
        field: one.field,
        sources: [...one.sources],
        opened_at: one.openedAt,
      })),
    )
    .onConflict(['verification_id', 'requirement', 'field'])
    .ignore();
}

/** One of each kind for a verification; a second one changes nothing. */
export async function insertFollowUps(
  trx: Transaction,
  todo: readonly (FollowUp & { agencyCode: string; verdictId: string; due: Deadline })[],
): Promise<void> {
  if (todo.length === 0) return;
  await trx('follow_up')
    .insert(
      todo.map((one) => ({
        id: one.id,
        agency_code: one.agencyCode,
        verification_id: one.verificationId,
        verdict_id: one.verdictId,
        kind: one.kind,
        due_on: one.dueOn,
        due_is_provisional: one.dueIsProvisional,
        counted_from: one.due.from,
        working_days: one.due.workingDays,
        created_at: one.createdAt,
      })),
    )
    .onConflict(['verification_id', 'kind'])
    .ignore();
}

function toRow(verdict: Verdict) {
  return {
    id: verdict.id,
    verification_id: verdict.verificationId,
    number: verdict.number,
    code: verdict.code,
    refutation: verdict.refutation,
    reasons: JSON.stringify(verdict.reasons),
    observations: JSON.stringify(verdict.observations),
    requirements: JSON.stringify(verdict.requirements),
    relevant_on: verdict.relevantOn,
    due_on: verdict.dueOn,
    due_is_provisional: verdict.dueIsProvisional,
    retry_at: verdict.retryAt,
    policy_version: verdict.policyVersion,
    policy_choice: verdict.policyChoice === null ? null : JSON.stringify(verdict.policyChoice),
    normalizer_version: verdict.normalizerVersion,
    decided_at: verdict.decidedAt,
    cause: verdict.cause,
    supersedes: verdict.supersedes,
  };
}

function fromRow(row: VerdictRow): Verdict {
  return {
    id: row.id,
    verificationId: row.verification_id,
    number: row.number,
    code: row.code,
    refutation: row.refutation,
    reasons: row.reasons,
    observations: row.observations,
    requirements: row.requirements,
    relevantOn: row.relevant_on,
    dueOn: row.due_on,
    dueIsProvisional: row.due_is_provisional,
    retryAt: row.retry_at?.toISOString() ?? null,
    policyVersion: row.policy_version,
    policyChoice: row.policy_choice,
    normalizerVersion: row.normalizer_version,
    decidedAt: row.decided_at,
    cause: row.cause,
    supersedes: row.supersedes,
  };
}
