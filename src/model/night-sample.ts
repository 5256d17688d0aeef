import { firstByRank, populationText, rankOf, sha256 } from './sampling.ts';

/** Names the way of drawing below; another way is another name. */
export const NIGHT_ALGORITHM = 'hecha-night-1';

/** One that may be drawn. */
export interface NightMember {
  /** The same in every repetition. */
  readonly id: string;
  /** Its matter. */
  readonly stratum: string;
}

/** A stratum, and how many of it were drawn. */
export interface NightStratum {
  readonly name: string;
  readonly size: number;
  readonly drawn: number;
}

/** The random sample of a run (夜间随机抽样), and what it takes to draw it again. */
export interface NightSample<T extends NightMember> {
  readonly algorithm: typeof NIGHT_ALGORITHM;
  /** Hex. */
  readonly seed: string;
  readonly population: number;
  /**
   * SHA-256, hex, of a line for each stratum in the order of names: name, tabulator, SHA-256 of its
   * `populationText`, line feed.
   */
  readonly populationDigest: string;
  readonly wanted: number;
  /** In the order of names. */
  readonly strata: readonly NightStratum[];
  readonly drawn: readonly T[];
}

/** The seed of a run: whoever knows the run can draw again. */
export function nightSeedOf({ id, slot }: { readonly id: string; readonly slot: Date }): string {
  return sha256([NIGHT_ALGORITHM, id, slot.toISOString()].join('\n'));
}

/**
 * Draws `wanted` of the members, or all where there are no more: a function of seed and members,
 * whatever their order. A rank is `rankOf` under the seed of role and name. Strata are put in the
 * order of their ranks; of each as many are drawn as make the sum so far its exact share of
 * `wanted`, plus one and the same start below 1, rounded down. So each stratum has its proportion
 * rounded up or down, and every member the same chance, also of strata too small for a whole one.
 * Within a stratum the first ones by rank are drawn.
 */
export function drawNight<T extends NightMember>(
  members: readonly T[],
  terms: NightTerms,
): NightSample<T> {
  const steps = nightSteps(members, terms);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** By what is drawn, and how many. */
export interface NightTerms {
  /** Hex. */
  readonly seed: string;
  readonly wanted: number;
}

/** Members ranked between two pauses; a few milliseconds. */
const STEP = 2_000;

/** `drawNight`, with places where others may be let go first: many members take seconds. */
export function* nightSteps<T extends NightMember>(
  members: readonly T[],
  { seed, wanted }: NightTerms,
): Generator<undefined, NightSample<T>> {
  const key = Buffer.from(seed, 'hex');
  const byStratum = new Map<string, { readonly one: T; readonly rank: string }[]>();
  for (const [at, one] of members.entries()) {
    if (at % STEP === STEP - 1) yield;
    const ranked = { one, rank: rankOf(key, ['member', one.id]) };
    const held = byStratum.get(one.stratum);
    if (held === undefined) byStratum.set(one.stratum, [ranked]);
    else held.push(ranked);
  }
  const names = [...byStratum.keys()];
  const ordered = firstByRank(names, names.length, (name) => rankOf(key, ['stratum', name]));
  const start = Number.parseInt(rankOf(key, ['start']).slice(0, 8), 16);
  const sampled = Math.min(wanted, members.length);
  const share = shareOf({ sampled, population: members.length, start });

  const strata: (NightStratum & { readonly digest: string })[] = [];
  const drawn: T[] = [];
  let before = 0;
  for (const name of ordered) {
    const all = byStratum.get(name) ?? [];
    const count = share(before + all.length) - share(before);
    before += all.length;
    const digest = sha256(populationText(all.map(({ one }) => ({ ...one, barred: [] }))));
    strata.push({ name, size: all.length, drawn: count, digest });
    drawn.push(...firstByRank(all, count, ({ rank }) => rank).map(({ one }) => one));
    yield;
  }
  const inOrder = strata.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return {
    ...{ algorithm: NIGHT_ALGORITHM, seed, wanted, population: members.length, drawn },
    populationDigest: sha256(inOrder.map((one) => `${one.name}\t${one.digest}\n`).join('')),
    strata: inOrder.map(({ digest: _digest, ...stratum }) => stratum),
  };
}

/** How many of the first so many members are drawn, in whole numbers all the way. */
function shareOf(of: {
  readonly sampled: number;
  readonly population: number;
  /** 0 to 2³² − 1. */
  readonly start: number;
}): (members: number) => number {
  const [sampled, population, start] = [
    BigInt(of.sampled),
    BigInt(of.population),
    BigInt(of.start),
  ];
  const whole = 1n << 32n;
  return (members) =>
    population === 0n
      ? 0
      : Number((BigInt(members) * sampled * whole + start * population) / (population * whole));
}
