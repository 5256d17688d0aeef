import type { BusinessDate } from '../model/business-date.ts';
import type { CrossCheckRight } from '../model/cross-check.ts';
import type { Transaction } from '../store/database.ts';

/** A source that takes records of commitments: all of them, or public ones only. */
export interface Recipient {
  readonly id: string;
  readonly takes: 'ALL' | 'PUBLIC';
}

/** What decides which commitments a run reads. */
export interface Population {
  readonly checkId: string;
  readonly right: CrossCheckRight;
  readonly onlyBusinesses: boolean;
  /** Recipients of records of commitments, and whether they are told of public ones only. */
  readonly recipients: readonly Recipient[];
  readonly on: BusinessDate;
}

// Whole collections are of no commitments.
const NO_PARTS = `select '' as part where false`;

/** Which several things of a commitment are compared, each on its own. */
const PARTS: Readonly<Record<CrossCheckRight, string>> = {
  LICENSE_LIBRARY: `
    select distinct consult ->> 'licenseTypeCode' as part
    from matter_version
    cross join lateral jsonb_path_query(
      policy, '$.requirements[*].ladder[*].consult[*] \\? (@.dataset == "LICENSE")') as consult
    where matter_version.matter_code = commitment.matter_code
      and matter_version.version = commitment.matter_version
      and consult ->> 'licenseTypeCode' is not null
  `,
  PUBLICITY_SYSTEM: `select '' as part`,
  LICENSE_COLLECTION: NO_PARTS,
  REGISTER_COLLECTION: NO_PARTS,
  CREDIT_LISTS: `select '' as part`,
  CREDIT_ACKNOWLEDGMENTS: `
    select recipient as part from unnest(:recipients::text[]) as recipient
    union all
    select recipient from unnest(:publishing::text[]) as recipient
    where commitment.publicity = 'PUBLIC'
  `,
};

/** Live: signed or concluded, still valid, and nothing is decided about whether it was kept. */
export const IS_LIVE = `
  (select state from commitment_event
   where commitment_id = commitment.id order by number desc limit 1) in ('SIGNED', 'CONCLUDED')
  and (valid_until is null or valid_until >= :on)
`;

const members = (right: CrossCheckRight): string => `
  select commitment.id as commitment_id, commitment.code, parts.part, commitment.matter_code,
    commitment.signed_on
  from commitment
  join case_subject on case_subject.id = commitment.subject_id
  cross join lateral (${PARTS[right]}) as parts
  where ${IS_LIVE}
    and (not :onlyBusinesses or case_subject.kind <> 'PERSON')
`;

/** How many subjects there would be now. */
export async function countPopulation(trx: Transaction, population: Population): Promise<number> {
  const { rows } = await trx.raw<{ rows: { subjects: number }[] }>(
    `select count(*)::integer as subjects from (${members(population.right)}) as member`,
    bindings(population),
  );
  return rows[0]?.subjects ?? 0;
}

/** One subject of a check, and when its last answer came. */
export interface Candidate {
  readonly commitment_id: string;
  readonly part: string;
  readonly matter_code: string;
  /** Of the check itself, or of an officer who asked in the same case; else the signing. */
  readonly seen_on: BusinessDate;
}

/** Every subject there is now, in the order of codes. `capabilities` answer the check. */
export async function listCandidates(
  trx: Transaction,
  population: Population,
  capabilities: readonly string[],
): Promise<readonly Candidate[]> {
  const { rows } = await trx.raw<{ rows: Candidate[] }>(
    `
    select member.commitment_id, member.part, member.matter_code,
      greatest(coalesce(latest.observed_on, member.signed_on), (
        select max((source_outcome.ended_at at time zone 'Asia/Shanghai')::date)
        from source_intent
        join source_outcome on intent_id = source_intent.id
        where source_intent.case_id = commitment.case_id
          and capability = any(:capabilities)
          and transport = 'ANSWERED'
      )) as seen_on
    from (${members(population.right)}) as member
    join commitment on commitment.id = member.commitment_id
    left join cross_check_latest as latest
      on latest.check_id = :checkId and latest.commitment_id = member.commitment_id
      and latest.part = member.part
    order by member.code, member.part
    `,
    { ...bindings(population), checkId: population.checkId, capabilities: [...capabilities] },
  );
  return rows;
}

/** Freezes what a run reads: all there is now. Returns how many. */
export async function insertAllSubjects(
  trx: Transaction,
  runId: string,
  population: Population,
): Promise<number> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `
    insert into cross_check_subject (run_id, number, commitment_id, part)
    select :runId::uuid, row_number() over (order by code, part), commitment_id, part
    from (${members(population.right)}) as member
    `,
    { ...bindings(population), runId },
  );
  return rowCount;
}

/** One that a run reads, and whether its random sample has drawn it. */
export interface Chosen extends Pick<Candidate, 'commitment_id' | 'part'> {
  readonly isSampled: boolean;
}

/** Freezes what a run reads: those named, in the order of codes. Returns how many. */
export async function insertChosenSubjects(
  trx: Transaction,
  runId: string,
  chosen: readonly Chosen[],
): Promise<number> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `
    insert into cross_check_subject (run_id, number, commitment_id, part, is_sampled)
    select :runId::uuid, row_number() over (order by code, part), commitment_id, part, is_sampled
    from unnest(:ids::uuid[], :parts::text[], :sampled::boolean[])
      as chosen (commitment_id, part, is_sampled)
    join commitment on commitment.id = chosen.commitment_id
    `,
    {
      runId,
      ids: chosen.map((one) => one.commitment_id),
      parts: chosen.map(({ part }) => part),
      sampled: chosen.map(({ isSampled }) => isSampled),
    },
  );
  return rowCount;
}

/** Freezes the records that a run reads, in the order given. */
export async function insertRecords(
  trx: Transaction,
  { runId, keys }: { readonly runId: string; readonly keys: readonly string[] },
): Promise<void> {
  await trx.raw(
    `
    insert into cross_check_subject (run_id, number, commitment_id, part)
    select :runId::uuid, number, null, key
    from unnest(:keys::text[]) with ordinality as record (key, number)
    `,
    { runId, keys: [...keys] },
  );
}

/** Until the transaction ends nobody else compares whole collections. False where somebody does. */
export async function holdCollections(trx: Transaction): Promise<boolean> {
  // The transaction does nothing while another connection compares.
  await trx.raw('set local idle_in_transaction_session_timeout = 0');
  const { rows } = await trx.raw<{ rows: [{ is_held: boolean }] }>(
    `select pg_try_advisory_xact_lock(hashtext('cross-check-collections')) as is_held`,
  );
  return rows[0].is_held;
}

/** Cuts what was frozen into pages. */
export async function insertTasks(
  trx: Transaction,
  cut: { readonly runId: string; readonly subjects: number; readonly pageRows: number },
): Promise<void> {
  await trx.raw(
    `
    insert into cross_check_task (run_id, number, first, last, state)
    select :runId::uuid, page + 1, page * :pageRows + 1,
      least((page + 1) * :pageRows, :subjects), 'WAITING'
    from generate_series(0, (:subjects::integer - 1) / :pageRows::integer) as page
    where :subjects::integer > 0
    `,
    cut,
  );
}

function bindings({ onlyBusinesses, recipients, on }: Population) {
  const idsOf = (takes: Recipient['takes']) =>
    recipients.filter((one) => one.takes === takes).map(({ id }) => id);
  return { onlyBusinesses, on, recipients: idsOf('ALL'), publishing: idsOf('PUBLIC') };
}
