/** What the manifest of a file says of it. Null where it does not say. */
export interface DropManifest {
  /** Records without the heading. */
  readonly rows: number | null;
  readonly bytes: number | null;
  /** Lower-case hex, by the algorithm that was agreed. */
  readonly digest: string | null;
  /** Number of the drop; grows by one from drop to drop. */
  readonly sequence: number | null;
  /** As the source names it. */
  readonly charset: string | null;
}

/** What was found in the file itself. */
export interface FoundDrop {
  readonly bytes: number;
  /** By the agreed algorithm, lower-case hex. */
  readonly digest: string;
  /** Whether it ends with the end of a line, outside of quotes. Null before that is known. */
  readonly isEnded: boolean | null;
  /** Records without the heading. Null before they are counted. */
  readonly rows: number | null;
}

/** The drop that was taken last. */
export interface LastDrop {
  readonly digest: string;
  readonly sequence: number | null;
}

/**
 * Why a drop is refused. EMPTY is for a file without a byte; a source that has nothing to say
 * sends a heading, or a manifest with zero rows.
 */
export const DROP_REFUSALS = [
  'MANIFEST_MISSING',
  'CHARSET',
  'OUT_OF_SEQUENCE',
  'REPEATED',
  'TRUNCATED',
  'TOO_LONG',
  'EMPTY',
  'DIGEST',
  'UNFINISHED',
  'ROWS',
] as const;
export type DropRefusal = (typeof DROP_REFUSALS)[number];

/**
 * Why nothing may be concluded from this drop. Null where it is whole and new. What is not known
 * yet of `found` is not judged.
 *
 * @param charset that was agreed, e.g. `gb18030`.
 */
export function judgeDrop(drop: {
  readonly manifest: DropManifest | null;
  readonly found: FoundDrop;
  readonly last: LastDrop | null;
  readonly charset: string;
}): DropRefusal | null {
  const { manifest, found, last, charset } = drop;
  if (manifest === null) return 'MANIFEST_MISSING';
  if (manifest.charset !== null && fold(manifest.charset) !== fold(charset)) return 'CHARSET';
  const order = judgeOrder(manifest, found, last);
  if (order !== null) return order;
  if (manifest.bytes !== null && found.bytes < manifest.bytes) return 'TRUNCATED';
  if (manifest.bytes !== null && found.bytes > manifest.bytes) return 'TOO_LONG';
  if (found.bytes === 0 && manifest.rows !== 0) return 'EMPTY';
  if (manifest.digest !== null && manifest.digest !== found.digest) return 'DIGEST';
  // Where neither length nor digest was told, only the end of a line says that writing is over.
  const isProven = manifest.bytes !== null || manifest.digest !== null;
  if (!isProven && found.isEnded === false && found.bytes > 0) return 'UNFINISHED';
  const isCounted = manifest.rows !== null && found.rows !== null;
  return isCounted && manifest.rows !== found.rows ? 'ROWS' : null;
}

/** The same bytes again are a repetition, unless the next number says that nothing has changed. */
function judgeOrder(
  { sequence }: DropManifest,
  found: FoundDrop,
  last: LastDrop | null,
): DropRefusal | null {
  if (last === null) return null;
  if (sequence === null || last.sequence === null)
    return last.digest === found.digest ? 'REPEATED' : null;
  if (sequence <= last.sequence) return 'REPEATED';
  return sequence === last.sequence + 1 ? null : 'OUT_OF_SEQUENCE';
}

function fold(charset: string): string {
  const folded = charset.toLowerCase();
  return ['gbk', 'gb2312', 'gb18030'].includes(folded) ? 'gb18030' : folded.replace('-', '');
}
