import type { Refusals } from '../audit/refusals.ts';
import type { Agency } from '../model/agency.ts';
import type { Caller } from '../model/caller.ts';
import type { Clock } from '../model/clock.ts';
import { isUuid } from '../model/cursor.ts';
import {
  isSignedBy,
  keyDigestOf,
  parsePublicKey,
  parseSignature,
  publicBytesOf,
} from '../model/ed25519.ts';
import {
  parseCounterKeyId,
  type CounterSignature,
  type CounterSigningKey,
  type SignedSummary,
} from '../model/signed-summary.ts';
import { mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database } from '../store/database.ts';
import { insertCounterKey, isCounterKeyTaken, listCounterKeys } from './counter-key-queries.ts';
import { findRun } from './run-queries.ts';
import type { Signer } from './signing.ts';
import { insertCounterSignature, listSummaries } from './summary-queries.ts';

/** Whose key, and which. */
export interface RegisterCounterKey {
  readonly agencyCode: string;
  /** The last version that was read. Null for the first key. */
  readonly version: number | null;
  /** PEM, or DER as base64. */
  readonly publicKey: string;
}

/** Whose signature over the summary of which run. */
export interface CounterSign {
  readonly runId: string;
  readonly keyId: string;
  /** Base64. */
  readonly signature: string;
}

/** Summaries that the hub signed, and who signs them besides (会签). */
export interface CounterSigning {
  /** In the order of runs; null where nothing was signed. */
  listSummaries(runIds: readonly string[]): Promise<readonly (SignedSummary | null)[]>;
  /** All versions, by agency and version. */
  listKeys(): Promise<readonly CounterSigningKey[]>;
  registerKey(caller: Caller, input: RegisterCounterKey): Promise<Accepted<CounterSigningKey>>;
  /** Verified before it is stored; the same once more changes nothing. */
  sign(caller: Caller, input: CounterSign): Promise<Accepted<CounterSignature>>;
}

/** What counter-signing works with. */
export interface CounterSigningDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly refusals: Pick<Refusals, 'refuse'>;
  readonly signer: Signer;
  findAgency(code: string): Promise<Agency | null>;
}

const KEYS_MAX = 500;
const COUNTERS_MAX = 50;

/** Keys of agencies, and their signatures over summaries. */
export function createCounterSigning(deps: CounterSigningDependencies): CounterSigning {
  const { db, clock, refusals } = deps;

  async function registerKey(
    caller: Caller,
    input: RegisterCounterKey,
  ): Promise<Accepted<CounterSigningKey>> {
    const refuse = (error: UserError) =>
      refusals.refuse(caller, 'registerCounterSigningKey', [error]);
    const { agencyCode, version } = input;
    if ((await deps.findAgency(agencyCode)) === null)
      return refuse(mistake('UNKNOWN_AGENCY', ['agencyCode'], 'No agency has this code.'));
    const key = parsePublicKey(input.publicKey);
    if (key === null)
      return refuse(
        mistake(
          'MALFORMED_VALUE',
          ['publicKey'],
          'Send an Ed25519 public key: PEM, or DER in base64.',
        ),
      );
    const digest = keyDigestOf(key);
    const current = (await listKeysOf(agencyCode)).at(-1) ?? null;
    if (current !== null && keyDigestOf(keyOf(current)) === digest)
      return { ok: true, value: current };
    const isOfHub = deps.signer.keys.some((one) => keyDigestOf(one.key) === digest);
    if (isOfHub || (await isCounterKeyTaken(db, digest)))
      return refuse(
        mistake('ALREADY_REGISTERED', ['publicKey'], 'This key is in use, or was: make another.'),
      );
    if ((current?.version ?? null) !== version)
      return refuse(mistake('STALE_VERSION', ['version'], 'Read it again, then decide.'));
    if ((await listKeys()).length >= KEYS_MAX)
      return refuse(mistake('TOO_MANY', ['agencyCode'], `There are ${KEYS_MAX} keys already.`));
    const next = { agencyCode, version: (version ?? 0) + 1, publicKey: publicBytesOf(key), digest };
    const isAdded = await insertCounterKey(db, { ...next, at: clock.now(), by: caller.account });
    const added = (await listKeysOf(agencyCode)).find((one) => one.version === next.version);
    if (isAdded && added !== undefined) return { ok: true, value: added };
    return refuse(mistake('STALE_VERSION', ['version'], 'Read it again, then decide.'));
  }

  async function sign(caller: Caller, input: CounterSign): Promise<Accepted<CounterSignature>> {
    const refuse = (error: UserError) =>
      refusals.refuse(caller, 'counterSignCrossCheckRun', [error]);
    const { runId, keyId } = input;
    const run = isUuid(runId) ? await findRun(db, { id: runId }) : null;
    if (run === null)
      return refuse(mistake('UNKNOWN_CROSS_CHECK_RUN', ['runId'], 'There is no such run.'));
    const [summary = null] = await listSummaries(db, [runId], COUNTERS_MAX);
    if (summary === null)
      return refuse(mistake('NOT_SIGNED', ['runId'], 'The hub has signed nothing of this run.'));
    const key = await findKeyOf(caller, keyId);
    if (key === null)
      return refuse(mistake('UNKNOWN_KEY', ['keyId'], 'Your agency has no key of this id.'));
    const signature = parseSignature(input.signature);
    if (signature === null)
      return refuse(mistake('MALFORMED_VALUE', ['signature'], 'Send 64 bytes as base64.'));
    if (!isSignedBy(keyOf(key), Buffer.from(summary.document, 'utf8'), signature))
      return refuse(
        mistake('WRONG_SIGNATURE', ['signature'], 'It is not over this document by this key.'),
      );
    const known = summary.counterSignatures.find((one) => one.keyId === keyId);
    if (known !== undefined) return { ok: true, value: known };
    if (!key.isCurrent)
      return refuse(
        mistake('UNKNOWN_KEY', ['keyId'], 'Another key has taken its place: use that.'),
      );
    if (summary.counterSignatures.length >= COUNTERS_MAX)
      return refuse(mistake('TOO_MANY', ['runId'], `${COUNTERS_MAX} have signed it already.`));
    const { agencyCode, version } = key;
    const given = { runId, agencyCode, version, signature, at: clock.now(), by: caller.account };
    await insertCounterSignature(db, given);
    const [after = null] = await listSummaries(db, [runId], COUNTERS_MAX);
    const value = after?.counterSignatures.find((one) => one.keyId === keyId);
    if (value === undefined) throw new Error('a counter-signature that was stored is not there');
    return { ok: true, value };
  }

  /** A key that the caller may send signatures by: its own agency's; an operator, anybody's. */
  async function findKeyOf(caller: Caller, keyId: string): Promise<CounterSigningKey | null> {
    const named = parseCounterKeyId(keyId);
    if (named === null) return null;
    const mayAll = caller.roles.includes('OPERATOR');
    if (!mayAll && named.agencyCode !== caller.agencyCode) return null;
    const keys = await listKeysOf(named.agencyCode);
    return keys.find(({ version }) => version === named.version) ?? null;
  }

  const listKeysOf = (agencyCode: string) => listCounterKeys(db, { agencyCode, rows: KEYS_MAX });
  const listKeys = () => listCounterKeys(db, { agencyCode: null, rows: KEYS_MAX });
  return {
    ...{ registerKey, sign, listKeys },
    listSummaries: (runIds) => listSummaries(db, runIds, COUNTERS_MAX),
  };
}

function keyOf({ publicKey }: CounterSigningKey) {
  const key = parsePublicKey(publicKey);
  if (key === null) throw new Error('a key that was registered cannot be read');
  return key;
}
