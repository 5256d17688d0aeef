import type { BusinessDate } from '../model/business-date.ts';
import type { Counted, CutFigure } from '../model/statistics.ts';
import type { SubjectKind } from '../model/subject-code.ts';
import type { Database } from '../store/database.ts';

/** What is counted: agencies, days, and the instants at which the days begin and end. */
export interface Period {
  readonly agencies: readonly string[];
  readonly from: BusinessDate;
  readonly through: BusinessDate;
}

/** Instants of the period, as SQL: a day of Shanghai begins at 16:00 UTC of the day before. */
const SINCE = `(:from::date::timestamp at time zone 'Asia/Shanghai')`;
const UNTIL = `((:through::date + 1)::timestamp at time zone 'Asia/Shanghai')`;

/** One row of numbers. */
async function one<K extends string>(
  db: Database,
  sql: string,
  period: Period,
): Promise<Readonly<Record<K, number>>> {
  const { rows } = await db.raw<{ rows: Record<K, string | number | null>[] }>(sql, { ...period });
  const [row] = rows;
  if (row === undefined) throw new Error('a count gives one row');
  const numbers = Object.entries(row).map(([name, value]) => [name, Number(value ?? 0)]);
  return Object.fromEntries(numbers) as Record<K, number>;
}

async function many(db: Database, sql: string, period: Period): Promise<readonly Counted[]> {
  const { rows } = await db.raw<{ rows: { code: string; count: string }[] }>(sql, { ...period });
  return rows.map(({ code, count }) => ({ code, count: Number(count) }));
}

/** Cases that were accepted, and those of them in which somebody chose commitment. */
export function countCases(db: Database, period: Period) {
  return one<'accepted' | 'committed'>(
    db,
    `
    select count(*) as accepted,
      count(*) filter (where exists (
        select from commitment where commitment.case_id = case_file.id)) as committed
    from case_file
    where agency_code = any(:agencies) and accepted_on between :from and :through
    `,
    period,
  );
}

/** Commitments that were signed, and what became of commitments in the period. */
export function countCommitments(db: Database, period: Period) {
  return one<'signed' | 'spared' | 'withdrawn' | 'terminated' | 'refused'>(
    db,
    `
    select
      (select count(*) from commitment
        where agency_code = any(:agencies) and signed_on between :from and :through) as signed,
      (select count(*) from commitment
        where agency_code = any(:agencies) and signed_on between :from and :through
          and not exists (select from commitment_event as event
            where event.commitment_id = commitment.id
              and event.step in ('WITHDRAW', 'TERMINATE'))) as spared,
      (select count(*) from commitment_event as event
        join commitment on commitment.id = commitment_id
        where event.step = 'WITHDRAW' and at >= ${SINCE} and at < ${UNTIL}
          and agency_code = any(:agencies)) as withdrawn,
      (select count(*) from commitment_event as event
        join commitment on commitment.id = commitment_id
        where event.step = 'TERMINATE' and at >= ${SINCE} and at < ${UNTIL}
          and agency_code = any(:agencies)) as terminated,
      (select count(*) from certificate_route as route
        join case_file on case_file.id = route.case_id
        where ground = 'PUBLICITY_REFUSED' and since >= ${SINCE} and since < ${UNTIL}
          and agency_code = any(:agencies)) as refused
    `,
    period,
  );
}

/** Checks of eligibility, and what they came to. */
export function countChecks(db: Database, period: Period) {
  return one<'checked' | 'blocked' | 'warned' | 'undetermined'>(
    db,
    `
    select count(*) as checked,
      count(*) filter (where outcome = 'BLOCKED') as blocked,
      count(*) filter (where outcome = 'WARNED') as warned,
      count(*) filter (where outcome = 'UNDETERMINED') as undetermined
    from eligibility_check
    where agency_code = any(:agencies) and checked_on between :from and :through
    `,
    period,
  );
}

const VERIFICATIONS = `
  with asked as (
    select verification.id, verification.subject_id, asked_at, last.code,
      exists (select from assistance_request as request
        where request.verification_id = verification.id) as is_assisted,
      first.decided_at
    from verification
    cross join lateral (
      select code from verdict where verification_id = verification.id order by number desc limit 1
    ) as last
    left join lateral (
      select decided_at from verdict
      where verification_id = verification.id and code <> 'PENDING' order by number limit 1
    ) as first on true
    where agency_code = any(:agencies) and asked_at >= ${SINCE} and asked_at < ${UNTIL}
  )
`;

/** How verifications went: those that ended online are conclusive without another agency. */
export function countVerifications(db: Database, period: Period) {
  return one<'asked' | 'checkable' | 'online' | 'timed' | 'average' | 'p95'>(
    db,
    `
    ${VERIFICATIONS}
    select count(*) as asked,
      count(*) filter (where code <> 'EXEMPT') as checkable,
      count(*) filter (where code in ('CONFIRMED', 'REFUTED') and not is_assisted) as online,
      count(decided_at) as timed,
      avg(extract(epoch from decided_at - asked_at)) as average,
      percentile_cont(0.95) within group (
        order by extract(epoch from decided_at - asked_at)) as p95
    from asked
    `,
    period,
  );
}

/** Verifications by the verdict that counts now. */
export function countByVerdict(db: Database, period: Period): Promise<readonly Counted[]> {
  const sql = `${VERIFICATIONS} select code, count(*) as count from asked group by 1 order by 1`;
  return many(db, sql, period);
}

/** Verifications by how they were made. */
export function countByMethod(db: Database, period: Period): Promise<readonly Counted[]> {
  return many(
    db,
    `
    ${VERIFICATIONS}
    select case when code = 'EXEMPT' then 'EXEMPT' when is_assisted then 'ASSISTANCE'
      else 'ONLINE' end as code, count(*) as count
    from asked group by 1 order by 1
    `,
    period,
  );
}

/** What breaches were opened and how they ended in the period. */
export function countBreaches(db: Database, period: Period) {
  const ended = (step: string) => `
    (select count(*) from breach_event as event join breach on breach.id = breach_id
      where event.step = '${step}' and at >= ${SINCE} and at < ${UNTIL}
        and agency_code = any(:agencies))`;
  return one<'opened' | 'decided' | 'tolerated' | 'annulled'>(
    db,
    `
    select
      (select count(*) from breach where agency_code = any(:agencies)
        and opened_at >= ${SINCE} and opened_at < ${UNTIL}) as opened,
      ${ended('DECIDE')} as decided, ${ended('TOLERATE')} as tolerated,
      ${ended('ANNUL')} as annulled
    `,
    period,
  );
}

/** What followed from decisions of the period, by kind. */
export function countConsequences(db: Database, period: Period): Promise<readonly Counted[]> {
  return many(
    db,
    `
    select consequence ->> 'kind' as code, count(*) as count
    from breach_event as event
    join breach on breach.id = breach_id
    cross join lateral jsonb_array_elements(decision -> 'consequences') as consequence
    where event.step = 'DECIDE' and at >= ${SINCE} and at < ${UNTIL}
      and agency_code = any(:agencies)
    group by 1 order by 1
    `,
    period,
  );
}

/** Records of commitments that were queued in the period, and how far they are now. */
export function countPushes(db: Database, period: Period) {
  return one<'queued' | 'acknowledged' | 'problems' | 'underway'>(
    db,
    `
    select count(*) as queued,
      count(*) filter (where state = 'ACKNOWLEDGED') as acknowledged,
      count(*) filter (where state = 'PROBLEM') as problems,
      count(*) filter (where state in ('QUEUED', 'TAKEN')) as underway
    from credit_push
    where agency_code = any(:agencies) and created_at >= ${SINCE} and created_at < ${UNTIL}
    `,
    period,
  );
}

/** Objections and repairs of the period. */
export function countRedress(db: Database, period: Period) {
  const ended = (table: string, steps: string) => `
    (select count(*) from ${table}_event as event join ${table} on ${table}.id = ${table}_id
      where event.step in (${steps}) and at >= ${SINCE} and at < ${UNTIL}
        and agency_code = any(:agencies))`;
  return one<'objections' | 'upheld' | 'decided' | 'applied' | 'approved'>(
    db,
    `
    select
      (select count(*) from objection where agency_code = any(:agencies)
        and submitted_on between :from and :through) as objections,
      ${ended('objection', `'UPHOLD'`)} as upheld,
      ${ended('objection', `'UPHOLD', 'DISMISS'`)} as decided,
      (select count(*) from repair where agency_code = any(:agencies)
        and submitted_on between :from and :through) as applied,
      ${ended('repair', `'APPROVE'`)} as approved
    `,
    period,
  );
}

const CUTS: Readonly<Record<CutFigure, string>> = {
  COMMITMENTS: `
    select kind, count(*) as count from commitment
    join case_subject on case_subject.id = subject_id
    where agency_code = any(:agencies) and signed_on between :from and :through group by 1`,
  REFUTED: `${VERIFICATIONS}
    select kind, count(*) as count from asked
    join case_subject on case_subject.id = subject_id where asked.code = 'REFUTED' group by 1`,
  INELIGIBLE: `
    select kind, count(*) as count from eligibility_check
    join case_subject on case_subject.id = subject_id
    where agency_code = any(:agencies) and checked_on between :from and :through
      and outcome = 'BLOCKED' group by 1`,
  BREACHES: `
    select kind, count(*) as count from breach_event as event
    join breach on breach.id = breach_id
    join commitment on commitment.id = breach.commitment_id
    join case_subject on case_subject.id = commitment.subject_id
    where event.step = 'DECIDE' and at >= ${SINCE} and at < ${UNTIL}
      and breach.agency_code = any(:agencies) group by 1`,
};

/** A figure by kind of applicant, exactly: never to be shown as it is. */
export async function countByKind(
  db: Database,
  figure: CutFigure,
  period: Period,
): Promise<readonly { readonly kind: SubjectKind; readonly count: number }[]> {
  const { rows } = await db.raw<{ rows: { kind: SubjectKind; count: string }[] }>(CUTS[figure], {
    ...period,
  });
  return rows.map(({ kind, count }) => ({ kind, count: Number(count) }));
}
