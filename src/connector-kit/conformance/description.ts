import { z } from 'zod';

import type { ConnectorKind, Title } from '../connector.ts';

/** A JSON Schema, or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** A connector kind as the registry offers it: enough to draw the form and to fill it. */
export interface KindDescription {
  readonly kind: string;
  readonly version: string;
  readonly contract: string;
  readonly title: Title;
  /** JSON Schema 2020-12 of what an operator writes; `title` is Chinese, `titleEn` English. */
  readonly settingsSchema: JsonSchema;
  /** The same of the secrets; every field is `writeOnly`. */
  readonly secretsSchema: JsonSchema;
}

/**
 * What a kind must be told, as JSON Schema 2020-12.
 *
 * @throws {Error} where its settings or secrets cannot be put as JSON Schema.
 */
export function describeKind(kind: ConnectorKind): KindDescription {
  return {
    kind: kind.kind,
    version: kind.version,
    contract: kind.contract,
    title: kind.title,
    settingsSchema: toSchema(kind.settings),
    secretsSchema: markWriteOnly(toSchema(kind.secrets)),
  };
}

function toSchema(shape: z.ZodType): JsonSchema {
  return z.toJSONSchema(shape, { target: 'draft-2020-12', io: 'input', reused: 'inline' });
}

/** Nothing of a secret is ever read back, so that every field is marked, nested ones as well. */
function markWriteOnly(schema: JsonSchema): JsonSchema {
  const properties = readProperties(schema).map(([name, property]) => [
    name,
    { ...markWriteOnly(property), writeOnly: true },
  ]);
  return properties.length === 0
    ? schema
    : { ...schema, properties: Object.fromEntries(properties) as JsonSchema };
}

/** The named fields of an object schema; none where it is no object. */
export function readProperties(schema: JsonSchema): readonly (readonly [string, JsonSchema])[] {
  const { properties } = schema as { properties?: unknown };
  if (typeof properties !== 'object' || properties === null) return [];
  return Object.entries(properties as Readonly<Record<string, JsonSchema>>);
}

/** Every schema directly inside this one, with the step that leads there. */
export function readParts(schema: JsonSchema): readonly (readonly [string, JsonSchema])[] {
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (MAPS.includes(keyword) && isSchema(value)) {
      return Object.entries(value).map(([name, part]) => [
        `${keyword}/${name}`,
        part as JsonSchema,
      ]);
    }
    if (LISTS.includes(keyword) && Array.isArray(value)) {
      return value.map((part, at) => [`${keyword}/${at}`, part as JsonSchema]);
    }
    return SINGLES.includes(keyword) && isSchema(value) ? [[keyword, value]] : [];
  });
}

const MAPS = ['properties', 'patternProperties', '$defs', 'dependentSchemas'];
const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const SINGLES = [
  'items',
  'additionalProperties',
  'propertyNames',
  'not',
  'if',
  'then',
  'else',
  'contains',
];

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
