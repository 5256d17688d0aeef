import { compileAnswerMapping, requireAskable } from '../../src/connector-kit/answer-settings.ts';
import {
  createAnsweredConnector,
  type Answered,
  type Answers,
} from '../../src/connector-kit/answered-connector.ts';
import { CONTRACT_VERSION, type ConnectorKind } from '../../src/connector-kit/connector.ts';
import { decodeReply } from '../../src/connector-kit/decode.ts';
import { signInto } from '../../src/connector-kit/http-auth.ts';
import { createHttpClient, type HttpClient } from '../../src/connector-kit/http.ts';
import { createKeyReader } from '../../src/connector-kit/json-reply.ts';
import { compileTemplate, type JsonObject } from '../../src/connector-kit/json-template.ts';
import {
  MAPPED_CAPABILITIES,
  type MappedCapability,
} from '../../src/connector-kit/mapping/keys.ts';
import { readPages, readRecordedPages } from '../../src/connector-kit/paging.ts';
import { originsOf } from '../../src/connector-kit/transport.ts';
import { readGraphqlReply } from './reply.ts';
import {
  graphqlSecrets,
  graphqlSettings,
  type GraphqlSecrets,
  type GraphqlSettings,
} from './settings.ts';

/** The media type of GraphQL over HTTP beside the plain one. */
const CONTENT_TYPES = ['application/json', 'application/graphql-response+json'];

/** A GraphQL API, registered without code: docs/sources/graphql.md. */
export const graphql: ConnectorKind<GraphqlSettings, GraphqlSecrets> = {
  kind: 'graphql',
  title: { zh: '通用 GraphQL 接口', en: 'GraphQL API' },
  version: '1.0.0',
  contract: CONTRACT_VERSION,
  settings: graphqlSettings,
  secrets: graphqlSecrets,
  origins: originsOf,
  create({ settings, secrets, clock, network }) {
    const http = createHttpClient({ settings, clock, network, contentTypes: CONTENT_TYPES });
    const signedIn = signInto(http, { rule: settings.auth, secrets, clock });
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
  settings: GraphqlSettings,
  http: Pick<HttpClient, 'request'>,
  capability: N,
): Answered<N> | null {
  const answer: GraphqlSettings['answers'][N] = settings.answers[capability];
  if (answer === undefined) return null;
  const at = `/answers/${capability}`;
  const { query, absence, keyPointer, kinds, batchMax, canary, paging } = answer;
  const template = compileTemplate(answer.variables, `${at}/variables`);
  requireAskable(at, { capability, template, batchMax, hasRowKey: keyPointer !== null });
  const mapping = compileAnswerMapping(at, capability, answer);
  const asksType = template.parts.includes('typeCode');
  const keyTextOf = createKeyReader(keyPointer);
  return {
    rules: { capability, mapping, absence, keyTextOf, asksType, strangers: 'REFUSE' },
    template,
    ...{ kinds, batchMax, canary },
    ask: (keys, signal) =>
      readPages(paging, async (page) => {
        const variables = { ...(template.fill(keys) as JsonObject), ...page };
        const reply = await http.request(
          {
            method: 'POST',
            path: settings.path,
            headers: {},
            body: JSON.stringify({ query, variables }),
          },
          signal,
        );
        const value = decodeReply(reply);
        const read = readGraphqlReply(value, answer, settings.faults);
        return { ...read, raw: reply.raw, head: reply, value };
      }),
    readRecorded: (raw) =>
      readRecordedPages(raw, (page) =>
        readGraphqlReply(decodeReply({ raw: page, headers: {} }), answer, settings.faults),
      ),
  };
}
