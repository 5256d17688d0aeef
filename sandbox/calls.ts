/** Calls kept; older ones are forgotten, but still counted in `total`. */
export const CALLS_KEPT_MAX = 10_000;

/** One call that reached the source. */
export interface Call {
  readonly at: string;
  readonly operation: string;
  /** What was asked for: codes, identifiers, request numbers. */
  readonly keys: readonly string[];
  /** HTTP status sent; null when nothing was. */
  readonly status: number | null;
  /** Kind of the fault that hit the call; null when none did. */
  readonly fault: string | null;
}

export interface CallLog {
  record(call: Call): void;
  list(): { readonly total: number; readonly calls: readonly Call[] };
  clear(): void;
}

/** An empty log. It keeps the last `CALLS_KEPT_MAX` calls, oldest first. */
export function createCallLog(): CallLog {
  let total = 0;
  let calls: Call[] = [];
  return {
    record(call) {
      total += 1;
      calls.push(call);
      if (calls.length > 2 * CALLS_KEPT_MAX) calls = calls.slice(-CALLS_KEPT_MAX);
    },
    list: () => ({ total, calls: calls.slice(-CALLS_KEPT_MAX) }),
    clear() {
      total = 0;
      calls = [];
    },
  };
}
