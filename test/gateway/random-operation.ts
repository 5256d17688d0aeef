import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  isUnionType,
} from 'graphql';

/** A number from 0 up to and not including the given one, the same for the same tape. */
export type Choose = (below: number) => number;

/** Choices read from a list of numbers, over and over. */
export function choicesOf(tape: readonly number[]): Choose {
  let position = 0;
  return (below) => {
    const chosen = tape[position % tape.length] ?? 0;
    position += 1;
    return (chosen + position) % below;
  };
}

/** A query that is valid under the schema, and often larger than it should be. */
export function randomQuery(schema: GraphQLSchema, choose: Choose): string {
  const root = schema.getQueryType();
  if (root == null) throw new Error('no queries');
  return `query { ${selection(root, 0)} }`;

  function selection(type: GraphQLCompositeType, depth: number): string {
    const parts = Array.from({ length: 1 + choose(3) }, (_, index) => part(type, depth, index));
    return ['__typename', ...parts].join(' ');
  }

  function part(type: GraphQLCompositeType, depth: number, index: number): string {
    if (isAbstractType(type) && choose(3) === 0) {
      const types = schema.getPossibleTypes(type);
      const one = types[choose(types.length)];
      return one === undefined ? '' : `... on ${one.name} { ${selection(one, depth)} }`;
    }
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const field = fields[choose(fields.length)];
    return field === undefined ? '' : written(field, { depth, index });
  }

  function written(
    field: GraphQLField<unknown, unknown>,
    place: { readonly depth: number; readonly index: number },
  ): string {
    const given = field.args
      .filter(({ type, defaultValue }) => isNonNullType(type) && defaultValue === undefined)
      .map(({ name, type }) => `${name}: ${valueOf(name, type)}`);
    const call = given.length === 0 ? field.name : `${field.name}(${given.join(', ')})`;
    const name = `a${place.depth}_${place.index}_${choose(1_000)}: ${call}`;
    const inner = getNamedType(field.type);
    if (!isCompositeType(inner)) return name;
    return place.depth > 7 ? '' : `${name} { ${selection(inner, place.depth + 1)} }`;
  }

  function valueOf(name: string, type: GraphQLInputType): string {
    if (isNonNullType(type)) return valueOf(name, type.ofType);
    if (isListType(type)) return '[]';
    if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
    if (isInputObjectType(type)) return '{}';
    if (type.name === 'Int') return String([1, 2, 5, 20, 100, 0, 1_000][choose(7)]);
    return `"${NASTY[choose(NASTY.length)] ?? ''}"`;
  }
}

const NASTY = [
  '00000000-0000-4000-8000-00000000000c',
  '00000000-0000-4000-8000-0000000000f1',
  '1',
  "'; drop table verification; --",
  '\\u0000',
  '../../etc/passwd',
  '张三',
  '',
  '2026-11-23',
];
