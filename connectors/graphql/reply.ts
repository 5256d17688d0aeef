import { z } from 'zod';

import type { ReplyRow } from '../../src/connector-kit/answer-rows.ts';
import { judgeCode } from '../../src/connector-kit/business-code.ts';
import { parseShape } from '../../src/connector-kit/decode.ts';
import { driftFault } from '../../src/connector-kit/fault.ts';
import { readInstant } from '../../src/connector-kit/held-instant.ts';
import { findAt } from '../../src/connector-kit/json-pointer.ts';
import type { MappedCapability } from '../../src/connector-kit/mapping/keys.ts';
import type { GraphqlSettings } from './settings.ts';

type AnswerSettings = Pick<
  NonNullable<GraphqlSettings['answers'][MappedCapability]>,
  'recordsPointer' | 'records' | 'asOfPointer'
>;

const replyShape = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z
    .array(z.object({ extensions: z.object({ code: z.string() }).optional() }))
    .min(1)
    .optional(),
});

/**
 * The records of a reply. Partial data with errors is no answer: what is missing in it may be
 * what was asked.
 *
 * @throws {HubError} by the class of the first error's code; SOURCE_SCHEMA_DRIFT.
 */
export function readGraphqlReply(
  value: unknown,
  answer: AnswerSettings,
  faults: GraphqlSettings['faults'],
): { readonly rows: readonly ReplyRow[]; readonly asOf: Date | null } {
  const { errors } = parseShape(replyShape, value);
  const code = errors?.[0]?.extensions?.code ?? (errors === undefined ? OK : 'NO_CODE');
  judgeCode({ code, resetInMs: null }, { ok: [OK], none: [], faults }, '/errors/0/extensions/code');
  const { recordsPointer, asOfPointer } = answer;
  const asOf = asOfPointer === null ? null : readInstant(findAt(value, asOfPointer), asOfPointer);
  const held = findAt(value, recordsPointer);
  if (answer.records === 'OBJECT') {
    if (held === null) return { rows: [], asOf };
    if (typeof held !== 'object' || Array.isArray(held)) throw driftFault(recordsPointer);
    return { rows: [{ value: held, pointer: recordsPointer }], asOf };
  }
  if (!Array.isArray(held)) throw driftFault(recordsPointer);
  const rows = (held as readonly unknown[]).map((each, index) => ({
    value: each,
    pointer: `${recordsPointer}/${index}`,
  }));
  return { rows, asOf };
}

/** Stands for a reply without errors, which has no code. */
const OK = 'OK';
