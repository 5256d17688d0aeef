import type { LifeState, LifeStep } from './source-life.ts';
import type { SourceRoute } from './route.ts';

/** A system of record as operators registered it. */
export interface RegisteredSource {
  /** Chosen by the operator; stands in every intent, call and piece of evidence. */
  readonly id: string;
  /** In Chinese, for people. */
  readonly title: string;
  /** Unified social credit code of the agency that runs it. */
  readonly ownerAgency: string;
  /** Number of its entry in the integrated government data catalog. Null where it has none. */
  readonly catalogReference: string | null;
  readonly registeredAt: Date;
  readonly registeredBy: string;
}

/** What a source is told. Never changed: a change is a further revision. */
export interface SourceRevision {
  readonly source: string;
  /** Counts from 1 within the source. */
  readonly number: number;
  readonly kind: string;
  /** As the kind's JSON Schema prescribes, mapping included. Holds no secret. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** What differs from the default call policy. */
  readonly policy: Readonly<Record<string, unknown>>;
  readonly routes: readonly SourceRoute[];
  /** Why it was made, for whoever approves it. */
  readonly note: string;
  /** SHA-256 of kind, settings, policy and routes in canonical form, hex. */
  readonly digest: string;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** By its last event. */
  readonly state: LifeState;
  /** When its pause is expected to end. Null unless paused, or where nobody knows. */
  readonly until: Date | null;
  /** Why it is in this state. Null where no reason was needed. */
  readonly reason: string | null;
}

/** One step in the life of a revision. */
export interface SourceEvent {
  readonly id: number;
  readonly source: string;
  readonly revision: number;
  readonly step: LifeStep | 'REGISTER';
  readonly state: LifeState;
  readonly reason: string | null;
  readonly until: Date | null;
  readonly happenedAt: Date;
  /** Operator, `deployment`, or `hub` for what the hub does by itself. */
  readonly actor: string;
}

/** Credentials of a source, without what is secret about them. */
export interface SourceSecretVersion {
  readonly source: string;
  readonly version: number;
  /** Places they may go to, e.g. `https://10.1.2.3:8443`. */
  readonly origins: readonly string[];
  readonly setAt: Date;
  readonly setBy: string;
  /** Null while they are live. */
  readonly endedAt: Date | null;
}
