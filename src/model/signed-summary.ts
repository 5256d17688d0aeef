/** What the hub signed of a run, and who has signed it besides. */
export interface SignedSummary {
  /** The text whose bytes in UTF-8 are signed. */
  readonly document: string;
  /** SHA-256, hex. */
  readonly digest: string;
  /** Base64. */
  readonly signature: string;
  readonly keyId: string;
  readonly signedAt: Date;
  /** Oldest first. */
  readonly counterSignatures: readonly CounterSignature[];
}

/** The signature of an agency over the same document (会签). */
export interface CounterSignature {
  readonly keyId: string;
  readonly agencyCode: string;
  /** Base64. */
  readonly signature: string;
  readonly receivedAt: Date;
  readonly receivedBy: string;
}

/** A key by which an agency counter-signs (会签公钥). Append-only; its last version counts. */
export interface CounterSigningKey {
  readonly id: string;
  readonly agencyCode: string;
  readonly version: number;
  /** PEM. */
  readonly publicKey: string;
  readonly isCurrent: boolean;
  readonly registeredAt: Date;
  readonly registeredBy: string;
}

/** The name of a key: the code of its agency, a full stop, and its version. */
export function counterKeyIdOf(key: {
  readonly agencyCode: string;
  readonly version: number;
}): string {
  return `${key.agencyCode}.${key.version}`;
}

/** Null where the text is no such name. */
export function parseCounterKeyId(
  text: string,
): { readonly agencyCode: string; readonly version: number } | null {
  const [, agencyCode, version] = /^([0-9A-Z]{18})\.([1-9]\d{0,5})$/u.exec(text) ?? [];
  return agencyCode === undefined ? null : { agencyCode, version: Number(version) };
}
