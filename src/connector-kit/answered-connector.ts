import { checkCanary } from './answer-canary.ts';
import { createAnsweredCapability, readKey, type AnsweredCapability } from './answer-lookup.ts';
import { answerKeys, type ReplyRows } from './answer-rows.ts';
import { CHECK_PURPOSE } from './check-purpose.ts';
import { canaryFault, checkSource, type CheckPlan } from './check.ts';
import type {
  Canary,
  Capabilities,
  CapabilityName,
  Collection,
  Connector,
  KeyResult,
} from './connector.ts';
import { draftFields } from './draft-fields.ts';
import type { ReplyHead } from './http-status.ts';
import { toKeyFault, unsupported } from './lookup.ts';
import { MAPPED_CAPABILITIES, type MappedCapability } from './mapping/keys.ts';

/** One capability of a kind that is configured instead of coded. */
export interface Answered<N extends MappedCapability> extends AnsweredCapability<N> {
  readonly canary: {
    readonly present: Capabilities[N]['key'];
    readonly absent: Capabilities[N]['key'];
  } | null;
  /** The rows of a reply that was recorded. @throws {HubError} as `ask` would. */
  readRecorded(raw: Uint8Array): ReplyRows;
}

/** What is answered, by capability. */
export type Answers = { readonly [N in MappedCapability]?: Answered<N> };

/** A source whose answers are configured. */
export interface AnsweredSource {
  readonly answers: Answers;
  readonly isEncrypted: boolean;
  /** A call that asks about nobody. Null where there is none: then a canary is asked about. */
  readonly probe: ((signal: AbortSignal) => Promise<ReplyHead>) | null;
  close(): Promise<void>;
}

/**
 * A connector of answers: lookups, canaries, checks, drafts of mappings and rereading, the same
 * for every protocol.
 */
export function createAnsweredConnector(source: AnsweredSource): Connector {
  const { answers } = source;
  const offered = MAPPED_CAPABILITIES.filter((name) => answers[name] !== undefined);
  const capabilities = offered.map((name) => [name, createCapability(answers, name)] as const);
  const canaries = offered.flatMap((name) => listCanaries(answers, name));
  return {
    // Each capability stands under its own name, which the entries of an object forget.
    capabilities: Object.fromEntries(capabilities) as Connector['capabilities'],
    canaries,
    holdings: null,
    push: null,
    reread: (capability, key, raw) => readAgain(answers, capability, key, raw),
    check: (signal) =>
      checkSource(
        {
          isEncrypted: source.isEncrypted,
          reach: source.probe ?? ((inTime) => reachByCanary(answers, inTime)),
          reads: offered.map((name) => createRead(answers, name)),
        },
        signal,
      ),
    discover:
      canaries.length === 0
        ? null
        : async (signal) => {
            const found = offered.map((name) => discoverOne(answers, name, signal));
            return (await Promise.all(found)).flat();
          },
    close: () => source.close(),
  };
}

function createCapability<N extends MappedCapability>(answers: Answers, name: N) {
  const answered: Answers[N] = answers[name];
  return answered === undefined ? null : createAnsweredCapability<N>(answered);
}

function listCanaries<N extends MappedCapability>(answers: Answers, name: N): readonly Canary[] {
  const canary = answers[name]?.canary ?? null;
  return canary === null ? [] : [{ capability: name, ...canary }];
}

function createRead<N extends MappedCapability>(
  answers: Answers,
  name: N,
): CheckPlan['reads'][number] {
  const answered: Answered<N> | undefined = answers[name];
  const canary = answered?.canary ?? null;
  if (answered === undefined || canary === null) return { capability: name, read: null };
  const { batchMax, lookup } = createAnsweredCapability(answered);
  return {
    capability: name,
    read: (signal) =>
      checkCanary<N>(canary, batchMax, (keys) => lookup(keys, { signal, purpose: CHECK_PURPOSE })),
  };
}

/** The first capability with a canary, asked about the one that is present. */
async function reachByCanary(answers: Answers, signal: AbortSignal): Promise<ReplyHead> {
  for (const name of MAPPED_CAPABILITIES) {
    const asked = askPresent(answers, name);
    if (asked !== null) return (await asked(signal)).head;
  }
  throw unsupported('NO_CANARY_TO_ASK');
}

/** Null where there is no canary. */
function askPresent<N extends MappedCapability>(
  answers: Answers,
  name: N,
): ((signal: AbortSignal) => ReturnType<Answered<N>['ask']>) | null {
  const answered: Answered<N> | undefined = answers[name];
  const canary = answered?.canary ?? null;
  if (answered === undefined || canary === null) return null;
  return async (signal) => {
    const reading = readKey(answered, canary.present);
    if (!reading.ok) throw reading.fault;
    return answered.ask([reading.parts], signal);
  };
}

async function discoverOne(
  answers: Answers,
  name: MappedCapability,
  signal: AbortSignal,
): Promise<readonly Collection[]> {
  const asked = askPresent(answers, name);
  if (asked === null) return [];
  const [row] = (await asked(signal)).rows;
  if (row === undefined) throw canaryFault('PRESENT');
  return [{ name, fields: draftFields(row.value) }];
}

function readAgain<N extends CapabilityName>(
  answers: Answers,
  capability: N,
  key: Capabilities[N]['key'],
  raw: Uint8Array,
): KeyResult<Capabilities[N]['record']> {
  const name = MAPPED_CAPABILITIES.find((each) => each === capability);
  if (name === undefined) return toKeyFault(unsupported('CAPABILITY'));
  // The name was just found equal to the capability, which narrows no type of its key.
  return readOne(answers, name, key as Capabilities[typeof name]['key'], raw) as KeyResult<
    Capabilities[N]['record']
  >;
}

function readOne<N extends MappedCapability>(
  answers: Answers,
  name: N,
  key: Capabilities[N]['key'],
  raw: Uint8Array,
): KeyResult<Capabilities[N]['record']> {
  const answered: Answered<N> | undefined = answers[name];
  try {
    if (answered === undefined) throw unsupported('CAPABILITY');
    const reading = readKey(answered, key);
    if (!reading.ok) throw reading.fault;
    // Bytes that several keys shared are about the others as well.
    const strangers = answered.batchMax > 1 ? 'SKIP' : 'REFUSE';
    const rules = { ...answered.rules, strangers } as const;
    const [result] = answerKeys(rules, [key], answered.readRecorded(raw));
    return result ?? toKeyFault(unsupported('CAPABILITY'));
  } catch (error) {
    return toKeyFault(error);
  }
}
