import type { BusinessDate } from '../model/business-date.ts';
import type {
  CrossCheckClass,
  CrossCheckFinding,
  FindingCount,
  FindingEvent,
  FindingFilter,
  FindingScope,
  FindingState,
} from '../model/cross-check-finding.ts';
import type { Database, Transaction } from '../store/database.ts';
import { IS_LIVE } from './cut-queries.ts';

interface FindingRow {
  id: string;
  check_id: string;
  commitment_id: string | null;
  code: string | null;
  part: string;
  class: CrossCheckClass;
  field: string;
  value_from: string;
  value_to: string;
  agency_code: string;
  owner_code: string;
  opened_at: Date;
  state: FindingState;
  version: number;
  nights: number;
  steady: number;
  reopened: number;
  accepted_until: BusinessDate | null;
  due_on: BusinessDate | null;
}

const SELECT = `
  select finding.*, commitment.code
  from cross_check_finding as finding
  left join commitment on commitment.id = finding.commitment_id
`;

const IS_SAME = `
  part = one.part and class = one.class and field = one.field and value_to = one.value_to
`;

/** What makes two differences the same. */
export type FindingKey = Pick<
  CrossCheckFinding,
  'commitmentId' | 'part' | 'class' | 'field' | 'valueTo'
>;

/** Of a check, those of these keys; locked. */
export async function lockFindings(
  trx: Transaction,
  checkId: string,
  keys: readonly FindingKey[],
): Promise<readonly CrossCheckFinding[]> {
  const { rows } = await trx.raw<{ rows: FindingRow[] }>(
    `${SELECT} ${OF_KEYS} for update of finding`,
    keysBound(checkId, keys),
  );
  return rows.map(fromRow);
}

/** Of a check, those of these keys. */
export async function listFindingsOfKeys(
  db: Database,
  checkId: string,
  keys: readonly FindingKey[],
): Promise<readonly CrossCheckFinding[]> {
  const { rows } = await db.raw<{ rows: FindingRow[] }>(
    `${SELECT} ${OF_KEYS}`,
    keysBound(checkId, keys),
  );
  return rows.map(fromRow);
}

// Of commitments and of records apart, so that each is found by the index.
const OF_KEYS = `
  where finding.id in (
    select found.id
    from unnest(:ids::uuid[], :parts::text[], :classes::text[], :fields::text[], :values::text[])
      as one (commitment_id, part, class, field, value_to)
    cross join lateral (
      select id from cross_check_finding
      where check_id = :checkId and commitment_id = one.commitment_id
        and ${IS_SAME}
      union all
      select id from cross_check_finding
      where one.commitment_id is null and check_id = :checkId and commitment_id is null
        and ${IS_SAME}
    ) as found
  )
`;

function keysBound(checkId: string, keys: readonly FindingKey[]) {
  return {
    checkId,
    ids: keys.map(({ commitmentId }) => commitmentId),
    parts: keys.map(({ part }) => part),
    classes: keys.map((one) => one.class),
    fields: keys.map(({ field }) => field),
    values: keys.map(({ valueTo }) => valueTo),
  };
}

/** One that stands, and what the run read of its subject. */
export interface UnmetFinding extends CrossCheckFinding {
  /** Null where its commitment has ended, whether the run read it or not. */
  readonly outcome: 'MATCHED' | 'DIFFERING' | null;
}

/**
 * Standing findings of a check that a run did not meet although it read their subject and could
 * conclude, and those whose commitment has ended; after `after`, locked. A subject the run did not
 * read, or was inconclusive about, is not among them: that says nothing.
 */
export async function lockUnmet(
  trx: Transaction,
  wanted: {
    readonly checkId: string;
    readonly runId: string;
    readonly on: BusinessDate;
    readonly after: string;
    readonly rows: number;
  },
): Promise<readonly UnmetFinding[]> {
  const { rows } = await trx.raw<{ rows: (FindingRow & Pick<UnmetFinding, 'outcome'>)[] }>(
    `
    select finding.*, commitment.code,
      case
        when finding.commitment_id is null then coalesce(seen.outcome, 'MATCHED')
        when ${IS_LIVE} then seen.outcome
      end as outcome
    from cross_check_finding as finding
    left join commitment on commitment.id = finding.commitment_id
    left join cross_check_subject as subject
      on subject.run_id = :runId and subject.part = finding.part
      and (subject.commitment_id = finding.commitment_id
        or (subject.commitment_id is null and finding.commitment_id is null))
    left join cross_check_observation as seen
      on seen.run_id = subject.run_id and seen.number = subject.number
    where finding.check_id = :checkId
      and finding.state <> 'RESOLVED'
      and finding.id > :after::uuid
      and (seen.outcome in ('MATCHED', 'DIFFERING')
        -- What a run of collections did not have to read was alike, or gone from both.
        or (finding.commitment_id is null and subject.run_id is null)
        or (finding.commitment_id is not null and not (${IS_LIVE})))
      and not exists (
        select from cross_check_finding_event as event
        where event.finding_id = finding.id and event.run_id = :runId
      )
    order by finding.id
    limit :rows
    for update of finding
    `,
    wanted,
  );
  return rows.map((row) => ({ ...fromRow(row), outcome: row.outcome }));
}

const WHERE = `
  (:sees = 'ALL' or finding.agency_code = :agencyCode or finding.owner_code = :agencyCode
    or (:sees = 'REGION' and exists (
      select from agency
      where agency.code = finding.agency_code and starts_with(region_code, :regionPrefix))))
  and (:checkId::uuid is null or finding.check_id = :checkId)
  and (:class::text is null or finding.class = :class)
  and (cardinality(:states::text[]) = 0 or finding.state = any(:states))
  and (:field::text is null or finding.field = :field)
  and (:ownerCode::text is null or finding.owner_code = :ownerCode)
  and (:runId::uuid is null or exists (
    select from cross_check_finding_event as event
    where event.finding_id = finding.id and event.run_id = :runId
      and event.step is distinct from 'MISS' and event.step is distinct from 'SETTLE'
      and event.step is distinct from 'END'))
`;

/** Newest first. */
export async function listFindings(
  db: Database | Transaction,
  wanted: {
    readonly scope: FindingScope;
    readonly filter: FindingFilter;
    /** Null: whichever. */
    readonly ids: readonly string[] | null;
    readonly before: { readonly at: Date; readonly id: string } | null;
    readonly rows: number;
  },
): Promise<readonly CrossCheckFinding[]> {
  const { rows } = await db.raw<{ rows: FindingRow[] }>(
    `
    ${SELECT}
    where ${WHERE}
      and (:ids::uuid[] is null or finding.id = any(:ids))
      and (:at::timestamptz is null or (finding.opened_at, finding.id) < (:at, :before::uuid))
    order by finding.opened_at desc, finding.id desc
    limit :rows
    `,
    {
      ...bindings(wanted.scope, wanted.filter),
      ...{ ids: wanted.ids === null ? null : [...wanted.ids], rows: wanted.rows },
      ...{ at: wanted.before?.at ?? null, before: wanted.before?.id ?? null },
    },
  );
  return rows.map(fromRow);
}

/** In the order of keys, classes, fields, codes and states. */
export async function countFindings(
  db: Database,
  wanted: { readonly scope: FindingScope; readonly filter: FindingFilter; readonly rows: number },
): Promise<readonly FindingCount[]> {
  const { rows } = await db.raw<{ rows: FindingCount[] }>(
    `
    select key, class, field, value_from as "valueFrom", value_to as "valueTo", state,
      count(*)::integer as findings
    from cross_check_finding as finding
    join cross_check on cross_check.id = finding.check_id
    where ${WHERE}
    group by key, class, field, value_from, value_to, state
    order by key, class, field, value_from, value_to, state
    limit :rows
    `,
    { ...bindings(wanted.scope, wanted.filter), rows: wanted.rows },
  );
  return rows;
}

/** Keeps others from changing a finding until the transaction ends. */
export async function lockFinding(trx: Transaction, id: string): Promise<void> {
  await trx('cross_check_finding').where({ id }).forUpdate().select('id');
}

/** Of these findings, each oldest first, the latest `each`. */
export async function listFindingEvents(
  db: Database,
  findingIds: readonly string[],
  each: number,
): Promise<readonly (FindingEvent & { readonly findingId: string })[]> {
  const { rows } = await db.raw<{ rows: (FindingEvent & { findingId: string })[] }>(
    `
    select event.finding_id as "findingId", number, step, state, run_id as "runId", at, by,
      reason, until, owner_code as "ownerCode"
    from unnest(:ids::uuid[]) as wanted (id)
    cross join lateral (
      select * from cross_check_finding_event
      where finding_id = wanted.id order by number desc limit :each
    ) as event
    order by event.finding_id, number
    `,
    { ids: [...findingIds], each },
  );
  return rows;
}

function bindings(scope: FindingScope, filter: FindingFilter) {
  return {
    ...{ ...filter, states: [...filter.states], sees: scope.sees },
    agencyCode: scope.sees === 'ALL' ? '' : scope.agencyCode,
    regionPrefix: scope.sees === 'REGION' ? scope.regionPrefix : '',
  };
}

function fromRow(row: FindingRow): CrossCheckFinding {
  return {
    ...{ id: row.id, checkId: row.check_id, commitmentId: row.commitment_id },
    ...{ commitmentCode: row.code, part: row.part, class: row.class, field: row.field },
    ...{ valueFrom: row.value_from, valueTo: row.value_to, agencyCode: row.agency_code },
    ...{ ownerCode: row.owner_code, openedAt: row.opened_at, state: row.state },
    ...{ version: row.version, nights: row.nights, steady: row.steady, reopened: row.reopened },
    ...{ acceptedUntil: row.accepted_until, dueOn: row.due_on },
  };
}
