import { LosslessNumber, isSafeNumber, parse } from 'lossless-json';
import type { ZodType } from 'zod';

import type { HubError } from '../errors.ts';
import { codeOfError } from './error-code.ts';
import { driftFault, sourceFault } from './fault.ts';
import type { HttpReply } from './http.ts';
import { findJsonHazard } from './json-hazard.ts';

/** How the text of a source may be encoded. GB18030 reads GBK and GB2312 as well. */
export type Charset = 'utf-8' | 'gb18030';

/** Names by which sources declare a charset. Anything else is refused: latin1 never fails. */
const DECLARED: Readonly<Record<string, Charset>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  gbk: 'gb18030',
  gb2312: 'gb18030',
  gb18030: 'gb18030',
};

/**
 * The JSON value of a reply: in the charset its content type declares, else in the source's own.
 *
 * @throws {HubError} SOURCE_MALFORMED with a reason; see `decodeText` and `parseJson`.
 */
export function decodeReply(
  reply: Pick<HttpReply, 'raw' | 'headers'>,
  charset: Charset = 'utf-8',
): unknown {
  return parseJson(decodeText(reply.raw, readCharset(reply.headers['content-type']) ?? charset));
}

/**
 * Text of bytes; a byte order mark is legal and dropped.
 *
 * @throws {HubError} SOURCE_MALFORMED, reason `CHARSET`, for bytes the charset does not know, and
 * `CHARSET_AMBIGUOUS` for bytes said to be GB18030 that are UTF-8 as well: read wrongly, every
 * name in them would be another.
 */
export function decodeText(bytes: Uint8Array, charset: Charset): string {
  const text = tryDecode(bytes, charset);
  if (text === null) throw malformed('CHARSET');
  const isAmbiguous =
    charset === 'gb18030' &&
    bytes.some((byte) => byte > 0x7f) &&
    tryDecode(bytes, 'utf-8') !== null;
  if (isAmbiguous) throw malformed('CHARSET_AMBIGUOUS');
  return text;
}

/**
 * The value of a JSON text. Numbers that a double cannot hold exactly stay `LosslessNumber`, so
 * that no schema takes them for a number or a text.
 *
 * @throws {HubError} SOURCE_MALFORMED, reason `NOT_JSON`, `TOO_DEEP` (64), `DUPLICATE_KEY` or
 * `PROTOTYPE_KEY`.
 */
export function parseJson(text: string): unknown {
  const hazard = findJsonHazard(text);
  if (hazard !== null) throw malformed(hazard);
  try {
    return parse(text, null, { parseNumber: readNumber });
  } catch (error) {
    // The parser quotes what it choked on, so its error is not kept.
    if (error instanceof SyntaxError) throw malformed('NOT_JSON');
    throw error;
  }
}

/**
 * The value, in the shape the contract of the source gives it.
 *
 * @param at where the value stands in the reply (RFC 6901), for the fault.
 * @throws {HubError} SOURCE_SCHEMA_DRIFT with the JSON pointer of the first problem.
 */
export function parseShape<T>(schema: ZodType<T>, value: unknown, at = ''): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const path = result.error.issues[0]?.path ?? [];
  throw driftFault(`${at}${toPointer(path)}`);
}

/** A JSON pointer (RFC 6901) of a path. */
export function toPointer(path: readonly PropertyKey[]): string {
  return path
    .map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}

/** The charset a content type declares, or null. @throws {HubError} for one that is refused. */
export function readCharset(contentType: string | undefined): Charset | null {
  const declared = /;\s*charset\s*=\s*"?([^\s";]+)/iu.exec(contentType ?? '')?.[1];
  return declared === undefined ? null : charsetOf(declared);
}

/** The charset of that name. @throws {HubError} SOURCE_MALFORMED, reason `CHARSET`. */
export function charsetOf(name: string): Charset {
  const folded = name.toLowerCase();
  const charset = Object.hasOwn(DECLARED, folded) ? DECLARED[folded] : undefined;
  if (charset === undefined) throw malformed('CHARSET');
  return charset;
}

function tryDecode(bytes: Uint8Array, charset: Charset): string | null {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch (error) {
    if (codeOfError(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA') return null;
    throw error;
  }
}

function readNumber(text: string): number | LosslessNumber {
  return isSafeNumber(text) ? Number(text) : new LosslessNumber(text);
}

function malformed(reason: string): HubError {
  return sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason });
}
