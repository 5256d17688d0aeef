import { requireAskable, unsafeAnswer } from '../../src/connector-kit/answer-settings.ts';
import {
  compileTemplate,
  type JsonObject,
  type JsonValue,
  type Template,
} from '../../src/connector-kit/json-template.ts';
import type { KeyParts, MappedCapability } from '../../src/connector-kit/mapping/keys.ts';
import { isWritable, writeMarkup, type Markup } from './markup.ts';
import { ELEMENT_NAME, type SoapSettings } from './settings.ts';

/** One answer of the settings, whatever its capability. */
export type AnswerSettings = Pick<
  NonNullable<SoapSettings['answers'][MappedCapability]>,
  | 'operation'
  | 'action'
  | 'question'
  | 'envelope'
  | 'columnAttribute'
  | 'repeated'
  | 'keyColumn'
  | 'batchMax'
>;

/** A question that can be asked about any keys. */
export interface Question {
  readonly template: Template;
  /** The inner document about these keys. */
  write(keys: readonly KeyParts[]): string;
}

/**
 * The question of an answer, checked so that writing it cannot fail.
 *
 * @throws {HubError} UNSAFE_CONFIGURATION that names the setting.
 */
export function compileQuestion(
  capability: MappedCapability,
  answer: AnswerSettings,
  secret: string | null,
): Question {
  const at = `/answers/${capability}`;
  const field = `${at}/question`;
  requireElement(answer.question, field);
  if (secret === null && wantsSecret(answer.question)) throw unsafeAnswer(field, 'NO_SECRET');
  if (!isWritable(secret ?? '')) throw unsafeAnswer(field, 'SECRET_HOLDS_CONTROL');
  const template = compileTemplate(answer.question, field);
  const hasRowKey = answer.keyColumn !== null;
  requireAskable(at, { capability, template, batchMax: answer.batchMax, hasRowKey });
  return {
    template: {
      ...template,
      problemOf(key) {
        const isSound = template.parts.every((part) => isWritable(key[part]));
        return template.problemOf(key) ?? (isSound ? null : 'KEY_HOLDS_CONTROL');
      },
    },
    write: (keys) => writeMarkup(toMarkup(template.fill(keys) as JsonObject, secret ?? '')),
  };
}

const FIELDS: readonly string[] = ['name', 'attributes', 'text', 'children', 'secret'];

/** An element: a name, and text or children. A list of keys stands among children or for a text. */
function requireElement(value: JsonValue, field: string): void {
  if (!isObject(value)) throw unsafeAnswer(field, 'ELEMENT');
  const { name, attributes = {}, text, children, secret } = value;
  const isNamed = typeof name === 'string' && ELEMENT_NAME.test(name);
  const hasFields = Object.keys(value).every((each) => FIELDS.includes(each));
  if (!isNamed || !hasFields) throw unsafeAnswer(field, 'ELEMENT');
  const contents = [text, children, secret].filter((each) => each !== undefined);
  if (contents.length > 1 || (secret !== undefined && secret !== true)) {
    throw unsafeAnswer(field, 'ELEMENT_CONTENT');
  }
  requireAttributes(attributes, field);
  if (text !== undefined && !isText(text)) throw unsafeAnswer(field, 'ELEMENT_TEXT');
  if (children === undefined) return;
  if (!Array.isArray(children)) throw unsafeAnswer(field, 'ELEMENT_CONTENT');
  for (const child of children as readonly JsonValue[]) {
    requireElement(isObject(child) ? (child['$list'] ?? child) : child, field);
  }
}

function requireAttributes(attributes: JsonValue, field: string): void {
  const isSound =
    isObject(attributes) &&
    Object.entries(attributes).every(([name, value]) => {
      return ELEMENT_NAME.test(name) && typeof value === 'string' && isWritable(value);
    });
  if (!isSound) throw unsafeAnswer(field, 'ELEMENT_ATTRIBUTE');
}

function isText(value: JsonValue): boolean {
  if (typeof value === 'string') return isWritable(value);
  return isObject(value) && '$join' in value;
}

function wantsSecret(value: JsonValue): boolean {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).some(wantsSecret);
  if (!isObject(value)) return false;
  return value['secret'] === true || Object.values(value).some(wantsSecret);
}

/** Of a filled element. A list of keys became a list among its children. */
function toMarkup(element: JsonObject, secret: string): Markup {
  const { name, attributes = {}, text, children = [], secret: isSecret } = element;
  return {
    name: typeof name === 'string' ? name : '',
    attributes: attributes as Readonly<Record<string, string>>,
    text: isSecret === true ? secret : typeof text === 'string' ? text : null,
    children: (children as readonly JsonValue[])
      .flat()
      .map((child) => toMarkup(child as JsonObject, secret)),
  };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
