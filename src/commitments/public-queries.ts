import type { PublicCommitment } from '../model/commitment.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { CommitmentState } from '../model/commitment-life.ts';
import type { Database } from '../store/database.ts';

interface PublicRow {
  id: string;
  code: string;
  subject_name: string;
  subject_code: string;
  matter_name: string;
  certificate: string;
  signed_on: BusinessDate;
  signed_at: Date;
  state: CommitmentState;
}

/**
 * Newest first. Natural persons are left out here a second time, whatever the commitment says:
 * Shandong public credit information regulation, art. 20.
 */
export async function listPublicCommitments(
  db: Database,
  { before, rows }: { before: { at: Date; id: string } | null; rows: number },
): Promise<readonly (PublicCommitment & { id: string; signedAt: Date })[]> {
  const { rows: found } = await db.raw<{ rows: PublicRow[] }>(
    `
    select commitment.id, commitment.code, commitment.signed_on, commitment.signed_at, last.state,
      case_subject.name as subject_name, case_subject.code as subject_code,
      matter_version.name as matter_name, matter_version.certificate
    from commitment
    join case_subject on case_subject.id = subject_id and case_subject.kind <> 'PERSON'
    join matter_version using (matter_code)
    cross join lateral (
      select state from commitment_event
      where commitment_id = commitment.id order by number desc limit 1
    ) as last
    -- What was repaired is no longer shown (信用修复管理办法).
    where commitment.publicity = 'PUBLIC' and last.state <> 'REPAIRED' and matter_version.version = commitment.matter_version
      and (:at::timestamptz is null or (signed_at, commitment.id) < (:at::timestamptz, :id::uuid))
    order by signed_at desc, commitment.id desc
    limit :rows
    `,
    { at: before?.at ?? null, id: before?.id ?? null, rows },
  );
  return found.map((row) => ({
    ...{ id: row.id, code: row.code, subjectName: row.subject_name },
    ...{ subjectCode: row.subject_code, matterName: row.matter_name },
    ...{ certificate: row.certificate, signedOn: row.signed_on, signedAt: row.signed_at },
    state: row.state,
  }));
}
