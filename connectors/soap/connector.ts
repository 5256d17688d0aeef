import { compileAnswerMapping } from '../../src/connector-kit/answer-settings.ts';
import {
  createAnsweredConnector,
  type Answered,
  type Answers,
} from '../../src/connector-kit/answered-connector.ts';
import { CONTRACT_VERSION, type ConnectorKind } from '../../src/connector-kit/connector.ts';
import { createHttpClient, type HttpClient, type HttpReply } from '../../src/connector-kit/http.ts';
import type { ReplyHead } from '../../src/connector-kit/http-status.ts';
import {
  MAPPED_CAPABILITIES,
  type MappedCapability,
} from '../../src/connector-kit/mapping/keys.ts';
import { originsOf } from '../../src/connector-kit/transport.ts';
import { parseXml, type XmlElement } from '../../src/connector-kit/xml.ts';
import { HubError } from '../../src/errors.ts';
import { findResult, writeCall } from './envelope.ts';
import { compileQuestion, type AnswerSettings } from './question.ts';
import { readRecordedEnvelope, readReplyEnvelope } from './reply.ts';
import { createKeyReader, readRows } from './rows.ts';
import { soapSecrets, soapSettings, type SoapSecrets, type SoapSettings } from './settings.ts';

/** What a SOAP 1.1 service may answer with; some of them send plain XML. */
const CONTENT_TYPES = ['text/xml', 'application/xml'];
/** A Fault comes with HTTP 500 (SOAP 1.1, clause 6.2). */
const STATUSES = [500];

/**
 * SOAP 1.1 services that take and give XML in one text, registered without code:
 * docs/sources/soap.md.
 */
export const soap: ConnectorKind<SoapSettings, SoapSecrets> = {
  kind: 'soap',
  title: { zh: 'SOAP 服务', en: 'SOAP service' },
  version: '1.0.0',
  contract: CONTRACT_VERSION,
  settings: soapSettings,
  secrets: soapSecrets,
  origins: originsOf,
  create({ settings, secrets: { secret }, clock, network }) {
    if (settings.user !== null && secret === null) {
      throw new HubError('UNSAFE_CONFIGURATION', {
        details: { field: '/user', reason: 'NO_SECRET' },
      });
    }
    const http = createHttpClient({
      ...{ settings, clock, network },
      ...{ contentTypes: CONTENT_TYPES, statuses: STATUSES },
    });
    const answers = MAPPED_CAPABILITIES.map((name) => [
      name,
      createAnswer({ settings, secret, http }, name),
    ]);
    return createAnsweredConnector({
      // Each answer stands under its own name, which the entries of an object forget.
      answers: Object.fromEntries(answers.filter(([, answer]) => answer !== null)) as Answers,
      isEncrypted: http.isEncrypted,
      probe: null,
      close: () => http.close(),
    });
  },
};

interface Service {
  readonly settings: SoapSettings;
  readonly secret: string | null;
  readonly http: HttpClient;
}

/** Null for a capability that the settings leave out. */
function createAnswer<N extends MappedCapability>(
  service: Service,
  capability: N,
): Answered<N> | null {
  const { settings, secret } = service;
  const answer: SoapSettings['answers'][N] = settings.answers[capability];
  if (answer === undefined) return null;
  const { absence, keyColumn, kinds, batchMax, canary } = answer;
  const question = compileQuestion(capability, answer, secret);
  const { template } = question;
  const mapping = compileAnswerMapping(`/answers/${capability}`, capability, answer);
  const keyTextOf = createKeyReader(keyColumn);
  const asksType = template.parts.includes('typeCode');
  const read = (envelope: XmlElement, head: ReplyHead | null) => {
    // What the text says of its charset is moot: it was decoded with the envelope around it.
    const inner = parseXml(findResult(envelope, settings.returned).trimStart());
    return readRows(inner, answer, head);
  };
  return {
    rules: { capability, mapping, absence, keyTextOf, asksType, strangers: 'REFUSE' },
    template,
    kinds,
    batchMax,
    canary,
    async ask(keys, signal) {
      const reply = await call(service, answer, question.write(keys), signal);
      const found = read(readReplyEnvelope(reply, settings), reply);
      return { ...found, raw: reply.raw, head: reply };
    },
    readRecorded: (raw) => ({ ...read(readRecordedEnvelope(raw, settings), null), raw }),
  };
}

function call(
  { settings, secret, http }: Service,
  { operation, action }: AnswerSettings,
  inner: string,
  signal: AbortSignal,
): Promise<HttpReply> {
  const { path, user } = settings;
  const login = Buffer.from(`${user ?? ''}:${secret ?? ''}`, 'utf8').toString('base64');
  const headers = {
    accept: 'text/xml',
    'content-type': 'text/xml; charset=utf-8',
    soapaction: `"${action}"`,
    ...(user === null ? {} : { authorization: `Basic ${login}` }),
  };
  const body = writeCall(settings, operation, inner);
  return http.request({ method: 'POST', path, headers, body }, signal);
}
