import type { Clock } from '../../model/clock.ts';
import type { HttpClient, HttpReply } from '../http.ts';
import type { JsonObject, JsonValue } from '../json-template.ts';

/** A parameter by name, not yet encoded. */
export type Parameter = readonly [name: string, value: string];

/** What a call carries. JSON and forms can take parameters of a signature; ready text cannot. */
export type CallBody =
  | { readonly form: 'JSON'; readonly value: JsonValue }
  | { readonly form: 'FORM'; readonly fields: readonly Parameter[] }
  | { readonly form: 'TEXT'; readonly text: string; readonly contentType: string };

/** A call before it is signed. */
export interface UnsignedCall {
  readonly method: 'GET' | 'POST';
  /** Below the base URL; starts with a slash and has no query. */
  readonly path: string;
  /** 服务编码 (sid), where the gateway names services so. Null where the path names it. */
  readonly service: string | null;
  readonly query: readonly Parameter[];
  /** Null for none. */
  readonly body: CallBody | null;
  /**
   * Codes of the service itself that stand where the gateway writes its own, so that they are
   * read as the service means them.
   */
  readonly ownCodes: readonly string[];
}

/** A reply to a signed call, and its value as `SigningDeps.decode` read it. */
export interface SignedReply {
  readonly reply: HttpReply;
  readonly value: unknown;
}

/**
 * How a gateway wants its calls signed, with what must be remembered between two of them: a
 * working secret, and how far the gateway's clock is off. One small file for each.
 */
export interface SigningScheme {
  /**
   * One signed call. A working secret that has ended is renewed, once for all callers, and a
   * refused time stamp corrected, once, by the `Date` the gateway shows. What the service behind
   * the gateway means by its reply is left to the caller.
   *
   * @throws {HubError} a `SOURCE_…` code.
   */
  call(call: UnsignedCall, signal: AbortSignal): Promise<SignedReply>;
  /**
   * A call that proves network, clock and credentials of that service and asks about nobody.
   * Null where the scheme knows none.
   */
  readonly probe: ((service: string | null, signal: AbortSignal) => Promise<HttpReply>) | null;
}

/** A scheme that knows such a call. */
export interface ProbedScheme extends SigningScheme {
  readonly probe: NonNullable<SigningScheme['probe']>;
}

/** What a scheme is built from. */
export interface SigningDeps<Settings> {
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly settings: Settings;
  /** Key of the signatures. It is never sent. */
  readonly secret: string;
  /** @throws {HubError} SOURCE_MALFORMED for what cannot be read. */
  decode(reply: HttpReply): unknown;
}

/** What a signature adds to a call. */
export interface Signature {
  readonly headers: Readonly<Record<string, string>>;
  /** In the body where it can take them, else in the query. */
  readonly parameters: readonly Parameter[];
}

/** True for a JSON object, false for lists and null. */
export function isJsonObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
