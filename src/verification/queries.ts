import type { Calendar } from '../calendar/calendar.ts';
import { recountDeadlines } from '../calendar/recount.ts';
import type { ClaimField } from '../model/policy.ts';
import type {
  Claim,
  Discrepancy,
  FollowUp,
  VerdictCode,
  Verification,
} from '../model/verification.ts';
import type { Database, Transaction } from '../store/database.ts';

interface VerificationRow {
  id: string;
  agency_code: string;
  idempotency_key: string;
  question_digest: string;
  case_id: string;
  subject_id: string;
  claims: readonly Claim[];
  asked_at: Date;
  asked_by: string;
}

/** A question before it is on record. */
export interface NewVerification extends Verification {
  readonly idempotencyKey: string;
  readonly questionDigest: string;
}

/** Inserts, or does nothing when the agency has used this key. Returns the row that stands. */
export async function insertVerification(
  db: Database,
  asked: NewVerification,
): Promise<KeptVerification> {
  const [kept] = await insertVerifications(db, [asked]);
  if (kept === undefined) throw new Error('a verification that was inserted is not there');
  return kept;
}

/** A question on record, and which one its key belongs to. */
export interface KeptVerification {
  readonly verification: Verification;
  readonly questionDigest: string;
}

/** As one, for many of one agency; in the same order. */
export async function insertVerifications(
  db: Database,
  asked: readonly NewVerification[],
): Promise<readonly KeptVerification[]> {
  const [first] = asked;
  if (first === undefined) return [];
  await db('verification')
    .insert(asked.map(toRow))
    .onConflict(['agency_code', 'idempotency_key'])
    .ignore();
  const keys = asked.map(({ idempotencyKey }) => idempotencyKey);
  const rows = await db<VerificationRow>('verification')
    .where({ agency_code: first.agencyCode })
    .whereIn('idempotency_key', keys);
  const byKey = new Map(rows.map((row) => [row.idempotency_key, row]));
  return keys.map((key) => {
    const row = byKey.get(key);
    if (row === undefined) throw new Error('a verification that was inserted is not there');
    return { verification: fromRow(row), questionDigest: row.question_digest };
  });
}

function toRow(asked: NewVerification) {
  return {
    id: asked.id,
    agency_code: asked.agencyCode,
    idempotency_key: asked.idempotencyKey,
    question_digest: asked.questionDigest,
    case_id: asked.caseId,
    subject_id: asked.subjectId,
    claims: JSON.stringify(asked.claims),
    asked_at: asked.askedAt,
    asked_by: asked.askedBy,
  };
}

// A question whose judgement was interrupted has no verdict yet; it shows up when it has one.
const HAS_VERDICT = 'exists (select from verdict where verification_id = verification.id)';

/** In no particular order; other agencies' are left out. */
export async function listVerificationsByIds(
  db: Database | Transaction,
  agencyCode: string,
  ids: readonly string[],
): Promise<readonly Verification[]> {
  const rows = await db<VerificationRow>('verification')
    .where({ agency_code: agencyCode })
    .whereIn('id', [...ids])
    .whereRaw(HAS_VERDICT);
  return rows.map(fromRow);
}

/** Newest first; with a verdict, only those whose current one is that. */
export async function listNewestVerifications(
  db: Database,
  wanted: {
    agencyCode: string;
    verdict: VerdictCode | null;
    before: { at: Date; id: string } | null;
    rows: number;
  },
): Promise<readonly Verification[]> {
  const { rows } = await db.raw<{ rows: VerificationRow[] }>(
    `
    select verification.*
    from verification
    cross join lateral (
      select code
      from verdict
      where verification_id = verification.id
      order by number desc
      limit 1
    ) as current
    where agency_code = :agencyCode
      and (:verdict::text is null or current.code = :verdict)
      and (:at::timestamptz is null or (asked_at, id) < (:at, :id::uuid))
    order by asked_at desc, id desc
    limit :rows
    `,
    {
      agencyCode: wanted.agencyCode,
      verdict: wanted.verdict,
      at: wanted.before?.at ?? null,
      id: wanted.before?.id ?? null,
      rows: wanted.rows,
    },
  );
  return rows.map(fromRow);
}

/** Newest first, at most `each` for every case or subject. */
export async function listVerificationsOf(
  db: Database | Transaction,
  wanted: {
    agencyCode: string;
    by: 'case_id' | 'subject_id';
    ids: readonly string[];
    each: number;
  },
): Promise<readonly Verification[]> {
  const { rows } = await db.raw<{ rows: VerificationRow[] }>(
    `
    select found.*
    from unnest(:ids::uuid[]) as wanted (wanted_id)
    cross join lateral (
      select *
      from verification
      where agency_code = :agencyCode
        and verification.${wanted.by} = wanted_id
        and ${HAS_VERDICT}
      order by asked_at desc, id desc
      limit :each
    ) as found
    `,
    { agencyCode: wanted.agencyCode, ids: [...wanted.ids], each: wanted.each },
  );
  return rows.map(fromRow);
}

interface DiscrepancyRow {
  id: string;
  verification_id: string;
  requirement: string;
  field: ClaimField;
  sources: readonly string[];
  opened_at: Date;
}

/** Oldest first. */
export async function listDiscrepanciesOf(
  db: Database,
  verificationIds: readonly string[],
): Promise<readonly Discrepancy[]> {
  const rows = await db<DiscrepancyRow>('discrepancy')
    .whereIn('verification_id', [...verificationIds])
    .orderBy(['opened_at', 'id']);
  return rows.map(discrepancyFromRow);
}

/** Newest first, those before `before`. */
export async function listNewestDiscrepancies(
  db: Database,
  wanted: { agencyCode: string; before: { at: Date; id: string } | null; rows: number },
): Promise<readonly Discrepancy[]> {
  const query = db<DiscrepancyRow & { agency_code: string }>('discrepancy')
    .where({ agency_code: wanted.agencyCode })
    .orderBy([
      { column: 'opened_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(wanted.rows);
  if (wanted.before !== null)
    query.whereRaw('(opened_at, id) < (?, ?::uuid)', [wanted.before.at, wanted.before.id]);
  return (await query).map(discrepancyFromRow);
}

interface FollowUpRow {
  id: string;
  verification_id: string;
  kind: FollowUp['kind'];
  due_on: FollowUp['dueOn'];
  due_is_provisional: boolean;
  created_at: Date;
}

// A later verdict may have settled the question, or an officer decided: then nothing is left to do.
const IS_UNSETTLED = `
  (
    select code not in ('CONFIRMED', 'EXEMPT') and cause <> 'OFFICER_DECIDED'
    from verdict
    where verdict.verification_id = follow_up.verification_id
    order by number desc
    limit 1
  )
`;

/** Counts the due days of what is left to do anew. Returns how many changed. */
export function recountFollowUps(
  trx: Transaction,
  calendar: Pick<Calendar, 'deadline'>,
): Promise<number> {
  return recountDeadlines(trx, calendar, {
    ...{ table: 'follow_up', from: 'counted_from', workingDays: 'working_days' },
    ...{ on: 'due_on', provisional: 'due_is_provisional', isOpen: IS_UNSETTLED },
  });
}

/** What is left to do, by due day. */
export async function listFollowUpsOf(
  db: Database,
  verificationIds: readonly string[],
): Promise<readonly FollowUp[]> {
  const rows = await db<FollowUpRow>('follow_up')
    .whereIn('verification_id', [...verificationIds])
    .whereRaw(IS_UNSETTLED)
    .orderBy(['due_on', 'id']);
  return rows.map(followUpFromRow);
}

/** What is left to do, by due day, those after `after`. */
export async function listFollowUpsByDueDay(
  db: Database,
  wanted: { agencyCode: string; after: { dueOn: string; id: string } | null; rows: number },
): Promise<readonly FollowUp[]> {
  const query = db<FollowUpRow & { agency_code: string }>('follow_up')
    .where({ agency_code: wanted.agencyCode })
    .whereRaw(IS_UNSETTLED)
    .orderBy(['due_on', 'id'])
    .limit(wanted.rows);
  if (wanted.after !== null)
    query.whereRaw('(due_on, id) > (?::date, ?::uuid)', [wanted.after.dueOn, wanted.after.id]);
  return (await query).map(followUpFromRow);
}

function fromRow(row: VerificationRow): Verification {
  return {
    id: row.id,
    agencyCode: row.agency_code,
    caseId: row.case_id,
    subjectId: row.subject_id,
    claims: row.claims,
    askedAt: row.asked_at,
    askedBy: row.asked_by,
  };
}

function discrepancyFromRow(row: DiscrepancyRow): Discrepancy {
  return {
    id: row.id,
    verificationId: row.verification_id,
    requirement: row.requirement,
    field: row.field,
    sources: row.sources,
    openedAt: row.opened_at,
  };
}

function followUpFromRow(row: FollowUpRow): FollowUp {
  return {
    id: row.id,
    verificationId: row.verification_id,
    kind: row.kind,
    dueOn: row.due_on,
    dueIsProvisional: row.due_is_provisional,
    createdAt: row.created_at,
  };
}
