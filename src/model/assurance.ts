/** What became of the random sample of a run. */
export interface SampleCounts {
  /** How many there were to draw from. */
  readonly population: number;
  readonly sampled: number;
  /** Of them, those that matched or differ. */
  readonly concluded: number;
  readonly differing: number;
}

/** What a sample says of all it was drawn from (抽样置信说明). Shares are 0 to 1. */
export interface Assurance extends SampleCounts {
  readonly confidence: number;
  /** If those not concluded differ no more often than the others. */
  readonly upperBound: number;
  /** If every one not concluded differs. */
  readonly conservativeUpperBound: number;
  /** In Chinese. */
  readonly sentence: string;
}

/** One-sided. */
export const CONFIDENCE = 0.95;
const PRECISION = 1e-12;
const NEGLIGIBLE = 1e-18;

/**
 * With this confidence at most this share differs, where `differing` of `concluded` drawn at random
 * do: the exact one-sided upper bound (Clopper and Pearson, Biometrika 26, 1934), which is the
 * share at which so few would be met with probability 1 − confidence. 1 where nothing is concluded.
 */
export function upperBoundOf(
  { differing, concluded }: { readonly differing: number; readonly concluded: number },
  confidence = CONFIDENCE,
): number {
  if (concluded === 0 || differing >= concluded) return 1;
  const atMost = binomialTail(differing, concluded);
  let [low, high] = [differing / concluded, 1];
  while (high - low > PRECISION) {
    const middle = (low + high) / 2;
    if (atMost(middle) > 1 - confidence) low = middle;
    else high = middle;
  }
  // The upper end: a bound is never told too narrow.
  return high;
}

/**
 * Probability of at most `most` of `all`, by share; exact for shares above most / all, where terms
 * only become less downwards.
 */
function binomialTail(most: number, all: number): (share: number) => number {
  let logChoose = 0;
  for (let one = 1; one <= most; one += 1) logChoose += Math.log((all - most + one) / one);
  return (share) => {
    const [logShare, logRest] = [Math.log(share), Math.log1p(-share)];
    const odds = Math.exp(logRest - logShare);
    let [term, sum] = [1, 0];
    for (let met = most; met >= 0 && term > NEGLIGIBLE * sum; met -= 1) {
      sum += term;
      term *= (met / (all - met + 1)) * odds;
    }
    return sum * Math.exp(logChoose + most * logShare + (all - most) * logRest);
  };
}

/** What a sample says of all it was drawn from. Null where nothing was drawn. */
export function assuranceOf(counts: SampleCounts | null): Assurance | null {
  if (counts === null || counts.sampled === 0) return null;
  const { sampled, concluded, differing } = counts;
  const upperBound = upperBoundOf(counts);
  const open = sampled - concluded;
  const conservativeUpperBound = upperBoundOf({ differing: differing + open, concluded: sampled });
  const told = { ...counts, confidence: CONFIDENCE, upperBound, conservativeUpperBound };
  return { ...told, sentence: sentenceOf(told) };
}

function sentenceOf(told: Omit<Assurance, 'sentence'>): string {
  const { population, sampled, concluded, differing, confidence } = told;
  const drawn = `从${population}项有效承诺核对对象中按事项分层随机抽取${sampled}项`;
  if (concluded === 0) return `${drawn}，均未能得出结论，对不一致的比例不作说明。`;
  const sure = `以${Math.round(confidence * 100)}%的置信度`;
  const met = `${drawn}，得出结论${concluded}项，其中不一致${differing}项`;
  const atMost = `${sure}，全部核对对象中不一致的比例不超过${percentOf(told.upperBound)}`;
  const open = sampled - concluded;
  if (open === 0) return `${met}；${atMost}。`;
  const most = percentOf(told.conservativeUpperBound);
  return [
    `${met}；假定未得出结论的${open}项与其余无异，${atMost}；`,
    `将其全部计为不一致，不超过${most}。`,
  ].join('');
}

/** Rounded up: a bound is never told too narrow. */
function percentOf(share: number): string {
  return `${(Math.ceil(share * 10_000 - 1e-6) / 100).toFixed(2)}%`;
}
