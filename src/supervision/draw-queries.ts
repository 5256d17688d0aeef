import type { SamplingDraw, SamplingEvent } from '../model/inspection.ts';
import type { SamplingPlan, SamplingState, SamplingStep } from '../model/sampling.ts';
import type { Database, Transaction } from '../store/database.ts';
import { sealedOf, toSealedColumns, type SealedColumns } from '../vault/sealed-columns.ts';
import type { Sealed } from '../vault/vault.ts';

interface DrawRow {
  id: string;
  agency_code: string;
  plan: string;
  plan_digest: string;
  seed_commitment: string;
  planned_at: Date;
  planned_by: string;
  state: SamplingState;
  version: number;
  population_digest: string | null;
  population_size: number | null;
  seed: string | null;
}

const WITH_STATE = `
  select sampling_draw.*, last.state, last.number as version, seed,
    sampling_population.digest as population_digest, sampling_population.size as population_size
  from sampling_draw
  cross join lateral (
    select state, number from sampling_event
    where draw_id = sampling_draw.id order by number desc limit 1
  ) as last
  left join sampling_population on sampling_population.draw_id = sampling_draw.id
  left join sampling_seed on sampling_seed.draw_id = sampling_draw.id
`;

/** A draw as it is planned, with its seed under seal. */
export async function insertDraw(
  trx: Transaction,
  draw: Pick<
    SamplingDraw,
    'agencyCode' | 'plan' | 'planText' | 'planDigest' | 'seedCommitment' | 'plannedAt' | 'plannedBy'
  > & { readonly sealed: Sealed },
): Promise<void> {
  const { plan, sealed } = draw;
  await trx('sampling_draw').insert({
    ...{ id: plan.id, agency_code: draw.agencyCode, inspected_agency: plan.agencyCode },
    ...{ plan: draw.planText, plan_digest: draw.planDigest, seed_commitment: draw.seedCommitment },
    ...toSealedColumns(sealed),
    ...{ planned_at: draw.plannedAt, planned_by: draw.plannedBy },
  });
}

/** The next event. */
export async function insertEvent(
  trx: Transaction,
  drawId: string,
  event: SamplingEvent,
): Promise<void> {
  await trx('sampling_event').insert({ draw_id: drawId, ...event });
}

/** Keeps others from taking a step until the transaction ends. */
export async function lockDraw(trx: Transaction, id: string): Promise<void> {
  await trx('sampling_draw').where({ id }).forUpdate().select('id');
}

/** Null where there is none. */
export async function findDraw(
  db: Database | Transaction,
  id: string,
): Promise<SamplingDraw | null> {
  const { rows } = await db.raw<{ rows: DrawRow[] }>(`${WITH_STATE} where sampling_draw.id = :id`, {
    id,
  });
  return rows[0] === undefined ? null : fromRow(rows[0]);
}

/** Newest first. */
export async function listDraws(
  db: Database,
  filter: {
    readonly agencyCode: string | null;
    readonly before: { at: Date; id: string } | null;
    readonly rows: number;
  },
): Promise<readonly SamplingDraw[]> {
  const { rows } = await db.raw<{ rows: DrawRow[] }>(
    `
    ${WITH_STATE}
    where (:agencyCode::text is null or :agencyCode in (agency_code, inspected_agency))
      and (:at::timestamptz is null or (planned_at, id) < (:at::timestamptz, :id::uuid))
    order by planned_at desc, id desc
    limit :rows
    `,
    {
      ...{ agencyCode: filter.agencyCode, rows: filter.rows },
      ...{ at: filter.before?.at ?? null, id: filter.before?.id ?? null },
    },
  );
  return rows.map(fromRow);
}

/** Oldest first. */
export async function listEvents(db: Database, drawId: string): Promise<readonly SamplingEvent[]> {
  return db<SamplingEvent & { draw_id: string; step: SamplingStep | null }>('sampling_event')
    .where({ draw_id: drawId })
    .orderBy('number')
    .select('number', 'step', 'state', 'at', 'by', 'reason');
}

/** The seed as it was sealed. */
export async function readSealed(trx: Transaction, id: string): Promise<Sealed> {
  const row = await trx<SealedColumns & { id: string }>('sampling_draw')
    .where({ id })
    .first('key_id', 'wrapped_key', 'sealed');
  if (row === undefined) throw new Error('the seed of a draw is not there');
  return sealedOf(row);
}

/** Names of the keys that seal seeds which are still to be revealed. */
export async function listSeedKeys(db: Database): Promise<readonly string[]> {
  const rows = await db('sampling_draw')
    .leftJoin('sampling_seed', 'sampling_seed.draw_id', 'sampling_draw.id')
    .whereNull('sampling_seed.draw_id')
    .distinct<{ key_id: string }[]>('key_id');
  return rows.map((row) => row.key_id);
}

/** The seed, for everybody to read. */
export async function insertSeed(
  trx: Transaction,
  revealed: { readonly drawId: string; readonly seed: string; readonly at: Date },
): Promise<void> {
  const { drawId, seed, at } = revealed;
  await trx('sampling_seed').insert({ draw_id: drawId, seed, revealed_at: at });
}

/** The population, as it was hashed. */
export async function insertPopulation(
  trx: Transaction,
  frozen: {
    readonly drawId: string;
    readonly members: string;
    readonly digest: string;
    readonly size: number;
  },
): Promise<void> {
  const { drawId, members, digest, size } = frozen;
  await trx('sampling_population').insert({ draw_id: drawId, members, digest, size });
}

/** The population, as it was hashed. Null before it was frozen. */
export async function findPopulation(
  db: Database | Transaction,
  drawId: string,
): Promise<string | null> {
  const row = await db<{ draw_id: string; members: string }>('sampling_population')
    .where({ draw_id: drawId })
    .first('members');
  return row?.members ?? null;
}

function fromRow(row: DrawRow): SamplingDraw {
  return {
    ...{ id: row.id, agencyCode: row.agency_code, planText: row.plan },
    // The hub wrote the text itself, from a plan it had checked.
    plan: JSON.parse(row.plan) as SamplingPlan,
    ...{ planDigest: row.plan_digest, seedCommitment: row.seed_commitment },
    ...{ plannedAt: row.planned_at, plannedBy: row.planned_by },
    ...{ state: row.state, version: row.version, seed: row.seed },
    ...{ populationDigest: row.population_digest, populationSize: row.population_size },
  };
}
