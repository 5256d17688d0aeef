import type { ReplyRow } from './answer-rows.ts';
import { decodeReply, decodeText, parseJson } from './decode.ts';
import { driftFault, hasReason } from './fault.ts';
import type { HttpReply } from './http.ts';
import { findAt } from './json-pointer.ts';
import { codeText } from './reply-code.ts';
import { HubError } from '../errors.ts';
import { z } from 'zod';

import { titled } from './connector.ts';

/** How the bytes of replies are read. */
export const charsetSetting = z
  .enum(['DECLARED', 'UTF_8', 'GB18030'])
  .default('DECLARED')
  .meta(titled('应答字符集', 'Charset of replies'))
  .describe('As the reply declares it (UTF-8 where it does not), or always the same.');
type CharsetSetting = z.infer<typeof charsetSetting>;

const FIXED = { UTF_8: 'utf-8', GB18030: 'gb18030' } as const;

/** The value of a reply as it came. @throws {HubError} SOURCE_MALFORMED */
export function decodeAs(charset: CharsetSetting, reply: HttpReply): unknown {
  if (charset === 'DECLARED') return decodeReply(reply);
  return parseJson(decodeText(reply.raw, FIXED[charset]));
}

/**
 * The value of recorded bytes, whose headers are gone. What was declared is known all the same:
 * bytes that UTF-8 does not know were GB18030, and GB18030 that UTF-8 knows as well was never
 * taken for an answer.
 *
 * @throws {HubError} SOURCE_MALFORMED
 */
export function decodeRecorded(charset: CharsetSetting, raw: Uint8Array): unknown {
  if (charset !== 'DECLARED') return parseJson(decodeText(raw, FIXED[charset]));
  return parseJson(decodeEither(raw));
}

function decodeEither(raw: Uint8Array): string {
  try {
    return decodeText(raw, 'utf-8');
  } catch (error) {
    if (!(error instanceof HubError) || !hasReason(error, 'CHARSET')) throw error;
    return decodeText(raw, 'gb18030');
  }
}

/** Reads whom a record is about. @throws {HubError} SOURCE_SCHEMA_DRIFT where it does not say. */
export function createKeyReader(keyPointer: string | null): ((row: ReplyRow) => string) | null {
  if (keyPointer === null) return null;
  return ({ value, pointer }) => {
    const text = codeText(findAt(value, keyPointer));
    if (text === null || text === '') throw driftFault(`${pointer}${keyPointer}`);
    return text;
  };
}
