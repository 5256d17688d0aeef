import { HubError } from '../errors.ts';

/** A call that its asker does not want to wait for without end. */
export interface Patience<T> {
  readonly source: string;
  readonly patienceMs: number;
  /** How long the call may take in all. */
  readonly limitMs: number;
  /** Settles when the call is on its way; until then nothing can be said of the source. */
  readonly asked: Promise<void>;
  readonly ended: Promise<T>;
}

/** What came of waiting: what it ended with, or that this comes late. */
export type Waited<T> =
  | { readonly isLate: false; readonly value: T }
  | { readonly isLate: true; readonly fault: HubError };

/**
 * Gives up waiting once `patienceMs` have passed and the call is under way. What it ends with then
 * is left to whoever holds `ended`. Rejects as `ended` does.
 */
export async function waitPatiently<T>(patience: Patience<T>): Promise<Waited<T>> {
  const { asked, ended, patienceMs } = patience;
  const began = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const outOfPatience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patienceMs);
  });
  try {
    return await Promise.race([
      ended.then((value) => ({ isLate: false, value }) as const),
      Promise.all([outOfPatience, asked]).then(() => {
        const fault = slowFault(patience, performance.now() - began);
        return { isLate: true, fault } as const;
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Asking again makes sense when the call has ended at the latest; until then it would be shared.
 */
function slowFault({ source, limitMs }: Patience<unknown>, waitedMs: number): HubError {
  const retryAfterMs = Math.max(0, Math.ceil(limitMs - waitedMs));
  const details = { source, hop: 'SOURCE', reason: 'SLOW', retryAfterMs };
  return new HubError('SOURCE_DEFERRED', { details });
}
