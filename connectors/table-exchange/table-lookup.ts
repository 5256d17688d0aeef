import { z } from 'zod';

import type {
  CallContext,
  Capabilities,
  Capability,
  KeyResult,
} from '../../src/connector-kit/connector.ts';
import { decodeText, parseJson, parseShape } from '../../src/connector-kit/decode.ts';
import type { RowAnswer } from '../../src/connector-kit/held-rows/row-answers.ts';
import { requireBatch, toKeyFault, unsupported } from '../../src/connector-kit/lookup.ts';
import type { MappedCapability } from '../../src/connector-kit/mapping/keys.ts';
import type { TableReading } from '../../src/connector-kit/tables/change-row.ts';
import { lookupRows, type FoundRows } from '../../src/connector-kit/tables/lookup-rows.ts';
import { futureOf } from '../../src/connector-kit/tables/scan-table.ts';
import type { TableDatabase } from '../../src/connector-kit/tables/table-database.ts';
import type { HeldRow } from '../../src/connector-kit/scan.ts';
import type { HubError } from '../../src/errors.ts';
import type { Clock } from '../../src/model/clock.ts';
import type { TableExchangeSettings } from './settings.ts';

/** What a table is asked with. */
export interface LookupDeps {
  readonly database: TableDatabase;
  readonly settings: TableExchangeSettings;
  readonly clock: Clock;
}

type Key<N extends MappedCapability> = Capabilities[N]['key'];
type Result<N extends MappedCapability> = KeyResult<Capabilities[N]['record']>;

/** A capability that asks its table each time, all keys in one statement. */
export function createTableCapability<N extends MappedCapability>(
  deps: LookupDeps,
  answer: RowAnswer<N>,
  reading: TableReading,
): Capability<N> {
  const { batchMax } = deps.settings;
  return {
    batchMax,
    carriesPurpose: false,
    idempotent: true,
    async lookup(keys, call) {
      requireBatch(keys, batchMax);
      const asked = keys.map((key) => {
        const spellings = answer.keyColumns.spellings(key);
        return spellings?.every((each) => each.every(canBeHeld)) === true ? spellings : null;
      });
      const found = await ask(deps, { answer, reading, spellings: unique(asked) }, call);
      return keys.map((key, at) => {
        const spellings = asked[at] ?? null;
        if (spellings === null) return toKeyFault(unsupported('KEY_NAMES_NOBODY'));
        const own = spellings.map((each) => found.get(JSON.stringify(each)) ?? NOTHING);
        return answerKey(answer, key, merge(reading.setting.table, own));
      });
    },
  };
}

/** Reads recorded bytes of one key's answer again. @throws {HubError} as a look-up would. */
export function rereadTable<N extends MappedCapability>(
  answer: RowAnswer<N>,
  key: Key<N>,
  raw: Uint8Array,
): Result<N> {
  try {
    const { collection, rows, hasFuture } = parseShape(
      recordedShape,
      parseJson(decodeText(raw, 'utf-8')),
    );
    const held = rows.map((row) => ({ ...row, collection }));
    return answerKey(answer, key, { collection, rows: held, hasFuture, fault: null });
  } catch (error) {
    return toKeyFault(error);
  }
}

const recordedShape = z.strictObject({
  collection: z.string(),
  hasFuture: z.boolean(),
  rows: z.array(
    z.strictObject({ id: z.string(), values: z.record(z.string(), z.string().nullable()) }),
  ),
});

const NOTHING: FoundRows = { rows: [], hasFuture: false, fault: null };

/** What stands under all ways of writing one key. */
interface KeyRows {
  readonly collection: string;
  readonly rows: readonly HeldRow[];
  readonly hasFuture: boolean;
  readonly fault: HubError | null;
}

async function ask<N extends MappedCapability>(
  { database, settings, clock }: LookupDeps,
  question: {
    readonly answer: RowAnswer<N>;
    readonly reading: TableReading;
    readonly spellings: readonly (readonly string[])[];
  },
  { signal }: CallContext,
): Promise<ReadonlyMap<string, FoundRows>> {
  const { answer, reading, spellings } = question;
  if (spellings.length === 0) return new Map();
  const { statementTimeoutMs: timeoutMs, keyForm, rowsMax } = settings;
  const found = await database.read({ signal, timeoutMs }, (session) =>
    lookupRows(session, {
      reading,
      keyColumns: answer.keyColumns.columns,
      keyForm,
      keys: spellings,
      rowsMax,
      futureFrom: futureOf(reading, clock.now()),
    }),
  );
  return new Map(spellings.map((each, at) => [JSON.stringify(each), found[at] ?? NOTHING]));
}

/** One id may stand under several spellings; it is one record. */
function merge(collection: string, found: readonly FoundRows[]): KeyRows {
  const rows = new Map(
    found.flatMap((each) => each.rows.map((row) => [row.id, { ...row, collection }] as const)),
  );
  return {
    collection,
    rows: [...rows.values()].toSorted(byId),
    hasFuture: found.some((each) => each.hasFuture),
    fault: found.find((each) => each.fault !== null)?.fault ?? null,
  };
}

function answerKey<N extends MappedCapability>(
  { answers }: RowAnswer<N>,
  key: Key<N>,
  { collection, rows, hasFuture, fault }: KeyRows,
): Result<N> {
  if (fault !== null) return { ok: false, fault };
  try {
    const records = answers.assemble(rows, key, []);
    const told = rows.map(({ id, values }) => ({ id, values }));
    const raw = Buffer.from(JSON.stringify({ collection, hasFuture, rows: told }), 'utf8');
    // A change in the future was put aside: it may be the very record that is asked for.
    const absence = hasFuture ? 'UNCOVERED' : answers.absence;
    return { ok: true, answer: { records, absence, asOf: null, raw } };
  } catch (error) {
    return toKeyFault(error);
  }
}

/** No database holds U+0000 or halves of characters, and some refuse to be asked about them. */
function canBeHeld(text: string): boolean {
  return !/[\0\p{Cs}]/u.test(text);
}

function unique(
  asked: readonly (readonly (readonly string[])[] | null)[],
): readonly (readonly string[])[] {
  const lists = asked.flatMap((each) => each ?? []);
  return [...new Map(lists.map((list) => [JSON.stringify(list), list])).values()];
}

function byId(one: HeldRow, other: HeldRow): number {
  return one.id < other.id ? -1 : Number(one.id > other.id);
}
