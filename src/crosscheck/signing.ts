import { CAUSES_MAX, definitionDigest, summaryBytes } from '../model/cross-check-summary.ts';
import type { CrossCheckRun } from '../model/cross-check-run.ts';
import type { CrossCheck } from '../model/cross-check.ts';
import { signBytes, type SigningKey } from '../model/ed25519.ts';
import { sha256 } from '../model/sampling.ts';
import type { Transaction } from '../store/database.ts';
import { countCauses } from './difference-queries.ts';
import { findSample } from './sample-queries.ts';
import { countByClassAndField, insertSummary } from './summary-queries.ts';

/** In whose name runs are signed. */
export interface Signer {
  /** Names this hub to others. */
  readonly hubId: string;
  /** The current one first; former ones sign nothing. Empty: runs are not signed. */
  readonly keys: readonly SigningKey[];
}

/**
 * Signs what a complete run came to, in the transaction that completes it: there is one signature,
 * over what was counted then.
 */
export async function signRun(
  trx: Transaction,
  signer: Signer,
  { run, check }: { readonly run: CrossCheckRun; readonly check: CrossCheck },
): Promise<void> {
  const [key] = signer.keys;
  const { result, rootDigest, subjects, endedAt } = run;
  if (key === undefined) return;
  if (result === null || rootDigest === null || subjects === null || endedAt === null)
    throw new Error('a run that is not complete is not signed');
  const { matched, differing, inconclusive } = result;
  const document = summaryBytes(
    {
      check: { key: check.key, version: check.version, definition: definitionDigest(check) },
      run: {
        ...{ id: run.id, number: run.number, slot: run.slot.toISOString() },
        completedAt: endedAt.toISOString(),
      },
      counts: { subjects, matched, differing, inconclusive },
      differences: await countByClassAndField(trx, run.id),
      causes: await countCauses(trx, run.id, CAUSES_MAX),
      sample: await findSample(trx, run.id),
      rootDigest,
    },
    { id: signer.hubId, keyId: key.id, key: key.key },
  );
  await insertSummary(trx, {
    ...{ runId: run.id, document, digest: sha256(document), keyId: key.id, at: endedAt },
    signature: signBytes(key, document),
  });
}
