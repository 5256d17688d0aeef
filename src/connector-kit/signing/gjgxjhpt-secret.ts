import { createDecipheriv, createHash, createHmac } from 'node:crypto';

import { codeOfError } from '../error-code.ts';
import { integrityFault } from '../fault.ts';

/** The two generations in which the platform wraps the working secret, or: find out. */
export type SecretWrapping = 'ECB' | 'CBC' | 'AUTO';

const CBC_VECTOR = Buffer.from('AESCBCPKCS5Paddi', 'utf8');

/** `gjgxjhpt_sign`: Base64 of HMAC-SHA256 under the secret, over sid, rid and rtime. */
export function signCall(
  secret: string,
  { sid, rid, rtime }: { readonly sid: string; readonly rid: string; readonly rtime: string },
): string {
  return createHmac('sha256', secret)
    .update(sid + rid + rtime, 'utf8')
    .digest('base64');
}

/** AES-128 key of an appKey: the first 16 bytes of SHA-1(SHA-1(appKey)). */
export function deriveSecretKey(appKey: string): Buffer {
  const once = createHash('sha1').update(appKey, 'utf8').digest();
  return createHash('sha1').update(once).digest().subarray(0, 16);
}

/**
 * The working secret in its wrapping (AES-128, PKCS#5 padding, Base64).
 *
 * @throws {HubError} SOURCE_INTEGRITY_FAILED, reason `SECRET`, when it opens in no generation
 * that is allowed, or in both to something readable.
 */
export function openSecret(wrapped: string, appKey: string, wrapping: SecretWrapping): string {
  const generations = wrapping === 'AUTO' ? (['ECB', 'CBC'] as const) : [wrapping];
  const opened = generations.flatMap((generation) => tryOpen(wrapped, appKey, generation));
  const [secret] = opened;
  if (secret === undefined || opened.length > 1) throw integrityFault('SECRET', '/data/secret');
  return secret;
}

/** One secret of visible ASCII, or none. */
function tryOpen(wrapped: string, appKey: string, generation: 'ECB' | 'CBC'): readonly string[] {
  const key = deriveSecretKey(appKey);
  const decipher =
    generation === 'ECB'
      ? createDecipheriv('aes-128-ecb', key, null)
      : createDecipheriv('aes-128-cbc', key, CBC_VECTOR);
  try {
    const plain = Buffer.concat([decipher.update(wrapped, 'base64'), decipher.final()]);
    const text = plain.toString('latin1');
    return /^[\x21-\x7e]+$/u.test(text) ? [text] : [];
  } catch (error) {
    // OpenSSL says "bad decrypt" for a wrong generation, which the other one then settles.
    if (codeOfError(error) !== null) return [];
    throw error;
  }
}
