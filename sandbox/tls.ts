import { generate } from 'selfsigned';

import type { TlsTrouble } from './faults.ts';

/** A private key and its certificate, PEM. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly cert: string;
}

/** The certificates a sandbox serves with, one for each way of being wrong. */
export interface Certificates {
  /** The sandbox's own certification authority, for clients to pin. */
  readonly caPem: string;
  readonly right: KeyAndCertificate;
  readonly 'self-signed': KeyAndCertificate;
  readonly expired: KeyAndCertificate;
  readonly 'wrong-host': KeyAndCertificate;
}

/** What a handshake gets: the right certificate, or a kind of trouble. */
export type TlsMode = 'right' | Exclude<TlsTrouble, 'reset'>;

const DAY_MS = 86_400_000;

/** Makes a certification authority and its certificates for 127.0.0.1 and localhost. */
export async function createCertificates(): Promise<Certificates> {
  const now = Date.now();
  const authority = await generate([{ name: 'commonName', value: 'Hecha sandbox authority' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - DAY_MS),
    notAfterDate: new Date(now + 30 * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const signer = { key: authority.private, cert: authority.cert };
  const [right, selfSigned, expired, wrongHost] = await Promise.all([
    createLeaf({ signer, host: 'localhost', address: '127.0.0.1', days: 30 }),
    createLeaf({ signer: null, host: 'localhost', address: '127.0.0.1', days: 30 }),
    createLeaf({ signer, host: 'localhost', address: '127.0.0.1', days: -1 }),
    createLeaf({ signer, host: 'elsewhere.invalid', address: null, days: 30 }),
  ]);
  return {
    caPem: authority.cert,
    right,
    'self-signed': selfSigned,
    expired,
    'wrong-host': wrongHost,
  };
}

/** What a TLS port writes to a peer that speaks plain HTTP: a fatal alert, unexpected message. */
export const TLS_ALERT = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x0a]);

/** First byte of a TLS handshake record. */
export const TLS_HANDSHAKE_BYTE = 0x16;

/** Options of a TLS server in a mode. `old-protocol` ends at TLS 1.1, which nobody may speak. */
export function tlsOptions(certificates: Certificates, mode: TlsMode): TlsServerOptions {
  if (mode !== 'old-protocol') return { ...certificates[mode], minVersion: 'TLSv1.2' };
  return {
    ...certificates.right,
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  };
}

export interface TlsServerOptions extends KeyAndCertificate {
  readonly minVersion: 'TLSv1' | 'TLSv1.2';
  readonly maxVersion?: 'TLSv1.1';
  readonly ciphers?: string;
}

async function createLeaf(leaf: {
  readonly signer: KeyAndCertificate | null;
  readonly host: string;
  readonly address: string | null;
  readonly days: number;
}): Promise<KeyAndCertificate> {
  const now = Date.now();
  const made = await generate([{ name: 'commonName', value: leaf.host }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now - 10 * DAY_MS),
    notAfterDate: new Date(now + leaf.days * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: leaf.host },
          ...(leaf.address === null ? [] : [{ type: 7 as const, ip: leaf.address }]),
        ],
      },
    ],
    ...(leaf.signer === null ? {} : { ca: { ...leaf.signer } }),
  });
  return { key: made.private, cert: made.cert };
}
