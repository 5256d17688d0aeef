import type { Capabilities, Connector } from '../connector-kit/connector.ts';
import { questionOf, type MappedCapability } from '../connector-kit/mapping/keys.ts';
import type { Clock } from '../model/clock.ts';
import { FRESHNESSES, freshnessOf, type Freshness } from '../model/intake.ts';
import type { SourceRevision } from '../model/registered-source.ts';
import type { Database } from '../store/database.ts';
import { findHeld } from './answer-queries.ts';
import { heldSourceOf, type HeldSource } from './held-source.ts';
import { readRowsUnder, walkRows, type RowsUnder } from './walk-queries.ts';

/** What a source holds under one key: every record, or null where one cannot be read. */
export interface HeldUnder<N extends MappedCapability> {
  readonly question: Capabilities[N]['key'];
  readonly key: string;
  readonly records: readonly Capabilities[N]['record'][] | null;
}

/** All that a source has handed over, by the questions that would find it. */
export interface HeldRecords<N extends MappedCapability> {
  /** Names source and settings: the same where the same rows are read alike. */
  readonly edition: string;
  /** Of all its collections together, now: `FRESH` only where every one was read to the end. */
  freshness(): Promise<Freshness>;
  /** Whether the source shows records whatever their state, so that its silence means absence. */
  readonly absence: 'COVERED' | 'UNCOVERED';
  /** In the order of keys, code point by code point, as one snapshot shows them. */
  walk(signal: AbortSignal): AsyncGenerator<readonly HeldUnder<N>[]>;
  /** Under these keys, in their order; those under which there is nothing are left out. */
  under(keys: readonly string[]): Promise<readonly HeldUnder<N>[]>;
}

/**
 * What the active revision of a source has handed over, to be used while `use` runs. Null where the
 * source has none, cannot be built, or hands over nothing that answers this.
 */
export async function useHeldRecords<N extends MappedCapability, R>(
  deps: {
    readonly db: Database;
    readonly clock: Clock;
    listRevisions(): Promise<readonly SourceRevision[]>;
    build(revision: SourceRevision): Promise<Connector | null>;
  },
  { source, capability }: { readonly source: string; readonly capability: N },
  use: (records: HeldRecords<N>) => Promise<R>,
): Promise<R | null> {
  const revisions = await deps.listRevisions();
  const active = revisions.find((one) => one.source === source && one.state === 'ACTIVE');
  const connector = active === undefined ? null : await deps.build(active);
  if (active === undefined || connector === null) return null;
  try {
    const held = heldSourceOf(active, connector);
    if (held?.holdings.answers[capability] === undefined) return null;
    return await use(heldRecordsOf(deps, held, capability));
  } finally {
    await connector.close();
  }
}

function heldRecordsOf<N extends MappedCapability>(
  { db, clock }: { readonly db: Database; readonly clock: Clock },
  { source, edition, policy, holdings }: HeldSource,
  capability: N,
): HeldRecords<N> {
  const { collections } = holdings;
  const answers = holdings.answers[capability];
  const where = { source, edition, collections };

  function read({ key, rows }: RowsUnder): readonly HeldUnder<N>[] {
    const question = questionOf(capability, key);
    if (question === null || answers === undefined) return [];
    const records = assemble(() => answers.assemble(rows, question, []));
    return records?.length === 0 ? [] : [{ question, key, records }];
  }

  return {
    edition: `${source}/${edition}`,
    absence: answers?.absence ?? 'UNCOVERED',
    async freshness() {
      const { states } = await findHeld(db, { ...where, keys: [], rowsMax: 0, follow: [] });
      if (states.length < collections.length) return 'NOT_LOADED';
      const known = states.map((state) => freshnessOf(state, policy, clock.now()));
      return FRESHNESSES.find((one) => known.includes(one)) ?? 'NOT_LOADED';
    },
    async *walk(signal) {
      for await (const page of walkRows(db, where)) {
        signal.throwIfAborted();
        yield page.flatMap(read);
      }
    },
    under: async (keys) => (await readRowsUnder(db, { ...where, keys })).flatMap(read),
  };
}

/** Null where a row cannot be read: the source has something, and nobody can say what. */
function assemble<R>(records: () => readonly R[]): readonly R[] | null {
  try {
    return records();
  } catch {
    return null;
  }
}
