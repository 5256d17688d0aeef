import type { CheckLine } from '../connector-kit/connector.ts';
import type { ConformanceReport } from '../connector-kit/conformance/conformance.ts';
import type { SourceCheck } from './examination.ts';
import type { Database, Transaction } from '../store/database.ts';

interface CheckRow {
  id: string;
  source: string;
  revision: number;
  kind: SourceCheck['kind'];
  probes: readonly CheckLine[];
  conformance: ConformanceReport | null;
  passed: boolean;
  checked_at: Date;
  checked_by: string;
}

/** Records one. */
export async function insertCheck(db: Database | Transaction, check: SourceCheck): Promise<void> {
  await db('source_check').insert({
    id: check.id,
    source: check.source,
    revision: check.revision,
    kind: check.kind,
    probes: JSON.stringify(check.probes),
    conformance: check.conformance === null ? null : JSON.stringify(check.conformance),
    passed: check.passed,
    checked_at: check.checkedAt,
    checked_by: check.checkedBy,
  });
}

/** Checks of a revision, newest first, at most 10. Discoveries are left out. */
export async function listChecks(
  db: Database | Transaction,
  of: { readonly source: string; readonly revision: number },
): Promise<readonly SourceCheck[]> {
  const rows = await db<CheckRow>('source_check')
    .where({ source: of.source, revision: of.revision, kind: 'CHECK' })
    .orderBy('checked_at', 'desc')
    .limit(10);
  return rows.map((row) => ({
    id: row.id,
    source: row.source,
    revision: row.revision,
    kind: row.kind,
    probes: row.probes,
    conformance: row.conformance,
    passed: row.passed,
    checkedAt: row.checked_at,
    checkedBy: row.checked_by,
  }));
}

/** How often this operator has let the hub call a source since then. */
export async function countProbes(
  db: Database | Transaction,
  by: { readonly operator: string; readonly since: Date },
): Promise<number> {
  const { rows } = await db.raw<{ rows: { count: number }[] }>(
    `
    select count(*)::integer as count
    from source_check
    where checked_by = :operator and checked_at > :since
    `,
    by,
  );
  return rows[0]?.count ?? 0;
}
