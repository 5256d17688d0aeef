import { businessDate } from '../model/clock.ts';
import type { BusinessDate } from '../model/business-date.ts';
import { batchShareOf, type Budget, type Urgency } from './policy.ts';

/**
 * What has been used of a source, by all replicas. Instants are milliseconds since 1970 by the
 * clock of the database.
 */
export interface Ledger {
  readonly day: BusinessDate;
  /** Calls bought on that day. */
  readonly used: number;
  /** Of the latest second and the last one before, oldest first. */
  readonly recent: readonly Spent[];
  /** Null while the source has not complained. */
  readonly slowed: Slowed | null;
  /** Until then the source wants to be left alone. Null when it does not. */
  readonly heldUntilMs: number | null;
}

/** Calls that were bought together, and the latest instant at which one of them begins. */
export interface Spent {
  readonly untilMs: number;
  readonly calls: number;
}

/** What a complaint has left of the rate. */
interface Slowed {
  /** Calls a second at `sinceMs`. */
  readonly perSecond: number;
  /** Calls a second at which the complaint is forgotten. */
  readonly full: number;
  readonly sinceMs: number;
}

/** Which limit leaves nothing, in the order of how long it usually lasts. */
export type Limit = 'IN_FLIGHT' | 'RATE' | 'HELD' | 'DAY';

/** Why a lane gets nothing more for now. */
export interface Refusal {
  readonly limit: Limit;
  /** For IN_FLIGHT, when looking again makes sense. */
  readonly retryAfterMs: number;
}

/** Calls wanted or bought, by lane. */
export type Calls = Readonly<Record<Urgency, number>>;

/** What was bought. */
export interface Purchase {
  readonly ledger: Ledger;
  /** Latest instant at which a call of this purchase may begin. */
  readonly untilMs: number;
  readonly bought: Calls;
  /** Null for a lane that got all that it wanted. */
  readonly refusals: Readonly<Record<Urgency, Refusal | null>>;
}

/** What a purchase depends on besides the ledger. */
export interface Market {
  readonly budget: Budget;
  readonly atMs: number;
  /** Leases that have not expired. */
  readonly inFlight: number;
  /** What is bought now is used within this time, or not at all. */
  readonly slackMs: number;
}

const SHANGHAI_MS = 8 * 3_600_000;
const DAY_MS = 86_400_000;
const SECOND_MS = 1_000;
/** Latest uses are rounded up to this, so that purchases close together are kept as one. */
const GRAIN_MS = 20;
/**
 * No purchase is used as late as this: an entry beyond it is from before the clock was set back.
 */
const FUTURE_MS_MAX = 10_000;
/** Complaints within this time are about the same crowd. */
const COMPLAINT_MS = 1_000;
const SLOWEST_PER_SECOND = 0.1;
/** A source that complains although it is hardly asked is still asked once a second. */
const ASKED_MIN = 2;
const RECOVERY_STEP_MS = 10_000;
const RECOVERY_SHARE = 0.1;
/** A source that wants to be left alone for longer is asked again after this all the same. */
const HELD_MS_MAX = DAY_MS;
/** When to look again whether a call of any replica has ended. */
const IN_FLIGHT_AGAIN_MS = 50;

/** The ledger of a source that was never asked. */
export function emptyLedger(atMs: number): Ledger {
  const day = businessDate(new Date(atMs));
  return { day, used: 0, recent: [], slowed: null, heldUntilMs: null };
}

/** Until the next midnight in Asia/Shanghai, when the quota of the day begins anew. */
export function dayLeftMs(atMs: number): number {
  return DAY_MS - ((atMs + SHANGHAI_MS) % DAY_MS);
}

/** The ledger as it stands now: a new day, forgiven complaints, forgotten purchases. */
export function ledgerAt(ledger: Ledger, atMs: number): Ledger {
  const today = businessDate(new Date(atMs));
  const { slowed, heldUntilMs } = ledger;
  const recent = ledger.recent.filter(({ untilMs }) => untilMs <= atMs + FUTURE_MS_MAX);
  return {
    day: today > ledger.day ? today : ledger.day,
    used: today > ledger.day ? 0 : ledger.used,
    recent: recent.filter(
      ({ untilMs }, index) => untilMs > atMs - SECOND_MS || index === recent.length - 1,
    ),
    slowed: slowed !== null && recovered(slowed, atMs) < slowed.full ? slowed : null,
    heldUntilMs: heldUntilMs !== null && heldUntilMs > atMs ? heldUntilMs : null,
  };
}

/** Calls a second that may be begun now. Null when only the source itself limits them. */
export function rateAt(ledger: Ledger, budget: Budget, atMs: number): number | null {
  const { slowed } = ledgerAt(ledger, atMs);
  if (slowed === null) return budget.perSecond;
  return Math.min(recovered(slowed, atMs), budget.perSecond ?? Infinity);
}

/**
 * Buys as much of what is wanted as every limit allows, INTERACTIVE first. However late within
 * their slack the calls begin, no second holds more of them than the rate allows: an earlier
 * purchase counts for a second after the latest instant at which it can be used.
 */
export function buy(before: Ledger, wanted: Calls, market: Market): Purchase {
  const { atMs } = market;
  const found = ledgerAt(before, atMs);
  const interactive = Math.min(wanted.INTERACTIVE, roomFor('INTERACTIVE', found, market));
  const held = spent(found, interactive, market);
  const afterwards = { ...market, inFlight: market.inFlight + interactive };
  const batch = Math.min(wanted.BATCH, roomFor('BATCH', held, afterwards));
  const ledger = spent(held, batch, market);

  const bought = { INTERACTIVE: interactive, BATCH: batch };
  const after = { ...market, inFlight: afterwards.inFlight + batch };
  const refusalOf = (urgency: Urgency): Refusal | null =>
    wanted[urgency] > bought[urgency] ? refuse(urgency, ledger, after) : null;
  const refusals = { INTERACTIVE: refusalOf('INTERACTIVE'), BATCH: refusalOf('BATCH') };
  return { ledger, untilMs: latestUse(market), bought, refusals };
}

/** Takes calls that will never begin off those that count for their second. */
export function unspend(ledger: Ledger, unused: readonly Spent[]): Ledger {
  const recent = ledger.recent.flatMap(({ untilMs, calls }) => {
    const left = unused.reduce(
      (sum, one) => sum - (one.untilMs === untilMs ? one.calls : 0),
      calls,
    );
    return left > 0 ? [{ untilMs, calls: left }] : [];
  });
  return { ...ledger, recent };
}

/**
 * After the source complained of too many calls: half the rate, unless it was halved just now, and
 * no calls before the instant the source named. Without a rate of its own a source is slowed to
 * half of what it was asked within the latest second. The rate comes back by a tenth of itself
 * every ten seconds.
 */
export function slowDown(
  before: Ledger,
  complaint: {
    readonly budget: Budget;
    readonly retryAfterMs: number | null;
    readonly atMs: number;
  },
): Ledger {
  const { budget, retryAfterMs, atMs } = complaint;
  const found = ledgerAt(before, atMs);
  const held = atMs + Math.min(retryAfterMs ?? 0, HELD_MS_MAX);
  const heldUntilMs = Math.max(held, found.heldUntilMs ?? 0);
  const ledger = { ...found, heldUntilMs: heldUntilMs > atMs ? heldUntilMs : null };
  if (found.slowed !== null && atMs - found.slowed.sinceMs < COMPLAINT_MS) return ledger;

  const asked = Math.max(ASKED_MIN, spentWithin(found.recent, SECOND_MS, atMs));
  const full = budget.perSecond ?? found.slowed?.full ?? asked;
  const half = (rateAt(found, budget, atMs) ?? full) / 2;
  const perSecond = Math.min(full, Math.max(SLOWEST_PER_SECOND, half));
  return { ...ledger, slowed: { perSecond, full, sinceMs: atMs } };
}

function recovered({ perSecond, full, sinceMs }: Slowed, atMs: number): number {
  const steps = Math.max(0, Math.floor((atMs - sinceMs) / RECOVERY_STEP_MS));
  return perSecond + steps * RECOVERY_SHARE * full;
}

function latestUse({ atMs, slackMs }: Market): number {
  return Math.ceil((atMs + slackMs) / GRAIN_MS) * GRAIN_MS;
}

function spent(ledger: Ledger, calls: number, market: Market): Ledger {
  if (calls === 0) return ledger;
  const untilMs = latestUse(market);
  const same = ledger.recent.find((one) => one.untilMs === untilMs);
  const others = ledger.recent.filter((one) => one !== same);
  const recent = [...others, { untilMs, calls: calls + (same?.calls ?? 0) }].toSorted(
    (a, b) => a.untilMs - b.untilMs,
  );
  return { ...ledger, used: ledger.used + calls, recent };
}

function spentWithin(recent: Ledger['recent'], windowMs: number, atMs: number): number {
  return recent
    .filter(({ untilMs }) => untilMs > atMs - windowMs)
    .reduce((sum, { calls }) => sum + calls, 0);
}

/** Calls that the tightest limit leaves to the lane; the other lane's calls count in full. */
function roomFor(urgency: Urgency, ledger: Ledger, market: Market): number {
  const { budget, atMs, inFlight } = market;
  if (ledger.heldUntilMs !== null) return 0;
  const pace = paceOf(urgency, ledger, market);
  const rooms = [
    budget.perDay === null ? Infinity : dayShare(urgency, budget) - ledger.used,
    pace === null ? Infinity : pace.calls - spentWithin(ledger.recent, pace.windowMs, atMs),
    budget.inFlightMax === null ? Infinity : placeShare(urgency, budget) - inFlight,
  ];
  return Math.max(0, Math.min(...rooms));
}

/** The limit that leaves nothing, and of several the one that does so for longest. */
function refuse(urgency: Urgency, ledger: Ledger, market: Market): Refusal {
  const { budget, atMs, inFlight } = market;
  const refusals: Refusal[] = [];
  const { heldUntilMs } = ledger;
  if (heldUntilMs !== null) refusals.push({ limit: 'HELD', retryAfterMs: heldUntilMs - atMs });
  if (budget.perDay !== null && ledger.used >= dayShare(urgency, budget))
    refusals.push({ limit: 'DAY', retryAfterMs: dayLeftMs(atMs) });
  const pace = paceOf(urgency, ledger, market);
  if (pace !== null && spentWithin(ledger.recent, pace.windowMs, atMs) >= pace.calls)
    refusals.push({ limit: 'RATE', retryAfterMs: freeAfterMs(ledger, pace, atMs) });
  if (budget.inFlightMax !== null && inFlight >= placeShare(urgency, budget))
    refusals.push({ limit: 'IN_FLIGHT', retryAfterMs: IN_FLIGHT_AGAIN_MS });
  const longest = refusals.toSorted((a, b) => b.retryAfterMs - a.retryAfterMs)[0];
  return longest ?? { limit: 'RATE', retryAfterMs: IN_FLIGHT_AGAIN_MS };
}

/** Until so many of the latest purchases have passed that the lane may buy one call. */
function freeAfterMs({ recent }: Ledger, pace: Pacing, atMs: number): number {
  let left = spentWithin(recent, pace.windowMs, atMs);
  for (const { untilMs, calls } of recent.filter((one) => one.untilMs > atMs - pace.windowMs)) {
    left -= calls;
    if (left < pace.calls) return untilMs + pace.windowMs - atMs;
  }
  return pace.windowMs;
}

interface Pacing {
  readonly calls: number;
  readonly windowMs: number;
}

/** Whole calls a second, or one call in several seconds. Null without a rate. */
function paceOf(urgency: Urgency, ledger: Ledger, { budget, atMs }: Market): Pacing | null {
  const rate = rateAt(ledger, budget, atMs);
  if (rate === null) return null;
  if (rate < 1) return { calls: 1, windowMs: SECOND_MS / rate };
  return { calls: Math.max(1, shareOf(urgency, Math.floor(rate), budget)), windowMs: SECOND_MS };
}

function dayShare(urgency: Urgency, budget: Budget): number {
  return shareOf(urgency, budget.perDay ?? 0, budget);
}

/** A limit that frees itself all the time leaves BATCH one, or it would never get any. */
function placeShare(urgency: Urgency, budget: Budget): number {
  return Math.max(1, shareOf(urgency, budget.inFlightMax ?? 0, budget));
}

function shareOf(urgency: Urgency, limit: number, { reserveShare }: Budget): number {
  return urgency === 'INTERACTIVE' ? limit : batchShareOf(limit, reserveShare);
}
