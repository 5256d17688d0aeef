import { createHash } from 'node:crypto';

import type { Connector } from '../connector-kit/connector.ts';
import type { Holdings } from '../connector-kit/scan.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import { DEFAULT_PASS_POLICY, type PassPolicy } from '../model/pass-policy.ts';
import type { SourceRevision } from '../model/registered-source.ts';

/** A source that hands over rows, and how one of its revisions reads and finds them. */
export interface HeldSource {
  readonly source: string;
  /** Rows that were read under other settings are found by other keys; they are never mixed. */
  readonly edition: string;
  readonly policy: PassPolicy;
  readonly holdings: Holdings;
}

/** Null for a source that hands over nothing. */
export function heldSourceOf(
  revision: SourceRevision,
  { holdings }: Pick<Connector, 'holdings'>,
): HeldSource | null {
  if (holdings === null) return null;
  const { source } = revision;
  return { source, edition: editionOf(revision), policy: passPolicyOf(revision), holdings };
}

/** The same for revisions that read and find rows alike: by kind and settings, not by policy. */
export function editionOf({ kind, settings }: Pick<SourceRevision, 'kind' | 'settings'>): string {
  const text = canonicalJson({ kind, settings });
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** What the revision says, and the default for everything else. */
export function passPolicyOf({ policy }: Pick<SourceRevision, 'policy'>): PassPolicy {
  // The registry has checked it when the revision was made.
  return { ...DEFAULT_PASS_POLICY, ...(policy['passes'] as Partial<PassPolicy> | undefined) };
}
