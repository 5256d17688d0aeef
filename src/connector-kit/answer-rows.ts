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
  const wanted = keys.map((key) => ({ key, found: { records: [], fault: null } as Found<N> }));
  for (const row of rows) {
    const candidates = wanted.filter(({ key }) => isAbout(rules, key, row));
    if (candidates.length === 0) {
      if (rules.strangers === 'SKIP') continue;
      throw integrityFault('OTHER_SUBJECT', row.pointer);
    }
    const read = rules.mapping.map(row.value, row.pointer);
    if (!read.ok) {
      for (const { found } of candidates) found.fault ??= read.fault;
      continue;
    }
    const owners = candidates.filter(({ key }) => isHeldUnder(rules, key, read.record));
    const isOfOtherType = candidates.some(({ key }) => isOtherType(rules, key, read.record));
    if (owners.length === 0 && !isOfOtherType) throw integrityFault('OTHER_SUBJECT', row.pointer);
    for (const { found } of owners) found.records.push(read.record);
  }
  return wanted.map(({ found: { records, fault } }) =>
    fault === null
      ? { ok: true, answer: { records, absence: rules.absence, asOf, raw } }
      : { ok: false, fault },
  );
}

/** By the row's own word, in whatever spelling; any row where the rows need not say. */
function isAbout<N extends MappedCapability>(
  { capability, keyTextOf }: RowRules<N>,
  key: Key<N>,
  row: ReplyRow,
): boolean {
  if (keyTextOf === null) return true;
  const { code, identifier } = keyPartsOf(capability, key);
  const isByIdentifier = capability === 'license.byIdentifier';
  const said = keyTextOf(row);
  return isByIdentifier
    ? heldKeyOf('license.byIdentifier', { identifier: said }) ===
        heldKeyOf('license.byIdentifier', { identifier })
    : subjectText(said) === subjectText(code);
}

function subjectText(code: string): string | null {
  return heldKeyOf('credit.profile', { kind: 'ENTERPRISE', code, name: null });
}

/** A record that does not say whose it is belongs to the key that its row was found for. */
function isHeldUnder<N extends MappedCapability>(
  { capability }: RowRules<N>,
  key: Key<N>,
  record: RecordOf<N>,
): boolean {
  const held = heldKeysOf(capability, record);
  const asked = heldKeyOf(capability, key);
  return held.length === 0 || (asked !== null && held.includes(asked));
}

/** A license of the same holder that a source shows because it was not told the type. */
function isOtherType<N extends MappedCapability>(
  rules: RowRules<N>,
  key: Key<N>,
  record: RecordOf<N>,
): boolean {
  if (rules.asksType || rules.capability !== 'license.byHolder') return false;
  const { typeCode } = keyPartsOf(rules.capability, key);
  return isHeldUnder(rules, key, { ...record, typeCode });
}
