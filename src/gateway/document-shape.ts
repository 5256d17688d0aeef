import {
  Kind,
  Lexer,
  parse,
  Source,
  TokenKind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

import { LIMITS, type LimitName } from './limits.ts';
import { fragmentsOf } from './visit-fields.ts';

/**
 * The first limit that a document exceeds by its text alone, before it is held against the schema:
 * validation itself may be made slow. Null when it exceeds none, or is no document at all, which is
 * for the parser to say.
 */
export function findExceeded(query: string): LimitName | null {
  const document = tryParse(query);
  if (document === null) return hasTooManyTokens(query) ? 'tokens' : null;
  return findExceededBy(document);
}

function tryParse(query: string): DocumentNode | null {
  try {
    return parse(query, { maxLexicalTokens: LIMITS.tokens, noLocation: true });
  } catch {
    // Whatever is wrong: the parser of the GraphQL server says it better.
    return null;
  }
}

function hasTooManyTokens(query: string): boolean {
  const lexer = new Lexer(new Source(query));
  try {
    for (let count = 0; lexer.advance().kind !== TokenKind.EOF; count += 1)
      if (count >= LIMITS.tokens) return true;
  } catch {
    // A character that GraphQL does not know ends the document.
  }
  return false;
}

function findExceededBy(document: DocumentNode): LimitName | null {
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  if (operations.length > LIMITS.operations) return 'operations';
  if (countDirectives(document) > LIMITS.directives) return 'directives';
  const [operation] = operations;
  if (operation === undefined) return null;

  const count = createCount(fragmentsOf(document));
  return count(operation.selectionSet, ROOT);
}

/** Of whatever carries directives, wherever in the document. */
function countDirectives(document: DocumentNode): number {
  let count = 0;
  const pending: unknown[] = [...document.definitions];
  while (pending.length > 0) {
    const node = pending.pop();
    if (typeof node !== 'object' || node === null) continue;
    if ('kind' in node && node.kind === Kind.DIRECTIVE) count += 1;
    pending.push(...Object.values<unknown>({ ...node }));
  }
  return count;
}

interface Place {
  readonly depth: number;
  readonly depthMax: 'depth' | 'introspectionDepth';
  /** Fragments that this place is inside of. */
  readonly inside: ReadonlySet<string>;
}

const ROOT: Place = { depth: 0, depthMax: 'depth', inside: new Set() };

/** Follows fragments as execution would, and stops at the first limit. */
function createCount(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
  const counted = { selections: 0, aliases: 0, rootFields: 0, verifyFields: 0 };

  function countAll({ selections }: SelectionSetNode, place: Place): LimitName | null {
    for (const selection of selections) {
      const exceeded = countOne(selection, place);
      if (exceeded !== null) return exceeded;
    }
    return null;
  }

  function countOne(selection: SelectionNode, place: Place): LimitName | null {
    counted.selections += 1;
    if (counted.selections > LIMITS.selections) return 'selections';
    if (selection.kind === Kind.INLINE_FRAGMENT) return countAll(selection.selectionSet, place);
    const name = selection.name.value;
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      // A fragment inside itself never ends, so it exceeds every depth.
      if (place.inside.has(name)) return 'depth';
      const fragment = fragments.get(name);
      const inside = new Set([...place.inside, name]);
      return fragment === undefined ? null : countAll(fragment.selectionSet, { ...place, inside });
    }

    if (selection.alias !== undefined) counted.aliases += 1;
    if (place.depth === 0) counted.rootFields += 1;
    if (place.depth === 0 && name === 'verify') counted.verifyFields += 1;
    for (const limit of ['aliases', 'rootFields', 'verifyFields'] as const)
      if (counted[limit] > LIMITS[limit]) return limit;

    const isIntrospection = place.depth === 0 && (name === '__schema' || name === '__type');
    const depthMax = isIntrospection ? 'introspectionDepth' : place.depthMax;
    const depth = place.depth + 1;
    if (depth > LIMITS[depthMax]) return depthMax;
    if (selection.selectionSet === undefined) return null;
    return countAll(selection.selectionSet, { ...place, depth, depthMax });
  }

  return countAll;
}

/** Whether lists and objects lie deeper inside each other than allowed. Never recurses. */
export function isTooDeep(json: unknown): boolean {
  const pending: { readonly value: unknown; readonly depth: number }[] = [
    { value: json, depth: 0 },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, depth } = next;
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= LIMITS.variablesDepth) return true;
    for (const inner of Object.values(value)) pending.push({ value: inner, depth: depth + 1 });
  }
  return false;
}
