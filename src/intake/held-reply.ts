import { z } from 'zod';

import type {
  Answer,
  Capabilities,
  CapabilityName,
  KeyResult,
} from '../connector-kit/connector.ts';
import { sourceFault } from '../connector-kit/fault.ts';
import { toKeyFault, unsupported } from '../connector-kit/lookup.ts';
import type { HeldAnswers, Holdings } from '../connector-kit/scan.ts';
import { canonicalJson } from '../model/canonical-json.ts';

const heldReply = z.strictObject({
  /** How fresh the rows are. */
  asOf: z.iso.datetime().nullable(),
  /** Whether the passes vouched for what is not among the rows. */
  isCovered: z.boolean(),
  /** Collections whose last pass left open what else there is. */
  unsettled: z.array(z.string()).default([]),
  /** The pass of each collection that was completed last, in the order of the collections. */
  passes: z.array(
    z.strictObject({ collection: z.string(), name: z.string(), startedAt: z.iso.datetime() }),
  ),
  /** Everything held about what the key found, in the order of collection and id. */
  rows: z.array(
    z.strictObject({
      collection: z.string(),
      id: z.string(),
      pass: z.string(),
      values: z.record(z.string(), z.string().nullable()),
    }),
  ),
});

/** What an answer from kept rows is read from. Its canonical JSON is the evidence. */
export type HeldReply = z.infer<typeof heldReply>;

/** The bytes that stay as evidence, the same for the same rows of the same passes. */
export function writeHeld(reply: HeldReply): Uint8Array {
  return new TextEncoder().encode(canonicalJson(reply));
}

/** What the rows of a reply say of a key. A fault of `assemble` is the result of that key. */
export function answerHeld<N extends CapabilityName>(
  answers: HeldAnswers<N>,
  key: Capabilities[N]['key'],
  { reply, raw }: { readonly reply: HeldReply; readonly raw: Uint8Array },
): KeyResult<Capabilities[N]['record']> {
  const { rows, isCovered, asOf } = reply;
  try {
    const held = rows.map(({ collection, id, values }) => ({ collection, id, values }));
    const answer: Answer<Capabilities[N]['record']> = {
      records: rows.length === 0 ? [] : answers.assemble(held, key, reply.unsettled),
      absence: isCovered ? answers.absence : 'UNCOVERED',
      asOf: asOf === null ? null : new Date(asOf),
      raw,
    };
    return { ok: true, answer };
  } catch (error) {
    return toKeyFault(error);
  }
}

/**
 * Reads the evidence of an answer from kept rows again, under other settings perhaps. Asks nobody,
 * not even the rows that are kept now.
 */
export function rereadHeld<N extends CapabilityName>(
  holdings: Holdings,
  capability: N,
  key: Capabilities[N]['key'],
  raw: Uint8Array,
): KeyResult<Capabilities[N]['record']> {
  const answers: Holdings['answers'][N] = holdings.answers[capability];
  if (answers === undefined) return toKeyFault(unsupported('CAPABILITY'));
  const reply = readReply(raw);
  if (reply === null) {
    const details = { hop: 'HUB', reason: 'NOT_HELD_ROWS' } as const;
    return toKeyFault(sourceFault('SOURCE_MALFORMED', details));
  }
  return answerHeld<N>(answers, key, { reply, raw });
}

/** Null for bytes that no answer from kept rows left. */
function readReply(raw: Uint8Array): HeldReply | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(raw);
    return heldReply.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    // Not UTF-8 or not JSON, so the reply of a source.
    return null;
  }
}
