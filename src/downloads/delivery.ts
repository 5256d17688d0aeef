import { createHash } from 'node:crypto';

import type { FileMediaType, OpenedFile } from '../connector-kit/file.ts';
import { HubError } from '../errors.ts';
import type { Clock } from '../model/clock.ts';
import { hopOf, reasonOf } from '../sources/transport.ts';
import type { Database } from '../store/database.ts';
import { endClaim, recordOutcome, type DownloadOutcomeRow } from './queries.ts';

/** A file on its way to a caller. */
export interface Delivery {
  readonly mediaType: FileMediaType;
  /**
   * To be read once, to the end. It ends when the outcome is on record; it throws where the file
   * broke off, and what was passed on until then is not the file.
   */
  readonly bytes: AsyncIterable<Uint8Array>;
}

interface DeliveryDependencies {
  readonly db: Database;
  readonly clock: Clock;
  /** The download that is on record. */
  readonly downloadId: string;
  /** The claim by which the ticket is held. */
  readonly claim: string;
}

type Ending = Pick<DownloadOutcomeRow, 'outcome' | 'hop' | 'reason'>;

/**
 * Opens a file and passes it on, nothing of it kept. However it ends, the outcome is on record and
 * the ticket used up, or free again where the file did not arrive whole.
 *
 * @throws {HubError} SOURCE_… of `open`, NOT_FOUND where there is no file; the ticket is held on.
 */
export async function deliver(
  deps: DeliveryDependencies,
  open: () => Promise<OpenedFile | null>,
): Promise<Delivery> {
  const file = await open().catch(async (error: unknown) => {
    await record(deps, faultOf(error), NOTHING);
    throw error;
  });
  if (file === null) {
    await record(deps, { outcome: 'NO_FILE', hop: null, reason: null }, NOTHING);
    throw new HubError('NOT_FOUND', { details: { reason: 'NO_FILE' } });
  }
  return { mediaType: file.mediaType, bytes: passOn(deps, file) };
}

interface Passed {
  readonly mediaType: FileMediaType | null;
  readonly bytes: number;
  readonly digest: string | null;
}

const NOTHING: Passed = { mediaType: null, bytes: 0, digest: null };

async function* passOn(
  deps: DeliveryDependencies,
  { mediaType, bytes: from, close }: OpenedFile,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('sha256');
  let bytes = 0;
  // Until the end is reached, the caller may leave at any chunk.
  let ending: Ending = { outcome: 'ABANDONED', hop: null, reason: null };
  try {
    for await (const chunk of from) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
    ending = { outcome: 'DELIVERED', hop: null, reason: null };
  } catch (error) {
    ending = faultOf(error);
    throw error;
  } finally {
    close();
    const isWhole = ending.outcome === 'DELIVERED';
    const digest = isWhole ? hash.digest('hex') : null;
    // The outcome first: a file whose arrival is on no record must not arrive whole.
    await record(deps, ending, { mediaType, bytes, digest });
    await endClaim(deps.db, deps.claim, isWhole ? 'DELIVERED' : 'ISSUED');
  }
}

function record(
  { db, clock, downloadId }: DeliveryDependencies,
  ending: Ending,
  { mediaType, bytes, digest }: Passed,
): Promise<void> {
  return recordOutcome(db, {
    ...{ download_id: downloadId, ended_at: clock.now(), ...ending },
    ...{ media_type: mediaType, bytes, content_digest: digest },
  });
}

function faultOf(error: unknown): Ending {
  if (!(error instanceof HubError)) return { outcome: 'FAULT', hop: 'HUB', reason: 'BUG' };
  return { outcome: 'FAULT', hop: hopOf(error), reason: reasonOf(error) };
}
