import { z } from 'zod';

import type { ReplyRow } from './answer-rows.ts';
import { CODE_SHAPE, findResetMs, judgeCode } from './business-code.ts';
import { titled } from './connector.ts';
import { driftFault } from './fault.ts';
import { readInstant } from './held-instant.ts';
import type { ReplyHead } from './http-status.ts';
import { findAt, pointerSetting } from './json-pointer.ts';
import { findCode } from './reply-code.ts';

/** Where in a JSON reply the business code, the records and their date stand. */
export const envelopeSetting = z
  .strictObject({
    codePointer: pointerSetting
      .meta(titled('业务代码位置', 'Place of the code'))
      .describe('JSON pointer of the business code, which decides over HTTP 200.'),
    ...CODE_SHAPE,
    resetPointer: pointerSetting
      .nullable()
      .default(null)
      .meta(titled('限额恢复时间位置', 'Place of the end of a quota'))
      .describe('JSON pointer of the time at which a quota ends; null where none is told.'),
    recordsPointer: pointerSetting
      .meta(titled('记录位置', 'Place of the records'))
      .describe('JSON pointer of the records.'),
    records: z
      .enum(['LIST', 'OBJECT'])
      .default('LIST')
      .meta(titled('记录形式', 'Form of the records'))
      .describe('A list of records, or one object for the one record.'),
    nullMeansNone: z
      .boolean()
      .default(false)
      .meta(titled('空值即查无', 'Null means none'))
      .describe('Whether null in place of the records says that there are none; else it is drift.'),
    asOfPointer: pointerSetting
      .nullable()
      .default(null)
      .meta(titled('数据时间位置', 'Place of the date'))
      .describe('JSON pointer of the time of the holdings; null where the source does not say.'),
  })
  .meta(titled('应答结构', 'Envelope'))
  .describe('How the reply says whether it is an answer, and where the records are.');
export type EnvelopeRule = z.infer<typeof envelopeSetting>;

/** What an envelope holds. */
export interface Envelope {
  readonly rows: readonly ReplyRow[];
  readonly asOf: Date | null;
}

/**
 * The records of a reply that is an answer. Without records there is an empty list only where
 * the source says so: by an empty list, a code of absence, or null where that is agreed.
 *
 * @param head null for recorded bytes.
 * @throws {HubError} by the class of the business code; SOURCE_SCHEMA_DRIFT where code or records
 * are not where they were agreed to be.
 */
export function readEnvelope(value: unknown, rule: EnvelopeRule, head: ReplyHead | null): Envelope {
  const { codePointer, resetPointer } = rule;
  const reset = resetPointer === null ? null : findAt(value, resetPointer);
  const code = findCode(value, codePointer);
  const said = judgeCode({ code, resetInMs: findResetMs(reset, head) }, rule, codePointer);
  const asOf =
    rule.asOfPointer === null
      ? null
      : readInstant(findAt(value, rule.asOfPointer), rule.asOfPointer);
  if (said === 'NONE') return { rows: [], asOf };
  const { recordsPointer } = rule;
  const held = findAt(value, recordsPointer);
  if (held === null && rule.nullMeansNone) return { rows: [], asOf };
  if (rule.records === 'OBJECT') {
    if (typeof held !== 'object' || held === null || Array.isArray(held)) {
      throw driftFault(recordsPointer);
    }
    return { rows: [{ value: held, pointer: recordsPointer }], asOf };
  }
  if (!Array.isArray(held)) throw driftFault(recordsPointer);
  const rows = (held as readonly unknown[]).map((each, index) => ({
    value: each,
    pointer: `${recordsPointer}/${index}`,
  }));
  return { rows, asOf };
}
