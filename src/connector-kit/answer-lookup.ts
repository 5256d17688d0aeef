import { HubError } from '../errors.ts';
import { SUBJECT_KINDS, type SubjectKind } from '../model/subject-code.ts';
import { answerKeys, type ReplyRows, type RowRules } from './answer-rows.ts';
import type { CallContext, Capabilities, Capability, KeyResult } from './connector.ts';
import type { ReplyHead } from './http-status.ts';
import type { Template } from './json-template.ts';
import { requireBatch, toKeyFault, unsupported } from './lookup.ts';
import { heldKeyOf, keyPartsOf, type KeyParts, type MappedCapability } from './mapping/keys.ts';

/** The rows of a reply, and the head it came with. */
export interface AskedRows extends ReplyRows {
  readonly head: ReplyHead;
}

/** How one capability is asked and answered by a kind that is configured instead of coded. */
export interface AnsweredCapability<N extends MappedCapability> {
  readonly rules: RowRules<N>;
  readonly template: Template;
  /** The source's words for the kinds of subject it is asked about. Null: all, by the hub's. */
  readonly kinds: Readonly<Partial<Record<SubjectKind, string>>> | null;
  readonly batchMax: number;
  /** One call about these keys. @throws {HubError} a `SOURCE_…` code. */
  ask(keys: readonly KeyParts[], signal: AbortSignal): Promise<AskedRows>;
}

type Key<N extends MappedCapability> = Capabilities[N]['key'];
type Result<N extends MappedCapability> = KeyResult<Capabilities[N]['record']>;

/**
 * The capability. Keys that cannot be put to the source are refused one by one, and equal keys
 * asked once. Where the source chokes on a key of a batch (class KEY) the batch is halved until
 * that key is found, so that it costs the others nothing.
 */
export function createAnsweredCapability<N extends MappedCapability>(
  answered: AnsweredCapability<N>,
): Capability<N> {
  return {
    batchMax: answered.batchMax,
    carriesPurpose: false,
    idempotent: true,
    lookup: (keys, call) => lookUp(answered, keys, call),
  };
}

type ReadKey =
  | {
      readonly ok: true;
      readonly parts: KeyParts;
      /** Equal for keys that the source would be asked about in the same words. */
      readonly question: string;
    }
  | { readonly ok: false; readonly fault: HubError };

/** The parts of a key in the source's words, or why it cannot be asked. */
export function readKey<N extends MappedCapability>(
  { rules, template, kinds }: Pick<AnsweredCapability<N>, 'rules' | 'template' | 'kinds'>,
  key: Key<N>,
): ReadKey {
  const own = keyPartsOf(rules.capability, key);
  const held = heldKeyOf(rules.capability, key);
  if (held === null) return { ok: false, fault: unsupported('KEY_NAMES_NOBODY') };
  const kind = wordForKind(own.kind, kinds);
  if (kind === null) return { ok: false, fault: unsupported('SUBJECT_KIND') };
  const parts = { ...own, kind };
  const problem = template.problemOf(parts);
  if (problem !== null) return { ok: false, fault: unsupported(problem) };
  const same = [held, ...template.parts.map((part) => parts[part])];
  return { ok: true, parts, question: JSON.stringify(same) };
}

/** Null for a kind the source is not asked about; empty for keys that have none. */
function wordForKind(
  kind: string,
  kinds: Readonly<Partial<Record<SubjectKind, string>>> | null,
): string | null {
  const known = SUBJECT_KINDS.find((each) => each === kind);
  if (kinds === null || known === undefined) return kind;
  return kinds[known] ?? null;
}

interface Wanted<N extends MappedCapability> {
  readonly key: Key<N>;
  readonly parts: KeyParts;
}

async function lookUp<N extends MappedCapability>(
  answered: AnsweredCapability<N>,
  keys: readonly Key<N>[],
  { signal }: CallContext,
): Promise<readonly Result<N>[]> {
  requireBatch(keys, answered.batchMax);
  const read = keys.map((key) => ({ key, reading: readKey(answered, key) }));
  const wanted = new Map<string, Wanted<N>>();
  for (const { key, reading } of read) {
    if (reading.ok) wanted.set(reading.question, { key, parts: reading.parts });
  }
  const results = await askApart(answered, [...wanted.values()], signal);
  const byQuestion = new Map([...wanted.keys()].map((each, index) => [each, results[index]]));
  return read.map(({ reading }) => {
    if (!reading.ok) return { ok: false, fault: reading.fault };
    const result = byQuestion.get(reading.question);
    if (result === undefined) throw new Error('A key was asked and has no result.');
    return result;
  });
}

/** In halves where the source says that it cannot work on one of the keys. */
async function askApart<N extends MappedCapability>(
  answered: AnsweredCapability<N>,
  wanted: readonly Wanted<N>[],
  signal: AbortSignal,
): Promise<readonly Result<N>[]> {
  if (wanted.length === 0) return [];
  try {
    const parts = wanted.map((each) => each.parts);
    const reply = await answered.ask(parts, signal);
    const keys = wanted.map(({ key }) => key);
    return answerKeys(answered.rules, keys, reply);
  } catch (error) {
    if (!isKeyRefused(error)) throw error;
    if (wanted.length === 1) return [toKeyFault(error)];
    const half = Math.ceil(wanted.length / 2);
    const results: Result<N>[] = [];
    // One half after the other, so that a source in trouble is not asked more at once.
    for (const part of [wanted.slice(0, half), wanted.slice(half)]) {
      results.push(...(await askHalf(answered, part, signal)));
    }
    return results;
  }
}

/** A fault of one half is no fault of the other. */
async function askHalf<N extends MappedCapability>(
  answered: AnsweredCapability<N>,
  part: readonly Wanted<N>[],
  signal: AbortSignal,
): Promise<readonly Result<N>[]> {
  try {
    return await askApart(answered, part, signal);
  } catch (error) {
    const failed = toKeyFault(error);
    return part.map(() => failed);
  }
}

function isKeyRefused(error: unknown): boolean {
  return error instanceof HubError && error.details['isKeyRefused'] === true;
}
