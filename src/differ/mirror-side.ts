import { piece, sql } from '../connector-kit/tables/statement.ts';
import {
  addDigests,
  EMPTY_DIGEST,
  type KeyRange,
  type RangeDigest,
} from '../model/range-digest.ts';
import type { RowKey } from '../model/row-key.ts';
import type { Mirror } from './mirror.ts';
import { mirrorValues, readRange, type StoredRange } from './mirror-queries.ts';
import type { PostgresShape } from './postgres-shape.ts';
import { sideOfShape } from './postgres-side.ts';
import type { ReadSession } from './read-session.ts';
import type { Side } from './side.ts';

/**
 * A mirror as one side of a comparison: its digests are read, not computed. Where the buckets of a
 * collection are spread over several servers, this is the part of one of them.
 *
 * @param settleSeconds rows changed here within so long are in flight.
 */
export function openMirrorSide(session: ReadSession, mirror: Mirror, settleSeconds: number): Side {
  const shape = shapeOfMirror(mirror, settleSeconds);
  const rows = sideOfShape(session, shape);
  return {
    ...rows,
    async bounds(range, options) {
      if (options.rangeKeys < mirror.rangeKeys) return rows.bounds(range, options);
      const stored = await readRanges(session, mirror, { ...range, limit: options.limit + 1 });
      const starts = stored.flatMap(({ from }) => (from === null ? [] : [from]));
      return starts.filter((start) => start !== range.from).slice(0, options.limit);
    },
    async digests(ranges, flavor) {
      const [first, last] = [ranges[0], ranges.at(-1)];
      if (flavor !== mirror.flavor || first === undefined || last === undefined)
        return rows.digests(ranges, flavor);
      const stored = await readRanges(session, mirror, {
        from: first.from,
        to: last.to,
        limit: null,
      });
      const byStart = new Map(stored.map((range) => [range.from, range]));
      const known = new Map(ranges.map((range) => [range, sumOf(range, byStart)]));
      const others = ranges.filter((range) => known.get(range) === null);
      const computed = await rows.digests(others, flavor);
      for (const [at, range] of others.entries()) known.set(range, computed[at] ?? EMPTY_DIGEST);
      return ranges.map((range) => known.get(range) ?? EMPTY_DIGEST);
    },
  };
}

/** The digest of a range that stored ranges fill exactly. Null where they do not. */
function sumOf(
  { from, to }: KeyRange,
  byStart: ReadonlyMap<RowKey | null, StoredRange>,
): RangeDigest | null {
  let sum = EMPTY_DIGEST;
  for (let start = from; ;) {
    const part = byStart.get(start);
    if (part === undefined) return null;
    sum = addDigests(sum, part);
    if (part.to === to) return sum;
    if (part.to === null) return null;
    start = part.to;
  }
}

/** Stored ranges that begin within a range, in order. */
async function readRanges(
  session: ReadSession,
  { id }: Mirror,
  { from, to, limit }: KeyRange & { readonly limit: number | null },
): Promise<readonly StoredRange[]> {
  const until = to === null ? piece('true') : piece('lower < ?', [to]);
  const most = limit === null ? piece('all') : piece('?::int8', [String(limit)]);
  const rows = await session.all(
    sql`select lower, upper, rows::text as c, xor64::text as x, sum64::text as s
      from mirror_range
      where collection_id = ${piece('?::int', [String(id)])}
        and lower >= ${piece('?', [from ?? ''])} and ${until}
      order by lower limit ${most}`,
  );
  return rows.map((row) =>
    readRange({
      lower: row['lower'] ?? '',
      upper: row['upper'] ?? null,
      c: row['c'] ?? '0',
      x: row['x'] ?? '0',
      s: row['s'] ?? '0',
    }),
  );
}

function shapeOfMirror(mirror: Mirror, settleSeconds: number): PostgresShape {
  const values = mirrorValues(mirror);
  const settle = piece('make_interval(secs => ?::float8)', [String(settleSeconds)]);
  return {
    from: piece('mirror_row as t'),
    where: piece('t.collection_id = ?::int', [String(mirror.id)]),
    values,
    keys: mirror.keys,
    key: piece('t.key'),
    order: { columns: [piece('t.key')], types: ['text'], partsOf: (key) => [key] },
    isIndexed: true,
    isYoung: sql`t.changed_at > now() - ${settle}`,
    isUnkeyed: null,
    stored: { flavor: mirror.flavor, hash: piece('t.row_hash') },
  };
}
