import { HubError } from '../errors.ts';
import type { KeyResult } from './connector.ts';
import { sourceFault } from './fault.ts';

/** @throws {HubError} SOURCE_UNSUPPORTED when there are more keys than one call takes. */
export function requireBatch(keys: readonly unknown[], batchMax: number): void {
  if (keys.length > batchMax) throw unsupported('BATCH_TOO_LARGE');
}

/** The source, or this connector, cannot be asked this. Says nothing about the subject. */
export function unsupported(reason: string): HubError {
  return sourceFault('SOURCE_UNSUPPORTED', { hop: 'CONNECTOR', reason });
}

/** A fault as the result of one key. @throws what is no fault, for that is a bug. */
export function toKeyFault(error: unknown): KeyResult<never> {
  if (!(error instanceof HubError)) throw error;
  return { ok: false, fault: error };
}
