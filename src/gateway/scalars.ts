import { GraphQLError, GraphQLScalarType, valueFromASTUntyped } from 'graphql';

import { parseBusinessDate, type BusinessDate } from '../model/business-date.ts';

function refuse(what: string): never {
  throw new GraphQLError(`Not ${what}.`, { extensions: { code: 'BAD_USER_INPUT' } });
}

/** `YYYY-MM-DD`, a day that exists. */
const DateScalar = new GraphQLScalarType<BusinessDate, string>({
  name: 'Date',
  serialize: String,
  parseValue: (value) => {
    const day = typeof value === 'string' ? parseBusinessDate(value) : null;
    return day ?? refuse('a day that exists, written YYYY-MM-DD');
  },
});

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/u;

/** ISO 8601 with offset; always returned in UTC. */
const DateTimeScalar = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  serialize: (value) => {
    if (value instanceof Date) return value.toISOString();
    throw new TypeError('An instant is a Date.');
  },
  parseValue: (value) => {
    const milliseconds =
      typeof value === 'string' && INSTANT.test(value) ? Date.parse(value) : Number.NaN;
    return Number.isNaN(milliseconds)
      ? refuse('an instant, written as ISO 8601 with offset')
      : new Date(milliseconds);
  },
});

type JsonObject = Readonly<Record<string, unknown>>;

const JSON_DEPTH_MAX = 32;
const JSON_BYTES_MAX = 262_144;

/** Settings and mappings, whose form the connector kind prescribes and not the schema. */
const JSONObjectScalar = new GraphQLScalarType<JsonObject, unknown>({
  name: 'JSONObject',
  serialize: (value) => value,
  parseValue: readJsonObject,
  parseLiteral: (node, variables) => readJsonObject(valueFromASTUntyped(node, variables)),
});

function readJsonObject(value: unknown): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse('a JSON object');
  if (depthOf(value) > JSON_DEPTH_MAX) return refuse(`at most ${JSON_DEPTH_MAX} levels deep`);
  const bytes = Buffer.byteLength(JSON.stringify(value));
  if (bytes > JSON_BYTES_MAX) return refuse(`at most ${JSON_BYTES_MAX} bytes long`);
  return value as JsonObject;
}

/** Stops counting where the limit is passed. */
function depthOf(value: unknown, level = 1): number {
  if (typeof value !== 'object' || value === null || level > JSON_DEPTH_MAX) return level - 1;
  return Math.max(level, ...Object.values(value).map((inner) => depthOf(inner, level + 1)));
}

/** How days, instants and settings are read and written. */
export const scalars = {
  Date: DateScalar,
  DateTime: DateTimeScalar,
  JSONObject: JSONObjectScalar,
};

/** An instant that was stored as ISO 8601 text. Null stays null. */
export function instantOf(text: string | null): Date | null {
  return text === null ? null : new Date(Date.parse(text));
}
