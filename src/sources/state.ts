import type { Clock } from '../model/clock.ts';
import { dayLeftMs } from './ledger.ts';
import type { Served } from './roster.ts';
import type { BudgetState, SourceState } from './sources.ts';

/** How one source is doing, put together from what its parts measured. */
export function stateOf({ of, station }: Served, clock: Clock): SourceState {
  const { id, title, label } = of;
  const { health, ...state } = station.state();
  const own = { paused: station.pause(), budget: budgetOf({ of, station }, clock) };
  return { id, title, connector: label, ...state, health: { ...health, ...own } };
}

function budgetOf(
  { of, station }: Pick<Served, 'of' | 'station'>,
  clock: Clock,
): BudgetState | null {
  const budget = of.policy.budget ?? null;
  const known = station.purse.state();
  if (budget === null || known === null) return null;
  const now = clock.now().getTime();
  const { perDay, perSecond, inFlightMax } = budget;
  const { usedToday, rate, slowed, heldMs } = known;
  const left = perDay === null || usedToday === null ? null : Math.max(0, perDay - usedToday);
  const resetAt = new Date(now + (known.dayLeftMs ?? dayLeftMs(now)));
  return {
    quota: { perDay, usedToday, left, resetAt },
    rate: { perSecond, now: rate, slowed, heldUntil: heldMs === null ? null : after(now, heldMs) },
    inFlightMax,
  };
}

function after(now: number, ms: number): Date {
  return new Date(now + Math.ceil(ms));
}
