import { checkSource } from '../../src/connector-kit/check.ts';
import {
  CONTRACT_VERSION,
  type Answer,
  type Connector,
  type ConnectorKind,
} from '../../src/connector-kit/connector.ts';
import { hasReason, integrityFault } from '../../src/connector-kit/fault.ts';
import {
  createHttpClient,
  type HttpClient,
  type HttpReply,
  type HttpRequest,
} from '../../src/connector-kit/http.ts';
import { requireBatch } from '../../src/connector-kit/lookup.ts';
import { originsOf } from '../../src/connector-kit/transport.ts';
import { HubError } from '../../src/errors.ts';
import type { AssistanceDraft, AssistanceReceipt } from '../../src/model/assistance.ts';
import {
  assistanceSecrets,
  assistanceSettings,
  type AssistanceSecrets,
  type AssistanceSettings,
} from './settings.ts';
import { readReceipt, requireList, writeNotification } from './wire.ts';

const PATH = '/assistance/requests';

/**
 * Tells the assisting agency's own system of a request for assistance (行政协助):
 * docs/sources/assistance.md. The answer comes from a person, through the hub's inbox.
 */
export const assistance: ConnectorKind<AssistanceSettings, AssistanceSecrets> = {
  kind: 'assistance',
  title: { zh: '协助核查系统', en: 'Assisting agency system' },
  version: '1.0.0',
  contract: CONTRACT_VERSION,
  settings: assistanceSettings,
  secrets: assistanceSecrets,
  origins: originsOf,
  create({ settings, secrets, clock, network }) {
    const http = createHttpClient({ settings, clock, network });
    const headers = { authorization: `Bearer ${secrets.token}` };
    return {
      capabilities: {
        'assistance.request': {
          batchMax: 1,
          carriesPurpose: true,
          // The agency's system knows a request by its number and gives the same receipt again.
          idempotent: true,
          async lookup(keys, { signal }) {
            requireBatch(keys, 1);
            const notify = async (draft: AssistanceDraft) => ({
              ok: true as const,
              answer: await deliver(http, { draft, headers, signal }),
            });
            return Promise.all(keys.map(notify));
          },
        },
      },
      canaries: [],
      check: (signal) =>
        checkSource(
          {
            isEncrypted: http.isEncrypted,
            reach: (inTime) => list(http, headers, inTime),
            reads: [],
          },
          signal,
        ),
      holdings: null,
      push: null,
      reread: null,
      discover: null,
      close: () => http.close(),
    } satisfies Connector;
  },
};

interface Delivery {
  readonly draft: AssistanceDraft;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

async function deliver(
  http: HttpClient,
  { draft, headers, signal }: Delivery,
): Promise<Answer<AssistanceReceipt>> {
  const body = writeNotification(draft);
  const reply = await post(http, { method: 'POST', path: PATH, headers, body }, signal);
  const { receipt, receivedAt } = readReceipt(reply, draft.requestId);
  return { records: [receipt], absence: 'UNCOVERED', asOf: receivedAt, raw: reply.raw };
}

/** 409 says that the agency holds another request under this number. */
async function post(
  http: HttpClient,
  request: HttpRequest,
  signal: AbortSignal,
): Promise<HttpReply> {
  try {
    return await http.request(request, signal);
  } catch (error) {
    const isOther = error instanceof HubError && hasReason(error, 'HTTP_409');
    throw isOther ? integrityFault('REQUEST_DIFFERS') : error;
  }
}

async function list(
  http: HttpClient,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<HttpReply> {
  const reply = await http.request({ method: 'GET', path: PATH, headers, body: null }, signal);
  requireList(reply);
  return reply;
}
