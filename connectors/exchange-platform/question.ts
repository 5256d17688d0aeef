import { codesOf } from '../../src/connector-kit/business-code.ts';
import { requireAskable, unsafeAnswer } from '../../src/connector-kit/answer-settings.ts';
import {
  compileTemplate,
  type JsonObject,
  type JsonValue,
  type Template,
} from '../../src/connector-kit/json-template.ts';
import type { KeyParts, MappedCapability } from '../../src/connector-kit/mapping/keys.ts';
import { PROXY_PATH } from '../../src/connector-kit/signing/gjgxjhpt-scheme.ts';
import {
  isJsonObject,
  type CallBody,
  type Parameter,
  type UnsignedCall,
} from '../../src/connector-kit/signing/scheme.ts';
import type { SigningSettings } from '../../src/connector-kit/signing/signing.ts';
import type { ExchangePlatformSettings } from './settings.ts';

/** One answer of the settings, whatever its capability. */
export type AnswerSettings = Pick<
  NonNullable<ExchangePlatformSettings['answers'][MappedCapability]>,
  'method' | 'path' | 'sid' | 'query' | 'body' | 'bodyForm' | 'keyPointer' | 'envelope' | 'batchMax'
>;

/** A question that can be asked about any keys. */
export interface Question {
  readonly template: Template;
  /** 服务编码 (sid), or null. */
  readonly service: string | null;
  write(keys: readonly KeyParts[]): UnsignedCall;
}

/**
 * The question of an answer, checked so that writing it cannot fail.
 *
 * @throws {HubError} UNSAFE_CONFIGURATION that names the setting.
 */
export function compileQuestion(
  capability: MappedCapability,
  answer: AnswerSettings,
  scheme: SigningSettings,
): Question {
  const at = `/answers/${capability}`;
  const { method, query, body, batchMax } = answer;
  const target = readTarget(at, answer, scheme);
  if (method === 'GET' && body !== null) throw unsafeAnswer(`${at}/body`, 'BODY_OF_GET');
  requireFields(`${at}/query`, query);
  requireBodyForm(`${at}/body`, answer, scheme);
  const template = compileTemplate({ query, body }, at);
  const hasRowKey = answer.keyPointer !== null;
  requireAskable(at, { capability, template, batchMax, hasRowKey });
  const { envelope } = answer;
  const ownCodes = envelope.codePointer === '/code' ? codesOf(envelope) : [];
  return {
    template,
    service: target.service,
    write(keys) {
      const filled = template.fill(keys) as {
        readonly query: JsonObject;
        readonly body: JsonValue;
      };
      return {
        ...target,
        method,
        ownCodes,
        query: toParameters(filled.query),
        body: writeBody(filled.body, answer.bodyForm),
      };
    },
  };
}

function readTarget(
  at: string,
  { path, sid }: AnswerSettings,
  scheme: SigningSettings,
): { readonly path: string; readonly service: string | null } {
  if (scheme.style === 'GJGXJHPT') {
    if (sid === null) throw unsafeAnswer(`${at}/sid`, 'NO_SERVICE');
    return { path: path ?? PROXY_PATH, service: sid };
  }
  if (path === null) throw unsafeAnswer(`${at}/path`, 'NO_PATH');
  return { path, service: null };
}

/** Parameters and fields of forms are texts. */
function requireFields(field: string, fields: JsonValue): void {
  const isFlat =
    isJsonObject(fields) &&
    Object.values(fields).every((value) => typeof value === 'string' || isJoin(value));
  if (!isFlat) throw unsafeAnswer(field, 'NOT_TEXT');
}

function isJoin(value: JsonValue): boolean {
  return isJsonObject(value) && '$join' in value;
}

function requireBodyForm(field: string, answer: AnswerSettings, scheme: SigningSettings): void {
  const { method, body, bodyForm } = answer;
  if (body !== null && bodyForm === 'FORM') requireFields(field, body);
  const takesSignature =
    scheme.style === 'REQUEST_SECRET' ||
    (scheme.style === 'GJGXJHPT' && scheme.place !== 'HEADERS');
  if (method === 'POST' && takesSignature && body !== null && !isJsonObject(body)) {
    throw unsafeAnswer(field, 'BODY_TAKES_NO_PARAMETERS');
  }
}

function toParameters(fields: JsonObject): readonly Parameter[] {
  return Object.entries(fields).map(
    ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
  );
}

function writeBody(body: JsonValue, form: AnswerSettings['bodyForm']): CallBody | null {
  if (body === null) return null;
  if (form === 'JSON') return { form, value: body };
  return { form, fields: isJsonObject(body) ? toParameters(body) : [] };
}
