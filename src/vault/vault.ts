import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** What a secret is stored as: its own key, wrapped, and itself under that key. */
export interface Sealed {
  /** Which key encryption key (KEK) wraps the data key. */
  readonly keyId: string;
  /** Nonce, tag and ciphertext of the data key. */
  readonly wrappedKey: Uint8Array;
  /** Nonce, tag and ciphertext of the secret. */
  readonly sealed: Uint8Array;
}

/** Keeps secrets outside the reach of whoever reads the database. */
export interface Vault {
  /** `boundTo` names row and use; the secret opens for exactly the same text only. */
  seal(secret: string, boundTo: string): Sealed;
  /** @throws {Error} without any value, when it was sealed for another place or changed. */
  open(sealed: Sealed, boundTo: string): string;
  /**
   * The same secret with its data key under the current key. Null where it is already.
   *
   * @throws {Error} as `open`.
   */
  rewrap(sealed: Sealed, boundTo: string): Sealed | null;
}

/** A key encryption key: 32 bytes, and the name by which rows refer to it. */
export interface VaultKey {
  readonly id: string;
  readonly key: Uint8Array;
}

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * A vault under the first of these keys; the others still open what was sealed before a rotation.
 *
 * @throws {Error} when there is no key, one is not 32 bytes long, or two have one name.
 */
export function createVault(keys: readonly VaultKey[]): Vault {
  const [current] = keys;
  if (current === undefined) throw new Error('The vault has no key.');
  if (keys.some(({ key }) => key.length !== KEY_BYTES))
    throw new Error(`A key of the vault is not ${KEY_BYTES} bytes long.`);
  const byId = new Map(keys.map((one) => [one.id, one.key]));
  if (byId.size < keys.length) throw new Error('Two keys of the vault have one name.');

  function dataKeyOf({ keyId, wrappedKey }: Sealed, boundTo: string): Buffer {
    const key = byId.get(keyId);
    if (key === undefined) throw new Error(`The vault has no key ${keyId}.`);
    return decrypt(key, wrappedKey, boundTo);
  }

  return {
    seal(secret, boundTo) {
      const dataKey = randomBytes(KEY_BYTES);
      return {
        keyId: current.id,
        wrappedKey: encrypt(current.key, dataKey, boundTo),
        sealed: encrypt(dataKey, Buffer.from(secret, 'utf8'), boundTo),
      };
    },
    open: (secret, boundTo) =>
      decrypt(dataKeyOf(secret, boundTo), secret.sealed, boundTo).toString('utf8'),
    rewrap(secret, boundTo) {
      if (secret.keyId === current.id) return null;
      const wrappedKey = encrypt(current.key, dataKeyOf(secret, boundTo), boundTo);
      return { ...secret, keyId: current.id, wrappedKey };
    },
  };
}

/**
 * Keys from a file with one `name:base64` a line, the current one first.
 *
 * @throws {Error} that names the line, never the key.
 */
export function parseVaultKeys(text: string): readonly VaultKey[] {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.flatMap((line, index) => {
    if (line === '' || line.startsWith('#')) return [];
    const [, id, encoded] = /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/=]+)$/u.exec(line) ?? [];
    if (id === undefined || encoded === undefined)
      throw new Error(`Line ${index + 1} of the key file is not \`name:base64\`.`);
    return [{ id, key: Buffer.from(encoded, 'base64') }];
  });
}

function encrypt(key: Uint8Array, plain: Uint8Array, boundTo: string): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(boundTo, 'utf8'));
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

function decrypt(key: Uint8Array, sealed: Uint8Array, boundTo: string): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  try {
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(boundTo, 'utf8')).setAuthTag(tag);
    return Buffer.concat([
      decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)),
      decipher.final(),
    ]);
  } catch {
    // The cause tells nothing but that the tag is wrong, and its message may change.
    throw new Error(
      'A sealed secret does not open here: it was changed, or sealed for another place.',
    );
  }
}
