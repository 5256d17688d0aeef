import { GraphQLError, type GraphQLFormattedError } from 'graphql';

import { HubError } from '../errors.ts';
import { extensionsOf } from './refusal.ts';

const MESSAGE_LENGTH_MAX = 200;
const LOCATIONS_MAX = 2;

/** GraphQL's own complaints about a request; whatever else has a code is a bug of ours. */
const CODES_OF_GRAPHQL = [
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
  'BAD_REQUEST',
];

/** What was thrown, out of the wrapping in which GraphQL hands it on. */
export function unwrap(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError !== undefined
    ? unwrap(error.originalError)
    : error;
}

/** Whether an error is a bug: neither thrown as a fault nor a complaint about the query. */
export function isBug(error: unknown): boolean {
  const thrown = unwrap(error);
  if (thrown instanceof HubError) return false;
  return !(thrown instanceof GraphQLError) || !isOfGraphQL(thrown);
}

// GraphQL itself throws without a code while it executes only when a resolver broke the contract.
function isOfGraphQL({ extensions }: GraphQLError): boolean {
  return CODES_OF_GRAPHQL.includes(String(extensions['code']));
}

/**
 * What a caller may learn of a fault: its sentence in the catalog, its code, whether asking again
 * can help, and which source, hop or limit. Anything that is neither a fault of the catalog nor
 * GraphQL's complaint about the query is masked.
 */
export function formatError(
  formatted: GraphQLFormattedError,
  thrown: unknown,
): GraphQLFormattedError {
  const { path, locations } = formatted;
  const place = {
    ...(locations === undefined ? {} : { locations: locations.slice(0, LOCATIONS_MAX) }),
    ...(path === undefined ? {} : { path }),
  };
  const error = unwrap(thrown);
  if (error instanceof HubError)
    return { message: error.message, ...place, extensions: extensionsOf(error) };

  const code = String(formatted.extensions?.['code']);
  if (!CODES_OF_GRAPHQL.includes(code)) {
    return {
      message: 'Internal error.',
      ...place,
      extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false },
    };
  }
  const message = formatted.message.slice(0, MESSAGE_LENGTH_MAX);
  return { message, ...place, extensions: { code, retryable: false } };
}
