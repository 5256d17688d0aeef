import {
  getArgumentValues,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';

import { LIMITS, listBound, type LimitName } from './limits.ts';
import { checkFirst } from './page-arguments.ts';
import { conditionOf, fieldOf, type DocumentParts } from './visit-fields.ts';

/** What answering costs in the worst case. */
export interface Cost {
  /** Objects in the answer. */
  readonly nodes: number;
  /** Questions to sources. */
  readonly questions: number;
}

const NOTHING: Cost = { nodes: 0, questions: 0 };
/** Fields of these types ask a source, once for each object that has them. */
const ANSWERS_OF_SOURCES = new Set(['LicensesAnswer', 'RegistrationAnswer', 'CreditProfileAnswer']);

/** The limit a cost exceeds. Null when none. */
export function findCostExceeded({ nodes, questions }: Cost): LimitName | null {
  if (questions > LIMITS.questions) return 'questions';
  return nodes > LIMITS.nodes ? 'nodes' : null;
}

/**
 * The cost of a valid operation under the variables of this request, already coerced. Pages count
 * with `first`, other lists with their bound; of the types an object may have, the dearest counts.
 *
 * @throws {GraphQLError} BAD_USER_INPUT when a page is not 1 to 100 long.
 */
export function costOf(
  schema: GraphQLSchema,
  { operation, fragments }: DocumentParts,
  variables: Readonly<Record<string, unknown>>,
): Cost {
  // Equal selections are met on many paths, so each is worked out once for a type and page.
  const known = new Map<SelectionSetNode, Map<string, Cost>>();
  const root = schema.getRootType(operation.operation);
  return root == null ? NOTHING : costOfType(root, operation.selectionSet, 1);

  function costOfType(type: GraphQLCompositeType, set: SelectionSetNode, page: number): Cost {
    const types = isAbstractType(type) ? schema.getPossibleTypes(type) : [type];
    return types.map((one) => costOfObject(one, set, page)).reduce(dearer, NOTHING);
  }

  function costOfObject(type: GraphQLObjectType, set: SelectionSetNode, page: number): Cost {
    const ofSet = known.get(set) ?? new Map<string, Cost>();
    known.set(set, ofSet);
    const key = `${type.name} ${page}`;
    const cost = ofSet.get(key) ?? costOfSelections(type, set, page);
    ofSet.set(key, cost);
    return cost;
  }

  function costOfSelections(type: GraphQLObjectType, set: SelectionSetNode, page: number): Cost {
    return set.selections
      .map((selection) => {
        if (selection.kind === Kind.FIELD) return costOfField(type, selection, page);
        const fragment =
          selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
        if (fragment === undefined) return NOTHING;
        const condition = conditionOf(schema, fragment.typeCondition, type);
        const isOfType = isAbstractType(condition)
          ? schema.isSubType(condition, type)
          : condition === type;
        return isOfType ? costOfObject(type, fragment.selectionSet, page) : NOTHING;
      })
      .reduce(sum, NOTHING);
  }

  function costOfField(type: GraphQLObjectType, node: FieldNode, page: number): Cost {
    const field = fieldOf(schema, type, node.name.value);
    const { first } = getArgumentValues(field, node, variables);
    const hasPages = field.args.some(({ name }) => name === 'first');
    if (hasPages) checkFirst(first);
    const inner = getNamedType(field.type);
    if (node.selectionSet === undefined || !isCompositeType(inner)) return NOTHING;
    if (inner.name.startsWith('__')) return { nodes: 1, questions: 0 };

    const isList = isListType(getNullableType(field.type));
    const times = isList ? lengthOf(type.name, field.name, page) : 1;
    const each = costOfType(inner, node.selectionSet, hasPages ? Number(first) : 1);
    const asked = ANSWERS_OF_SOURCES.has(inner.name) ? 1 : 0;
    return { nodes: times * (1 + each.nodes), questions: times * each.questions + asked };
  }
}

function lengthOf(type: string, field: string, page: number): number {
  if (field === 'nodes') return page;
  const bound = listBound(type, field);
  if (bound === undefined) throw new Error(`the list ${type}.${field} has no bound`);
  return bound;
}

/** Lists of objects without a bound, `Type.field`; a schema that has any cannot be limited. */
export function listsWithoutBound(schema: GraphQLSchema): readonly string[] {
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (!isObjectType(type) || type.name.startsWith('__')) return [];
    return Object.values(type.getFields())
      .filter((field) => isListType(getNullableType(field.type)))
      .filter((field) => isCompositeType(getNamedType(field.type)) && field.name !== 'nodes')
      .filter((field) => listBound(type.name, field.name) === undefined)
      .map((field) => `${type.name}.${field.name}`);
  });
}

function sum(one: Cost, other: Cost): Cost {
  return { nodes: one.nodes + other.nodes, questions: one.questions + other.questions };
}

function dearer(one: Cost, other: Cost): Cost {
  return {
    nodes: Math.max(one.nodes, other.nodes),
    questions: Math.max(one.questions, other.questions),
  };
}
