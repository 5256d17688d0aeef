import type { Sealed } from './vault.ts';

/** A sealed secret as tables keep it. */
export interface SealedColumns {
  readonly key_id: string;
  readonly wrapped_key: Uint8Array;
  readonly sealed: Uint8Array;
}

/** A secret, to be inserted. */
export function toSealedColumns({ keyId, wrappedKey, sealed }: Sealed): SealedColumns {
  return { key_id: keyId, wrapped_key: Buffer.from(wrappedKey), sealed: Buffer.from(sealed) };
}

/** A row as the vault sealed it. */
export function sealedOf({
  key_id: keyId,
  wrapped_key: wrappedKey,
  sealed,
}: SealedColumns): Sealed {
  return { keyId, wrappedKey, sealed };
}
