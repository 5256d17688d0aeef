import type { SandboxCredentials } from '../sandbox/sandbox.ts';
import type { SourceId } from '../sandbox/wire.ts';

/** What is compared. Each asks upstreams of its own, so that their calls are counted apart. */
export const VARIANTS = ['floor', 'floor-audited', 'hub'] as const;
export type Variant = (typeof VARIANTS)[number];

/** Addresses of one set of simulated sources. */
export type Upstreams = Readonly<
  Record<SourceId, { readonly baseUrl: string; readonly controlUrl: string }>
>;

/** What the process of the simulated sources prints once it is ready. */
export interface SourcesReady {
  readonly upstreams: Readonly<Record<Variant, Upstreams>>;
  readonly credentials: SandboxCredentials;
  /** Enterprises all three sets hold, in the order of the cases. */
  readonly enterprises: readonly { readonly code: string; readonly name: string }[];
}

/** What a floor is told, as JSON in `BENCH_FLOOR`. */
export interface FloorTold {
  readonly databaseUrl: string;
  /** Whether it also writes intent and outcome rows. */
  readonly isAudited: boolean;
  readonly upstreams: Upstreams;
  readonly credentials: SandboxCredentials;
}

/** What a floor prints once it is ready. */
export interface FloorReady {
  readonly url: string;
}

export const ENTERPRISES_PER_CASE = 20;

/** Queries under way at once, each on a connection of its own. */
export const CONCURRENCY = 8;

/**
 * Two cases for each connection, and no case or enterprise for two: the hub lets those who ask the
 * same at the same moment share an answer, and here nobody is to gain by that.
 */
export const CASES = 2 * CONCURRENCY;

/** Connections to each source, the same for all variants. */
export const CONNECTIONS_PER_SOURCE = 16;

/** 营业执照, the license type that is asked for. */
export const BUSINESS_LICENSE = '11100000MB0143028R001';

/** The instant, from the clock that also measures durations. */
export function instant(): Date {
  return new Date(performance.timeOrigin + performance.now());
}
