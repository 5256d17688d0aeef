import type { BusinessDate } from '../model/business-date.ts';
import type { ToldGrade } from '../model/policy-choice.ts';
import type { KindPolicy, PolicyGrade, PolicyVersion } from '../model/policy-version.ts';
import type { Database, Transaction } from '../store/database.ts';

interface VersionRow {
  id: string;
  matter_code: string;
  version: number;
  matter_version: number;
  effective_from: BusinessDate;
  reason: string;
  grade_age_days_max: number | null;
  policies: readonly KindPolicy[];
  agency_code: string;
  published_at: Date;
  published_by: string;
}

/** Whoever publishes policies of a matter waits for whoever is publishing some. */
export async function lockPolicies(trx: Transaction, matterCode: string): Promise<void> {
  await trx.raw('select pg_advisory_xact_lock(hashtextextended(?, 0))', [
    `policy-version ${matterCode}`,
  ]);
}

/** Newest first, those before a version. */
export async function listPolicyVersions(
  db: Database | Transaction,
  filter: { matterCode: string; before: number | null; rows: number },
): Promise<readonly PolicyVersion[]> {
  const { matterCode, before, rows } = filter;
  const query = db<VersionRow>('policy_version').where({ matter_code: matterCode });
  if (before !== null) query.where('version', '<', before);
  return (await query.orderBy('version', 'desc').limit(rows)).map(fromRow);
}

/** Which version counts for which matter on which day. */
export interface PolicyKey {
  readonly matterCode: string;
  readonly matterVersion: number;
  readonly on: BusinessDate;
}

/** In no particular order of keys: the number of the key with the version in force. */
export async function listPoliciesInForce(
  db: Database | Transaction,
  keys: readonly PolicyKey[],
): Promise<ReadonlyMap<number, PolicyVersion>> {
  const { rows } = await db.raw<{ rows: (VersionRow & { at: number })[] }>(
    `
    select distinct on (wanted.at) wanted.at::integer as at, policy_version.*
    from rows from (jsonb_to_recordset(:keys::jsonb)
      as ("matterCode" text, "matterVersion" integer, "on" date))
      with ordinality as wanted (code, matter, day, at)
    join policy_version on matter_code = code and matter_version = matter
      and effective_from <= day
    order by wanted.at, policy_version.version desc
    `,
    { keys: JSON.stringify(keys) },
  );
  return new Map(rows.map((row) => [row.at - 1, fromRow(row)]));
}

/** Null where there is none with this id. */
export async function findPolicyVersion(
  trx: Transaction,
  id: string,
): Promise<PolicyVersion | null> {
  const row = await trx<VersionRow>('policy_version').where({ id }).first();
  return row === undefined ? null : fromRow(row);
}

/** Adds a version; the next number is the caller's to know, who holds the lock. */
export async function insertPolicyVersion(trx: Transaction, one: PolicyVersion): Promise<void> {
  await trx('policy_version').insert({
    ...{ id: one.id, matter_code: one.matterCode, version: one.version },
    ...{ matter_version: one.matterVersion, effective_from: one.effectiveFrom },
    ...{ reason: one.reason, grade_age_days_max: one.gradeAgeDaysMax },
    ...{ policies: JSON.stringify(one.policies), agency_code: one.agencyCode },
    ...{ published_at: one.publishedAt, published_by: one.publishedBy },
  });
}

interface ToldRow {
  source: string;
  evidence_id: string;
  observed_at: Date;
  record_outcome: string;
  grade: string | null;
  graded_on: BusinessDate | null;
}

/** Sources of credit profiles that are looked at, more than any city has. */
const SOURCES_MAX = 100;

/**
 * The last word of each source on the grade of a subject, as it is on record for a case at an
 * instant. Answers that do not tell grades, or whose silence means nothing, are no word on it; a
 * source that has none of the subject any more, or leaves it ungraded, takes its grade back.
 */
export async function listToldGrades(
  db: Database | Transaction,
  of: { caseId: string; subjectCode: string; at: Date },
): Promise<readonly ToldGrade[]> {
  const { rows } = await db.raw<{ rows: ToldRow[] }>(
    `
    with answered as (
      select source, key_digest, id, observed_at, record_outcome, records, records -> 0 as record
      from evidence
      where case_id = :caseId and capability = 'credit.profile' and observed_at <= :at
        and record_outcome <> 'ABSENT_UNCOVERED'
        and not coalesce(records -> 0 -> 'notTold', '[]') @> '"GRADE"'
    ),
    asked as (
      select distinct source, key_digest
      from answered
      where records @> jsonb_build_array(jsonb_build_object('code', :subjectCode::text))
    ),
    last as (
      select distinct on (source) answered.*
      from answered join asked using (source, key_digest)
      order by source, observed_at desc, id
    )
    select source, id as evidence_id, observed_at, record_outcome,
      record -> 'grade' ->> 'value' as grade, record -> 'grade' ->> 'gradedOn' as graded_on
    from last
    where record_outcome = 'FOUND_MANY' or jsonb_typeof(record -> 'grade') = 'object'
    order by source
    limit :sourcesMax
    `,
    { ...of, sourcesMax: SOURCES_MAX },
  );
  return rows.map((row) => {
    const isOne = row.record_outcome === 'FOUND_ONE';
    return {
      ...{ source: row.source, evidenceId: row.evidence_id, observedAt: row.observed_at },
      grade: isOne ? readGrade(row.grade) : null,
      gradedOn: isOne ? row.graded_on : null,
    };
  });
}

function readGrade(value: string | null): PolicyGrade | null {
  return value === 'A' || value === 'B' || value === 'C' || value === 'D' ? value : null;
}

function fromRow(row: VersionRow): PolicyVersion {
  return {
    ...{ id: row.id, matterCode: row.matter_code, version: row.version },
    ...{ matterVersion: row.matter_version, effectiveFrom: row.effective_from },
    ...{ reason: row.reason, gradeAgeDaysMax: row.grade_age_days_max, policies: row.policies },
    ...{ agencyCode: row.agency_code, publishedAt: row.published_at },
    publishedBy: row.published_by,
  };
}
