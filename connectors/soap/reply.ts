import { hasReason } from '../../src/connector-kit/fault.ts';
import { judgeStatus } from '../../src/connector-kit/http-status.ts';
import type { HttpReply } from '../../src/connector-kit/http.ts';
import { readXml } from '../../src/connector-kit/xml-text.ts';
import type { XmlElement } from '../../src/connector-kit/xml.ts';
import { HubError } from '../../src/errors.ts';
import { findFault } from './envelope.ts';
import type { SoapSettings } from './settings.ts';

const CHARSETS = { UTF_8: 'utf-8', GB18030: 'gb18030' } as const;

/**
 * The envelope of a reply that is no Fault.
 *
 * @throws {HubError} by the class of a Fault, whatever its HTTP status; the fault of the status
 * for an HTTP 500 without one; SOURCE_MALFORMED for what is no XML.
 */
export function readReplyEnvelope(reply: HttpReply, settings: SoapSettings): XmlElement {
  const refusal = judgeStatus(reply);
  try {
    const otherwise = CHARSETS[settings.undeclaredCharset];
    const envelope = readXml(reply.raw, reply.headers['content-type'], otherwise);
    requireNoFault(envelope, settings);
    if (refusal === null) return envelope;
  } catch (error) {
    const isForm = error instanceof HubError && FORM_CODES.includes(error.code);
    // The page behind an HTTP 500 is a page, not a reply in the wrong form.
    if (refusal === null || !isForm) throw error;
  }
  throw refusal;
}

const FORM_CODES: readonly string[] = ['SOURCE_MALFORMED', 'SOURCE_SCHEMA_DRIFT'];

/**
 * The envelope of recorded bytes, whose headers are gone. What was declared is known all the
 * same: bytes that UTF-8 does not know were GB18030.
 *
 * @throws {HubError} as the reply would.
 */
export function readRecordedEnvelope(raw: Uint8Array, settings: SoapSettings): XmlElement {
  const envelope = readEither(raw, CHARSETS[settings.undeclaredCharset]);
  requireNoFault(envelope, settings);
  return envelope;
}

function readEither(raw: Uint8Array, first: 'utf-8' | 'gb18030'): XmlElement {
  try {
    return readXml(raw, undefined, first);
  } catch (error) {
    const isCharset =
      error instanceof HubError &&
      (hasReason(error, 'CHARSET') || hasReason(error, 'CHARSET_AMBIGUOUS'));
    if (!isCharset) throw error;
    return readXml(raw, undefined, first === 'utf-8' ? 'gb18030' : 'utf-8');
  }
}

function requireNoFault(envelope: XmlElement, settings: SoapSettings): void {
  const fault = findFault(envelope, settings);
  if (fault !== null) throw fault;
}
