import { compileAnswerMapping } from '../../src/connector-kit/answer-settings.ts';
import {
  createAnsweredConnector,
  type Answered,
  type Answers,
} from '../../src/connector-kit/answered-connector.ts';
import { CONTRACT_VERSION, type ConnectorKind } from '../../src/connector-kit/connector.ts';
import { signInto } from '../../src/connector-kit/http-auth.ts';
import { createHttpClient, type HttpClient } from '../../src/connector-kit/http.ts';
import { readEnvelope } from '../../src/connector-kit/json-envelope.ts';
import { createKeyReader, decodeAs, decodeRecorded } from '../../src/connector-kit/json-reply.ts';
import {
  MAPPED_CAPABILITIES,
  type MappedCapability,
} from '../../src/connector-kit/mapping/keys.ts';
import { readPages, readRecordedPages } from '../../src/connector-kit/paging.ts';
import { originsOf } from '../../src/connector-kit/transport.ts';
import { compileQuestion } from './question.ts';
import { restSecrets, restSettings, type RestSecrets, type RestSettings } from './settings.ts';

/** An ordinary JSON API, registered without code: docs/sources/rest.md. */
export const rest: ConnectorKind<RestSettings, RestSecrets> = {
  kind: 'rest',
  title: { zh: '通用 REST 接口', en: 'REST API' },
  version: '1.0.0',
  contract: CONTRACT_VERSION,
  settings: restSettings,
  secrets: restSecrets,
  origins: originsOf,
  create({ settings, secrets, clock, network }) {
    const { contentTypes, auth: rule } = settings;
    const http = createHttpClient({ settings, clock, network, contentTypes });
    const signedIn = signInto(http, { rule, secrets, clock });
    const answers = MAPPED_CAPABILITIES.map(
      (name) => [name, createAnswer(settings, signedIn, name)] as const,
    );
    return createAnsweredConnector({
      // Each answer stands under its own name, which the entries of an object forget.
      answers: Object.fromEntries(answers.filter(([, answer]) => answer !== null)) as Answers,
      isEncrypted: http.isEncrypted,
      probe: null,
      close: () => http.close(),
    });
  },
};

/** Null for a capability that the settings leave out. */
function createAnswer<N extends MappedCapability>(
  settings: RestSettings,
  http: Pick<HttpClient, 'request'>,
  capability: N,
): Answered<N> | null {
  const answer: RestSettings['answers'][N] = settings.answers[capability];
  if (answer === undefined) return null;
  const { envelope, absence, keyPointer, kinds, batchMax, canary, paging } = answer;
  const question = compileQuestion(capability, answer);
  const { template } = question;
  const mapping = compileAnswerMapping(`/answers/${capability}`, capability, answer);
  const asksType = template.parts.includes('typeCode');
  const keyTextOf = createKeyReader(keyPointer);
  return {
    rules: { capability, mapping, absence, keyTextOf, asksType, strangers: 'REFUSE' },
    template,
    ...{ kinds, batchMax, canary },
    ask: (keys, signal) =>
      readPages(paging, async (page) => {
        const request = question.write(keys, page);
        const reply = await http.request({ ...request, headers: settings.headers }, signal);
        const value = decodeAs(settings.charset, reply);
        return { ...readEnvelope(value, envelope, reply), raw: reply.raw, head: reply, value };
      }),
    readRecorded: (raw) =>
      readRecordedPages(raw, (page) =>
        readEnvelope(decodeRecorded(settings.charset, page), envelope, null),
      ),
  };
}
