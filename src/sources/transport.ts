import { HubError, type FaultCode } from '../errors.ts';
import { HOPS, type Hop, type TransportOutcome } from '../model/outcome.ts';

/** A source that names a later time than a year from now has named none. */
const RETRY_AFTER_MS_MAX = 366 * 86_400_000;

type SourceFaultCode = Extract<FaultCode, `SOURCE_${string}`>;

interface Meaning {
  readonly transport: Exclude<TransportOutcome, 'ANSWERED'>;
  /** Where the question ended, unless the connector knows better. */
  readonly hop: Hop;
  /**
   * True where the fault speaks of the source's health, so that repeating it makes the breaker
   * rest the source. Refused credentials and exhausted quotas do not: the source is well, and
   * resting it would hide what an operator has to fix. Neither do a failed integrity check or an
   * unknown form: they come and go with single records, and waiting heals neither.
   */
  readonly ill: boolean;
  /** True where asking once more right away may succeed. */
  readonly again: boolean;
}

const MEANINGS: Readonly<Record<SourceFaultCode, Meaning>> = {
  SOURCE_NOT_REGISTERED: { transport: 'UNSUPPORTED', hop: 'HUB', ill: false, again: false },
  SOURCE_UNSUPPORTED: { transport: 'UNSUPPORTED', hop: 'CONNECTOR', ill: false, again: false },
  SOURCE_TIMEOUT: { transport: 'TIMEOUT', hop: 'SOURCE', ill: true, again: true },
  SOURCE_UNREACHABLE: { transport: 'UNREACHABLE', hop: 'NETWORK', ill: true, again: true },
  SOURCE_RESTING: { transport: 'UNREACHABLE', hop: 'HUB', ill: false, again: false },
  SOURCE_BUSY: { transport: 'UNREACHABLE', hop: 'HUB', ill: false, again: false },
  SOURCE_UNAUTHORIZED: { transport: 'UNAUTHORIZED', hop: 'SOURCE', ill: false, again: false },
  SOURCE_QUOTA_EXHAUSTED: {
    transport: 'QUOTA_EXHAUSTED',
    hop: 'SOURCE',
    ill: false,
    again: false,
  },
  SOURCE_SCHEDULED_OUTAGE: {
    transport: 'SCHEDULED_OUTAGE',
    hop: 'SOURCE',
    ill: false,
    again: false,
  },
  SOURCE_DEFERRED: { transport: 'DEFERRED', hop: 'SOURCE', ill: false, again: false },
  SOURCE_NEEDS_CONSENT: { transport: 'NEEDS_CONSENT', hop: 'SOURCE', ill: false, again: false },
  SOURCE_MALFORMED: { transport: 'MALFORMED', hop: 'SOURCE', ill: true, again: false },
  SOURCE_INTEGRITY_FAILED: {
    transport: 'INTEGRITY_FAILED',
    hop: 'SOURCE',
    ill: false,
    again: false,
  },
  SOURCE_SCHEMA_DRIFT: { transport: 'SCHEMA_DRIFT', hop: 'SOURCE', ill: false, again: false },
};

/** The reason of a fault that a connector did not mean to throw: our bug, never an answer. */
const CONNECTOR_BUG = 'CONNECTOR_BUG';

/** A fault that says why a source gave no usable answer. */
export function isSourceFault(error: unknown): error is HubError {
  return error instanceof HubError && Object.hasOwn(MEANINGS, error.code);
}

/** What a connector threw, as a fault of its source. Anything it may not throw is our bug. */
export function asSourceFault(error: unknown): HubError {
  if (isSourceFault(error)) return error;
  return new HubError('SOURCE_MALFORMED', {
    details: { hop: 'CONNECTOR', reason: CONNECTOR_BUG },
    cause: error,
  });
}

/** Total: a fault that is not of a source counts as a form that cannot be read. */
export function transportOf(fault: HubError): Meaning['transport'] {
  return meaningOf(fault).transport;
}

/** As the fault says, or where faults of its code usually arise. */
export function hopOf(fault: HubError): Hop {
  const stated = fault.details['hop'];
  return HOPS.find((hop) => hop === stated) ?? meaningOf(fault).hop;
}

/** `FAULT_CODE`, or `FAULT_CODE:DETAIL` where the fault names a finer reason. */
export function reasonOf(fault: HubError): string {
  const reason = fault.details['reason'];
  return typeof reason === 'string' && reason !== '' ? `${fault.code}:${reason}` : fault.code;
}

/** `details.retryAfterMs` from now on. Null when the fault does not say, or says nonsense. */
export function retryAtOf(fault: HubError, now: Date): Date | null {
  const stated = fault.details['retryAfterMs'];
  if (typeof stated !== 'number' || !(stated >= 0 && stated <= RETRY_AFTER_MS_MAX)) return null;
  return new Date(now.getTime() + Math.ceil(stated));
}

/** True where the fault speaks of the source's health, not of our credentials or one record. */
export function isIll(error: unknown): boolean {
  const bug = error instanceof HubError && error.details['reason'] === CONNECTOR_BUG;
  return isSourceFault(error) && !bug && hopOf(error) !== 'HUB' && meaningOf(error).ill;
}

/** True where one more attempt right away may succeed. */
export function mayTryAgain(error: unknown): boolean {
  return isSourceFault(error) && hopOf(error) !== 'HUB' && meaningOf(error).again;
}

function meaningOf(fault: HubError): Meaning {
  return isSourceFault(fault) ? MEANINGS[fault.code as SourceFaultCode] : MEANINGS.SOURCE_MALFORMED;
}
