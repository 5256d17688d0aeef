import type { BusinessDate } from '../model/business-date.ts';
import type {
  EligibilityFinding,
  EligibilityOutcome,
  EligibilityRule,
  EligibilityRules,
} from '../model/eligibility.ts';
import type { EligibilityCheck, EligibilityDecision } from '../model/eligibility-check.ts';
import type { Database, Transaction } from '../store/database.ts';

interface RulesRow {
  version: number;
  effective_from: BusinessDate;
  rules: readonly EligibilityRule[];
}

interface CheckRow {
  id: string;
  agency_code: string;
  case_id: string;
  subject_id: string;
  idempotency_key: string;
  outcome: EligibilityOutcome;
  findings: readonly EligibilityFinding[];
  unanswered: readonly string[];
  rules_version: number;
  checked_on: BusinessDate;
  checked_at: Date;
  checked_by: string;
  reason: string | null;
  decided_at: Date | null;
  decided_by: string | null;
}

/** The highest version in force that day. Null where none is. */
export async function findRules(
  db: Database | Transaction,
  on: BusinessDate,
): Promise<EligibilityRules | null> {
  const row = await db<RulesRow>('eligibility_rules')
    .where('effective_from', '<=', on)
    .orderBy('version', 'desc')
    .first();
  return row === undefined
    ? null
    : { version: row.version, effectiveFrom: row.effective_from, rules: row.rules };
}

/** Zero where there are none. */
export async function lastRulesVersion(db: Database | Transaction): Promise<number> {
  const row = await db<RulesRow>('eligibility_rules')
    .max<{ version: number | null }>('version as version')
    .first();
  return row?.version ?? 0;
}

/** Returns false where the version is taken. */
export async function insertRules(
  db: Database,
  { version, effectiveFrom, rules }: EligibilityRules,
  published: { at: Date; by: string },
): Promise<boolean> {
  const added = await db('eligibility_rules')
    .insert({
      ...{ version, effective_from: effectiveFrom, rules: JSON.stringify(rules) },
      ...{ published_at: published.at, published_by: published.by },
    })
    .onConflict('version')
    .ignore()
    .returning('version');
  return added.length > 0;
}

/** Returns false where the agency has used the key before. */
export async function insertCheck(db: Database, check: EligibilityCheck): Promise<boolean> {
  const added = await db('eligibility_check')
    .insert({
      id: check.id,
      agency_code: check.agencyCode,
      case_id: check.caseId,
      subject_id: check.subjectId,
      idempotency_key: check.idempotencyKey,
      outcome: check.outcome,
      findings: JSON.stringify(check.findings),
      unanswered: JSON.stringify(check.unanswered),
      rules_version: check.rulesVersion,
      checked_on: check.checkedOn,
      checked_at: check.checkedAt,
      checked_by: check.checkedBy,
    })
    .onConflict(['agency_code', 'idempotency_key'])
    .ignore()
    .returning('id');
  return added.length > 0;
}

/** Null where the agency has none with this id or key. */
export async function findCheck(
  db: Database | Transaction,
  where: { readonly agency_code: string } & (
    { readonly id: string } | { readonly idempotency_key: string }
  ),
): Promise<EligibilityCheck | null> {
  const rows = await db('eligibility_check')
    .leftJoin('eligibility_decision', 'check_id', 'id')
    .where(where)
    .select<CheckRow[]>('*');
  return rows[0] === undefined ? null : fromRow(rows[0]);
}

/** Returns false where the check has a decision. */
export async function insertDecision(
  db: Database,
  checkId: string,
  { reason, decidedAt, decidedBy }: EligibilityDecision,
): Promise<boolean> {
  const added = await db('eligibility_decision')
    .insert({ check_id: checkId, reason, decided_at: decidedAt, decided_by: decidedBy })
    .onConflict('check_id')
    .ignore()
    .returning('check_id');
  return added.length > 0;
}

function fromRow(row: CheckRow): EligibilityCheck {
  return {
    id: row.id,
    agencyCode: row.agency_code,
    caseId: row.case_id,
    subjectId: row.subject_id,
    idempotencyKey: row.idempotency_key,
    outcome: row.outcome,
    findings: row.findings,
    unanswered: row.unanswered,
    rulesVersion: row.rules_version,
    checkedOn: row.checked_on,
    checkedAt: row.checked_at,
    checkedBy: row.checked_by,
    decision:
      row.reason === null || row.decided_at === null || row.decided_by === null
        ? null
        : { reason: row.reason, decidedAt: row.decided_at, decidedBy: row.decided_by },
  };
}
