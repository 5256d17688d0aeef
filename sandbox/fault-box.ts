import type { Fault, FaultOrder } from './faults.ts';
import { createRandom } from './random.ts';

/** The one fault a source has at a time, and how many calls it still hits. */
export interface FaultBox {
  set(order: FaultOrder): void;
  clear(): void;
  /** The order with what is left of `times`. Null when the source is well. */
  find(): FaultOrder | null;
  /** The fault that hits this call, counted; null when none does. */
  takeForCall(operation: string): Fault | null;
  /** From 0 to 1, by the seed of the fault in force. */
  roll(): number;
  /** The same for a connection being made: only `tls` hits those. */
  takeForConnection(): Fault | null;
}

/** A box that holds no fault yet. */
export function createFaultBox(): FaultBox {
  let order: FaultOrder | null = null;
  let roll: () => number = Math.random;
  const count = (): Fault | null => {
    if (order === null) return null;
    const { fault, times, operation } = order;
    if (times !== null) order = times > 1 ? { fault, times: times - 1, operation } : null;
    return fault;
  };
  return {
    set(next) {
      order = next;
      roll = createRandom(next.fault.kind === 'errors' ? next.fault.seed : 1);
    },
    clear() {
      order = null;
    },
    find: () => order,
    takeForCall(operation) {
      if (order === null || order.fault.kind === 'tls') return null;
      if (order.operation !== null && order.operation !== operation) return null;
      if (order.fault.kind === 'errors' && roll() * 100 >= order.fault.percent) return null;
      return count();
    },
    roll: () => roll(),
    takeForConnection: () => (order?.fault.kind === 'tls' ? count() : null),
  };
}
