import { GraphQLError } from 'graphql';

import { HubError, type FaultCode } from '../errors.ts';

/** HTTP status of a fault that refuses a request as a whole. Inside an answer faults have none. */
const STATUSES: Partial<Record<FaultCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  TICKET_OVER: 410,
  QUERY_TOO_LARGE: 400,
  DOCUMENT_TOO_LARGE: 422,
  OVERLOADED: 503,
  STORE_UNAVAILABLE: 503,
  AUDIT_UNAVAILABLE: 503,
};

/** Seconds after which asking again makes sense, as `Retry-After`. */
export const RETRY_AFTER_SECONDS = 1;

/** HTTP status for a fault that refuses a whole request; 500 for one that should not. */
export function statusOf(code: FaultCode): number {
  return STATUSES[code] ?? 500;
}

/** What a plugin throws to refuse an operation before it is executed. */
export function refusal(fault: HubError): GraphQLError {
  return new GraphQLError(fault.message, {
    originalError: fault,
    extensions: { http: { status: statusOf(fault.code) } },
  });
}

/** Facts of a fault that a caller may know: names of sources, fields and limits, and numbers. */
const PUBLIC_DETAILS = ['source', 'capability', 'hop', 'reason', 'field', 'limit', 'max'];

/** A fault as it appears in `extensions`. */
export function extensionsOf(fault: HubError): Readonly<Record<string, unknown>> {
  const details = Object.entries(fault.details).filter(([name]) => PUBLIC_DETAILS.includes(name));
  return { ...Object.fromEntries(details), code: fault.code, retryable: fault.retryable };
}

/** A whole answer that consists of one fault. */
export function bodyOf(fault: HubError): string {
  return JSON.stringify({ errors: [{ message: fault.message, extensions: extensionsOf(fault) }] });
}
