import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, OperationTypeNode, type DocumentNode, type GraphQLSchema } from 'graphql';

import { HubError } from '../errors.ts';
import type { Role } from '../model/caller.ts';
import { findForbidden, needsOf, readAccessRules, type Needs } from './access.ts';
import type { RequestContext } from './context.ts';
import { tooLarge } from './limits.ts';
import { costOf, findCostExceeded, listsWithoutBound } from './operation-cost.ts';
import { refusal } from './refusal.ts';
import { coerceVariables } from './variables.ts';
import { partsOf, type DocumentParts } from './visit-fields.ts';

/** What is known of a document whatever its variables are. */
interface Inspected {
  readonly parts: DocumentParts;
  readonly needs: Needs;
}

/**
 * Refuses, before any resolver runs, an operation that its caller may not read in full (403), that
 * has wrong variables (400), or that may become too large (400).
 *
 * @throws {Error} at once when a field of the schema has no access rule, or a list no bound.
 */
export function createOperationGuard(schema: GraphQLSchema): ApolloServerPlugin<RequestContext> {
  const check = createOperationCheck(schema);
  return {
    requestDidStart: async () => ({
      async didResolveOperation({ document, operation, contextValue, request }) {
        // A name that no operation has is for GraphQL to refuse.
        if (operation === undefined) return;
        if (operation.operation === OperationTypeNode.SUBSCRIPTION)
          throw badRequest('Subscriptions are served by WebSocket.');
        if (schema.getRootType(operation.operation) == null)
          throw badRequest(`The schema has no ${operation.operation}.`);
        check(document, { roles: contextValue.caller.roles, variables: request.variables ?? {} });
      },
    }),
  };
}

/** Refuses what may not be executed; see `createOperationGuard`. */
export type OperationCheck = (
  document: DocumentNode,
  by: { readonly roles: readonly Role[]; readonly variables: Readonly<Record<string, unknown>> },
) => void;

/** @throws {Error} at once when a field of the schema has no access rule, or a list no bound. */
export function createOperationCheck(schema: GraphQLSchema): OperationCheck {
  const rules = readAccessRules(schema);
  const unbounded = listsWithoutBound(schema);
  if (unbounded.length > 0)
    throw new Error(`These lists have no bound, so the hub does not start: ${unbounded.join()}.`);
  const inspections = new WeakMap<DocumentNode, Inspected>();

  function inspect(document: DocumentNode): Inspected | null {
    const known = inspections.get(document);
    if (known !== undefined) return known;
    const parts = partsOf(document);
    if (parts === null) return null;
    const inspected = { parts, needs: needsOf(schema, rules, parts) };
    inspections.set(document, inspected);
    return inspected;
  }

  return (document, { roles, variables: given }) => {
    const inspected = inspect(document);
    if (inspected === null) return;
    const { parts, needs } = inspected;
    const forbidden = findForbidden(needs, roles);
    if (forbidden !== null)
      throw refusal(new HubError('FORBIDDEN', { details: { field: forbidden } }));
    const variables = coerceVariables(schema, parts.operation, given);
    const exceeded = findCostExceeded(costOf(schema, parts, variables));
    if (exceeded !== null) throw refusal(tooLarge(exceeded));
  };
}

function badRequest(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } });
}
