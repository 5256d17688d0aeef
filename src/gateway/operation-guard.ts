import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, type DocumentNode, type GraphQLSchema } from 'graphql';

import { HubError } from '../errors.ts';
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

  return {
    requestDidStart: async () => ({
      async didResolveOperation({ document, operation, contextValue, request }) {
        const inspected = inspect(document);
        // A name that no operation has is for GraphQL to refuse.
        if (inspected === null || operation === undefined) return;
        if (schema.getRootType(operation.operation) == null) throw unknownKind(operation.operation);
        const { parts, needs } = inspected;
        const forbidden = findForbidden(needs, contextValue.caller.roles);
        if (forbidden !== null)
          throw refusal(new HubError('FORBIDDEN', { details: { field: forbidden } }));
        const variables = coerceVariables(schema, parts.operation, request.variables ?? {});
        const exceeded = findCostExceeded(costOf(schema, parts, variables));
        if (exceeded !== null) throw refusal(tooLarge(exceeded));
      },
    }),
  };
}

function unknownKind(kind: string): GraphQLError {
  return new GraphQLError(`The schema has no ${kind}.`, {
    extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
  });
}
