import { isDeepStrictEqual } from 'node:util';

import { findWrongField } from './assistance-call.ts';
import { sendReply } from './clerk.ts';
import type { HubAddress } from './clerk.ts';
import type { Fault } from './faults.ts';
import { createRecordStore } from './records.ts';
import type { RecordStore } from './records.ts';
import { findShapeProblem } from './shape.ts';
import { isoInShanghai } from './shanghai-time.ts';
import { isObject, jsonReply, textAt } from './wire.ts';
import type { ControlRoute, SourceLogic, Trouble, WireReply, WireRequest } from './wire.ts';

/** What the assisting agency's registers say about one subject and one question. */
export interface FactRecord {
  readonly subjectCode: string;
  readonly question: string;
  readonly outcome: 'CONFIRMED' | 'DENIED' | 'NO_RECORD';
}

export interface AssistanceOptions {
  readonly token: string;
  readonly facts: readonly FactRecord[];
  /** How long the clerk takes; null when he never answers by himself. */
  readonly replyAfterMs: number | null;
  /** Where the clerk answers. Null until it is told (`PUT /hub`). */
  readonly hub: HubAddress | null;
  readonly now: () => number;
}

const LISTED_MAX = 1000;
/** Id of a fact in the collection `facts`. */
export function factId(fact: { readonly subjectCode: string; readonly question: string }): string {
  return `${fact.subjectCode}:${fact.question}`;
}

interface Received {
  readonly body: Readonly<Record<string, unknown>>;
  readonly receipt: { readonly receiptNo: string; readonly requestNo: string; receivedAt: string };
  state: 'RECEIVED' | 'REPLIED' | 'REPLY_FAILED';
  replyError: string | null;
}

interface Desk {
  readonly requests: Map<string, Received>;
  readonly timers: Set<NodeJS.Timeout>;
  hub: HubAddress | null;
  replyAfterMs: number | null;
}

/** The assisting agency's counter system and its clerk, as docs/sources/assistance.md describes. */
export function createAssistance(options: AssistanceOptions): SourceLogic {
  const records = createRecordStore({
    facts: {
      shape: {
        subjectCode: { type: 'text' },
        question: { type: 'text' },
        outcome: { type: 'choice', of: ['CONFIRMED', 'DENIED', 'NO_RECORD'] },
      },
      idOf: (record) =>
        factId({
          subjectCode: String(record['subjectCode']),
          question: String(record['question']),
        }),
    },
  });
  options.facts.forEach((fact) => records.put('facts', factId(fact), fact));
  const desk: Desk = {
    requests: new Map(),
    timers: new Set(),
    hub: options.hub,
    replyAfterMs: options.replyAfterMs,
  };
  const replyTo = (received: Received): Promise<void> =>
    replyAsClerk(desk.hub, received, records, options.now());
  return {
    id: 'assistance',
    operations: ['notify', 'list'],
    records,
    describe,
    answer(request, fault) {
      const { operation } = describe(request);
      if (operation === 'unknown') return refuse(404, 'NOT_FOUND', '接口不存在');
      if (request.headers['authorization'] !== `Bearer ${options.token}`) return unauthorized();
      if (operation === 'list') return listReply(desk);
      return receive(desk, request, { fault, replyTo });
    },
    trouble: reportTrouble,
    controls: createControls(desk, replyTo),
    stop() {
      desk.timers.forEach((timer) => clearTimeout(timer));
      desk.timers.clear();
    },
  };
}

function describe(request: WireRequest): { operation: string; keys: readonly string[] } {
  if (request.path !== '/assistance/requests') return { operation: 'unknown', keys: [] };
  if (request.method === 'GET') return { operation: 'list', keys: [] };
  if (request.method !== 'POST') return { operation: 'unknown', keys: [] };
  return { operation: 'notify', keys: [textAt(request.json, 'requestNo')] };
}

function receive(
  desk: Desk,
  request: WireRequest,
  deps: { readonly fault: Fault | null; readonly replyTo: (received: Received) => Promise<void> },
): WireReply {
  const body = request.json;
  const field = findWrongField(body);
  if (field !== null || !isObject(body)) {
    return jsonReply(400, { code: 'BAD_REQUEST', message: '参数错误', field });
  }
  const requestNo = textAt(body, 'requestNo');
  const known = desk.requests.get(requestNo);
  if (known !== undefined) {
    return isDeepStrictEqual(known.body, body)
      ? receiptReply(known, deps.fault)
      : refuse(409, 'REQUEST_DIFFERS', '同一请求编号的内容不一致');
  }
  const receivedAt = isoInShanghai(request.now);
  const receiptNo = `济医保协〔${receivedAt.slice(0, 4)}〕${desk.requests.size + 1}号`;
  const received: Received = {
    body,
    receipt: { receiptNo, requestNo, receivedAt },
    state: 'RECEIVED',
    replyError: null,
  };
  desk.requests.set(requestNo, received);
  scheduleReply(desk, received, deps.replyTo);
  return receiptReply(received, deps.fault);
}

function scheduleReply(
  desk: Desk,
  received: Received,
  replyTo: (received: Received) => Promise<void>,
): void {
  if (desk.replyAfterMs === null) return;
  const timer = setTimeout(() => {
    desk.timers.delete(timer);
    void replyTo(received);
  }, desk.replyAfterMs);
  timer.unref();
  desk.timers.add(timer);
}

function receiptReply(received: Received, fault: Fault | null): WireReply {
  const { receipt } = received;
  if (fault?.kind === 'integrity') {
    return jsonReply(200, { ...receipt, requestNo: '00000000-0000-4000-8000-000000000000' });
  }
  if (fault?.kind !== 'drift') return jsonReply(200, receipt);
  const { requestNo, ...withoutRequest } = receipt;
  const { receiptNo, ...withoutReceipt } = receipt;
  switch (fault.how) {
    case 'field-missing':
      return jsonReply(200, withoutRequest);
    case 'field-renamed':
      return jsonReply(200, { ...withoutReceipt, ackNo: receiptNo });
    case 'type-changed':
      return jsonReply(200, { ...receipt, receiptNo: { value: receiptNo } });
    case 'new-status-code':
      return jsonReply(202, { state: 'QUEUED', requestNo });
    case 'list-instead-of-object':
      return jsonReply(200, [receipt]);
  }
}

function listReply(desk: Desk): WireReply {
  const requests = [...desk.requests.values()].reverse().slice(0, LISTED_MAX);
  return jsonReply(200, {
    requests: requests.map(({ receipt, state, replyError }) => ({ ...receipt, state, replyError })),
  });
}

/** Looks up each question in the registers; what nobody wrote down cannot be determined. */
async function replyAsClerk(
  hub: HubAddress | null,
  received: Received,
  records: RecordStore,
  now: number,
): Promise<void> {
  const subject = received.body['subject'];
  const questions = received.body['questions'] as readonly unknown[];
  const answers = questions.map((each) => {
    const question = textAt(each, 'code');
    const inQuestion = isObject(each) ? each['subject'] : undefined;
    const subjectCode = textAt(inQuestion, 'code') || textAt(subject, 'code');
    const fact = records.find<FactRecord>('facts', factId({ subjectCode, question }));
    return { question, outcome: fact?.outcome ?? 'CANNOT_DETERMINE', note: null };
  });
  const reply = {
    requestId: received.receipt.requestNo,
    answers,
    answererName: '李经办',
    asOf: isoInShanghai(now).slice(0, 10),
  };
  const problem = hub === null ? 'the address of the hub is not set' : await sendReply(hub, reply);
  received.state = problem === null ? 'REPLIED' : 'REPLY_FAILED';
  received.replyError = problem;
}

function createControls(
  desk: Desk,
  replyTo: (received: Received) => Promise<void>,
): readonly ControlRoute[] {
  return [
    {
      method: 'POST',
      path: /^\/reply\/(.+)$/,
      summary: 'POST /reply/<requestNo>: the clerk answers at once',
      async run(match) {
        const received = desk.requests.get(decodeURIComponent(match[1] ?? ''));
        if (received === undefined) return { status: 404, json: { error: 'no such request' } };
        await replyTo(received);
        const { state, replyError } = received;
        return { status: 200, json: { state, replyError } };
      },
    },
    {
      method: 'PUT',
      path: /^\/hub$/,
      summary: 'PUT /hub {url, token}: where the clerk answers',
      run(_match, body) {
        const problem = findShapeProblem(body, { url: { type: 'text' }, token: { type: 'text' } });
        if (problem !== null) return { status: 400, json: { error: 'wrong field', ...problem } };
        desk.hub = { url: textAt(body, 'url'), token: textAt(body, 'token') };
        return { status: 200, json: { url: desk.hub.url } };
      },
    },
    {
      method: 'PUT',
      path: /^\/reply-after$/,
      summary: 'PUT /reply-after {ms}: how long the clerk takes; {} for never',
      run(_match, body) {
        const shape = { ms: { type: 'number', min: 0, max: 86_400_000, optional: true } } as const;
        const problem = findShapeProblem(body, shape);
        if (problem !== null) return { status: 400, json: { error: 'wrong field', ...problem } };
        desk.replyAfterMs = (body as { ms?: number }).ms ?? null;
        return { status: 200, json: { ms: desk.replyAfterMs } };
      },
    },
  ];
}

function refuse(status: number, code: string, message: string): WireReply {
  return jsonReply(status, { code, message });
}

function unauthorized(): WireReply {
  return refuse(401, 'UNAUTHORIZED', '令牌无效');
}

function reportTrouble(trouble: Trouble, request: WireRequest): WireReply {
  switch (trouble.kind) {
    case 'error':
      return refuse(500, 'INTERNAL', '系统内部错误');
    case 'unauthorized':
      return unauthorized();
    case 'quota': {
      const seconds = Math.max(1, Math.ceil((trouble.resetAt - request.now) / 1000));
      const resetAt = isoInShanghai(trouble.resetAt);
      const json = { code: 'TOO_MANY', message: '请求过于频繁', resetAt };
      return jsonReply(429, json, { 'retry-after': String(seconds) });
    }
    case 'outage': {
      const until = isoInShanghai(trouble.until);
      const headers = { 'retry-after': new Date(trouble.until).toUTCString() };
      return jsonReply(503, { code: 'MAINTENANCE', message: '系统维护', until }, headers);
    }
  }
}
