import fastJson from 'fast-json-stringify';
import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isEnumType,
  isListType,
  Kind,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';

import { conditionOf, fieldOf, type DocumentParts } from './visit-fields.ts';

/** Writes an answer without errors as JSON. */
export type WriteAnswer = (answer: { readonly data: unknown }) => string;

type JsonSchema = Parameters<typeof fastJson>[0];

/** Where a name means different things for different types, it is written by what it is. */
const ANYTHING = {} as JsonSchema;

/** Every other scalar of the contract is written as text. */
const SCALARS: Readonly<Record<string, JsonSchema>> = {
  JSONObject: ANYTHING,
  Int: { type: 'integer' },
  Float: { type: 'number' },
  Boolean: { type: 'boolean' },
};

/** A writer made for the answers of one valid operation, which it knows the shape of. */
export function createResponseWriter(
  schema: GraphQLSchema,
  { operation, fragments }: DocumentParts,
): WriteAnswer {
  const root = schema.getRootType(operation.operation);
  if (root == null) return (answer) => JSON.stringify(answer);
  const data = schemaOf(root, [operation.selectionSet]);
  return fastJson({ type: 'object', properties: { data } });

  function schemaOf(type: GraphQLOutputType, sets: readonly SelectionSetNode[]): JsonSchema {
    return { ...nonNullSchemaOf(getNullableType(type), sets), nullable: true };
  }

  function nonNullSchemaOf(type: GraphQLOutputType, sets: readonly SelectionSetNode[]): JsonSchema {
    if (isListType(type)) {
      const items = schemaOf(type.ofType as GraphQLOutputType, sets);
      return { type: 'array', items };
    }
    if (isCompositeType(type)) return { type: 'object', properties: propertiesOf(type, sets) };
    const named = getNamedType(type);
    return isEnumType(named) ? { type: 'string' } : (SCALARS[named.name] ?? { type: 'string' });
  }

  function propertiesOf(
    type: GraphQLCompositeType,
    sets: readonly SelectionSetNode[],
  ): Record<string, JsonSchema> {
    const fields = new Map<string, Selected[]>();
    for (const set of sets) collect(type, set, fields);
    return Object.fromEntries(
      [...fields].map(([key, selected]): [string, JsonSchema] => {
        const [{ type: first } = { type: null }, ...others] = selected;
        const isSame = others.every((other) => String(other.type) === String(first));
        if (first === null || !isSame) return [key, ANYTHING];
        return [
          key,
          schemaOf(
            first,
            selected.flatMap(({ set }) => (set === null ? [] : [set])),
          ),
        ];
      }),
    );
  }

  function collect(
    type: GraphQLCompositeType,
    set: SelectionSetNode,
    into: Map<string, Selected[]>,
  ): void {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        const field = fieldOf(schema, type, selection.name.value);
        const selected = { type: field.type, set: selection.selectionSet ?? null };
        into.set(key, [...(into.get(key) ?? []), selected]);
        continue;
      }
      const fragment =
        selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
      if (fragment === undefined) continue;
      collect(conditionOf(schema, fragment.typeCondition, type), fragment.selectionSet, into);
    }
  }
}

interface Selected {
  readonly type: GraphQLOutputType;
  readonly set: SelectionSetNode | null;
}
