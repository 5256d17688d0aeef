import type {
  Capabilities,
  CapabilityName,
  CheckLine,
  Connector,
} from '../connector-kit/connector.ts';
import type { HubError } from '../errors.ts';
import type { Clock } from '../model/clock.ts';
import type { Hop, RecordOutcome, TransportOutcome } from '../model/outcome.ts';
import type { Purpose } from '../model/purpose.ts';
import type { Database } from '../store/database.ts';
import { createAsk } from './ask.ts';
import { createConsents, type Consents } from './consents.ts';
import { createDownloads, type Downloads } from './downloads.ts';
import { createFreshness } from './freshness.ts';
import type { HealthState } from './health.ts';
import { createHandovers, type Handovers } from './handover.ts';
import { createInquire } from './inquiry.ts';
import { createJournal } from './journal.ts';
import type { CallEnded } from './lane.ts';
import type { SourcePolicy, Urgency } from './policy.ts';
import { createRoster } from './roster.ts';
import { stateOf } from './state.ts';
import { createStation, type Pause, type Station } from './station.ts';

/** One question about one subject to one source. */
export interface Question<N extends CapabilityName> {
  /** Id of the registered source. */
  readonly source: string;
  readonly capability: N;
  readonly key: Capabilities[N]['key'];
  readonly purpose: Purpose;
  /** Evidence of the same case that is not older than this may be reused; 0 = ask anew. */
  readonly maxAgeMs: number;
  /** Default INTERACTIVE, for which a part of every budget and of the places is kept. */
  readonly urgency?: Urgency;
  /**
   * After this the asker no longer waits: where the policy lets calls be late, the question is
   * `DEFERRED`, goes on, and `onLate` is told what became of it. Default: waits to the end.
   */
  readonly patienceMs?: number;
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
  readonly health: SourceHealth;
}

/** What is measured of a source, and what it may still be asked. Nothing of it is cached. */
export interface SourceHealth extends HealthState {
  /** Null while it is not paused. */
  readonly paused: Pause | null;
  /** Null when there is none. */
  readonly budget: BudgetState | null;
}

/** What is left of a budget that all replicas share, as of the latest purchase or `readStates`. */
export interface BudgetState {
  readonly quota: {
    /** Null when the day is not limited. */
    readonly perDay: number | null;
    /** Calls of all replicas. Null when it is not known. */
    readonly usedToday: number | null;
    /** Null when the day is not limited, or it is not known. */
    readonly left: number | null;
    readonly resetAt: Date;
  };
  readonly rate: {
    /** What was agreed upon. Null when it is not limited. */
    readonly perSecond: number | null;
    /** What is allowed now. Null when it is not limited, or not known. */
    readonly now: number | null;
    /** True while the source is spared for having complained. */
    readonly slowed: boolean;
    /** Until when it asked to be left alone. Null when it did not. */
    readonly heldUntil: Date | null;
  };
  /** Null when it is not limited. */
  readonly inFlightMax: number | null;
}

/** Every registered source, asked under its policy, with intent and outcome on record. */
export interface Sources {
  /**
   * Asks. A source that fails is a value, not a rejection.
   *
   * @throws {HubError} AUDIT_UNAVAILABLE when the intent (then nothing was asked) or the outcome
   * (then nothing may be concluded) cannot be made durable; STORE_UNAVAILABLE when the budget
   * cannot be spent from (then nothing was asked); SOURCE_NOT_REGISTERED.
   */
  ask<N extends CapabilityName>(question: Question<N>): Promise<Observation<N>>;
  readonly handovers: Handovers;
  readonly consents: Consents;
  readonly downloads: Downloads;
  /** Null when there is no such source or it does not offer this. Calls nothing. */
  plan(source: string, capability: CapabilityName): CallPlan | null;
  /** In the order of their ids. */
  states(): readonly SourceState[];
  /** As `states`, with the budgets as all replicas have used them by now. Never rejects. */
  readStates(): Promise<readonly SourceState[]>;
  /**
   * Adds a source, or replaces the one of its id: questions that have begun end as they began,
   * later ones are put to this one. In effect at once. The replaced connector is closed when its
   * last call has ended, which the deadline of its policy bounds. A pause of the id stays.
   */
  install(source: RegisteredSource): Promise<void>;
  /** As `install`, with nothing in its place: later questions are SOURCE_NOT_REGISTERED. */
  remove(source: string): Promise<void>;
  /**
   * From now on questions to it end with SOURCE_SCHEDULED_OUTAGE of the hub; calls under way do
   * not.
   *
   * @throws {HubError} SOURCE_NOT_REGISTERED.
   */
  pause(source: string, pause: Pause): void;
  /** Ends a pause; changes nothing when there is none. @throws {HubError} SOURCE_NOT_REGISTERED. */
  resume(source: string): void;
  /**
   * Reads the test records of every source anew, or of the one that is named, unless it is paused
   * or in maintenance. Never rejects; see `states` for the result.
   */
  readCanaries(only?: string): Promise<void>;
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
  readonly policy: SourcePolicy;
  /** Id of the source whose system and budget it shares, test records in BATCH. Absent: its own. */
  readonly beside?: string;
}

/** Told after every call, for metrics. Names and numbers only. */
export interface CallEvent extends CallEnded {
  readonly source: string;
  readonly capability: CapabilityName;
}

/** What the sources are asked with. */
export interface SourcesDependencies {
  /** Installed from the beginning. */
  readonly registered: readonly RegisteredSource[];
  readonly db: Database;
  readonly clock: Clock;
  /** HMAC-SHA-256, 64 hex digits, so that keys need not be stored. */
  digestKey(text: string): string;
  readonly log: Record<'warn' | 'info', (facts: object, message: string) => void>;
  readonly onCall?: (event: CallEvent) => void;
  /**
   * Told once what became of a question whose asker got `DEFERRED`, when it is on record. `close`
   * waits for it. What it throws is logged.
   */
  readonly onLate?: (
    observation: Observation<CapabilityName>,
    question: Question<CapabilityName>,
  ) => void | Promise<void>;
}

/** Asks nothing and starts nothing by itself. */
export function createSources(deps: SourcesDependencies): Sources {
  const { clock, log } = deps;
  const inquire = createInquire({
    journal: createJournal(deps),
    freshness: createFreshness(deps),
    clock,
    digestKey: (text) => deps.digestKey(text),
  });
  const roster = createRoster({
    log,
    open(of, { pause, use }) {
      const inquireOf: typeof inquire = (one) => use(inquire(one), of.policy.deadlineMs);
      return createStation(of, { ...deps, pause, inquire: inquireOf });
    },
  });
  for (const source of deps.registered) roster.put(source);
  const ask = createAsk({ ...deps, roster, inquire });
  let closing: Promise<void> | null = null;

  const states = (): readonly SourceState[] =>
    roster.list().map((served) => stateOf(served, clock));

  async function readCanaries(only?: string): Promise<void> {
    const asked = roster.list().filter(({ of }) => only === undefined || of.id === only);
    const open = asked.filter(({ station }) => station.isOpen());
    const desks = open.flatMap(({ station }) => [...station.desks.values()]);
    await Promise.all(desks.map(({ watch }) => watch.read()));
  }

  return {
    ...{ handovers: createHandovers({ ...deps, roster }), consents: createConsents(roster) },
    ...{ downloads: createDownloads(roster), ask, states },
    plan: (source, capability) => planOf(roster.find(source)?.station, capability),
    async readStates() {
      await Promise.all(roster.list().map(({ station }) => station.purse.refresh()));
      return states();
    },
    install: async (source) => roster.put(source),
    remove: async (source) => roster.drop(source),
    pause: (source, pause) => roster.setPause(source, pause),
    resume: (source) => roster.setPause(source, null),
    readCanaries,
    async check(source, signal) {
      const { of, use } = roster.get(source);
      return use(of.connector.check(signal), of.policy.deadlineMs);
    },
    close: () => (closing ??= roster.close()),
  };
}

function planOf(station: Station | undefined, capability: CapabilityName): CallPlan | null {
  const lane = station?.desks.get(capability)?.lane;
  if (lane === undefined) return null;
  const { deadlineMs, latency } = lane;
  const { batchMax, carriesPurpose } = lane.capability;
  return { batchMax, deadlineMs, medianMs: latency.percentile(0.5), carriesPurpose };
}
