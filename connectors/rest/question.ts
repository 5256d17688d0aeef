import { requireAskable, unsafeAnswer } from '../../src/connector-kit/answer-settings.ts';
import type { HttpRequest } from '../../src/connector-kit/http.ts';
import {
  compileTemplate,
  type JsonObject,
  type JsonValue,
  type Template,
} from '../../src/connector-kit/json-template.ts';
import type { KeyParts, MappedCapability } from '../../src/connector-kit/mapping/keys.ts';
import type { PageParameters } from '../../src/connector-kit/paging.ts';
import type { RestSettings } from './settings.ts';

/** One answer of the settings, whatever its capability. */
type AnswerSettings = Pick<
  NonNullable<RestSettings['answers'][MappedCapability]>,
  'method' | 'path' | 'query' | 'body' | 'keyPointer' | 'paging' | 'batchMax'
>;

/** A question that can be asked about any keys, page by page. */
export interface Question {
  readonly template: Template;
  write(keys: readonly KeyParts[], page: PageParameters): HttpRequest;
}

interface Filled {
  readonly path: JsonObject;
  readonly query: JsonObject;
  readonly body: JsonValue;
}

/**
 * The question of an answer, checked so that writing it cannot fail.
 *
 * @throws {HubError} UNSAFE_CONFIGURATION that names the setting.
 */
export function compileQuestion(capability: MappedCapability, answer: AnswerSettings): Question {
  const at = `/answers/${capability}`;
  const { method, query, body, paging, batchMax } = answer;
  if (method === 'GET' && body !== null) throw unsafeAnswer(`${at}/body`, 'BODY_OF_GET');
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  if (method === 'POST' && paging !== null && !isObject)
    throw unsafeAnswer(`${at}/body`, 'BODY_TAKES_NO_PARAMETERS');
  // Each segment is a text of its own, so that a value cannot leave it.
  const segments = answer.path.split('/').slice(1);
  const path = Object.fromEntries(segments.map((segment, index) => [String(index), segment]));
  const template = compileTemplate({ path, query, body }, at);
  requireAskable(at, { capability, template, batchMax, hasRowKey: answer.keyPointer !== null });
  return {
    template,
    write(keys, page) {
      const filled = template.fill(keys) as unknown as Filled;
      const isInBody = method === 'POST';
      const fields = isInBody ? filled.query : { ...filled.query, ...page };
      const paged =
        isInBody && isObject ? { ...(filled.body as JsonObject), ...page } : filled.body;
      return {
        method,
        path: `${writePath(segments, filled.path)}${writeQuery(fields)}`,
        headers: {},
        body: body === null ? null : JSON.stringify(paged),
      };
    },
  };
}

function writePath(segments: readonly string[], filled: JsonObject): string {
  const written = segments.map((_, index) => writeSegment(textOf(filled[String(index)] ?? '')));
  return `/${written.join('/')}`;
}

/** Dots alone would climb out of the path, however they are encoded. */
function writeSegment(text: string): string {
  const encoded = encodeURIComponent(text);
  return /^\.{1,2}$/u.test(encoded) ? encoded.replaceAll('.', '%252E') : encoded;
}

function writeQuery(fields: JsonObject): string {
  const parameters = Object.entries(fields).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(textOf(value))}`,
  );
  return parameters.length === 0 ? '' : `?${parameters.join('&')}`;
}

function textOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
