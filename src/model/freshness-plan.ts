/** What may be asked in a day, and how old an answer may become. */
export interface FreshnessTerms {
  readonly quotaPerDay: number;
  /** Part of the quota that is kept for counters. */
  readonly reserveShare: number;
  readonly stalenessDaysMax: number;
  /** Part of what is left that goes to a random sample. None where nothing is said. */
  readonly samplePerNight?: number;
}

/** One record that has to stay fresh. Days are whole numbers on any scale. */
export interface FreshRecord<T> {
  readonly id: T;
  /** Day of the last answer, interactive ones included; of one never asked, the day it began. */
  readonly seenDay: number;
  /** Hazard × consequence, 1 to 25. */
  readonly weight: number;
}

/** Look-ups of a day that jobs may use. */
export function usableQuota({
  quotaPerDay,
  reserveShare,
}: Pick<FreshnessTerms, 'quotaPerDay' | 'reserveShare'>): number {
  // The small summand undoes what binary fractions do to 10 * (1 - 0.8).
  return Math.floor(quotaPerDay * (1 - reserveShare) + 1e-9);
}

/** Look-ups of a day that are planned: what is left beside the random sample. */
function plannedQuota(terms: FreshnessTerms): number {
  return Math.max(0, usableQuota(terms) - (terms.samplePerNight ?? 0));
}

/** Days until the oldest of so many answers is asked for again. Infinity without any quota. */
export function worstStalenessDays(records: number, lookUpsPerDay: number): number {
  if (records === 0) return 0;
  return lookUpsPerDay === 0 ? Infinity : Math.ceil(records / lookUpsPerDay);
}

/**
 * Why terms cannot be kept for so many commitments, with the arithmetic. Null where they can: then
 * `planDay`, asked every day, keeps them.
 */
export function refuseTerms(records: number, terms: FreshnessTerms): string | null {
  const { quotaPerDay, stalenessDaysMax, samplePerNight = 0 } = terms;
  const usable = plannedQuota(terms);
  const worst = worstStalenessDays(records, usable);
  if (worst <= stalenessDaysMax) return null;
  const needed = Math.ceil(records / stalenessDaysMax);
  const quota = Math.ceil((needed + samplePerNight) / (1 - terms.reserveShare));
  const percent = Math.round(terms.reserveShare * 100);
  const sample = samplePerNight === 0 ? '' : ` and the sample of ${grouped(samplePerNight)}`;
  return [
    `${grouped(quotaPerDay)} a day for ${grouped(records)} commitments:`,
    `worst staleness ${worstStalenessDays(records, quotaPerDay)} days;`,
    `without the ${percent} % kept for counters${sample}, ${grouped(usable)} a day, ${worst} days.`,
    `At most ${stalenessDaysMax} days need ${grouped(needed)} look-ups a day,`,
    `which is a quota of ${grouped(quota)}.`,
  ].join(' ');
}

/** Whom to ask on a day. */
export interface DayPlan<T> {
  /** Earliest deadline first, then by what weighs most. */
  readonly asked: readonly T[];
  /** Of them, those without which some bound would be broken later. */
  readonly needed: number;
  /** Records whose bound cannot be kept any more, whatever is asked. 0 while terms are kept. */
  readonly late: number;
}

/**
 * Whom to ask today. First, by earliest deadline, as many as it takes so that on every day to come
 * no more are due by then than can be asked until then; what is left of the day goes to those with
 * the greatest weight × age. As long as `refuseTerms` is null for the records there are, no bound
 * is ever broken: the condition holds for the whole bound because all records fit into it, and
 * asking keeps it for every nearer day. Records that a random sample asks anyway are left out by
 * the caller: fewer are due then, and the sample has look-ups of its own.
 */
export function planDay<T>(
  records: readonly FreshRecord<T>[],
  about: { readonly today: number; readonly terms: FreshnessTerms },
): DayPlan<T> {
  const { today, terms } = about;
  const capacity = plannedQuota(terms);
  const deadlineOf = ({ seenDay }: FreshRecord<T>): number => seenDay + terms.stalenessDaysMax;
  const byDeadline = records.toSorted((a, b) => a.seenDay - b.seenDay || b.weight - a.weight);

  let needed = 0;
  let due = 0;
  let late = 0;
  for (let day = today; day < today + terms.stalenessDaysMax + 1; day += 1) {
    let next = byDeadline[due];
    while (next !== undefined && deadlineOf(next) <= day) {
      if (deadlineOf(next) < today) late += 1;
      due += 1;
      next = byDeadline[due];
    }
    needed = Math.max(needed, due - capacity * (day - today));
  }
  const first = byDeadline.slice(0, Math.min(needed, capacity));
  const spare = byDeadline
    .slice(first.length)
    .filter(({ seenDay }) => seenDay < today)
    .toSorted((a, b) => urgencyOf(b, today) - urgencyOf(a, today))
    .slice(0, capacity - first.length);
  const over = Math.max(0, needed - capacity);
  return {
    asked: [...first, ...spare].map(({ id }) => id),
    needed: first.length,
    late: Math.max(late, over),
  };
}

function urgencyOf(record: FreshRecord<unknown>, today: number): number {
  return record.weight * (today - record.seenDay);
}

function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/gu, ',');
}
