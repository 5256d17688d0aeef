import type { SpokenLogic } from './exchange.ts';
import type { Fault } from './faults.ts';
import { textInShanghai } from './shanghai-time.ts';
import { escapeXml, findElement, listElements, readDocument, wrapCdata } from './soap-xml.ts';
import type { SoapElement } from './soap-xml.ts';
import { startSpokenSource } from './spoken-source.ts';
import type { SpokenSource } from './spoken-source.ts';
import { htmlReply } from './wire.ts';
import type { Trouble, WireReply, WireRequest } from './wire.ts';

/** A row as the service holds it: columns in capital letters. */
export type SoapRow = Readonly<Record<string, string | null>>;

export interface SoapServiceOptions {
  /** Path of the endpoint. */
  readonly path: string;
  readonly namespace: string;
  readonly operation: string;
  readonly action: string;
  readonly user: string;
  readonly password: string;
  /** Column that says whom a row is about. */
  readonly keyColumn: string;
  readonly keysMax: number;
  readonly rows: readonly SoapRow[];
  /** Keys on which the service chokes: any call that asks for one of them gets code 5001. */
  readonly poison?: readonly string[];
}

/** How the service writes what it says. */
export interface SoapManner {
  /** Prefix of the envelope; empty for a default namespace. */
  readonly prefix: string;
  readonly wrap: 'CDATA' | 'ESCAPED';
  /** Encoding that the declaration of the envelope names; null for no declaration. */
  readonly declared: string | null;
  /** The declaration of the inner document; empty for none. */
  readonly inner: string;
}

/** A SOAP 1.1 service that runs, and what tests make it do. */
export interface SoapService extends SpokenSource {
  /** Manners over those it has. */
  behave(manner: Partial<SoapManner>): void;
  /** Code and text of a Fault for the next call, and the status it comes with. */
  failNext(code: string, text: string, status?: 200 | 500): void;
  /** A body for the next call, byte for byte. */
  sayNext(
    body: string,
    options?: { readonly status?: number; readonly contentType?: string },
  ): void;
}

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const XML_TYPE = 'text/xml;charset=UTF-8';
const USUAL: SoapManner = {
  prefix: 'soap',
  wrap: 'CDATA',
  declared: 'UTF-8',
  inner: '<?xml version="1.0" encoding="UTF-8"?>\n',
};

/** Starts the service that docs/sources/soap.md describes. */
export async function startSoapService(options: SoapServiceOptions): Promise<SoapService> {
  const state: { manner: SoapManner; next: WireReply[] } = { manner: USUAL, next: [] };
  const logic: SpokenLogic = {
    describe(request) {
      const keys = readKeys(readQuestion(request, options));
      return { operation: request.path === options.path ? options.operation : 'unknown', keys };
    },
    answer(request, fault) {
      const forced = state.next.shift();
      return forced ?? answer(request, fault, options, state.manner);
    },
    trouble: (trouble) => reportTrouble(trouble, options, state.manner),
  };
  const source = await startSpokenSource({ logic });
  return {
    ...source,
    behave: (manner) => void (state.manner = { ...state.manner, ...manner }),
    failNext: (code, text, status = 500) =>
      void state.next.push(faultReply(code, text, state.manner, status)),
    sayNext: (body, { status = 200, contentType = XML_TYPE } = {}) =>
      void state.next.push({ status, contentType, headers: {}, body }),
  };
}

function answer(
  request: WireRequest,
  fault: Fault | null,
  options: SoapServiceOptions,
  manner: SoapManner,
): WireReply {
  if (request.path !== options.path) return htmlReply(404, '404 Not Found');
  const { headers } = request;
  const isXml = (headers['content-type'] ?? '').startsWith('text/xml');
  if (request.method !== 'POST' || !isXml) return htmlReply(415, '415 Unsupported Media Type');
  if (headers['soapaction'] !== `"${options.action}"`) {
    return faultReply('Client', 'no such action', manner);
  }
  const question = readQuestion(request, options);
  if (question === null) return faultReply('Client', 'no such operation', manner);
  if (!isKnown(question, options)) {
    return faultReply('Client.Authentication', 'login failed', manner);
  }
  const keys = readKeys(question);
  if (keys.length < 1 || keys.length > options.keysMax) return say('4000', '', options, manner);
  if (keys.some((key) => options.poison?.includes(key))) return say('5001', '', options, manner);
  const rows = options.rows
    .filter((row) => keys.includes(row[options.keyColumn] ?? ''))
    .map((row) => writeRow(row, options, fault))
    .reverse();
  const extra =
    fault?.kind === 'integrity' && fault.how === 'extra' ? strangers(keys, options) : [];
  const dataTime = textInShanghai(Math.floor(request.now / 3_600_000) * 3_600_000);
  const isBare = fault?.kind === 'drift' && fault.how === 'list-instead-of-object';
  const list = [...rows, ...extra].join('');
  const body = isBare ? list : `<dataTime>${dataTime}</dataTime><rows>${list}</rows>`;
  return say('0', body, options, manner);
}

/** The inner document of a call. Null where there is none. */
function readQuestion(request: WireRequest, { operation }: SoapServiceOptions): SoapElement | null {
  const call = findElement(readDocument(request.text), 'Body', operation, 'in0');
  return call === null ? null : readDocument(call.text);
}

function isKnown(question: SoapElement, { user, password }: SoapServiceOptions): boolean {
  const isUser = findElement(question, 'head', 'user')?.text === user;
  return isUser && findElement(question, 'head', 'password')?.text === password;
}

function readKeys(question: SoapElement | null): readonly string[] {
  return listElements(question, 'code').map(({ text }) => text);
}

function writeRow(row: SoapRow, { keyColumn }: SoapServiceOptions, fault: Fault | null): string {
  const isSwapped = fault?.kind === 'integrity';
  const held = isSwapped ? { ...row, [keyColumn]: '91350100M000100Y43' } : row;
  const how = fault?.kind === 'drift' ? fault.how : null;
  const columns = Object.entries(held).map(([column, value]) => {
    if (column === keyColumn && how === 'field-missing') return '';
    if (column === keyColumn && how === 'field-renamed') return `<KEY>${value}</KEY>`;
    if (column === keyColumn && how === 'type-changed') return `<${column}><V/></${column}>`;
    if (column === 'ZT' && how === 'new-status-code') return '<ZT>77</ZT>';
    return value === null
      ? `<${column} xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>`
      : `<${column}>${escapeXml(value)}</${column}>`;
  });
  return `<row>${columns.join('')}</row>`;
}

/** A row nobody asked for, beside the right ones. */
function strangers(keys: readonly string[], options: SoapServiceOptions): readonly string[] {
  const others = options.rows.filter((row) => !keys.includes(row[options.keyColumn] ?? ''));
  return others.slice(0, 1).map((row) => writeRow(row, options, null));
}

/** A result, whatever its code: HTTP 200. */
function say(
  code: string,
  body: string,
  { operation, namespace }: SoapServiceOptions,
  manner: SoapManner,
): WireReply {
  const inner =
    `${manner.inner}<response><head><code>${code}</code><message>处理完成</message></head>` +
    `<body>${body}</body></response>`;
  const wrapped = manner.wrap === 'CDATA' ? wrapCdata(inner) : escapeXml(inner);
  const name = `n:${operation}Response`;
  const result = `<${name} xmlns:n="${namespace}"><n:out>${wrapped}</n:out></${name}>`;
  return xmlReply(writeEnvelope(result, manner), 200);
}

function faultReply(
  code: string,
  text: string,
  manner: SoapManner,
  status: 200 | 500 = 500,
): WireReply {
  const prefix = manner.prefix === '' ? '' : `${manner.prefix}:`;
  const inside =
    `<faultcode xmlns="">${prefix}${code}</faultcode>` +
    `<faultstring xmlns="">${escapeXml(text)}</faultstring>`;
  const envelope = writeEnvelope(`<${prefix}Fault>${inside}</${prefix}Fault>`, manner);
  return xmlReply(envelope, status);
}

function writeEnvelope(body: string, { prefix, declared }: SoapManner): string {
  const mark = prefix === '' ? '' : `${prefix}:`;
  const space = prefix === '' ? `xmlns="${SOAP}"` : `xmlns:${prefix}="${SOAP}"`;
  const head = declared === null ? '' : `<?xml version="1.0" encoding="${declared}"?>`;
  return `${head}<${mark}Envelope ${space}><${mark}Body>${body}</${mark}Body></${mark}Envelope>`;
}

function xmlReply(body: string, status: number): WireReply {
  return { status, contentType: XML_TYPE, headers: {}, body };
}

function reportTrouble(
  trouble: Trouble,
  options: SoapServiceOptions,
  manner: SoapManner,
): WireReply {
  switch (trouble.kind) {
    case 'error':
      return faultReply('Server', 'internal error', manner);
    case 'unauthorized':
      return faultReply('Client.Authentication', 'login failed', manner);
    case 'quota':
      return say('4290', `<until>${textInShanghai(trouble.resetAt)}</until>`, options, manner);
    case 'outage':
      return {
        ...htmlReply(503, '系统维护'),
        headers: { 'retry-after': new Date(trouble.until).toUTCString() },
      };
  }
}
