import { compileAnswerMapping } from '../../src/connector-kit/answer-settings.ts';
import {
  createAnsweredConnector,
  type Answered,
  type AnsweredSource,
  type Answers,
} from '../../src/connector-kit/answered-connector.ts';
import { CONTRACT_VERSION, type ConnectorKind } from '../../src/connector-kit/connector.ts';
import { createHttpClient } from '../../src/connector-kit/http.ts';
import { readEnvelope } from '../../src/connector-kit/json-envelope.ts';
import { createKeyReader, decodeAs, decodeRecorded } from '../../src/connector-kit/json-reply.ts';
import {
  MAPPED_CAPABILITIES,
  type MappedCapability,
} from '../../src/connector-kit/mapping/keys.ts';
import type { SigningScheme } from '../../src/connector-kit/signing/scheme.ts';
import { createSigningScheme } from '../../src/connector-kit/signing/signing.ts';
import { originsOf } from '../../src/connector-kit/transport.ts';
import { compileQuestion } from './question.ts';
import {
  exchangePlatformSecrets,
  exchangePlatformSettings,
  type ExchangePlatformSecrets,
  type ExchangePlatformSettings,
} from './settings.ts';

/**
 * Services behind a signing gateway (政务数据共享交换平台), registered without code:
 * docs/sources/exchange-platform.md.
 */
export const exchangePlatform: ConnectorKind<ExchangePlatformSettings, ExchangePlatformSecrets> = {
  kind: 'exchange-platform',
  title: { zh: '政务数据共享交换平台', en: 'Government data exchange platform' },
  version: '1.0.0',
  contract: CONTRACT_VERSION,
  settings: exchangePlatformSettings,
  secrets: exchangePlatformSecrets,
  origins: originsOf,
  create({ settings, secrets, clock, network }) {
    const http = createHttpClient({ settings, clock, network });
    const scheme = createSigningScheme({
      http,
      clock,
      settings: settings.scheme,
      secret: secrets.secret,
      decode: (reply) => decodeAs(settings.charset, reply),
    });
    return createAnsweredConnector({
      answers: createAnswers(settings, scheme),
      isEncrypted: http.isEncrypted,
      probe: createProbe(settings, scheme),
      close: () => http.close(),
    });
  },
};

function createAnswers(settings: ExchangePlatformSettings, scheme: SigningScheme): Answers {
  const answers = MAPPED_CAPABILITIES.map((name) => [name, createAnswer(settings, scheme, name)]);
  // Each answer stands under its own name, which the entries of an object forget.
  return Object.fromEntries(answers.filter(([, answer]) => answer !== null)) as Answers;
}

/** Null for a capability that the settings leave out. */
function createAnswer<N extends MappedCapability>(
  settings: ExchangePlatformSettings,
  scheme: SigningScheme,
  capability: N,
): Answered<N> | null {
  const answer: ExchangePlatformSettings['answers'][N] = settings.answers[capability];
  if (answer === undefined) return null;
  const { envelope, absence, keyPointer, kinds, batchMax, canary } = answer;
  const question = compileQuestion(capability, answer, settings.scheme);
  const { template } = question;
  const mapping = compileAnswerMapping(`/answers/${capability}`, capability, answer);
  const asksType = template.parts.includes('typeCode');
  const keyTextOf = createKeyReader(keyPointer);
  return {
    rules: { capability, mapping, absence, keyTextOf, asksType, strangers: 'REFUSE' },
    template,
    kinds,
    batchMax,
    canary,
    async ask(keys, signal) {
      const { value, reply } = await scheme.call(question.write(keys), signal);
      return { ...readEnvelope(value, envelope, reply), raw: reply.raw, head: reply };
    },
    readRecorded: (raw) => ({
      ...readEnvelope(decodeRecorded(settings.charset, raw), envelope, null),
      raw,
    }),
  };
}

/** For the first service that is configured: they share credentials. Null where there is none. */
function createProbe(
  { answers }: ExchangePlatformSettings,
  { probe }: SigningScheme,
): AnsweredSource['probe'] {
  const [first] = MAPPED_CAPABILITIES.flatMap((name) => answers[name] ?? []);
  if (probe === null || first === undefined) return null;
  return (signal) => probe(first.sid, signal);
}
