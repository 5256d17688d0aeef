import type { SummarySample } from '../model/cross-check-summary.ts';
import type { NightMember, NightSample } from '../model/night-sample.ts';
import type { Transaction } from '../store/database.ts';

/** Keeps how the sample of a run was drawn. */
export async function insertSample(
  trx: Transaction,
  about: {
    readonly runId: string;
    readonly sample: NightSample<NightMember>;
    readonly at: Date;
  },
): Promise<void> {
  const { algorithm, seed, population, wanted, drawn, strata, populationDigest } = about.sample;
  await trx('cross_check_sample').insert({
    ...{ run_id: about.runId, algorithm, seed, population, wanted, sampled: drawn.length },
    ...{ population_digest: populationDigest, strata: JSON.stringify(strata), drawn_at: about.at },
  });
}

/** What became of the sample of a run that has read all. Null where none was drawn. */
export async function findSample(trx: Transaction, runId: string): Promise<SummarySample | null> {
  const { rows } = await trx.raw<{ rows: SummarySample[] }>(
    `
    select algorithm, seed, population, population_digest as "populationDigest", sampled,
      told.concluded, told.differing
    from cross_check_sample
    cross join lateral (
      select (count(*) filter (where outcome <> 'INCONCLUSIVE'))::integer as concluded,
        (count(*) filter (where outcome = 'DIFFERING'))::integer as differing
      from cross_check_subject as subject
      join cross_check_observation using (run_id, number)
      where subject.run_id = cross_check_sample.run_id and subject.is_sampled
    ) as told
    where run_id = :runId
    `,
    { runId },
  );
  return rows[0] ?? null;
}
