import type { Capabilities, Capability, CapabilityName } from '../connector-kit/connector.ts';
import { HubError } from '../errors.ts';
import type { Clock } from '../model/clock.ts';
import type { TransportOutcome } from '../model/outcome.ts';
import type { Purpose } from '../model/purpose.ts';
import { createAdmission, type Result } from './admission.ts';
import { createBatcher } from './batcher.ts';
import { createCoalescer } from './coalescer.ts';
import type { Guard } from './guard.ts';
import { createLatency, type Latency } from './latency.ts';
import { batchPlacesOf, limitsOf, type Pace, type SourcePolicy, type Urgency } from './policy.ts';
import { readingsOf, transportOfCall, type Reading } from './reading.ts';
import { asSourceFault, hopOf, transportOf } from './transport.ts';
import { createTurns } from './turns.ts';

/** One key on its way to the source. */
interface Asked {
  readonly key: Capabilities[CapabilityName]['key'];
  readonly digest: string;
  readonly purpose: Purpose;
  readonly urgency: Urgency;
  readonly pace: Pace;
}

/** One capability of one source, with everyone who asks for it. */
export interface Lane {
  readonly source: string;
  readonly name: CapabilityName;
  readonly capability: Capability<CapabilityName>;
  /** Kind and version of the connector. */
  readonly label: string;
  readonly deadlineMs: number;
  /** How long a call of this pace may take in all. */
  limitMs(pace: Pace): number;
  /** Of answered calls, waiting included. */
  readonly latency: Latency;
  /** See `Batcher.announce`. */
  announce(): () => void;
  /**
   * Equal questions share a reading, different ones share a call, where urgency and pace are equal.
   *
   * @throws {HubError} STORE_UNAVAILABLE when it cannot be known whether the budget allows the
   * call, which was then not made. Whatever a source does is a reading.
   */
  read(asked: Asked): Promise<Reading>;
}

/** What became of one call. */
export interface CallEnded {
  /** `ANSWERED` when at least one key was. */
  readonly transport: TransportOutcome;
  readonly keys: number;
  /** 0 when the hub refused the call. */
  readonly attempts: number;
  readonly tookMs: number;
}

/** What is measured of a call besides. */
export interface CallMeasured extends CallEnded {
  readonly readings: readonly Reading[];
  /** For a place, for the budget and between attempts. */
  readonly waitedMs: number;
  /** All attempts. */
  readonly sourceMs: number;
}

/** What a lane needs of its surroundings. */
export interface LaneDependencies {
  readonly source: string;
  readonly name: CapabilityName;
  readonly capability: Capability<CapabilityName>;
  readonly label: string;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly policy: Pick<
    SourcePolicy,
    'deadlineMs' | 'attemptMs' | 'lateMs' | 'batchWindowMs' | 'concurrencyMax' | 'budget'
  >;
  readonly log: { warn(facts: object, message: string): void };
  onCall(ended: CallMeasured): void;
  /** The source said that it is asked too often, and perhaps when to come back. */
  onComplaint(retryAfterMs: number | null): void;
}

/** A lane for one capability of one source. */
export function createLane(deps: LaneDependencies): Lane {
  const { source, name, capability, label, guard, clock, policy } = deps;
  const latency = createLatency();
  const admission = createAdmission(deps);
  const coalescer = createCoalescer<Reading>();
  const { batchMax: max } = capability;
  const turns = createTurns(batchPlacesOf(policy));
  const batcher = createBatcher<Asked, Reading>({ run: call, max, windowMs: policy.batchWindowMs });

  function read(asked: Asked): Promise<Reading> {
    const purpose = capability.carriesPurpose ? purposeText(asked.purpose) : '';
    const together = `${asked.urgency} ${asked.pace} ${purpose}`;
    return coalescer.share(`${together} ${asked.digest}`, () => batcher.add(together, asked));
  }

  async function call(asked: readonly Asked[]): Promise<readonly Reading[]> {
    const started_at = clock.now();
    const began = performance.now();
    const { results, attempts, sourceMs } = await settle(asked);
    const tookMs = performance.now() - began;
    const waitedMs = Math.max(0, tookMs - sourceMs);
    if (results.some(({ ok }) => ok)) latency.record(tookMs);

    const now = clock.now();
    const ended_at = now < started_at ? started_at : now;
    const row = { source, capability: name, started_at, ended_at, attempts };
    const readings = readingsOf(results.map(admission.admit), row);
    const ended = { transport: transportOfCall(readings), keys: asked.length, attempts, tookMs };
    deps.onCall({ ...ended, readings, waitedMs, sourceMs });
    return readings;
  }

  /** One result a key, in order, whatever the source does. */
  async function settle(asked: readonly Asked[]) {
    const { urgency, pace } = asked[0] as Asked;
    const spent = createStopwatch();
    const attempt = (signal: AbortSignal) => spent.on(() => lookup(asked, signal));
    const { idempotent } = capability;
    try {
      const run = () => guard.run({ idempotent, urgency, pace, attempt });
      // A job may want more at once than a deadline has room for: its calls wait before it begins.
      const results = await (urgency === 'BATCH' ? turns.take(run) : run());
      return { results, ...spent.read() };
    } catch (error) {
      if (error instanceof HubError && error.code === 'STORE_UNAVAILABLE') throw error;
      const fault = asSourceFault(error);
      return { results: asked.map((): Result => ({ ok: false, fault })), ...spent.read() };
    }
  }

  async function lookup(asked: readonly Asked[], signal: AbortSignal): Promise<readonly Result[]> {
    const keys = asked.map(({ key }) => key);
    const { purpose } = asked[0] as Asked;
    try {
      const found = admission.match(
        await capability.lookup(keys, { signal, purpose }),
        keys.length,
      );
      for (const result of found) if (!result.ok) heed(result.fault);
      return found;
    } catch (error) {
      if (signal.aborted) throw error;
      const fault = admission.blame(error);
      heed(fault);
      throw fault;
    }
  }

  function heed(fault: unknown): void {
    if (!(fault instanceof HubError) || hopOf(fault) === 'HUB') return;
    if (transportOf(fault) !== 'QUOTA_EXHAUSTED') return;
    const { retryAfterMs } = fault.details;
    deps.onComplaint(typeof retryAfterMs === 'number' && retryAfterMs >= 0 ? retryAfterMs : null);
  }

  const { deadlineMs } = policy;
  const { announce } = batcher;
  const limitMs = (pace: Pace): number => limitsOf(policy, pace).deadlineMs;
  return { source, name, capability, label, deadlineMs, limitMs, latency, announce, read };
}

/** Adds up how long attempts took; one that was cut off and never ended counts until it is read. */
function createStopwatch() {
  let attempts = 0;
  let sourceMs = 0;
  let since: number | null = null;

  function stop(): void {
    if (since !== null) sourceMs += performance.now() - since;
    since = null;
  }

  async function on<T>(work: () => Promise<T>): Promise<T> {
    stop();
    attempts += 1;
    const mine = attempts;
    since = performance.now();
    try {
      return await work();
    } finally {
      if (mine === attempts) stop();
    }
  }

  function read(): { readonly attempts: number; readonly sourceMs: number } {
    stop();
    return { attempts, sourceMs };
  }

  return { on, read };
}

/** A source that audits case and matter must be told those of every asker. */
function purposeText({ caseId, caseNumber, matterCode }: Purpose): string {
  return JSON.stringify([caseId, caseNumber, matterCode]);
}
