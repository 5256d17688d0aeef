import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { upperBoundOf } from '../../src/model/assurance.ts';

import { drawNight, nightSeedOf } from '../../src/model/night-sample.ts';

import { readReport, runCheck, type RunSeen } from '../support/cross-check.ts';
import { type TestHub } from '../support/hub.ts';
import { matterCode } from '../support/journey.ts';

import {
  HOUR_MS,
  OF_MATTERS,
  ROWS,
  startNights,
  summaryOf,
  verifyFiles,
} from './signed-nights-rig.ts';

let nights: Awaited<ReturnType<typeof startNights>>;
let hub: TestHub;
let run: RunSeen;
beforeAll(async () => {
  nights = await startNights();
  ({ hub, run } = nights);
});
afterAll(() => nights.stop());

describe('a night that is planned', () => {
  test('says with 95 % confidence how many differ at most, from a random sample alone', async () => {
    nights.pass(24 * HOUR_MS);
    await hub.hub.sources.readCanaries();
    const night = await runCheck(hub, 'planned');
    const { rows } = await hub.database.db.raw<{
      rows: { commitment_id: string; part: string; outcome: string; is_sampled: boolean }[];
    }>(
      `select commitment_id, part, outcome, is_sampled
       from cross_check_subject join cross_check_observation using (run_id, number)
       where run_id = :id`,
      { id: night.id },
    );
    const drawn = rows.filter((one) => one.is_sampled);
    const differing = drawn.filter(({ outcome }) => outcome === 'DIFFERING').length;
    const open = drawn.filter(({ outcome }) => outcome === 'INCONCLUSIVE').length;

    expect(rows).toHaveLength(80);
    expect(drawn).toHaveLength(40);
    expect(night.assurance).toMatchObject({
      ...{ population: ROWS, sampled: 40, concluded: 40 - open, differing, confidence: 0.95 },
      upperBound: upperBoundOf({ differing, concluded: 40 - open }),
      conservativeUpperBound: upperBoundOf({ differing: differing + open, concluded: 40 }),
    });
    expect(night.assurance?.sentence).toContain('从120项有效承诺核对对象中按事项分层随机抽取40项');
    expect(summaryOf(night).told['sample']).toMatchObject({ population: ROWS, sampled: 40 });
    expect(
      (
        await verifyFiles(nights.folder, {
          report: await readReport(hub, night.reportPath),
          summary: summaryOf(night),
        })
      ).printed,
    ).toContain(night.assurance?.sentence);
  });

  test('draws by matters in proportion, and the same again by the seed that is on record', async () => {
    nights.pass(HOUR_MS);
    const night = await runCheck(hub, 'planned');
    const { db } = hub.database;
    const held = await db('cross_check_sample')
      .where({ run_id: night.id })
      .first<{ seed: string; population_digest: string; strata: unknown }>();
    const members = await db('commitment').select<{ id: string; matter_code: string }[]>(
      ...['id', 'matter_code'],
    );
    const drawn = await db('cross_check_subject')
      .where({ run_id: night.id, is_sampled: true })
      .select<{ commitment_id: string }[]>('commitment_id');

    const again = drawNight(
      members.map((one) => ({ id: `${one.id}/`, stratum: one.matter_code })),
      { seed: nightSeedOf({ id: night.id, slot: new Date(night.slot) }), wanted: 40 },
    );

    expect(held).toMatchObject({ seed: again.seed, population_digest: again.populationDigest });
    expect(held.strata).toEqual(again.strata);
    expect(drawn.map((one) => `${one.commitment_id}/`).toSorted()).toEqual(
      again.drawn.map(({ id }) => id).toSorted(),
    );
    for (const [matter, from, until] of OF_MATTERS) {
      const stratum = again.strata.find(({ name }) => name === matterCode(matter));
      expect(Math.abs((stratum?.drawn ?? 0) - (until - from) / 3)).toBeLessThan(1);
    }
  });

  test('says nothing where every commitment is asked, or no sample is drawn', async () => {
    const errors = await nights.define('unsampled', {
      strategy: 'BY_DEADLINE',
      planning: { quotaPerDay: 100, reserveShare: 0.2, stalenessDaysMax: 30 },
    });
    const night = await runCheck(hub, 'unsampled');

    expect(errors).toEqual([]);
    expect([night.state, night.assurance, run.assurance]).toEqual(['COMPLETE', null, null]);
    expect(summaryOf(night).told['sample']).toBeNull();
  });

  test('keeps its bounds beside the sample, or is refused with the arithmetic', async () => {
    const planning = { quotaPerDay: 100, reserveShare: 0.2, stalenessDaysMax: 30 };
    const tooMany = await nights.define('refused', {
      ...{ strategy: 'BY_DEADLINE', planning: { ...planning, samplePerNight: 77 } },
    });
    const beyond = await nights.define('refused', {
      ...{ strategy: 'BY_DEADLINE', planning: { ...planning, samplePerNight: 10_001 } },
    });

    expect(tooMany).toMatchObject([
      { code: 'QUOTA_TOO_SMALL', field: ['planning', 'quotaPerDay'] },
    ]);
    expect(tooMany[0]?.message).toContain('and the sample of 77, 3 a day, 40 days.');
    expect(beyond).toMatchObject([
      { code: 'MALFORMED_VALUE', field: ['planning', 'samplePerNight'] },
    ]);
  });
});
