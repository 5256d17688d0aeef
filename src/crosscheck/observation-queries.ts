import type { BusinessDate } from '../model/business-date.ts';
import type { Settled } from '../model/cross-check-compare.ts';
import type { SourceObservation } from '../model/verification.ts';
import type { Database, Transaction } from '../store/database.ts';

/** A subject that was not read yet, and what there is to know of it. */
export interface UnreadSubject {
  readonly number: number;
  readonly part: string;
  readonly commitmentId: string;
  readonly commitmentCode: string;
  readonly agencyCode: string;
  readonly caseId: string;
  readonly subjectId: string;
  readonly signedAt: Date;
  /** When its last event was. */
  readonly changedAt: Date;
  readonly isLive: boolean;
  readonly latest: LatestSeen | null;
  /** License identifier that the last verification of the subject claimed. Null where none did. */
  readonly claimedIdentifier: string | null;
}

/** What was met the last time. */
export interface LatestSeen {
  readonly status: string | null;
  readonly statusBefore: string | null;
  readonly recordKey: string | null;
}

interface UnreadRow {
  number: number;
  part: string;
  commitment_id: string;
  code: string;
  agency_code: string;
  case_id: string;
  subject_id: string;
  signed_at: Date;
  changed_at: Date;
  is_live: boolean;
  is_known: boolean;
  status: string | null;
  status_before: string | null;
  record_key: string | null;
  claimed: string | null;
}

/** Those of a page that have no observation, in order, at most `rows`. */
export async function listUnread(
  db: Database,
  page: {
    readonly runId: string;
    readonly checkId: string;
    readonly first: number;
    readonly last: number;
    readonly on: BusinessDate;
    readonly rows: number;
  },
): Promise<readonly UnreadSubject[]> {
  const { rows } = await db.raw<{ rows: UnreadRow[] }>(
    `
    select subject.number, subject.part, commitment.id as commitment_id, commitment.code,
      commitment.agency_code, commitment.case_id, commitment.subject_id,
      commitment.signed_at, last.at as changed_at,
      last.state in ('SIGNED', 'CONCLUDED')
        and (commitment.valid_until is null or commitment.valid_until >= :on) as is_live,
      latest.check_id is not null as is_known,
      latest.status, latest.status_before, latest.record_key, claimed.value as claimed
    from cross_check_subject as subject
    join commitment on commitment.id = subject.commitment_id
    cross join lateral (
      select at, state from commitment_event
      where commitment_id = commitment.id order by number desc limit 1
    ) as last
    left join cross_check_latest as latest
      on latest.check_id = :checkId and latest.commitment_id = commitment.id
      and latest.part = subject.part
    left join lateral (
      select claim ->> 'value' as value
      from verification
      cross join lateral jsonb_array_elements(claims) as claim
      where verification.subject_id = commitment.subject_id
        and claim ->> 'field' = 'LICENSE_IDENTIFIER'
      order by asked_at desc
      limit 1
    ) as claimed on true
    where subject.run_id = :runId
      and subject.number between :first and :last
      and not exists (
        select from cross_check_observation as seen
        where seen.run_id = subject.run_id and seen.number = subject.number
      )
    order by subject.number
    limit :rows
    `,
    page,
  );
  return rows.map((row) => ({
    ...{ number: row.number, part: row.part, commitmentId: row.commitment_id },
    ...{ commitmentCode: row.code, agencyCode: row.agency_code, caseId: row.case_id },
    ...{ subjectId: row.subject_id, signedAt: row.signed_at },
    ...{ changedAt: row.changed_at, isLive: row.is_live },
    claimedIdentifier: row.claimed,
    latest: row.is_known
      ? { status: row.status, statusBefore: row.status_before, recordKey: row.record_key }
      : null,
  }));
}

/** A record on its way to a recipient, the newest that nothing newer has replaced. */
export interface PushOnRecord {
  readonly commitmentId: string;
  readonly recipient: string;
  readonly state: 'QUEUED' | 'TAKEN' | 'PROBLEM' | 'ACKNOWLEDGED';
  readonly reference: string | null;
  readonly createdAt: Date;
}

/** Of these commitments, for whatever recipient. */
export async function listPushes(
  db: Database,
  commitmentIds: readonly string[],
): Promise<readonly PushOnRecord[]> {
  const { rows } = await db.raw<{ rows: PushOnRecord[] }>(
    `
    select distinct on (commitment_id, recipient)
      commitment_id as "commitmentId", recipient, state, reference, created_at as "createdAt"
    from credit_push
    where commitment_id = any(:commitmentIds::uuid[]) and state <> 'SUPERSEDED'
    order by commitment_id, recipient, commitment_version desc
    `,
    { commitmentIds: [...commitmentIds] },
  );
  return rows;
}

/** Identifier of the one license that each piece of evidence shows. Others are left out. */
export async function listLicenseIdentifiers(
  db: Database,
  evidenceIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { rows } = await db.raw<{ rows: { id: string; identifier: string }[] }>(
    `
    select id, records -> 0 ->> 'identifier' as identifier
    from evidence
    where id = any(:ids::uuid[])
      and record_outcome = 'FOUND_ONE'
      and length(records -> 0 ->> 'identifier') between 1 and 128
    `,
    { ids: [...evidenceIds] },
  );
  return new Map(rows.map(({ id, identifier }) => [id, identifier]));
}

/** What is recorded of one subject, and what it rests on. */
export interface Observed extends Settled {
  readonly subject: UnreadSubject;
  readonly told: readonly SourceObservation[];
  readonly recordKey: string | null;
}

/** Records what a run met, and what is to be known of it the next time. */
export async function insertObservations(
  trx: Transaction,
  at: {
    readonly runId: string;
    readonly checkId: string;
    readonly now: Date;
    readonly on: BusinessDate;
  },
  observed: readonly Observed[],
): Promise<void> {
  await insertOutcomes(
    trx,
    at,
    observed.map((one) => ({ ...one, number: one.subject.number })),
  );
  await keepLatest(
    trx,
    at,
    observed.filter(({ outcome }) => outcome !== 'INCONCLUSIVE'),
  );
}

/** What a run met at one of its subjects, by number. */
export interface MetAt extends Settled {
  readonly number: number;
  readonly told: readonly SourceObservation[];
}

/** Records what a run met, and nothing else. */
export async function insertOutcomes(
  trx: Transaction,
  { runId, now }: { readonly runId: string; readonly now: Date },
  met: readonly MetAt[],
): Promise<void> {
  await trx('cross_check_observation').insert(
    met.map(({ number, outcome, cause, status, told }) => ({
      ...{ run_id: runId, number, outcome, cause, status, observed_at: now },
      evidence: told.flatMap(({ evidenceId }) => evidenceId ?? []),
      told: outcome === 'DIFFERING' ? JSON.stringify(told) : null,
    })),
  );
  const differences = met.flatMap(({ number, differences: found }) =>
    found.map((one) => ({
      ...{ run_id: runId, number, class: one.class, field: one.field },
      ...{ value_from: one.valueFrom, value_to: one.valueTo },
    })),
  );
  if (differences.length > 0) await trx('cross_check_difference').insert(differences);
}

/** Records of a page that have no observation, in order, at most `rows`. */
export async function listUnreadRecords(
  db: Database,
  page: {
    readonly runId: string;
    readonly first: number;
    readonly last: number;
    readonly rows: number;
  },
): Promise<readonly { readonly number: number; readonly key: string }[]> {
  const { rows } = await db.raw<{ rows: { number: number; key: string }[] }>(
    `
    select number, part as key
    from cross_check_subject as subject
    where run_id = :runId
      and number between :first and :last
      and not exists (
        select from cross_check_observation as seen
        where seen.run_id = subject.run_id and seen.number = subject.number
      )
    order by number
    limit :rows
    `,
    page,
  );
  return rows;
}

/** The columns of one statement, so that it is short for any number of rows. */
async function keepLatest(
  trx: Transaction,
  { checkId, on }: { readonly checkId: string; readonly on: BusinessDate },
  observed: readonly Observed[],
): Promise<void> {
  if (observed.length === 0) return;
  await trx.raw(
    `
    insert into cross_check_latest as held
      (check_id, commitment_id, part, status, status_before, record_key, observed_on)
    select :checkId::uuid, id, part, status, null, record_key, :on::date
    from unnest(:ids::uuid[], :parts::text[], :statuses::text[], :keys::text[])
      as seen (id, part, status, record_key)
    on conflict (check_id, commitment_id, part) do update set
      status = coalesce(excluded.status, held.status),
      status_before = case
        when excluded.status is distinct from held.status and excluded.status is not null
        then held.status else held.status_before end,
      record_key = coalesce(excluded.record_key, held.record_key),
      observed_on = excluded.observed_on
    `,
    {
      ...{ checkId, on },
      ids: observed.map(({ subject }) => subject.commitmentId),
      parts: observed.map(({ subject }) => subject.part),
      statuses: observed.map(({ status }) => status),
      keys: observed.map(({ recordKey }) => recordKey),
    },
  );
}
