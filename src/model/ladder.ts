import { judge } from './judge.ts';
import {
  DEFAULT_TERMS,
  type LadderTerms,
  type Requirement,
  type VerificationPolicy,
} from './policy.ts';
import type { Belief, SourceObservation } from './verification.ts';

/** Rungs of the fallback ladder, in the order in which they are climbed. */
export const LADDER_RUNGS = ['ONLINE', 'EQUIVALENT', 'ASSISTANCE', 'ON_SITE', 'DECISION'] as const;
export type LadderRung = (typeof LADDER_RUNGS)[number];

/** A rung, or that nothing is left to climb. */
export type LadderRungName = LadderRung | 'CONCLUDED';

/** Working days each rung has at least. Null where the ladder has no such rung. */
export type LadderMinimums = Readonly<Record<LadderRung, number | null>>;

/** How far the ladder of a verification has come. */
export interface LadderStanding {
  /** The lowest rung on which a requirement of it stands. */
  readonly rung: LadderRungName;
  /** Requirements that have come to the on-site check. */
  readonly toInspect: readonly string[];
  /** Requirements that are settled for the subject: nobody has to look at them any more. */
  readonly confirmed: readonly string[];
  /** Requirements that an officer could decide now. */
  readonly toDecide: readonly string[];
}

/**
 * Where a verification stands whose observations are these. Silence of an online source keeps it
 * online, where asking again helps; silence and refusal of an agency send people to look; what they
 * do not settle an officer decides. What is refuted is concluded: what follows is an officer's, on
 * a second observation.
 */
export function ladderStandingOf(
  policy: VerificationPolicy,
  observed: readonly SourceObservation[],
): LadderStanding {
  const { code, requirements } = judge(policy, observed);
  const confirmed = requirements.flatMap(({ id, belief }) => (belief === 'TRUE' ? [id] : []));
  const stands = policy.requirements.map((requirement) => ({
    id: requirement.id,
    rung: rungOf(policy, requirement, {
      observed: observed.filter((one) => one.requirement === requirement.id),
      belief: requirements.find(({ id }) => id === requirement.id)?.belief ?? 'TRUE',
    }),
  }));
  const open = code === 'REFUTED' || code === 'EXEMPT' ? [] : stands;
  const idsAt = (wanted: LadderRung) =>
    open.flatMap(({ id, rung }) => (rung === wanted ? [id] : []));
  const rung = LADDER_RUNGS.find((one) => open.some((stand) => stand.rung === one)) ?? 'CONCLUDED';
  return { rung, toInspect: idsAt('ON_SITE'), confirmed, toDecide: idsAt('DECISION') };
}

function rungOf(
  policy: VerificationPolicy,
  requirement: Requirement,
  { observed, belief }: { observed: readonly SourceObservation[]; belief: Belief },
): LadderRungName {
  if (belief === 'TRUE' || belief === 'FALSE' || isLeftOpen(observed)) return 'CONCLUDED';
  if (belief === 'CONTRADICTORY') return 'DECISION';
  if (observed.some(({ method }) => method === 'ON_SITE')) return 'DECISION';
  const online = observed.filter(({ method }) => method === 'ONLINE');
  const highest = asksEquivalents(requirement, online) ? 'EQUIVALENT' : 'ONLINE';
  if (online.some(({ transport }) => transport === 'DEFERRED')) return highest;
  if (!asksAgency(requirement)) return online.some(isSilent) ? highest : 'DECISION';
  const asked = observed.filter(({ method }) => method === 'ASSISTANCE');
  if (asked.length === 0 || asked.some(isAwaited)) return 'ASSISTANCE';
  return termsOf(policy).onSite === null ? 'DECISION' : 'ON_SITE';
}

/** Working days each rung of a policy has at least: of several requirements the longest. */
export function minimumsOf(policy: VerificationPolicy): LadderMinimums {
  const { onSite, decision } = termsOf(policy);
  const { requirements } = policy;
  const agencies = requirements.flatMap(({ ladder }) =>
    ladder.flatMap((rung) => (rung.method === 'ASSISTANCE' ? [rung.workingDays] : [])),
  );
  const onlineRungs = requirements.map(
    ({ ladder }) => ladder.filter(({ method }) => method === 'ONLINE').length,
  );
  return {
    ONLINE: onlineRungs.some((count) => count > 0) ? 0 : null,
    EQUIVALENT: onlineRungs.some((count) => count > 1) ? 0 : null,
    ASSISTANCE: agencies.length === 0 ? null : Math.max(...agencies),
    ON_SITE: agencies.length === 0 ? null : (onSite?.workingDays ?? null),
    DECISION: decision.workingDays,
  };
}

/** What a policy says of its ladder, or what holds where it says nothing. */
export function termsOf({ terms }: VerificationPolicy): LadderTerms {
  return terms ?? DEFAULT_TERMS;
}

function asksAgency({ ladder }: Requirement): boolean {
  return ladder.some(({ method }) => method === 'ASSISTANCE');
}

/** Whether more was consulted online than the first rung names. */
function asksEquivalents({ ladder }: Requirement, online: readonly SourceObservation[]): boolean {
  const [first, ...later] = ladder.flatMap((rung) =>
    rung.method === 'ONLINE' ? [rung.consult.map(({ dataset }) => dataset as string)] : [],
  );
  const further = later.flat().filter((dataset) => first?.includes(dataset) !== true);
  return online.some(({ dataset }) => further.includes(dataset));
}

/** Asking such a source again may help. */
function isSilent({ transport, notes }: SourceObservation): boolean {
  return transport !== 'ANSWERED' || notes.some(({ code }) => code === 'ANOMALY_HOLD');
}

const AWAITED: ReadonlySet<string> = new Set([
  'ASSISTANCE_PENDING',
  'ASSISTANCE_UNDELIVERED',
  'ASSISTANCE_NOT_ASKED',
]);

function isAwaited({ notes }: SourceObservation): boolean {
  return notes.some(({ code }) => AWAITED.has(code));
}

function isLeftOpen(observed: readonly SourceObservation[]): boolean {
  return observed.some(({ notes }) => notes.some(({ code }) => code === 'OFFICER_LEFT_OPEN'));
}
