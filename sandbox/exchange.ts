import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';

import type { CallLog } from './calls.ts';
import { encodeInCharset, encodeReply, spoil, writeWithoutEnd } from './evil-bodies.ts';
import type { RawReply } from './evil-bodies.ts';
import type { FaultBox } from './fault-box.ts';
import type { Fault } from './faults.ts';
import { nextMidnight } from './shanghai-time.ts';
import { htmlReply } from './wire.ts';
import type { SourceLogic, WireReply, WireRequest } from './wire.ts';

/** Larger requests are refused with 413. */
const REQUEST_BYTES_MAX = 256 * 1024;
/** A drip for every chunk of a slow body. */
const DRIPS = 20;

/** Serves requests of one source under whatever fault is set. */
export interface Exchange {
  serve(request: IncomingMessage, response: ServerResponse): void;
  /** Ends waits, so that nothing is answered after the source has stopped. */
  stop(): void;
}

/** What is asked of a source's logic while it serves: any source can be put behind an exchange. */
export type SpokenLogic = Pick<SourceLogic, 'describe' | 'answer' | 'trouble'>;

/** Nothing is sent twice: a fault either replaces, spoils or delays the one reply. */
export function createExchange(deps: {
  readonly logic: SpokenLogic;
  readonly faults: FaultBox;
  readonly calls: CallLog;
  readonly now: () => number;
}): Exchange {
  const stopping = new AbortController();
  const serve = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(incoming);
    const plain = readRequest(incoming, body, deps.now());
    const { operation, keys } = deps.logic.describe(plain);
    const fault = deps.faults.takeForCall(operation);
    const skewMs = fault?.kind === 'clock-skew' ? fault.ms : 0;
    const request = { ...plain, now: plain.now + skewMs };
    const reply =
      body === null
        ? htmlReply(413, 'Payload Too Large')
        : decide(deps.logic, request, fault, () => deps.faults.roll());
    deps.calls.record({
      at: new Date(deps.now()).toISOString(),
      operation,
      keys,
      status: statusSent(fault, reply),
      fault: fault?.kind ?? null,
    });
    response.setHeader('date', new Date(request.now).toUTCString());
    await send(response, reply, fault, stopping.signal);
  };
  return {
    serve(request, response) {
      serve(request, response).catch((error: unknown) => {
        // When the peer has gone or the source is stopping there is nobody left to answer.
        if (!response.destroyed && !stopping.signal.aborted) process.emitWarning(String(error));
        response.destroy();
      });
    },
    stop() {
      stopping.abort();
    },
  };
}

/** What is said, before it is spoiled or delayed on the way. */
function decide(
  logic: SpokenLogic,
  request: WireRequest,
  fault: Fault | null,
  toss: () => number,
): WireReply {
  switch (fault?.kind) {
    case 'down':
      return htmlReply(503, '503 Service Temporarily Unavailable');
    case 'errors':
      return toss() < 0.5
        ? htmlReply(500, '500 Internal Server Error')
        : logic.trouble({ kind: 'error' }, request);
    case 'quota': {
      const resetAt =
        fault.resetAt === null ? nextMidnight(request.now) : Date.parse(fault.resetAt);
      return logic.trouble({ kind: 'quota', resetAt }, request);
    }
    case 'unauthorized':
      return logic.trouble({ kind: 'unauthorized' }, request);
    case 'outage': {
      const until = fault.until === null ? request.now + 3_600_000 : Date.parse(fault.until);
      return logic.trouble({ kind: 'outage', until }, request);
    }
    default:
      return logic.answer(request, fault);
  }
}

async function send(
  response: ServerResponse,
  reply: WireReply,
  fault: Fault | null,
  stopping: AbortSignal,
): Promise<void> {
  if (fault?.kind === 'hang') return;
  if (fault?.kind === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  if (fault?.kind === 'slow') await wait(fault.ms, response, stopping);
  if (fault?.kind === 'slow-body') {
    await drip(response, encodeReply(reply), fault.ms, stopping);
    return;
  }
  const raw = await encodeUnder(reply, fault);
  if (raw === null) writeWithoutEnd(response);
  else writeWhole(response, raw);
}

function encodeUnder(reply: WireReply, fault: Fault | null): Promise<RawReply | null> {
  if (fault?.kind === 'malformed') return spoil(reply, fault.body);
  return Promise.resolve(
    fault?.kind === 'charset' ? encodeInCharset(reply, fault.how) : encodeReply(reply),
  );
}

function writeWhole(response: ServerResponse, raw: RawReply): void {
  response.writeHead(raw.status, { ...raw.headers, 'content-length': String(raw.body.length) });
  response.end(raw.body);
}

/** Headers at once, then the body a little at a time, over `ms` altogether. */
async function drip(
  response: ServerResponse,
  raw: RawReply,
  ms: number,
  stopping: AbortSignal,
): Promise<void> {
  response.writeHead(raw.status, { ...raw.headers, 'content-length': String(raw.body.length) });
  response.flushHeaders();
  const size = Math.max(1, Math.ceil(raw.body.length / DRIPS));
  for (let sent = 0; sent < raw.body.length; sent += size) {
    await wait(ms / DRIPS, response, stopping);
    response.write(raw.body.subarray(sent, sent + size));
  }
  response.end();
}

/** Ends early, by throwing, when the peer hangs up or the source stops. */
async function wait(ms: number, response: ServerResponse, stopping: AbortSignal): Promise<void> {
  const gone = new AbortController();
  const leave = (): void => gone.abort();
  response.once('close', leave);
  try {
    await delay(ms, undefined, { signal: AbortSignal.any([gone.signal, stopping]) });
  } finally {
    response.off('close', leave);
  }
}

function statusSent(fault: Fault | null, reply: WireReply): number | null {
  if (fault?.kind === 'hang' || fault?.kind === 'reset') return null;
  if (fault?.kind === 'malformed') return fault.body === 'redirect' ? 302 : 200;
  return reply.status;
}

/** Null when the body is larger than the limit. */
async function readBody(incoming: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of incoming) {
    bytes += (part as Buffer).length;
    if (bytes <= REQUEST_BYTES_MAX) parts.push(part as Buffer);
  }
  return bytes <= REQUEST_BYTES_MAX ? Buffer.concat(parts) : null;
}

function readRequest(incoming: IncomingMessage, body: Buffer | null, now: number): WireRequest {
  const headers = Object.entries(incoming.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(',') : (value ?? ''),
  ]);
  const [path = '/', ...search] = (incoming.url ?? '/').split('?');
  return {
    method: incoming.method ?? 'GET',
    path,
    search: search.join('?'),
    headers: Object.fromEntries(headers) as Record<string, string>,
    json: parseJson(body),
    text: (body ?? Buffer.alloc(0)).toString('utf8'),
    now,
  };
}

/** Undefined when it is not JSON. */
export function parseJson(body: Buffer | null): unknown {
  try {
    return JSON.parse((body ?? Buffer.alloc(0)).toString('utf8')) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
