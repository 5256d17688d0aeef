import type {
  Capabilities,
  CapabilityName,
  CheckLine,
  Connector,
} from '../connector-kit/connector.ts';
import { HubError } from '../errors.ts';
import type { Clock } from '../model/clock.ts';
import type { Hop, RecordOutcome, TransportOutcome } from '../model/outcome.ts';
import type { Purpose } from '../model/purpose.ts';
import type { Database } from '../store/database.ts';
import type { CallPolicy } from './policy.ts';
import { createFreshness } from './freshness.ts';
import { createInquire, type Finding } from './inquiry.ts';
import { createJournal } from './journal.ts';
import type { CallEnded } from './lane.ts';
import { settledWithin } from './settled-within.ts';
import { createStation, type Station } from './station.ts';
import { hopOf, reasonOf, retryAtOf, transportOf } from './transport.ts';

/** One question about one subject to one source. */
export interface Question<N extends CapabilityName> {
  /** Id of the registered source. */
  readonly source: string;
  readonly capability: N;
  readonly key: Capabilities[N]['key'];
  readonly purpose: Purpose;
  /** Evidence of the same case that is not older than this may be reused; 0 = ask anew. */
  readonly maxAgeMs: number;
}

/** What became of a question. Only `ANSWERED` says anything about the subject. */
export type Observation<N extends CapabilityName> = Answered<N> | Unanswered;

/** The source answered. What it said is on record as evidence. */
export interface Answered<N extends CapabilityName> {
  readonly transport: 'ANSWERED';
  readonly source: string;
  readonly capability: N;
  readonly intentId: string;
  readonly evidenceId: string;
  /** An empty answer is `ABSENT_COVERED` only while the canary of the capability is right. */
  readonly recordOutcome: RecordOutcome;
  readonly records: readonly Capabilities[N]['record'][];
  /** How fresh the source says its holdings are. Null when it does not say. */
  readonly asOf: Date | null;
  readonly observedAt: Date;
  /** SHA-256 of the reply exactly as received, hex. */
  readonly rawDigest: string;
  /** True when evidence of the same case was fresh enough and no call was made. */
  readonly reused: boolean;
}

/** The source gave no usable answer, which says nothing about the subject. */
export interface Unanswered {
  readonly transport: Exclude<TransportOutcome, 'ANSWERED'>;
  readonly source: string;
  readonly capability: CapabilityName;
  readonly intentId: string;
  readonly hop: Hop;
  /** `FAULT_CODE`, or `FAULT_CODE:DETAIL` where the finer reason is known. */
  readonly reason: string;
  readonly fault: HubError;
  /** When asking again makes sense. Null when unknown. */
  readonly retryAt: Date | null;
}

/** What asking would involve, by the contract of the connector and by experience. */
export interface CallPlan {
  /** Keys in one call. */
  readonly batchMax: number;
  readonly deadlineMs: number;
  /** Of the latest calls. Null before the first answer. */
  readonly medianMs: number | null;
  /** True where the source is told case and matter. */
  readonly carriesPurpose: boolean;
}

/** The last reading of a pair of test records. */
export interface CanaryReading {
  readonly readAt: Date;
  /** True when the present one was found and the absent one was not. */
  readonly right: boolean;
}

/** How one source is doing, as seen by this process. */
export interface SourceState {
  readonly id: string;
  readonly title: string;
  /** Kind and version, e.g. `license-library@1.0.0`. */
  readonly connector: string;
  readonly capabilities: readonly {
    readonly name: CapabilityName;
    readonly batchMax: number;
    /** Null where there are no test records, or they were not read yet. */
    readonly canary: CanaryReading | null;
  }[];
  readonly breaker: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
  /** Calls under way. */
  readonly inFlight: number;
  /** Calls waiting for a place. */
  readonly waiting: number;
  /** Since the process started, by what became of them; those the hub refused are included. */
  readonly calls: readonly { readonly transport: TransportOutcome; readonly count: number }[];
  /** Null before the first answer. */
  readonly medianMs: number | null;
  /** 95th percentile. Null before the first answer. */
  readonly p95Ms: number | null;
}

/** Every registered source, asked under its policy, with intent and outcome on record. */
export interface Sources {
  /**
   * Asks. A source that fails is a value, not a rejection.
   *
   * @throws {HubError} AUDIT_UNAVAILABLE when the intent (then nothing was asked) or the outcome
   * (then nothing may be concluded) cannot be made durable; SOURCE_NOT_REGISTERED.
   */
  ask<N extends CapabilityName>(question: Question<N>): Promise<Observation<N>>;
  /** Null when there is no such source or it does not offer this. Calls nothing. */
  plan(source: string, capability: CapabilityName): CallPlan | null;
  /** In the order of their ids. */
  states(): readonly SourceState[];
  /** Reads the test records of every source anew. Never rejects; see `states` for the result. */
  readCanaries(): Promise<void>;
  /** Lets the connector probe its source. @throws {HubError} SOURCE_NOT_REGISTERED. */
  check(source: string, signal: AbortSignal): Promise<readonly CheckLine[]>;
  /** Refuses further calls, waits (bounded) for those under way, releases sockets. Idempotent. */
  close(): Promise<void>;
}

/** One registered source: a connector, and how gently or firmly it is to be used. */
export interface RegisteredSource {
  readonly id: string;
  /** In Chinese, for people. */
  readonly title: string;
  readonly connector: Connector;
  /** Kind and version, e.g. `license-library@1.0.0`; stored with every piece of evidence. */
  readonly label: string;
  readonly policy: CallPolicy;
}

/** Told after every call, for metrics. Names and numbers only. */
export interface CallEvent extends CallEnded {
  readonly source: string;
  readonly capability: CapabilityName;
}

/** What the sources are asked with. */
export interface SourcesDependencies {
  readonly registered: readonly RegisteredSource[];
  readonly db: Database;
  readonly clock: Clock;
  /** HMAC-SHA-256, 64 hex digits, so that keys need not be stored. */
  digestKey(text: string): string;
  readonly log: Record<'warn' | 'info', (facts: object, message: string) => void>;
  readonly onCall?: (event: CallEvent) => void;
}

/** How long `close` waits beyond the deadline of the slowest source. */
const CLOSING_GRACE_MS = 1_000;

interface Served {
  readonly of: RegisteredSource;
  readonly station: Station;
}

/** Asks nothing and starts nothing by itself. */
export function createSources(deps: SourcesDependencies): Sources {
  const inquire = createInquire({
    journal: createJournal(deps),
    freshness: createFreshness(deps),
    clock: deps.clock,
    digestKey: (text) => deps.digestKey(text),
  });
  const served = new Map<string, Served>(
    deps.registered
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map((of) => [of.id, { of, station: createStation(of, { ...deps, inquire }) }]),
  );
  const underWay = new Set<Promise<unknown>>();
  let closing: Promise<void> | null = null;

  function get(source: string): Served {
    const found = served.get(source);
    if (found !== undefined) return found;
    throw new HubError('SOURCE_NOT_REGISTERED', { details: { source } });
  }

  async function ask<N extends CapabilityName>(question: Question<N>): Promise<Observation<N>> {
    const desk = get(question.source).station.desks.get(question.capability);
    const inquired = inquire({
      source: question.source,
      name: question.capability,
      key: question.key,
      purpose: question.purpose,
      caseId: question.purpose.caseId,
      maxAgeMs: question.maxAgeMs,
      lane: desk?.lane ?? null,
      vouches: (waitMs) => desk?.watch.isRight(waitMs) ?? Promise.resolve(false),
    });
    underWay.add(inquired);
    try {
      return observationOf(question, await inquired, deps.clock);
    } finally {
      underWay.delete(inquired);
    }
  }

  return {
    ask,
    plan: (source, capability) => planOf(served.get(source)?.station, capability),
    states: () => [...served.values()].map(({ of, station }) => stateOf(of, station)),
    async readCanaries() {
      const desks = [...served.values()].flatMap(({ station }) => [...station.desks.values()]);
      await Promise.all(desks.map(({ watch }) => watch.read()));
    },
    check: async (source, signal) => get(source).of.connector.check(signal),
    close: () => (closing ??= closeAll(deps, [...served.values()], underWay)),
  };
}

async function closeAll(
  { log }: Pick<SourcesDependencies, 'log'>,
  served: readonly Served[],
  underWay: ReadonlySet<Promise<unknown>>,
): Promise<void> {
  for (const { station } of served) station.guard.stop();
  const longestMs = Math.max(0, ...served.map(({ of }) => of.policy.deadlineMs));
  await settledWithin([...underWay], longestMs + CLOSING_GRACE_MS);
  await Promise.all(
    served.map(({ of }) =>
      of.connector.close().catch(() => log.warn({ source: of.id }, 'connector did not close')),
    ),
  );
}

function planOf(station: Station | undefined, capability: CapabilityName): CallPlan | null {
  const lane = station?.desks.get(capability)?.lane;
  if (lane === undefined) return null;
  const { batchMax, carriesPurpose } = lane.capability;
  const medianMs = lane.latency.percentile(0.5);
  return { batchMax, deadlineMs: lane.deadlineMs, medianMs, carriesPurpose };
}

function stateOf({ id, title, label }: RegisteredSource, station: Station): SourceState {
  return { id, title, connector: label, ...station.state() };
}

function observationOf<N extends CapabilityName>(
  { source, capability }: Question<N>,
  result: Finding,
  clock: Clock,
): Observation<N> {
  const { intentId } = result;
  if (result.ok) {
    const records = result.shown.records as readonly Capabilities[N]['record'][];
    return { transport: 'ANSWERED', source, capability, intentId, ...result.shown, records };
  }
  const { fault } = result;
  return {
    transport: transportOf(fault),
    source,
    capability,
    intentId,
    hop: hopOf(fault),
    reason: reasonOf(fault),
    fault,
    retryAt: retryAtOf(fault, clock.now()),
  };
}
