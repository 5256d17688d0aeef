import { createHash, randomUUID } from 'node:crypto';

import type { Answer, Capabilities, CapabilityName } from '../connector-kit/connector.ts';
import type { HubError } from '../errors.ts';
import type { TransportOutcome } from '../model/outcome.ts';
import type { Admitted } from './admission.ts';
import type { CallRow } from './queries.ts';
import { transportOf } from './transport.ts';

/** What came back for one key; one object for everyone who shared the question. */
export type Reading = AnsweredReading | FailedReading;

/** A reply that was read, for one key. */
export interface AnsweredReading {
  readonly ok: true;
  readonly answer: Answer<Capabilities[CapabilityName]['record']>;
  /** The records as JSON text that the database takes. */
  readonly records: string;
  /** Holds the bytes the answer was read from. */
  readonly call: RepliedCall;
}

/** Why there is no reply for one key. */
export interface FailedReading {
  readonly ok: false;
  readonly fault: HubError;
  /** Null when no attempt was made. */
  readonly call: CallRow | null;
}

type RepliedCall = CallRow & { readonly raw_digest: string };

/**
 * Gives every result the call that it was read from. Keys that share a reply share a row; a
 * connector that asked several times within one call gets a row for each reply, so that evidence
 * always refers to its own bytes. Keys without an answer are counted with the first row.
 */
export function readingsOf(
  results: readonly Admitted[],
  call: Omit<CallRow, 'id' | 'keys' | 'raw' | 'raw_digest'>,
): readonly Reading[] {
  const replied = new Map<string, RepliedCall>();
  const failed = results.filter(({ ok }) => !ok).length;
  const drafts = results.map((result) => {
    if (!result.ok) return result;
    const digest = createHash('sha256').update(result.answer.raw).digest('hex');
    const earlier = replied.get(digest);
    const keys = (earlier?.keys ?? (replied.size === 0 ? failed : 0)) + 1;
    const id = earlier?.id ?? randomUUID();
    replied.set(digest, { ...call, id, keys, raw: result.answer.raw, raw_digest: digest });
    return { ...result, digest };
  });

  const silent = { ...call, id: randomUUID(), keys: results.length, raw: null, raw_digest: null };
  const [first] = replied.values();
  const ofFailed = call.attempts === 0 ? null : (first ?? silent);
  return drafts.map((draft) =>
    draft.ok
      ? {
          ok: true,
          answer: draft.answer,
          records: draft.records,
          call: replied.get(draft.digest) as RepliedCall,
        }
      : { ok: false, fault: draft.fault, call: ofFailed },
  );
}

/** `ANSWERED` when any key was; otherwise what became of the first. */
export function transportOfCall(readings: readonly Reading[]): TransportOutcome {
  const [first] = readings;
  if (first === undefined || readings.some(({ ok }) => ok)) return 'ANSWERED';
  return first.ok ? 'ANSWERED' : transportOf(first.fault);
}
