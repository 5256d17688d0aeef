import { randomUUID } from 'node:crypto';

import {
  CAPABILITY_NAMES,
  type CapabilityName,
  type Connector,
} from '../connector-kit/connector.ts';
import { HubError } from '../errors.ts';
import type { Clock } from '../model/clock.ts';
import type { TransportOutcome } from '../model/outcome.ts';
import type { Database } from '../store/database.ts';
import { canaryPurpose, createCanaryWatch, type CanaryWatch } from './canary.ts';
import { createGuard, type Guard, type GuardPolicy, type GuardState } from './guard.ts';
import { createHealth, type HealthState } from './health.ts';
import type { Finding, Inquiry } from './inquiry.ts';
import { createLane, type CallEnded, type CallMeasured, type Lane } from './lane.ts';
import { createLatency } from './latency.ts';
import { outageLeftMs } from './outage.ts';
import type { SourcePolicy } from './policy.ts';
import { UNLIMITED_PURSE, type Purse } from './purse.ts';
import { createPurse } from './shared-purse.ts';

/** One registered source at work: what stands between it and its askers, and what is counted. */
export interface Station {
  readonly guard: Guard;
  readonly purse: Purse;
  /** One for each capability, in the order of the connector contract. */
  readonly desks: ReadonlyMap<CapabilityName, Desk>;
  /** False while it is paused or in announced maintenance. */
  isOpen(): boolean;
  /** Null while it is not paused. */
  pause(): Pause | null;
  state(): StationState;
}

/** One capability of a source, ready to be asked. */
export interface Desk {
  readonly lane: Lane;
  readonly watch: CanaryWatch;
}

/** How one source is doing, without its name. */
export interface StationState extends GuardState {
  readonly capabilities: readonly {
    readonly name: CapabilityName;
    readonly batchMax: number;
    readonly canary: ReturnType<CanaryWatch['last']>;
  }[];
  readonly calls: readonly { readonly transport: TransportOutcome; readonly count: number }[];
  readonly medianMs: number | null;
  readonly p95Ms: number | null;
  readonly health: HealthState;
}

/** Why a source is not asked although it is registered. */
export interface Pause {
  /** For people. */
  readonly reason: string;
  /** When it is expected to end. Null where nobody knows. */
  readonly until: Date | null;
}

interface Employed {
  readonly id: string;
  readonly connector: Connector;
  readonly label: string;
  /** See `RegisteredSource`. */
  readonly beside?: string;
  readonly policy: GuardPolicy & Pick<SourcePolicy, 'batchWindowMs' | 'canaryMaxAgeMs' | 'windows'>;
}

interface CallPlace {
  readonly source: string;
  readonly capability: CapabilityName;
}

/** What a station needs of its surroundings. */
export interface StationDependencies {
  readonly clock: Clock;
  readonly db: Database;
  readonly log: { warn(facts: object, message: string): void };
  inquire(inquiry: Inquiry): Promise<Finding>;
  /** Null while the source is not paused. */
  pause(): Pause | null;
  readonly onCall?: (event: CallEnded & CallPlace) => void;
}

/** Everything that stands between the hub and one source. */
export function createStation(source: Employed, deps: StationDependencies): Station {
  const { id, connector, label, policy } = source;
  const { clock, db, log } = deps;
  const budget = policy.budget ?? null;
  const spends = { source: source.beside ?? id, db, log };
  const purse = budget === null ? UNLIMITED_PURSE : createPurse({ ...spends, budget });
  const guard = createGuard({ source: id, policy, purse, closedFor });
  const urgency = source.beside === undefined ? 'INTERACTIVE' : 'BATCH';
  const latency = createLatency();
  const health = createHealth({ clock });
  const counts = new Map<TransportOutcome, number>();

  const desks = new Map(
    CAPABILITY_NAMES.flatMap((name) => {
      const capability = connector.capabilities[name];
      if (capability === undefined) return [];
      const onCall = (ended: CallMeasured): void => count(name, ended);
      const onComplaint = (retryAfterMs: number | null): void => purse.complain(retryAfterMs);
      const lane = createLane({
        ...{ source: id, name, capability, label, guard, clock, policy, log },
        ...{ onCall, onComplaint },
      });
      return [[name, { lane, watch: watchOf(lane) }] as const];
    }),
  );

  /** A pause comes before a window, for it may last longer. */
  function closedFor(): HubError | null {
    const now = clock.now();
    const pause = deps.pause();
    if (pause !== null) {
      const leftMs = pause.until === null ? null : pause.until.getTime() - now.getTime();
      return outage('PAUSED', leftMs);
    }
    const leftMs = outageLeftMs(policy.windows ?? [], now);
    return leftMs === null ? null : outage('MAINTENANCE', leftMs);
  }

  /** A pause that was expected to be over does not say when to come back. */
  function outage(reason: 'PAUSED' | 'MAINTENANCE', leftMs: number | null): HubError {
    const later = leftMs === null || leftMs < 0 ? {} : { retryAfterMs: leftMs };
    const details = { source: id, hop: 'HUB', reason, ...later };
    return new HubError('SOURCE_SCHEDULED_OUTAGE', { details });
  }

  function count(capability: CapabilityName, measured: CallMeasured): void {
    const { readings, waitedMs, sourceMs, ...ended } = measured;
    counts.set(ended.transport, (counts.get(ended.transport) ?? 0) + 1);
    if (ended.transport === 'ANSWERED') latency.record(ended.tookMs);
    health.record({ readings, attempts: ended.attempts, waitedMs, sourceMs });
    deps.onCall?.({ source: id, capability, ...ended });
  }

  /** What may not be asked twice has no test records: asking would have effects. */
  function watchOf(lane: Lane): CanaryWatch {
    const ours = connector.canaries.filter(({ capability }) => capability === lane.name);
    return createCanaryWatch({
      pairs: lane.capability.idempotent ? ours : [],
      count: (key) => countRecords(deps, { lane, key, urgency }),
      clock,
      maxAgeMs: policy.canaryMaxAgeMs,
      againMs: policy.restMs,
    });
  }

  function state(): StationState {
    return {
      ...guard.state(),
      capabilities: [...desks].map(([name, { lane, watch }]) => ({
        name,
        batchMax: lane.capability.batchMax,
        canary: watch.last(),
      })),
      calls: [...counts].map(([transport, count]) => ({ transport, count })),
      medianMs: latency.percentile(0.5),
      p95Ms: latency.percentile(0.95),
      health: health.state(),
    };
  }

  const isOpen = (): boolean => closedFor() === null;
  return { guard, purse, desks, isOpen, pause: () => deps.pause(), state };
}

/** Test questions take the way of every other question, and are on record like them. */
async function countRecords(
  { inquire, log }: StationDependencies,
  { lane, key, urgency }: Pick<Inquiry, 'key' | 'urgency'> & { readonly lane: Lane },
): Promise<number | null> {
  try {
    const result = await inquire({
      intentId: randomUUID(),
      source: lane.source,
      name: lane.name,
      key,
      purpose: canaryPurpose(randomUUID()),
      caseId: null,
      maxAgeMs: 0,
      urgency,
      pace: 'PROMPT',
      onAsked: null,
      lane,
      vouches: () => Promise.resolve(false),
    });
    return result.ok ? result.shown.records.length : null;
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    const facts = { source: lane.source, capability: lane.name, code: error.code };
    log.warn(facts, 'canary could not be read');
    return null;
  }
}
