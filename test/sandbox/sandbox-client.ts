import { createDecipheriv } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';

import { deriveSecretKey, signCall } from '../../sandbox/exchange-platform.ts';
import { CANARIES } from '../../sandbox/fixtures.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { SourceId } from '../../sandbox/wire.ts';

/** What came over the wire, undecoded. */
export interface Heard {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Spoken {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly ca?: string;
  /** Whole call; 5 s unless given. */
  readonly timeoutMs?: number;
}

const BYTES_MAX = 2 * 1024 * 1024;

/** One call on a connection of its own. Rejects with its error, or `TIMEOUT`, `TOO_LARGE`. */
export function call(url: string, spoken: Spoken = {}): Promise<Heard> {
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(url, {
      method: spoken.method ?? 'POST',
      headers: { 'content-type': 'application/json', ...spoken.headers },
      agent: false,
      ...(spoken.ca === undefined ? {} : { ca: spoken.ca }),
    });
    const timer = setTimeout(() => request.destroy(new Error('TIMEOUT')), spoken.timeoutMs ?? 5000);
    request.on('error', reject);
    request.on('close', () => clearTimeout(timer));
    request.on('response', (response) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      response.on('data', (part: Buffer) => {
        bytes += part.length;
        parts.push(part);
        if (bytes > BYTES_MAX) request.destroy(new Error('TOO_LARGE'));
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts),
        }),
      );
    });
    request.end(spoken.json === undefined ? undefined : JSON.stringify(spoken.json));
  });
}

/** The body as JSON. */
export function read(heard: Heard): Readonly<Record<string, unknown>> {
  return JSON.parse(heard.body.toString('utf8')) as Record<string, unknown>;
}

/** Calls the control port of a source. */
export async function control(
  sandbox: Sandbox,
  id: SourceId,
  order: string,
  json?: unknown,
): Promise<{ readonly status: number; readonly json: Readonly<Record<string, unknown>> }> {
  const [method = 'GET', path = '/'] = order.split(' ');
  const heard = await call(`${sandbox.sources[id].controlUrl}${path}`, { method, json });
  return { status: heard.status, json: read(heard) };
}

/** A question to the license library, with the right token. */
export function askLibrary(
  sandbox: Sandbox,
  operation: string,
  data: Readonly<Record<string, unknown>>,
  spoken: Spoken = {},
): Promise<Heard> {
  const { accessId, accessToken } = sandbox.credentials;
  return call(`${sandbox.sources['license-library'].baseUrl}/CertShare/${operation}`, {
    json: { head: { accessId, accessToken }, data: { useCause: '核查', ...data } },
    ...spoken,
  });
}

/** The four headers of the exchange platform, signed. */
export function signHeaders(
  sandbox: Sandbox,
  secret: string,
  rtime = Date.now(),
): Readonly<Record<string, string>> {
  const { rid, sid } = sandbox.credentials;
  return {
    gjgxjhpt_rid: rid,
    gjgxjhpt_sid: sid,
    gjgxjhpt_rtime: String(rtime),
    gjgxjhpt_sign: signCall(secret, { sid, rid, rtime: String(rtime) }),
  };
}

/** Fetches and unwraps a working secret (ECB). */
export async function fetchSecret(sandbox: Sandbox, spoken: Spoken = {}): Promise<string> {
  const appKey = sandbox.credentials.exchangeAppKey;
  const url = `${sandbox.sources['publicity-system'].baseUrl}/sysapi/auth/refreshappsecret`;
  const heard = await call(url, { headers: signHeaders(sandbox, appKey), ...spoken });
  const wrapped = (read(heard)['data'] as { secret: string }).secret;
  const decipher = createDecipheriv('aes-128-ecb', deriveSecretKey(appKey), null);
  return decipher.update(wrapped, 'base64', 'utf8') + decipher.final('utf8');
}

/** A signed question to the publicity system, with a secret already fetched. */
export function askPublicity(
  sandbox: Sandbox,
  secret: string,
  uniscIds: readonly string[],
  spoken: Spoken = {},
): Promise<Heard> {
  return call(`${sandbox.sources['publicity-system'].baseUrl}/httpproxy`, {
    headers: signHeaders(sandbox, secret),
    json: { uniscIds },
    ...spoken,
  });
}

/** A question to the credit platform, with the right key. */
export function askCredit(
  sandbox: Sandbox,
  subjects: readonly unknown[],
  spoken: Spoken = {},
): Promise<Heard> {
  return call(`${sandbox.sources['credit-platform'].baseUrl}/api/v1/profiles/query`, {
    headers: { 'x-app-key': sandbox.credentials.creditAppKey },
    json: { subjects },
    ...spoken,
  });
}

/** A complete notification about P1. */
export function notification(requestNo: string): Readonly<Record<string, unknown>> {
  return {
    requestNo,
    askingAgency: '11370800MB28559184',
    assistingAgency: '11370800MB2855926Y',
    matterCode: '11370800MB285591843370118009001',
    matterName: '省际普通货物水路运输经营许可',
    caseNo: 'JN-2021-0917-001',
    legalBasis: '行政处罚法第二十六条',
    subject: { kind: 'PERSON', code: '370800199001010015', name: '张三' },
    questions: [
      { code: 'INSURED_SINCE_2020', text: '是否连续参保' },
      { code: 'UNHEARD_OF', text: '无人登记的事实' },
    ],
    dueOn: '2021-09-26',
  };
}

/** Notifies the assisting agency, with the right token. */
export function notify(sandbox: Sandbox, json: unknown, spoken: Spoken = {}): Promise<Heard> {
  return call(`${sandbox.sources['assistance'].baseUrl}/assistance/requests`, {
    headers: { authorization: `Bearer ${sandbox.credentials.assistanceToken}` },
    json,
    ...spoken,
  });
}

/** One ordinary question to a source about its canary; the same for every call. */
export function askCanary(
  sandbox: Sandbox,
  id: SourceId,
  secret: string,
  spoken: Spoken = {},
): Promise<Heard> {
  switch (id) {
    case 'license-library':
      return askLibrary(
        sandbox,
        'queryCertInfo',
        { certIdentifier: CANARIES.presentLicense },
        spoken,
      );
    case 'publicity-system':
      return askPublicity(sandbox, secret, [CANARIES.presentCode], spoken);
    case 'credit-platform': {
      const subject = { category: '法人及非法人组织', identify: CANARIES.presentCode };
      return askCredit(sandbox, [subject], spoken);
    }
    case 'assistance':
      return notify(sandbox, notification('canary'), spoken);
  }
}
