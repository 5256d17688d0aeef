import {
  coerceInputValue,
  GraphQLError,
  isInputType,
  isNonNullType,
  typeFromAST,
  valueFromAST,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

type Variables = Readonly<Record<string, unknown>>;

/**
 * The variables of a valid operation, coerced, with defaults filled in.
 *
 * @throws {GraphQLError} BAD_USER_INPUT that names the place of the first wrong value, and not the
 * value: it may be a person's.
 */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Variables,
): Variables {
  const coerced: Record<string, unknown> = {};
  for (const { variable, type, defaultValue } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    const inputType = typeFromAST(schema, type);
    if (!isInputType(inputType)) continue;
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined && defaultValue !== undefined) {
      coerced[name] = valueFromAST(defaultValue, inputType);
    } else if (value === undefined) {
      if (isNonNullType(inputType)) throw wrong(`$${name}`);
    } else {
      coerced[name] = coerceInputValue(value, inputType, (path) => {
        throw wrong([`$${name}`, ...path].join('.'));
      });
    }
  }
  return coerced;
}

function wrong(place: string): GraphQLError {
  return new GraphQLError(`The variable ${place} has no value, or one of another type.`, {
    extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } },
  });
}
