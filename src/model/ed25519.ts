import { createHash, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** A key that the hub signs by, and the name that signatures refer to. */
export interface SigningKey {
  readonly id: string;
  readonly key: KeyObject;
}

const ALGORITHM = 'ed25519';
const SIGNATURE_BYTES = 64;

/**
 * Keys from a file with one `name:base64` a line, the current one first; base64 of PKCS#8 in DER,
 * as `openssl genpkey -algorithm ed25519 -outform DER | base64 -w0` writes it.
 *
 * @throws {Error} that names the line, never the key.
 */
export function parseSigningKeys(text: string): readonly SigningKey[] {
  const keys = text.split('\n').flatMap((one, index): readonly SigningKey[] => {
    const line = one.trim();
    if (line === '' || line.startsWith('#')) return [];
    const [, id, encoded] = /^([A-Za-z0-9._-]{1,64}):([A-Za-z0-9+/=]+)$/u.exec(line) ?? [];
    const key = encoded === undefined ? null : readPrivateKey(Buffer.from(encoded, 'base64'));
    if (id === undefined || key === null)
      throw new Error(
        `Line ${index + 1} of the signing keys is not \`name:base64\` of an Ed25519 private key.`,
      );
    return [{ id, key }];
  });
  if (new Set(keys.map(({ id }) => id)).size < keys.length)
    throw new Error('Two signing keys have one name.');
  return keys;
}

function readPrivateKey(der: Buffer): KeyObject | null {
  try {
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    return key.asymmetricKeyType === ALGORITHM ? key : null;
  } catch {
    // What is wrong with it would repeat parts of it.
    return null;
  }
}

/** A public key from PEM, or from SubjectPublicKeyInfo in DER as base64. Null: it is none. */
export function parsePublicKey(text: string): KeyObject | null {
  const given = text.trim();
  try {
    const key = given.startsWith('-----BEGIN PUBLIC KEY-----')
      ? createPublicKey(given)
      : createPublicKey({ key: Buffer.from(given, 'base64'), format: 'der', type: 'spki' });
    return key.asymmetricKeyType === ALGORITHM ? key : null;
  } catch {
    return null;
  }
}

/** SubjectPublicKeyInfo in DER, of the public part of a key. */
export function publicBytesOf(key: KeyObject): Buffer {
  const open = key.type === 'private' ? createPublicKey(key) : key;
  return open.export({ format: 'der', type: 'spki' });
}

/** The public part of a key as PEM, from SubjectPublicKeyInfo in DER. */
export function publicPemOf(der: Uint8Array): string {
  const key = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
  return key.export({ format: 'pem', type: 'spki' }).toString();
}

/** SHA-256 of the public part, hex: two keys are one where this is the same. */
export function keyDigestOf(key: KeyObject): string {
  return createHash('sha256').update(publicBytesOf(key)).digest('hex');
}

/** Ed25519 (RFC 8032) over bytes: 64 bytes, the same every time. */
export function signBytes({ key }: SigningKey, bytes: Uint8Array): Buffer {
  return sign(null, bytes, key);
}

/** Whether a signature is of these very bytes by the private part of this key. */
export function isSignedBy(key: KeyObject, bytes: Uint8Array, signature: Uint8Array): boolean {
  return signature.length === SIGNATURE_BYTES && verify(null, bytes, key, signature);
}

/** The 64 bytes of a signature. Null where the text is not exactly them in base64. */
export function parseSignature(text: string): Buffer | null {
  const given = text.trim();
  const bytes = Buffer.from(given, 'base64');
  return bytes.length === SIGNATURE_BYTES && bytes.toString('base64') === given ? bytes : null;
}
