import {
  bulkhead,
  circuitBreaker,
  CircuitState,
  DelegateBackoff,
  handleWhen,
  isBrokenCircuitError,
  isBulkheadRejectedError,
  retry,
  TaskCancelledError,
  timeout,
  TimeoutStrategy,
  type BulkheadPolicy,
  type CircuitBreakerPolicy,
  type TimeoutPolicy,
} from 'cockatiel';

import { HubError, type FaultCode, type FaultDetails } from '../errors.ts';
import { createBreaker } from './breaker.ts';
import { batchPlacesOf, limitsOf, type Pace, type SourcePolicy, type Urgency } from './policy.ts';
import type { Purse } from './purse.ts';
import { createRetryBudget } from './retry-budget.ts';
import { isIll, mayTryAgain } from './transport.ts';

/** Everything that stands between the hub and one source, so that neither hurts the other. */
export interface Guard {
  /**
   * Attempts within the policy. `attempt` frees its socket when its signal aborts.
   *
   * @throws {HubError} the fault of the last attempt; SOURCE_TIMEOUT at the deadline;
   * SOURCE_RESTING while the breaker is open; SOURCE_BUSY when too many wait;
   * SOURCE_SCHEDULED_OUTAGE of the hub while the source is closed; what `Purse.take` throws.
   */
  run<T>(call: GuardedCall<T>): Promise<T>;
  state(): GuardState;
  /** From now on every call is refused with SOURCE_RESTING. */
  stop(): void;
}

interface GuardedCall<T> {
  readonly idempotent: boolean;
  readonly urgency: Urgency;
  readonly pace: Pace;
  attempt(signal: AbortSignal): Promise<T>;
}

/** How a guard is doing, for people and for metrics. */
export interface GuardState {
  readonly breaker: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
  readonly inFlight: number;
  readonly waiting: number;
}

/** The part of a call policy that a guard keeps. */
export type GuardPolicy = Omit<SourcePolicy, 'batchWindowMs' | 'canaryMaxAgeMs' | 'windows'>;

/** One call on its way, from the moment it is wanted. */
interface Errand<T> extends GuardedCall<T> {
  readonly deadline: AbortSignal;
  readonly attemptMs: number;
  readonly endsAt: number;
  /** Begun, refused ones included. */
  attempts: number;
  /** True while bytes of this call may be on their way. */
  underWay: boolean;
}

const RETRY_PAUSE_MS_MAX = 100;

const BREAKER_STATES = {
  [CircuitState.Closed]: 'CLOSED',
  [CircuitState.Open]: 'OPEN',
  [CircuitState.HalfOpen]: 'HALF_OPEN',
  [CircuitState.Isolated]: 'OPEN',
} as const satisfies Record<CircuitState, GuardState['breaker']>;

/**
 * Retry outside bulkhead outside breaker outside timeout. A failure is counted before its place is
 * free, so that an ill source gets at most `failuresMax + concurrencyMax - 1` calls; and a resting
 * source is refused before the queue, so that nobody waits to hear it. Calls of BATCH questions
 * queue by themselves for a part of the places, so that INTERACTIVE ones find some free. What the
 * budget allows is bought last, for each attempt.
 *
 * The policies are nested by hand because the wrapped ones hand the deadline to each other: a
 * bulkhead that meets a call whose deadline has passed while it waited rejects it without letting
 * the next one in.
 */
export function createGuard(deps: GuardDependencies): Guard {
  return new SourceGuard(deps);
}

interface GuardDependencies {
  readonly source: string;
  readonly policy: GuardPolicy;
  readonly purse: Purse;
  /** Why nothing may be asked now, as by announced maintenance. Null when it may. */
  closedFor(): HubError | null;
}

class SourceGuard implements Guard {
  readonly #source: string;
  readonly #policy: GuardPolicy;
  readonly #purse: Purse;
  readonly #closedFor: () => HubError | null;
  /** An attempt that cannot have at least this long says nothing about the source. */
  readonly #worthMs: number;
  readonly #retries = createRetryBudget();
  readonly #places: BulkheadPolicy;
  readonly #batchPlaces: BulkheadPolicy;
  readonly #timeouts: Readonly<Record<Pace, TimeoutPolicy>>;
  readonly #breaker: CircuitBreakerPolicy;
  #openedAt = 0;
  #stopped = false;

  constructor({ source, policy, purse, closedFor }: GuardDependencies) {
    this.#source = source;
    this.#policy = policy;
    this.#purse = purse;
    this.#closedFor = closedFor;
    this.#worthMs = Math.min(policy.attemptMs, policy.deadlineMs) / 2;
    this.#places = bulkhead(policy.concurrencyMax, policy.waitingMax);
    this.#batchPlaces = bulkhead(batchPlacesOf(policy), policy.waitingMax);
    const timeoutOf = (pace: Pace): TimeoutPolicy =>
      timeout(limitsOf(policy, pace).attemptMs, TimeoutStrategy.Aggressive);
    this.#timeouts = { PROMPT: timeoutOf('PROMPT'), PATIENT: timeoutOf('PATIENT') };
    this.#breaker = circuitBreaker(handleWhen(isIll), {
      halfOpenAfter: policy.restMs,
      breaker: createBreaker(policy.failuresMax),
    });
    this.#breaker.onBreak(() => (this.#openedAt = performance.now()));
  }

  async run<T>(call: GuardedCall<T>): Promise<T> {
    if (this.#stopped) throw this.#resting('HUB_STOPPING');
    this.#retries.recordCall();
    const { deadlineMs, attemptMs } = limitsOf(this.#policy, call.pace);
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), deadlineMs);
    const errand: Errand<T> = {
      ...call,
      attemptMs,
      deadline: deadline.signal,
      endsAt: performance.now() + deadlineMs,
      attempts: 0,
      underWay: false,
    };
    try {
      return await Promise.race([this.#withRetry(errand), this.#expiry(errand)]);
    } finally {
      clearTimeout(timer);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  state(): GuardState {
    return {
      breaker: BREAKER_STATES[this.#breaker.state],
      inFlight: this.#policy.concurrencyMax - this.#places.executionSlots,
      waiting: 2 * this.#policy.waitingMax - this.#places.queueSlots - this.#batchPlaces.queueSlots,
    };
  }

  #withRetry<T>(errand: Errand<T>): Promise<T> {
    const worthwhile = handleWhen(
      (error) =>
        errand.idempotent &&
        errand.attempts < this.#policy.attemptsMax &&
        mayTryAgain(error) &&
        this.#breaker.state === CircuitState.Closed &&
        errand.endsAt - performance.now() - RETRY_PAUSE_MS_MAX >= this.#worthMs &&
        this.#retries.takeRetry(),
    );
    const retrying = retry(worthwhile, {
      maxAttempts: this.#policy.attemptsMax - 1,
      // Full jitter: anything from nothing to the whole pause.
      backoff: new DelegateBackoff(() => Math.random() * RETRY_PAUSE_MS_MAX),
    });
    return retrying.execute(() => {
      errand.attempts += 1;
      return this.#inPlace(errand);
    });
  }

  async #inPlace<T>(errand: Errand<T>): Promise<T> {
    this.#refuseIfClosed();
    const enter = (): Promise<T> => this.#places.execute(() => this.#withPermit(errand));
    try {
      return await (errand.urgency === 'BATCH' ? this.#batchPlaces.execute(enter) : enter());
    } catch (error) {
      throw isBulkheadRejectedError(error) ? this.#refusal('SOURCE_BUSY', null) : error;
    }
  }

  /** An attempt that was bought and not made is given back. */
  async #withPermit<T>(errand: Errand<T>): Promise<T> {
    this.#refuseIfLate(errand);
    this.#refuseIfClosed();
    const { urgency, attemptMs: lastsMs, endsAt } = errand;
    const giveUpAt = endsAt - this.#worthMs;
    const grant = await this.#purse.take({ urgency, lastsMs, giveUpAt });
    let end = grant.giveBack;
    try {
      this.#refuseIfLate(errand);
      this.#refuseIfClosed();
      return await this.#breaker.execute(() => {
        end = grant.release;
        return this.#once(errand);
      });
    } catch (error) {
      throw isBrokenCircuitError(error) ? this.#resting(null) : error;
    } finally {
      end();
    }
  }

  #refuseIfLate({ deadline, endsAt }: Errand<unknown>): void {
    if (deadline.aborted || endsAt - performance.now() < this.#worthMs)
      throw this.#refusal('SOURCE_TIMEOUT', 'WAITED_TOO_LONG');
  }

  #refuseIfClosed(): void {
    const closed = this.#closedFor();
    if (closed !== null) throw closed;
    if (this.#isResting()) throw this.#resting(null);
  }

  /** The breaker would make a call wait for the probe under way; an answer now is worth more. */
  #isResting(): boolean {
    const { state } = this.#breaker;
    return state === CircuitState.HalfOpen || (state === CircuitState.Open && this.#restMs() > 0);
  }

  async #once<T>(errand: Errand<T>): Promise<T> {
    errand.underWay = true;
    try {
      return await this.#timeouts[errand.pace].execute(
        ({ signal }) => this.#cutOff(errand, signal),
        errand.deadline,
      );
    } catch (error) {
      // isTaskCancelledError of cockatiel 3.2.1 looks for the mark of another error.
      throw error instanceof TaskCancelledError ? this.#silence() : error;
    } finally {
      errand.underWay = false;
    }
  }

  /** What a connector says of a call that was cut off is about the cut, not about the source. */
  async #cutOff<T>(errand: Errand<T>, signal: AbortSignal): Promise<T> {
    try {
      return await errand.attempt(signal);
    } catch (error) {
      throw signal.aborted ? this.#silence() : error;
    }
  }

  #expiry(errand: Errand<unknown>): Promise<never> {
    return new Promise((_, reject) => {
      errand.deadline.addEventListener('abort', () =>
        reject(
          errand.underWay ? this.#silence() : this.#refusal('SOURCE_TIMEOUT', 'WAITED_TOO_LONG'),
        ),
      );
    });
  }

  #silence(): HubError {
    return new HubError('SOURCE_TIMEOUT', { details: { source: this.#source, hop: 'SOURCE' } });
  }

  /** What is left of the rest, which runs on the monotonic clock. */
  #restMs(): number {
    return this.#policy.restMs - (performance.now() - this.#openedAt);
  }

  #resting(reason: string | null): HubError {
    const retryAfterMs = Math.ceil(Math.max(this.#restMs(), this.#worthMs));
    return this.#refusal('SOURCE_RESTING', reason, { retryAfterMs });
  }

  /** The hub itself ended the question; the source was not told of it. */
  #refusal(code: FaultCode, reason: string | null, more: FaultDetails = {}): HubError {
    const finer = reason === null ? {} : { reason };
    return new HubError(code, { details: { source: this.#source, hop: 'HUB', ...finer, ...more } });
  }
}
