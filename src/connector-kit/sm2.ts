import { sm2 } from 'sm-crypto-v2';

import { integrityFault } from './fault.ts';

/** In which order a peer writes the parts of an SM2 ciphertext: point, cipher, digest. */
type Sm2Order = 'C1C2C3' | 'C1C3C2';

/** How a peer writes its SM2 ciphertexts (GM/T 0009), which sniffing cannot tell. */
export interface Sm2Envelope {
  /** As hex of 32 bytes; a leading zero byte, which Java adds, is dropped. */
  readonly privateKey: string;
  /**
   * Whether the peer writes `04` before the point. Told, never guessed: a point may itself begin
   * with 04.
   */
  readonly leading04: boolean;
  /** Tried first; the other one is tried once. */
  readonly order: Sm2Order;
}

// Digits of one case only: so no change of a single character leaves a ciphertext as good.
const HEX = /^(?:[0-9A-F]+|[0-9a-f]+)$/u;
const POINT_DIGITS = 128;
const DIGEST_DIGITS = 64;

/**
 * Opens SM2 ciphertexts (GB/T 32918.4) written as hex. The digest inside tells a right reading
 * from a wrong one.
 */
export function createSm2Opener(envelope: Sm2Envelope): (hex: string) => Uint8Array {
  const privateKey = envelope.privateKey.replace(/^00(?=[0-9a-f]{64}$)/iu, '').toLowerCase();
  const modes = envelope.order === 'C1C2C3' ? [0, 1] : [1, 0];
  /** @throws {HubError} SOURCE_INTEGRITY_FAILED, reason `SM2`, and never a byte of what it read. */
  return (hex) => {
    const cipher = stripPrefix(hex, envelope.leading04);
    if (cipher === null) throw integrityFault('SM2');
    for (const mode of modes) {
      const plain = tryOpen(cipher, privateKey, mode);
      if (plain.length > 0) return plain;
    }
    throw integrityFault('SM2');
  };
}

/** Null for what cannot be a ciphertext. */
function stripPrefix(hex: string, leading04: boolean): string | null {
  if (!HEX.test(hex) || (leading04 && !hex.startsWith('04'))) return null;
  const cipher = (leading04 ? hex.slice(2) : hex).toLowerCase();
  const isWhole = cipher.length % 2 === 0 && cipher.length > POINT_DIGITS + DIGEST_DIGITS;
  return isWhole ? cipher : null;
}

/** Empty when the digest does not agree, or the point is not on the curve. */
function tryOpen(cipher: string, privateKey: string, mode: number): Uint8Array {
  try {
    return Uint8Array.from(sm2.doDecrypt(cipher, privateKey, mode, { output: 'array' }));
  } catch {
    // The library throws plain errors for points off the curve, and they may quote the bytes.
    return new Uint8Array();
  }
}
