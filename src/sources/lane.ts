import type { Capabilities, Capability, CapabilityName } from '../connector-kit/connector.ts';
import type { Clock } from '../model/clock.ts';
import type { TransportOutcome } from '../model/outcome.ts';
import type { Purpose } from '../model/purpose.ts';
import { createAdmission, type Result } from './admission.ts';
import { createBatcher } from './batcher.ts';
import { createCoalescer } from './coalescer.ts';
import type { Guard } from './guard.ts';
import { createLatency, type Latency } from './latency.ts';
import { readingsOf, transportOfCall, type Reading } from './reading.ts';
import { asSourceFault } from './transport.ts';

/** One key on its way to the source. */
interface Asked {
  readonly key: Capabilities[CapabilityName]['key'];
  readonly digest: string;
  readonly purpose: Purpose;
}

/** One capability of one source, with everyone who asks for it. */
export interface Lane {
  readonly source: string;
  readonly name: CapabilityName;
  readonly capability: Capability<CapabilityName>;
  /** Kind and version of the connector. */
  readonly label: string;
  readonly deadlineMs: number;
  /** Of answered calls, waiting included. */
  readonly latency: Latency;
  /** See `Batcher.announce`. */
  announce(): () => void;
  /** Never rejects. Equal questions share a reading, different ones share a call. */
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

/** What a lane needs of its surroundings. */
export interface LaneDependencies {
  readonly source: string;
  readonly name: CapabilityName;
  readonly capability: Capability<CapabilityName>;
  readonly label: string;
  readonly guard: Guard;
  readonly clock: Clock;
  readonly policy: { readonly deadlineMs: number; readonly batchWindowMs: number };
  readonly log: { warn(facts: object, message: string): void };
  onCall(ended: CallEnded): void;
}

/** A lane for one capability of one source. */
export function createLane(deps: LaneDependencies): Lane {
  const { source, name, capability, label, guard, clock, policy } = deps;
  const latency = createLatency();
  const admission = createAdmission(deps);
  const coalescer = createCoalescer<Reading>();
  const { batchMax: max } = capability;
  const batcher = createBatcher<Asked, Reading>({ run: call, max, windowMs: policy.batchWindowMs });

  function read(asked: Asked): Promise<Reading> {
    const together = capability.carriesPurpose ? purposeText(asked.purpose) : '';
    return coalescer.share(`${together} ${asked.digest}`, () => batcher.add(together, asked));
  }

  async function call(asked: readonly Asked[]): Promise<readonly Reading[]> {
    const started_at = clock.now();
    const began = performance.now();
    const { results, attempts } = await settle(asked);
    const tookMs = performance.now() - began;
    if (results.some(({ ok }) => ok)) latency.record(tookMs);

    const now = clock.now();
    const ended_at = now < started_at ? started_at : now;
    const row = { source, capability: name, started_at, ended_at, attempts };
    const readings = readingsOf(results.map(admission.admit), row);
    deps.onCall({ transport: transportOfCall(readings), keys: asked.length, attempts, tookMs });
    return readings;
  }

  /** One result a key, in order, whatever happens. */
  async function settle(asked: readonly Asked[]) {
    let attempts = 0;
    const attempt = (signal: AbortSignal): Promise<readonly Result[]> => {
      attempts += 1;
      return lookup(asked, signal);
    };
    try {
      const results = await guard.run({ idempotent: capability.idempotent, attempt });
      return { results, attempts };
    } catch (error) {
      const fault = asSourceFault(error);
      return { results: asked.map((): Result => ({ ok: false, fault })), attempts };
    }
  }

  async function lookup(asked: readonly Asked[], signal: AbortSignal): Promise<readonly Result[]> {
    const keys = asked.map(({ key }) => key);
    const { purpose } = asked[0] as Asked;
    try {
      return admission.match(await capability.lookup(keys, { signal, purpose }), keys.length);
    } catch (error) {
      throw signal.aborted ? error : admission.blame(error);
    }
  }

  const { deadlineMs } = policy;
  const { announce } = batcher;
  return { source, name, capability, label, deadlineMs, latency, announce, read };
}

/** A source that audits case and matter must be told those of every asker. */
function purposeText({ caseId, caseNumber, matterCode }: Purpose): string {
  return JSON.stringify([caseId, caseNumber, matterCode]);
}
