import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';

/** A field, and an operation that selects it by the shortest way from a root. */
export interface FieldAtWork {
  /** `Type.field`. */
  readonly place: string;
  /** Places passed on the way, this one included. */
  readonly way: readonly string[];
  readonly operation: string;
}

interface Way {
  readonly places: readonly string[];
  wrap(selection: string): string;
}

/** Every field of every object and interface that can be reached, introspection left out. */
export function listFieldsAtWork(schema: GraphQLSchema): readonly FieldAtWork[] {
  const ways = findWays(schema);
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) return [];
    // Subscriptions are not answered by POST: test/gateway/live.test.ts has them.
    if (type === schema.getSubscriptionType()) return [];
    const way = ways.get(type.name);
    if (way === undefined) throw new Error(`nothing leads to ${type.name}`);
    return Object.values(type.getFields()).map((field) => ({
      place: `${type.name}.${field.name}`,
      way: [...way.places, `${type.name}.${field.name}`],
      operation: way.wrap(selectionOf(field, '__typename')),
    }));
  });
}

function findWays(schema: GraphQLSchema): ReadonlyMap<string, Way> {
  const ways = new Map<string, Way>();
  const pending: string[] = [];
  const add = (name: string, way: Way) => {
    if (ways.has(name)) return;
    ways.set(name, way);
    pending.push(name);
  };
  add('Query', { places: [], wrap: (selection) => `query { ${selection} }` });
  add('Mutation', { places: [], wrap: (selection) => `mutation { ${selection} }` });
  for (let name = pending.shift(); name !== undefined; name = pending.shift()) {
    const type = schema.getType(name);
    const way = ways.get(name);
    if (way === undefined || !(isObjectType(type) || isInterfaceType(type))) continue;
    for (const field of Object.values(type.getFields())) {
      const inner = getNamedType(field.type);
      if (!isCompositeType(inner)) continue;
      const places = [...way.places, `${type.name}.${field.name}`];
      add(inner.name, { places, wrap: (s) => way.wrap(selectionOf(field, s)) });
      const possible = isAbstractType(inner) ? schema.getPossibleTypes(inner) : [];
      for (const one of possible)
        add(one.name, {
          places,
          wrap: (s) => way.wrap(selectionOf(field, `... on ${one.name} { ${s} }`)),
        });
    }
  }
  return ways;
}

function selectionOf(field: GraphQLField<unknown, unknown>, inner: string): string {
  const required = field.args.filter(
    ({ type, defaultValue }) => isNonNullType(type) && defaultValue === undefined,
  );
  const written = required.map(({ name, type }) => `${name}: ${valueOf(type)}`).join(', ');
  const call = required.length === 0 ? field.name : `${field.name}(${written})`;
  return isCompositeType(getNamedType(field.type)) ? `${call} { ${inner} }` : call;
}

/** Some value of an input type, as it is written in a query. */
function valueOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return valueOf(type.ofType);
  if (isListType(type)) return '[]';
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields())
      .filter((field) => isNonNullType(field.type) && field.defaultValue === undefined)
      .map((field) => `${field.name}: ${valueOf(field.type)}`);
    return `{ ${fields.join(', ')} }`;
  }
  if (type.name === 'JSONObject') return '{}';
  if (type.name === 'Boolean') return 'true';
  return type.name === 'Int' || type.name === 'Float' ? '1' : '"2026-01-01"';
}
