import { REFUSAL_GROUNDS, type RefusalGround } from './assistance-life.ts';
import type { AssistanceStanding } from './assistance-standing.ts';
import type { BusinessDate } from './business-date.ts';
import type { DayCounter } from './deadline.ts';

/** How one agency helped another in a period. Averages are null where there is nothing. */
export interface PairIndicators {
  readonly askingAgency: string;
  readonly assistingAgency: string;
  readonly sent: number;
  readonly acceptedInTime: number;
  readonly replied: number;
  readonly repliedInTime: number;
  readonly averageWorkingDays: number | null;
  /** Replied by a day that both had agreed on, of those that agreed on one. */
  readonly agreed: number;
  readonly repliedByAgreedDay: number;
  readonly overdueNow: number;
  readonly withdrawn: number;
  readonly refused: readonly { readonly ground: RefusalGround; readonly count: number }[];
  /** 1 to 5. */
  readonly timeliness: number | null;
  readonly effort: number | null;
}

/** A request, as far as it is counted. */
export interface CountedRequest {
  readonly standing: AssistanceStanding;
  readonly dueOn: BusinessDate;
}

/** One entry for each pair of agencies, in the order of their codes. */
export function indicatorsOf(
  requests: readonly CountedRequest[],
  days: DayCounter,
  today: BusinessDate,
): readonly PairIndicators[] {
  const pairs = new Map<string, CountedRequest[]>();
  for (const request of requests) {
    const { askingAgency, assistingAgency } = request.standing;
    const key = `${askingAgency} ${assistingAgency}`;
    pairs.set(key, [...(pairs.get(key) ?? []), request]);
  }
  return [...pairs.entries()]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, group]) => pairOf(key, group, days, today));
}

function pairOf(
  key: string,
  group: readonly CountedRequest[],
  days: DayCounter,
  today: BusinessDate,
): PairIndicators {
  const [askingAgency = '', assistingAgency = ''] = key.split(' ');
  const replied = group.filter(({ standing }) => standing.repliedOn !== null);
  const agreed = group.filter(({ standing }) => standing.agreedOn !== null);
  const ratings = group.flatMap(({ standing }) => standing.rating ?? []);
  return {
    ...{ askingAgency, assistingAgency, sent: group.length, replied: replied.length },
    acceptedInTime: group.filter((one) => isAcceptedInTime(one, days)).length,
    repliedInTime: replied.filter(({ standing, dueOn }) => isBy(standing.repliedOn, dueOn)).length,
    averageWorkingDays: averageOf(replied.map(({ standing }) => workingDaysOf(standing, days))),
    agreed: agreed.length,
    repliedByAgreedDay: agreed.filter(({ standing }) => isBy(standing.repliedOn, standing.agreedOn))
      .length,
    overdueNow: group.filter((one) => isOverdue(one, days, today)).length,
    withdrawn: group.filter(({ standing }) => standing.state === 'WITHDRAWN').length,
    refused: REFUSAL_GROUNDS.map((ground) => ({
      ground,
      count: group.filter(({ standing }) => standing.refusal?.ground === ground).length,
    })).filter(({ count }) => count > 0),
    timeliness: averageOf(ratings.map(({ timeliness }) => timeliness)),
    effort: averageOf(ratings.map(({ effort }) => effort)),
  };
}

function isAcceptedInTime({ standing }: CountedRequest, days: DayCounter): boolean {
  const { submittedOn, acceptedOn, limits } = standing;
  if (submittedOn === null) return false;
  return isBy(acceptedOn, days.deadline(submittedOn, limits.accept).on);
}

function workingDaysOf({ submittedOn, repliedOn }: AssistanceStanding, days: DayCounter): number {
  if (submittedOn === null || repliedOn === null) return 0;
  return days.countWorkingDays(submittedOn, repliedOn);
}

function isOverdue({ standing, dueOn }: CountedRequest, days: DayCounter, today: BusinessDate) {
  const last = standing.ledger.at(-1);
  const isWaiting = last?.kind === 'RUN' && last.through === null;
  return isWaiting && days.countWorkingDays(dueOn, today) > 0;
}

function isBy(day: BusinessDate | null, limit: BusinessDate | null): boolean {
  return day !== null && limit !== null && day <= limit;
}

function averageOf(numbers: readonly number[]): number | null {
  if (numbers.length === 0) return null;
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
}
