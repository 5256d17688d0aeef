import {
  getNamedType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  typeFromAST,
  isCompositeType,
  isUnionType,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type NamedTypeNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** An operation and the fragments it may use. */
export interface DocumentParts {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

/** The parts of a document. Null when it has no operation of this name, or no single one. */
export function partsOf(document: DocumentNode): DocumentParts | null {
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (operation === undefined || operations.length !== 1) return null;
  return { operation, fragments: fragmentsOf(document) };
}

/** By name. */
export function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions
      .filter((one) => one.kind === Kind.FRAGMENT_DEFINITION)
      .map((one) => [one.name.value, one]),
  );
}

/** A field that is selected somewhere in a valid operation. */
export interface SelectedField {
  readonly parentType: GraphQLCompositeType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly node: FieldNode;
}

/** Calls `visit` for every field of a valid operation; each fragment once. */
export function visitFields(
  schema: GraphQLSchema,
  { operation, fragments }: DocumentParts,
  visit: (selected: SelectedField) => void,
): void {
  const root = schema.getRootType(operation.operation);
  if (root == null) return;
  const seen = new Set<string>();

  function walk(type: GraphQLCompositeType, { selections }: SelectionSetNode): void {
    for (const selection of selections) step(type, selection);
  }

  function step(type: GraphQLCompositeType, selection: SelectionNode): void {
    if (selection.kind === Kind.FIELD) {
      const field = fieldOf(schema, type, selection.name.value);
      visit({ parentType: type, field, node: selection });
      const inner = getNamedType(field.type);
      if (selection.selectionSet !== undefined && isCompositeType(inner))
        walk(inner, selection.selectionSet);
      return;
    }
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      walk(conditionOf(schema, selection.typeCondition, type), selection.selectionSet);
      return;
    }
    const fragment = fragments.get(selection.name.value);
    if (fragment === undefined || seen.has(selection.name.value)) return;
    seen.add(selection.name.value);
    walk(conditionOf(schema, fragment.typeCondition, type), fragment.selectionSet);
  }

  walk(root, operation.selectionSet);
}

/** The type a fragment is about; that of its place when it names none. */
export function conditionOf(
  schema: GraphQLSchema,
  condition: NamedTypeNode | undefined,
  place: GraphQLCompositeType,
): GraphQLCompositeType {
  const type = condition === undefined ? place : typeFromAST(schema, condition);
  return isCompositeType(type) ? type : place;
}

/** The definition of a field of a valid operation, introspection included. */
export function fieldOf(
  schema: GraphQLSchema,
  type: GraphQLCompositeType,
  name: string,
): GraphQLField<unknown, unknown> {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (type === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  const field = isUnionType(type) ? undefined : type.getFields()[name];
  if (field === undefined) throw new Error(`no field ${type.name}.${name} in a valid operation`);
  return field;
}
