import type { ChangeExample } from '../model/shadow.ts';
import type { Database } from '../store/database.ts';

/** One live answer beside the one in the shadow. */
export interface ShadowAnswer extends ChangeExample {
  readonly id: string;
  readonly source: string;
  readonly revision: number;
  readonly verdictId: string;
  /** Place among the observations of the verdict, from 1. */
  readonly position: number;
  readonly askedAt: Date;
  readonly tookMs: number;
  readonly isUnanswered: boolean;
  /** Null where the verdict would be the same. */
  readonly cause: string | null;
  readonly judgedDigest: string;
}

interface AnswerRow {
  id: string;
  source: string;
  revision: number;
  verdict_id: string;
  position: number;
  asked_at: Date;
  took_ms: number;
  is_unanswered: boolean;
  cause: string | null;
  before_code: ShadowAnswer['before'];
  after_code: ShadowAnswer['after'];
  judged_digest: string;
  verification_id: string;
  agency_code: string;
  subject_name: string;
}

/** Records one; a second one of the same verdict and place changes nothing. */
export async function insertAnswer(db: Database, answer: ShadowAnswer): Promise<void> {
  await db<AnswerRow>('shadow_answer')
    .insert({
      id: answer.id,
      source: answer.source,
      revision: answer.revision,
      verdict_id: answer.verdictId,
      position: answer.position,
      asked_at: answer.askedAt,
      took_ms: answer.tookMs,
      is_unanswered: answer.isUnanswered,
      cause: answer.cause,
      before_code: answer.before,
      after_code: answer.after,
      judged_digest: answer.judgedDigest,
      verification_id: answer.verificationId,
      agency_code: answer.agencyCode,
      subject_name: answer.subjectName,
    })
    .onConflict(['source', 'revision', 'verdict_id', 'position'])
    .ignore();
}

/** Newest first, at most `limit`. */
export async function listAnswers(
  db: Database,
  of: { readonly source: string; readonly revision: number; readonly limit: number },
): Promise<readonly ShadowAnswer[]> {
  const rows = await db<AnswerRow>('shadow_answer')
    .where({ source: of.source, revision: of.revision })
    .orderBy('asked_at', 'desc')
    .limit(of.limit);
  return rows.map((row) => ({
    id: row.id,
    source: row.source,
    revision: row.revision,
    verdictId: row.verdict_id,
    position: row.position,
    askedAt: row.asked_at,
    tookMs: row.took_ms,
    isUnanswered: row.is_unanswered,
    cause: row.cause,
    before: row.before_code,
    after: row.after_code,
    judgedDigest: row.judged_digest,
    verificationId: row.verification_id,
    agencyCode: row.agency_code,
    subjectName: row.subject_name,
  }));
}

/** Removes what is older than that, and of each revision all but the newest so many. */
export async function deleteAnswers(
  db: Database,
  kept: { readonly since: Date; readonly rowsMax: number },
): Promise<void> {
  await db.raw(
    `
    delete from shadow_answer
    where asked_at < :since
      or id in (
        select id
        from (
          select id, row_number() over (partition by source, revision order by asked_at desc) as n
          from shadow_answer
        ) as numbered
        where n > :rowsMax
      )
    `,
    { ...kept },
  );
}
