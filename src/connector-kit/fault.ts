import { HubError, type FaultCode, type FaultDetails } from '../errors.ts';
import type { Hop } from '../model/outcome.ts';

export type SourceFaultCode = Extract<FaultCode, `SOURCE_${string}`>;

/**
 * What every fault of a connector tells the operator: where on the way it happened and why, in
 * one fixed word such as `REFUSED` or `HTTP_503`. `retryAfterMs` is there when the source said
 * when to come back; `pointer` (RFC 6901) when a field of the reply is to blame.
 */
export type SourceFaultDetails = FaultDetails & { readonly hop: Hop; readonly reason: string };

/** A fault of a source. `cause` is for the log only and must hold no values of the reply. */
export function sourceFault(
  code: SourceFaultCode,
  details: SourceFaultDetails,
  cause?: unknown,
): HubError {
  return new HubError(code, { details, cause });
}

/** The reply breaks what was agreed about its form, at this place (RFC 6901). */
export function driftFault(pointer: string, reason = 'SCHEMA'): HubError {
  return sourceFault('SOURCE_SCHEMA_DRIFT', { hop: 'SOURCE', reason, pointer });
}

/** The reply does not belong to the question, or was changed on its way. */
export function integrityFault(reason: string, pointer: string | null = null): HubError {
  return sourceFault('SOURCE_INTEGRITY_FAILED', {
    hop: 'SOURCE',
    reason,
    ...(pointer === null ? {} : { pointer }),
  });
}

/** Whether a fault's details name this reason. */
export function hasReason(fault: HubError, reason: string): boolean {
  return fault.details['reason'] === reason;
}
