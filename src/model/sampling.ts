import { createHash, createHmac } from 'node:crypto';

import type { BusinessDate } from './business-date.ts';
import { canonicalJson } from './canonical-json.ts';
import { createStateMachine } from './state-machine.ts';

/** How far a draw has come. */
export type SamplingState = 'PLANNED' | 'FROZEN' | 'DRAWN' | 'CLOSED' | 'CANCELED';

/** What can be done with it. Recording an inspection changes no state. */
export type SamplingStep = 'FREEZE' | 'DRAW' | 'RECORD' | 'CLOSE' | 'CANCEL';

/** The seed is committed before the population is frozen, and revealed only after. */
export const SAMPLING_LIFE = createStateMachine<SamplingState, SamplingStep>({
  PLANNED: { FREEZE: 'FROZEN', CANCEL: 'CANCELED' },
  FROZEN: { DRAW: 'DRAWN', CANCEL: 'CANCELED' },
  DRAWN: { RECORD: 'DRAWN', CLOSE: 'CLOSED' },
  CLOSED: {},
  CANCELED: {},
});

/** What the check of eligibility came to when the commitment was signed. */
export const CREDIT_STANDINGS = ['GOOD', 'WARNED', 'GRADE_D', 'UNKNOWN'] as const;
export type CreditStanding = (typeof CREDIT_STANDINGS)[number];

/** Whether what was promised has been verified, when the population is frozen. */
export const VERIFICATION_STANDINGS = ['EXEMPT', 'CONFIRMED', 'REFUTED', 'OPEN', 'NONE'] as const;
export type VerificationStanding = (typeof VERIFICATION_STANDINGS)[number];

/** A part of the population with a share of its own. The first one that fits counts. */
export interface Stratum {
  readonly name: string;
  /** Null for every standing. */
  readonly credit: readonly CreditStanding[] | null;
  /** Null for every standing. */
  readonly verification: readonly VerificationStanding[] | null;
  /** How many of a thousand are drawn. */
  readonly sharePermille: number;
}

/** What a draw is planned as (抽查计划). Fixed before the seed is committed. */
export interface SamplingPlan {
  readonly algorithm: typeof ALGORITHM;
  /** Id of the draw, so that no two plans are the same text. */
  readonly id: string;
  /** Whose commitments are inspected. */
  readonly agencyCode: string;
  readonly matterCodes: readonly string[];
  /** First and last day of signing. */
  readonly from: BusinessDate;
  readonly through: BusinessDate;
  readonly strata: readonly Stratum[];
  /** 检查人员名录库. */
  readonly inspectors: readonly string[];
  readonly inspectorsPerSubject: number;
}

/** A commitment that may be drawn, and the stratum it belongs to. */
export interface PopulationMember {
  readonly id: string;
  readonly stratum: string;
  /** Inspectors of the pool who handled its case, and so do not inspect it (回避). */
  readonly barred: readonly string[];
}

/** A commitment that was drawn, and who inspects it. */
export interface DrawnSubject extends Pick<PopulationMember, 'id' | 'stratum'> {
  readonly inspectors: readonly string[];
}

/** Names the way of drawing below; another way is another name. */
export const ALGORITHM = 'hecha-draw-1';

/** SHA-256 of a text in UTF-8, or of bytes; hex. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The text of a plan that is hashed and published. */
export function planText(plan: SamplingPlan): string {
  return canonicalJson(plan);
}

/**
 * The text of a population that is hashed and published: for each member `stratum`, tabulator, id,
 * where somebody is barred another tabulator and their names sorted and joined by commas, and a
 * line feed. Sorted by code units; the same in whatever order the members come.
 */
export function populationText(members: readonly PopulationMember[]): string {
  return members
    .map(({ stratum, id, barred }) => {
      const columns = [stratum, id, ...(barred.length > 0 ? [barred.toSorted().join(',')] : [])];
      return `${columns.join('\t')}\n`;
    })
    .toSorted()
    .join('');
}

/** The members of a population's text. */
export function readPopulation(text: string): readonly PopulationMember[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [stratum = '', id = '', barred = ''] = line.split('\t');
      return { stratum, id, barred: barred === '' ? [] : barred.split(',') };
    });
}

/** The first stratum that fits. Null where none does. */
export function stratumOf(
  strata: readonly Stratum[],
  standing: { readonly credit: CreditStanding; readonly verification: VerificationStanding },
): Stratum | null {
  const fits = ({ credit, verification }: Stratum) =>
    (credit === null || credit.includes(standing.credit)) &&
    (verification === null || verification.includes(standing.verification));
  return strata.find(fits) ?? null;
}

/**
 * How many of each stratum are drawn, in the order of `parts`: together the sum of the exact
 * quotas rounded up, and each the exact quota rounded up or down, by largest remainder; of equal
 * remainders the earlier stratum.
 */
export function quotasOf(
  parts: readonly { readonly size: number; readonly sharePermille: number }[],
): readonly number[] {
  const exact = parts.map(({ size, sharePermille }) => size * sharePermille);
  const total = Math.ceil(exact.reduce((sum, one) => sum + one, 0) / 1_000);
  const floors = exact.map((one) => Math.floor(one / 1_000));
  const left = total - floors.reduce((sum, one) => sum + one, 0);
  const rounded = exact
    .map((one, index) => ({ index, remainder: one % 1_000 }))
    .toSorted((a, b) => b.remainder - a.remainder || a.index - b.index)
    .slice(0, left)
    .map(({ index }) => index);
  return floors.map((one, index) => (rounded.includes(index) ? one + 1 : one));
}

/** Where a thing stands in a draw: HMAC-SHA-256, hex, under the seed, of words by line feeds. */
export function rankOf(seed: Uint8Array, words: readonly string[]): string {
  return createHmac('sha256', seed).update(words.join('\n')).digest('hex');
}

/** The first ones by rank; lower comes first. */
export function firstByRank<T>(
  all: readonly T[],
  count: number,
  rankOfOne: (one: T) => string,
): readonly T[] {
  return all
    .map((one) => ({ one, rank: rankOfOne(one) }))
    .toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ one }) => one);
}

/**
 * The draw: a function of the seed, the plan and the frozen population, which anyone can repeat.
 * A thing's rank is HMAC-SHA-256 under the seed of role, digest of the plan, digest of the
 * population and id, joined by line feeds; lower hex comes first. Of each stratum, in the order of
 * the plan, the first ones by rank are drawn, as many as `quotasOf` says; for each of them the
 * pool without those barred from it is ranked anew, and its first ones inspect.
 */
export function draw(given: {
  readonly seed: Uint8Array;
  readonly plan: SamplingPlan;
  readonly population: string;
}): readonly DrawnSubject[] {
  const { seed, plan, population } = given;
  const digests = [sha256(planText(plan)), sha256(population)];
  const rank = (role: string, ...ids: readonly string[]) =>
    rankOf(seed, [role, ...digests, ...ids]);
  const members = readPopulation(population);
  const parts = plan.strata.map(({ name }) => members.filter(({ stratum }) => stratum === name));
  const quotas = quotasOf(
    plan.strata.map(({ sharePermille }, index) => ({
      size: parts[index]?.length ?? 0,
      sharePermille,
    })),
  );
  return parts.flatMap((part, index) =>
    firstByRank(part, quotas[index] ?? 0, ({ id }) => rank('subject', id)).map(
      ({ id, stratum, barred }) => ({
        ...{ id, stratum },
        inspectors: firstByRank(
          plan.inspectors.filter((inspector) => !barred.includes(inspector)),
          plan.inspectorsPerSubject,
          (inspector) => rank('inspector', id, inspector),
        ),
      }),
    ),
  );
}
