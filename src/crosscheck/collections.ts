import type { Capabilities } from '../connector-kit/connector.ts';
import { compareCollections } from '../differ/compare-collections.ts';
import { DEFAULT_COMPARISON } from '../differ/comparison.ts';
import { openMirrorSide } from '../differ/mirror-side.ts';
import type { Mirror } from '../differ/mirror.ts';
import type { Mirrors } from '../differ/mirrors.ts';
import { sessionOfSnapshot } from '../differ/read-session.ts';
import {
  COMPARED_FIELDS,
  compareRecords,
  type ComparedKind,
  type ComparedRecord,
} from '../model/compared-record.ts';
import { inconclusive, type Settled } from '../model/cross-check-compare.ts';
import type { CrossCheck } from '../model/cross-check.ts';
import { nameKey } from '../model/name.ts';
import { decodeKey, encodeKey, type RowKey } from '../model/row-key.ts';
import { connectionStringOf, type Database } from '../store/database.ts';
import { openSnapshot } from '../store/snapshot.ts';
import {
  COLLECTION_KINDS,
  kindsOf,
  type CollectionCapability,
  type CollectionKind,
} from './collection-kinds.ts';

/** All that a source has handed over; the room of kept rows fulfills it. */
export interface HandedOver<N extends CollectionCapability> {
  readonly edition: string;
  readonly absence: 'COVERED' | 'UNCOVERED';
  freshness(): Promise<'NOT_LOADED' | 'UNSETTLED' | 'STALE' | 'FRESH'>;
  walk(signal: AbortSignal): AsyncGenerator<readonly HandedOverUnder<N>[]>;
  under(keys: readonly string[]): Promise<readonly HandedOverUnder<N>[]>;
}

/** What it has under one key: null where one record cannot be read. */
export interface HandedOverUnder<N extends CollectionCapability> {
  readonly question: Capabilities[N]['key'];
  readonly key: string;
  readonly records: readonly Capabilities[N]['record'][] | null;
}

/** What comparing whole collections works with. */
export interface CollectionDependencies {
  readonly db: Database;
  readonly clock: { now(): Date };
  readonly mirrors: Mirrors;
  /** HMAC-SHA-256, 64 hex digits: names and codes of people are compared as digests. */
  digestKey(text: string): string;
  /** Null where the source hands over nothing of the kind. */
  useRecords<N extends CollectionCapability, R>(
    wanted: { readonly source: string; readonly capability: N },
    use: (records: HandedOver<N>) => Promise<R>,
  ): Promise<R | null>;
}

/** One side of a comparison, ready to be read. */
interface OpenSide {
  readonly source: string;
  readonly kind: ComparedKind;
  readonly edition: string;
  readonly isCovered: boolean;
  walk(signal: AbortSignal): AsyncGenerator<readonly ComparedRecord[]>;
  under(keys: readonly string[]): Promise<ReadonlyMap<string, ComparedRecord>>;
}

/** What a comparison of two collections came to. */
export type Differing =
  | { readonly what: 'COMPARED'; readonly alike: number; readonly keys: readonly string[] }
  /** A side was not read to its end lately: it may be later. */
  | { readonly what: 'NOT_YET'; readonly reason: string }
  | { readonly what: 'NEVER'; readonly reason: string };

/** Keys beyond which somebody has to look at the sources first. */
const DIFFERENCES_MAX = 100_000;
const STATEMENT_MS_MAX = 60_000;
const RANGE_KEYS = 256;

/** The keys under which two collections may differ, by digests of ranges of the hub's copies. */
export async function findDiffering(
  deps: CollectionDependencies,
  check: CrossCheck,
  signal: AbortSignal,
): Promise<Differing> {
  return useBoth(deps, check, async ({ left, right }) => {
    const copies = {
      left: await copySide(deps, left, signal),
      right: await copySide(deps, right, signal),
    };
    const snapshot = await openSnapshot(connectionStringOf(deps.db), {
      ...{ applicationName: 'hecha-cross-check', snapshotId: null, signal },
      ...{ statementMsMax: STATEMENT_MS_MAX, idleMsMax: STATEMENT_MS_MAX },
    });
    const keys: string[] = [];
    try {
      const session = sessionOfSnapshot(snapshot);
      const { state, checkpoint } = await compareCollections({
        left: openMirrorSide(session, copies.left, 0),
        right: openMirrorSide(session, copies.right, 0),
        fields: copies.left.fields.map(({ name }) => name),
        ...{ span: { from: null, to: null }, checkpoint: null, signal },
        policy: {
          ...{ ...DEFAULT_COMPARISON, differencesMax: DIFFERENCES_MAX },
          // Its own database is no fragile source.
          pace: { ...DEFAULT_COMPARISON.pace, restShare: 0 },
        },
        onChunk: async ({ differences }) => {
          keys.push(...differences.map(({ key }) => decodeKey(key, ['TEXT'])[0] ?? ''));
        },
      });
      if (state !== 'COMPLETE') return { what: 'NEVER', reason: 'TOO_MANY_DIFFER' };
      return { what: 'COMPARED', alike: checkpoint.counts.matched, keys };
    } finally {
      await snapshot.end();
    }
  });
}

/**
 * What the two sides say under each key now, by the rows as they are: no copy and no digest is
 * believed when a finding is made. Null where a side cannot be read any more.
 */
export async function settleRecords(
  deps: CollectionDependencies,
  check: CrossCheck,
  keys: readonly string[],
): Promise<readonly Settled[] | null> {
  const settled = await useBoth(deps, check, async ({ left, right }) => {
    const [ours, theirs] = [await left.under(keys), await right.under(keys)];
    const covered = { left: left.isCovered, right: right.isCovered };
    const all = keys.map((key) =>
      compareRecords(
        { left: ours.get(key) ?? null, right: theirs.get(key) ?? null },
        check,
        covered,
      ),
    );
    return { what: 'SETTLED' as const, all };
  });
  if (settled.what === 'SETTLED') return settled.all;
  if (settled.what === 'NOT_YET') return keys.map(() => inconclusive(settled.reason));
  return null;
}

/** Sides of a definition whose source hands over nothing of the kind, or is not in use. */
export async function listUnfit(
  deps: CollectionDependencies,
  check: Pick<CrossCheck, 'left' | 'right' | 'collections'>,
): Promise<readonly ('left' | 'right')[]> {
  const { collections } = check;
  const kinds = kindsOf(check);
  if (collections === null || kinds === null) return [];
  const unfit: ('left' | 'right')[] = [];
  for (const side of ['left', 'right'] as const) {
    const { capability } = COLLECTION_KINDS[kinds[side]];
    const found = await deps.useRecords(
      { source: collections[side], capability },
      async () => true,
    );
    if (found === null) unfit.push(side);
  }
  return unfit;
}

type Unreadable = Exclude<Differing, { readonly what: 'COMPARED' }>;

async function useBoth<R>(
  deps: CollectionDependencies,
  check: CrossCheck,
  use: (sides: { readonly left: OpenSide; readonly right: OpenSide }) => Promise<R>,
): Promise<R | Unreadable> {
  const { collections } = check;
  const kinds = kindsOf(check);
  if (collections === null || kinds === null) return { what: 'NEVER', reason: 'NO_COLLECTIONS' };
  return useSide(deps, { source: collections.left, kind: kinds.left }, (left) =>
    useSide(deps, { source: collections.right, kind: kinds.right }, (right) =>
      use({ left, right }),
    ),
  );
}

function useSide<R>(
  deps: CollectionDependencies,
  side: Pick<OpenSide, 'source' | 'kind'>,
  use: (side: OpenSide) => Promise<R | Unreadable>,
): Promise<R | Unreadable> {
  switch (side.kind) {
    case 'LICENSE':
      return useKind(deps, { ...side, of: COLLECTION_KINDS.LICENSE }, use);
    case 'BUSINESS_LICENSE':
      return useKind(deps, { ...side, of: COLLECTION_KINDS.BUSINESS_LICENSE }, use);
    case 'ENTERPRISE':
      return useKind(deps, { ...side, of: COLLECTION_KINDS.ENTERPRISE }, use);
  }
}

async function useKind<N extends CollectionCapability, R>(
  deps: CollectionDependencies,
  {
    source,
    kind,
    of: { capability, project, heldKeyOf },
  }: Pick<OpenSide, 'source' | 'kind'> & { readonly of: CollectionKind<N> },
  use: (side: OpenSide) => Promise<R | Unreadable>,
): Promise<R | Unreadable> {
  const used = await deps.useRecords({ source, capability }, async (records) => {
    const freshness = await records.freshness();
    if (freshness !== 'FRESH')
      return { what: 'NOT_YET', reason: `${freshness}: ${source}` } as const;
    return use({
      ...{ source, kind, edition: records.edition, isCovered: records.absence === 'COVERED' },
      async *walk(signal) {
        for await (const page of records.walk(signal)) yield page.flatMap((one) => project(one));
      },
      async under(keys) {
        const found = await records.under(keys.map((key) => heldKeyOf(key)));
        return new Map(found.flatMap((one) => project(one)).map((one) => [one.key, one]));
      },
    });
  });
  return used ?? { what: 'NEVER', reason: `HANDS_OVER_NOTHING: ${source}` };
}

/** Brings the hub's copy of a side up to its rows; only what has changed is written. */
async function copySide(
  { mirrors, clock, digestKey }: CollectionDependencies,
  { kind, edition, walk }: OpenSide,
  signal: AbortSignal,
): Promise<Mirror> {
  const names = ['KEY', 'STATE', ...COMPARED_FIELDS[kind]];
  const mirror = await mirrors.open({
    ...{ name: `cross-check:${kind}:${edition}`, keys: 1, flavor: 'pg_record' },
    ...{ fields: names.map((name) => ({ name, type: 'TEXT' })), rangeKeys: RANGE_KEYS },
  });
  let after: RowKey | null = null;
  for await (const page of walk(signal)) {
    if (page.length === 0) continue;
    await mirrors.put(
      mirror,
      page.map((record) => copied(record, kind, digestKey)),
      clock.now(),
    );
    const keys = page.map(({ key }) => keyOf(key));
    const upTo: RowKey | null = keys.at(-1) ?? null;
    await mirrors.retain(mirror, { after, upTo, keys });
    after = upTo;
  }
  await mirrors.retain(mirror, { after, upTo: null, keys: [] });
  await mirrors.cutLongRanges(mirror);
  return mirror;
}

function copied(
  { key, state, values }: ComparedRecord,
  kind: ComparedKind,
  digestKey: (text: string) => string,
): readonly (string | null)[] {
  const told = COMPARED_FIELDS[kind].map((field) => {
    const value = values[field] ?? null;
    if (value === null || field === 'STATUS' || field === 'VALID_UNTIL') return value;
    return digestKey(field === 'HOLDER_NAME' ? nameKey(value, 'ORGANIZATION') : value);
  });
  return [key, state, ...told];
}

function keyOf(key: string): RowKey {
  const encoded = encodeKey([key], ['TEXT']);
  if (encoded === null) throw new RangeError('A record has no key.');
  return encoded;
}
