import { randomUUID } from 'node:crypto';

import {
  CAPABILITY_NAMES,
  type CapabilityName,
  type Connector,
} from '../connector-kit/connector.ts';
import { HubError } from '../errors.ts';
import type { Clock } from '../model/clock.ts';
import type { TransportOutcome } from '../model/outcome.ts';
import { canaryPurpose, createCanaryWatch, type CanaryWatch } from './canary.ts';
import { createGuard, type Guard, type GuardPolicy, type GuardState } from './guard.ts';
import type { Finding, Inquiry } from './inquiry.ts';
import { createLane, type CallEnded, type Lane } from './lane.ts';
import { createLatency } from './latency.ts';

/** One registered source at work: what stands between it and its askers, and what is counted. */
export interface Station {
  readonly guard: Guard;
  /** One for each capability, in the order of the connector contract. */
  readonly desks: ReadonlyMap<CapabilityName, Desk>;
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
}

interface Employed {
  readonly id: string;
  readonly connector: Connector;
  readonly label: string;
  readonly policy: GuardPolicy & {
    readonly batchWindowMs: number;
    readonly canaryMaxAgeMs: number;
  };
}

interface CallPlace {
  readonly source: string;
  readonly capability: CapabilityName;
}

/** What a station needs of its surroundings. */
export interface StationDependencies {
  readonly clock: Clock;
  readonly log: { warn(facts: object, message: string): void };
  inquire(inquiry: Inquiry): Promise<Finding>;
  readonly onCall?: (event: CallEnded & CallPlace) => void;
}

/** Everything that stands between the hub and one source. */
export function createStation(source: Employed, deps: StationDependencies): Station {
  const { id, connector, label, policy } = source;
  const { clock, log } = deps;
  const guard = createGuard({ source: id, policy });
  const latency = createLatency();
  const counts = new Map<TransportOutcome, number>();

  const desks = new Map(
    CAPABILITY_NAMES.flatMap((name) => {
      const capability = connector.capabilities[name];
      if (capability === undefined) return [];
      const onCall = (ended: CallEnded): void => count(name, ended);
      const lane = createLane({
        ...{ source: id, name, capability, label, guard, clock, policy, log },
        onCall,
      });
      return [[name, { lane, watch: watchOf(lane) }] as const];
    }),
  );

  function count(capability: CapabilityName, ended: CallEnded): void {
    counts.set(ended.transport, (counts.get(ended.transport) ?? 0) + 1);
    if (ended.transport === 'ANSWERED') latency.record(ended.tookMs);
    deps.onCall?.({ source: id, capability, ...ended });
  }

  /** What may not be asked twice has no test records: asking would have effects. */
  function watchOf(lane: Lane): CanaryWatch {
    const ours = connector.canaries.filter(({ capability }) => capability === lane.name);
    return createCanaryWatch({
      pairs: lane.capability.idempotent ? ours : [],
      count: (key) => countRecords(deps, lane, key),
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
    };
  }

  return { guard, desks, state };
}

/** Test questions take the way of every other question, and are on record like them. */
async function countRecords(
  { inquire, log }: StationDependencies,
  lane: Lane,
  key: Inquiry['key'],
): Promise<number | null> {
  try {
    const result = await inquire({
      source: lane.source,
      name: lane.name,
      key,
      purpose: canaryPurpose(randomUUID()),
      caseId: null,
      maxAgeMs: 0,
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
