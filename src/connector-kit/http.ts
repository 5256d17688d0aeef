import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';

import { buildConnector, Pool, type Dispatcher } from 'undici';

import { HubError } from '../errors.ts';
import type { Clock } from '../model/clock.ts';
import { sourceFault } from './fault.ts';
import { judgeStatus, parseHttpDate, type ReplyHead } from './http-status.ts';
import { readNetworkError, timeoutFault } from './network-fault.ts';
import type { Network } from './network.ts';
import { originOf, readBaseAddress, type TransportSettings } from './transport.ts';

/** One request, below the base URL of the source. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Starts with a slash; appended to the path of the base URL. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** UTF-8. Null for none. */
  readonly body: string | null;
}

/** A reply with an accepted status and content type. */
export interface HttpReply extends ReplyHead {
  /** The body, decompressed and otherwise exactly as it came. */
  readonly raw: Uint8Array;
}

/** The only way a connector reaches the network: one origin, everything limited. */
export interface HttpClient {
  readonly isEncrypted: boolean;
  /**
   * One request. Follows no redirect, uses no proxy, and frees its socket when `signal` aborts.
   *
   * @throws {HubError} a `SOURCE_…` code with `details.hop` and `details.reason`: UNREACHABLE,
   * TIMEOUT (the signal), UNAUTHORIZED (401, 403), QUOTA_EXHAUSTED (429), SCHEDULED_OUTAGE (503
   * with the date of its end), MALFORMED (too large, wrong encoding or content type, any other
   * status).
   */
  request(request: HttpRequest, signal: AbortSignal): Promise<HttpReply>;
  /**
   * As `request`, but the body is still on its way, uncompressed: reading it throws a `SOURCE_…`
   * fault where it breaks off or is too large. `signal` ends it at any time.
   */
  open(request: HttpRequest, signal: AbortSignal): Promise<HttpStream>;
  /** Drops every connection. */
  close(): Promise<void>;
}

/** A reply with an accepted status and content type, whose body was not read yet. */
export interface HttpStream extends ReplyHead {
  readonly bytes: AsyncIterable<Uint8Array>;
}

const HEADER_BYTES_MAX = 16 * 1024;
const CONNECT_TIMEOUT_MS = 3_000;
// The signal is the deadline; this ends what a caller forgot to limit.
const SILENCE_MS_MAX = 120_000;
const KEEP_ALIVE_MS = 10_000;
const KEEP_ALIVE_MS_MAX = 60_000;
/** What is read of an error page, so that its connection can be used again. */
const DUMP_BYTES_MAX = 64 * 1024;

/**
 * A client for one source, with connections of its own.
 *
 * @throws {HubError} UNSAFE_CONFIGURATION for a base URL that must not be used.
 */
export function createHttpClient(deps: {
  readonly settings: TransportSettings;
  readonly clock: Clock;
  readonly network: Network;
  /** Media types a reply may have. */
  readonly contentTypes?: readonly string[];
  /** Statuses whose body is read besides 200, where a protocol puts its answers there. */
  readonly statuses?: readonly number[];
}): HttpClient {
  const { settings, clock, contentTypes = ['application/json'], statuses = [] } = deps;
  const address = readBaseAddress(settings);
  const pool = new Pool(address.origin, {
    connections: settings.connectionsMax,
    pipelining: 1,
    maxHeaderSize: HEADER_BYTES_MAX,
    headersTimeout: SILENCE_MS_MAX,
    bodyTimeout: SILENCE_MS_MAX,
    keepAliveTimeout: KEEP_ALIVE_MS,
    keepAliveMaxTimeout: KEEP_ALIVE_MS_MAX,
    allowH2: false,
    connect: createConnect(settings, deps.network),
  });
  const limits = { contentTypes, statuses, bytesMax: settings.replyBytesMax };
  return {
    isEncrypted: address.isEncrypted,
    async request(request, signal) {
      if (signal.aborted) throw timeoutFault();
      try {
        const response = await pool.request({ ...toOptions(address.path, request), signal });
        return await readReply(response, { ...limits, clock, signal });
      } catch (error) {
        throw toFault(error, signal);
      }
    },
    async open(request, signal) {
      if (signal.aborted) throw timeoutFault();
      try {
        const response = await pool.request({ ...toOptions(address.path, request), signal });
        const head = await openReply(response, { ...limits, clock, signal });
        if (isGzipped(head)) {
          response.body.destroy();
          throw malformed('ENCODING');
        }
        return { ...head, bytes: readLimited(response.body, limits.bytesMax, signal) };
      } catch (error) {
        throw toFault(error, signal);
      }
    },
    close: () => pool.destroy(),
  };
}

/** Connects to the very address that was judged: the name is not resolved again. */
function createConnect(settings: TransportSettings, network: Network): buildConnector.connector {
  const origin = originOf(new URL(settings.baseUrl));
  const connect = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    allowH2: false,
    ...(settings.caPem === null ? {} : { ca: settings.caPem }),
  });
  return (options, callback) => {
    network.resolve(origin).then(
      ({ address }) => connect({ ...options, hostname: address }, callback),
      (error: unknown) => callback(error as Error, null),
    );
  };
}

function toOptions(basePath: string, request: HttpRequest): Dispatcher.RequestOptions {
  return {
    method: request.method,
    path: `${basePath}${request.path}`,
    headers: {
      accept: 'application/json',
      'accept-encoding': 'gzip, identity',
      ...(request.body === null ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      ...request.headers,
    },
    body: request.body,
  };
}

interface ReadLimits {
  readonly statuses: readonly number[];
  readonly contentTypes: readonly string[];
  readonly bytesMax: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

async function readReply(
  response: Dispatcher.ResponseData,
  limits: ReadLimits,
): Promise<HttpReply> {
  const head = await openReply(response, limits);
  const body = isGzipped(head) ? inflate(response.body) : response.body;
  return { ...head, raw: await readBytes(body, limits.bytesMax) };
}

/** The head of a reply whose body is worth reading. */
async function openReply(
  { body, statusCode: status, headers: sent }: Dispatcher.ResponseData,
  limits: ReadLimits,
): Promise<ReplyHead> {
  // A body that is destroyed without a listener raises an unhandled 'error' and ends the process.
  body.on('error', ignore);
  const headers = flatten(sent);
  const receivedAt = limits.clock.now();
  const head = { status, headers, serverDate: parseHttpDate(headers['date']), receivedAt };
  const refusal = limits.statuses.includes(status) ? null : judgeStatus(head);
  if (refusal !== null) {
    body.dump({ limit: DUMP_BYTES_MAX, signal: limits.signal }).catch(ignore);
    throw refusal;
  }
  const problem = judgeHeaders(headers, limits);
  if (problem !== null) {
    body.destroy();
    // An error page in a form the protocol does not have is the status it came with.
    throw judgeStatus(head) ?? malformed(problem);
  }
  return head;
}

function isGzipped({ headers }: ReplyHead): boolean {
  return headers['content-encoding']?.toLowerCase() === 'gzip';
}

/** Passes bytes on as they come; leaving the loop frees the socket. */
async function* readLimited(
  stream: Readable,
  bytesMax: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw malformed('TOO_LARGE');
      yield chunk;
    }
  } catch (error) {
    throw toFault(error, signal);
  }
}

/** Why the body is not worth reading. Null to go on. */
function judgeHeaders(
  headers: Readonly<Record<string, string>>,
  { contentTypes, bytesMax }: ReadLimits,
): string | null {
  const encoding = headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') return 'ENCODING';
  const [mediaType = ''] = (headers['content-type'] ?? '').split(';');
  if (!contentTypes.includes(mediaType.trim().toLowerCase())) return 'CONTENT_TYPE';
  return Number(headers['content-length'] ?? 0) > bytesMax ? 'TOO_LARGE' : null;
}

/** Decompresses as it is read, so that a bomb never unfolds further than the limit. */
function inflate(body: Readable): Readable {
  return pipeline(body, createGunzip(), ignore);
}

async function readBytes(stream: Readable, bytesMax: number): Promise<Uint8Array> {
  stream.on('error', ignore);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    // Leaving the loop destroys the stream, and with it the socket.
    if (bytes > bytesMax) throw malformed('TOO_LARGE');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function flatten(headers: Dispatcher.ResponseData['headers']): Readonly<Record<string, string>> {
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), [value].flat().join(', ')] as const],
  );
  return Object.fromEntries(pairs);
}

function toFault(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof HubError) return error;
  if (signal.aborted) return timeoutFault();
  return readNetworkError(error) ?? error;
}

function malformed(reason: string): HubError {
  return sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason });
}

function ignore(): void {
  // The error reaches the reader of the stream; this only keeps it from being unhandled.
}
