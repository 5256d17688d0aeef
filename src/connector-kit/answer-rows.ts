import type { HubError } from '../errors.ts';
import type { Answer, Capabilities, KeyResult } from './connector.ts';
import { integrityFault } from './fault.ts';
import { heldKeyOf, heldKeysOf, keyPartsOf, type MappedCapability } from './mapping/keys.ts';
import type { CompiledMapping } from './mapping/mapping.ts';

/** A row of a reply, not yet mapped, and where it stands there. */
export interface ReplyRow {
  readonly value: unknown;
  readonly pointer: string;
}

/** What was read of a reply, down to its rows. */
export interface ReplyRows {
  readonly rows: readonly ReplyRow[];
  readonly asOf: Date | null;
  /** The reply as received. */
  readonly raw: Uint8Array;
}

/** How rows are told apart and read. */
export interface RowRules<N extends MappedCapability> {
  readonly capability: N;
  readonly mapping: Pick<CompiledMapping<N>, 'map'>;
  readonly absence: Answer<unknown>['absence'];
  /**
   * The code or identifier that a row says it is about. Null where a reply is about one key and
   * its rows need not say so. @throws {HubError} SOURCE_SCHEMA_DRIFT for a row that is silent.
   */
  readonly keyTextOf: ((row: ReplyRow) => string) | null;
  /** Whether the source is told the type of license, so that another type is nobody's. */
  readonly asksType: boolean;
  /** Whether rows about others are an error, or the rest of a reply that several keys shared. */
  readonly strangers: 'REFUSE' | 'SKIP';
}

type Key<N extends MappedCapability> = Capabilities[N]['key'];
type RecordOf<N extends MappedCapability> = Capabilities[N]['record'];

/** A key with what it is compared by, which is read once however many rows there are. */
interface Wanted<N extends MappedCapability> {
  readonly key: Key<N>;
  /** As rows say whom they are about. */
  readonly about: string | null;
  /** As records are held. */
  readonly asked: string | null;
  readonly found: Found<N>;
}

interface Found<N extends MappedCapability> {
  readonly records: RecordOf<N>[];
  fault: HubError | null;
}

/**
 * Gives every row to the keys it is about, by what it says and never by its position. A row that
 * cannot be read costs only its own key the answer.
 *
 * @throws {HubError} SOURCE_INTEGRITY_FAILED for a row that nobody asked for: it puts every row in
 * doubt, for they may have changed places. SOURCE_SCHEMA_DRIFT for one that might be anybody's.
 */
export function answerKeys<N extends MappedCapability>(
  rules: RowRules<N>,
  keys: readonly Key<N>[],
  { rows, asOf, raw }: ReplyRows,
): readonly KeyResult<RecordOf<N>>[] {
  const wanted = keys.map((key) => want(rules, key));
  for (const row of rows) {
    const candidates = findCandidates(rules, wanted, row);
    if (candidates.length === 0) {
      if (rules.strangers === 'SKIP') continue;
      throw integrityFault('OTHER_SUBJECT', row.pointer);
    }
    const read = rules.mapping.map(row.value, row.pointer);
    if (!read.ok) {
      for (const { found } of candidates) found.fault ??= read.fault;
      continue;
    }
    const held = heldKeysOf(rules.capability, read.record);
    const owners = candidates.filter(({ asked }) => isHeldUnder(held, asked));
    const isOfOtherType = candidates.some((each) => isOtherType(rules, each, read.record));
    if (owners.length === 0 && !isOfOtherType) throw integrityFault('OTHER_SUBJECT', row.pointer);
    for (const { found } of owners) found.records.push(read.record);
  }
  return wanted.map(({ found: { records, fault } }) =>
    fault === null
      ? { ok: true, answer: { records, absence: rules.absence, asOf, raw } }
      : { ok: false, fault },
  );
}

function want<N extends MappedCapability>(rules: RowRules<N>, key: Key<N>): Wanted<N> {
  const { code, identifier } = keyPartsOf(rules.capability, key);
  const isByIdentifier = rules.capability === 'license.byIdentifier';
  return {
    key,
    about: aboutText(rules, isByIdentifier ? identifier : code),
    asked: heldKeyOf(rules.capability, key),
    found: { records: [], fault: null },
  };
}

/** By the row's own word, in whatever spelling; all keys where the rows need not say. */
function findCandidates<N extends MappedCapability>(
  rules: RowRules<N>,
  wanted: readonly Wanted<N>[],
  row: ReplyRow,
): readonly Wanted<N>[] {
  if (rules.keyTextOf === null) return wanted;
  const said = aboutText(rules, rules.keyTextOf(row));
  return wanted.filter(({ about }) => about === said);
}

function aboutText<N extends MappedCapability>(
  { capability }: RowRules<N>,
  text: string,
): string | null {
  return capability === 'license.byIdentifier'
    ? heldKeyOf('license.byIdentifier', { identifier: text })
    : heldKeyOf('credit.profile', { kind: 'ENTERPRISE', code: text, name: null });
}

/** A record that does not say whose it is belongs to the key that its row was found for. */
function isHeldUnder(held: readonly string[], asked: string | null): boolean {
  return held.length === 0 || (asked !== null && held.includes(asked));
}

/** A license of the same holder that a source shows because it was not told the type. */
function isOtherType<N extends MappedCapability>(
  rules: RowRules<N>,
  { key, asked }: Wanted<N>,
  record: RecordOf<N>,
): boolean {
  if (rules.asksType || rules.capability !== 'license.byHolder') return false;
  const { typeCode } = keyPartsOf(rules.capability, key);
  return isHeldUnder(heldKeysOf(rules.capability, { ...record, typeCode }), asked);
}
