import type { BusinessDate } from '../model/business-date.ts';
import type { RecordOutcome } from '../model/outcome.ts';
import type { VerificationPolicy } from '../model/policy.ts';
import type { ShadowMode, ShadowReport } from '../model/shadow.ts';
import type { SubjectKind } from '../model/subject-code.ts';
import type { Claim, SourceObservation } from '../model/verification.ts';
import type { Database } from '../store/database.ts';

/** One answer that a verdict rests on, with everything it takes to judge it anew. */
export interface RecordedRow {
  readonly verdict_id: string;
  /** Place of the observation in the verdict, from 1. */
  readonly at: number;
  readonly decided_at: Date;
  readonly observations: readonly SourceObservation[];
  readonly relevant_on: BusinessDate;
  readonly capability: string;
  readonly records: readonly unknown[];
  readonly record_outcome: RecordOutcome;
  readonly as_of: Date | null;
  readonly observed_at: Date;
  readonly evidence_id: string;
  readonly raw: Uint8Array;
  readonly raw_digest: string;
  readonly verification_id: string;
  readonly agency_code: string;
  readonly claims: readonly Claim[];
  readonly kind: SubjectKind;
  readonly code: string;
  readonly name: string;
  readonly policy: VerificationPolicy;
  readonly case_id: string;
  readonly case_number: string;
  readonly legal_basis: string;
  readonly matter_code: string;
  readonly matter_name: string;
}

const SELECT_RECORDED = `
    select verdict.id as verdict_id, answered.at::integer as at, decided_at, observations,
           relevant_on, evidence.capability, evidence.records, evidence.record_outcome,
           evidence.as_of, evidence.observed_at, evidence.id as evidence_id,
           source_call.raw, source_call.raw_digest,
           verification.id as verification_id, verification.agency_code, claims,
           case_subject.kind, case_subject.code, case_subject.name,
           coalesce(nullif(policy_choice -> 'policy', 'null'), matter_version.policy) as policy,
           case_file.id as case_id, case_file.case_number, case_file.legal_basis,
           case_file.matter_code, matter_version.name as matter_name
    from verdict
    cross join lateral jsonb_array_elements(observations) with ordinality as answered (one, at)
    join evidence on evidence.id = (one ->> 'evidenceId')::uuid
    join source_call on source_call.id = call_id
    join verification on verification.id = verification_id
    join case_subject on case_subject.id = subject_id
    join case_file on case_file.id = verification.case_id
    join matter_version on matter_version.matter_code = case_file.matter_code
      and matter_version.version = case_file.matter_version
`;

/** The same, where the reply as received does not matter. */
export type JudgedRow = Omit<RecordedRow, 'raw'>;

/** Newest first, those before `before`. */
export async function listRecorded(
  db: Database,
  wanted: {
    readonly source: string;
    readonly before: Pick<RecordedRow, 'decided_at' | 'verdict_id' | 'at'> | null;
    readonly rows: number;
  },
): Promise<readonly RecordedRow[]> {
  const { before } = wanted;
  const { rows } = await db.raw<{ rows: RecordedRow[] }>(
    `
    ${SELECT_RECORDED}
    where one ->> 'source' = :source
      and one ->> 'method' = 'ONLINE'
      and one ->> 'transport' = 'ANSWERED'
      and raw is not null
      and (:isFirst
        or (decided_at, verdict.id, answered.at)
          < (:decidedAt::timestamptz, :verdictId::uuid, :at::integer))
    order by decided_at desc, verdict.id desc, answered.at desc
    limit :rows
    `,
    {
      source: wanted.source,
      rows: wanted.rows,
      isFirst: before === null,
      decidedAt: before?.decided_at ?? null,
      verdictId: before?.verdict_id ?? null,
      at: before?.at ?? null,
    },
  );
  return rows;
}

/** What one verdict rests on of one source, in the order of its observations. */
export async function listOfVerdict(
  db: Database,
  { verdictId, source }: { readonly verdictId: string; readonly source: string },
): Promise<readonly JudgedRow[]> {
  const { rows } = await db.raw<{ rows: JudgedRow[] }>(
    `
    ${SELECT_RECORDED}
    where verdict.id = :verdictId
      and one ->> 'source' = :source
      and one ->> 'method' = 'ONLINE'
      and one ->> 'transport' = 'ANSWERED'
    order by answered.at
    `,
    { verdictId, source },
  );
  return rows;
}

interface ReportRow {
  id: string;
  source: string;
  revision: number;
  mode: ShadowMode;
  asked: number;
  unreadable: number;
  changed: number;
  groups: ShadowReport['groups'];
  took_ms: number;
  made_at: Date;
  made_by: string;
}

/** Records one. */
export async function insertReport(db: Database, report: ShadowReport): Promise<void> {
  await db('shadow_report').insert({
    id: report.id,
    source: report.source,
    revision: report.revision,
    mode: report.mode,
    asked: report.asked,
    unreadable: report.unreadable,
    changed: report.changed,
    groups: JSON.stringify(report.groups),
    took_ms: report.tookMs,
    made_at: report.madeAt,
    made_by: report.madeBy,
  });
}

/** Newest first, at most `limit`. */
export async function listReports(
  db: Database,
  of: { readonly source: string; readonly revision: number; readonly limit: number },
): Promise<readonly ShadowReport[]> {
  const rows = await db<ReportRow>('shadow_report')
    .where({ source: of.source, revision: of.revision })
    .orderBy('made_at', 'desc')
    .limit(of.limit);
  return rows.map((row) => ({
    id: row.id,
    source: row.source,
    revision: row.revision,
    mode: row.mode,
    asked: row.asked,
    unreadable: row.unreadable,
    changed: row.changed,
    groups: row.groups,
    tookMs: row.took_ms,
    madeAt: row.made_at,
    madeBy: row.made_by,
  }));
}
