import type { Fault } from './faults.ts';
import type { RecordStore } from './records.ts';

/** The four simulated sources of record, by the ids under which the hub registers them. */
export const SOURCE_IDS = [
  'license-library',
  'publicity-system',
  'credit-platform',
  'assistance',
] as const;
export type SourceId = (typeof SOURCE_IDS)[number];

/** A request as it came over the socket, with the source's own idea of the time. */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  /** What follows the question mark; empty where nothing does. */
  readonly search: string;
  /** Lower-case names; repeated headers are joined with a comma. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body as JSON, or undefined when it is not JSON. */
  readonly json: unknown;
  /** The body as text in UTF-8. */
  readonly text: string;
  /** Epoch milliseconds by the source's clock, which may be wrong on purpose. */
  readonly now: number;
}

/** What goes back, before any transport fault spoils it. */
export interface WireReply {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Trouble that each source words in its own way. */
export type Trouble =
  | { readonly kind: 'error' }
  | { readonly kind: 'quota'; readonly resetAt: number }
  | { readonly kind: 'unauthorized' }
  | { readonly kind: 'outage'; readonly until: number };

/** A route of the control port that only one source has. */
export interface ControlRoute {
  readonly method: string;
  readonly path: RegExp;
  readonly summary: string;
  run(match: RegExpExecArray, body: unknown): Promise<ControlReply> | ControlReply;
}

export interface ControlReply {
  readonly status: number;
  readonly json: unknown;
}

/** One source: what it says to a request. It knows no sockets. */
export interface SourceLogic {
  readonly id: SourceId;
  /** Names that calls are counted under and that faults may be confined to. */
  readonly operations: readonly string[];
  readonly records: RecordStore;
  /** Which operation this is and what it asks for. `unknown` for paths the source lacks. */
  describe(request: WireRequest): { readonly operation: string; readonly keys: readonly string[] };
  /** The faults that reach here are those that change what is said: drift, integrity, charset. */
  answer(request: WireRequest, fault: Fault | null): WireReply;
  trouble(trouble: Trouble, request: WireRequest): WireReply;
  readonly controls: readonly ControlRoute[];
  /** Ends what the source does by itself (timers). May be called twice. */
  stop(): void;
}

/** A JSON reply in UTF-8. */
export function jsonReply(
  status: number,
  json: unknown,
  headers: Readonly<Record<string, string>> = {},
): WireReply {
  return {
    status,
    contentType: 'application/json;charset=UTF-8',
    headers,
    body: JSON.stringify(json),
  };
}

/** A page such as an application server shows: what comes when no answer is meant at all. */
export function htmlReply(status: number, title: string): WireReply {
  return {
    status,
    contentType: 'text/html;charset=UTF-8',
    headers: {},
    body: `<!DOCTYPE html><html><head><title>${title}</title></head><body>${title}</body></html>`,
  };
}

/** True for a JSON object, false for lists and null. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text at a key of an object, or '' where there is none. */
export function textAt(value: unknown, key: string): string {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : '';
}
