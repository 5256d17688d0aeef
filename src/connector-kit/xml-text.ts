import { charsetOf, decodeText, readCharset, type Charset } from './decode.ts';
import { sourceFault } from './fault.ts';
import { parseXml, type XmlElement } from './xml.ts';

/** How far into a document its own declaration may reach. */
const DECLARATION_BYTES_MAX = 256;
const UTF_8_MARK = [0xef, 0xbb, 0xbf];

const DECLARATION =
  /^<\?xml\s+version\s*=\s*(?:"1\.\d"|'1\.\d')\s+encoding\s*=\s*["']([A-Za-z][\w.-]{0,40})["']/u;

/**
 * A document as it came over the wire. Its charset is what the content type and the document's
 * own declaration agree on, else whichever of them speaks, else `otherwise`.
 *
 * @param contentType undefined where there was none, as for recorded bytes.
 * @throws {HubError} SOURCE_MALFORMED: `CHARSET_CONFLICT` where the two disagree, the reasons of
 * `decodeText`, and those of `parseXml`.
 */
export function readXml(
  bytes: Uint8Array,
  contentType: string | undefined,
  otherwise: Charset = 'utf-8',
): XmlElement {
  const said = [readCharset(contentType), declaredIn(bytes), markedIn(bytes)];
  const [first, ...others] = said.filter((charset) => charset !== null);
  if (others.some((charset) => charset !== first)) {
    throw sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason: 'CHARSET_CONFLICT' });
  }
  return parseXml(decodeText(bytes, first ?? otherwise));
}

/** By the document's own declaration. Null where it names no charset. */
function declaredIn(bytes: Uint8Array): Charset | null {
  const start = markedIn(bytes) === null ? 0 : UTF_8_MARK.length;
  const head = bytes.subarray(start, start + DECLARATION_BYTES_MAX);
  const [, name] = DECLARATION.exec(Buffer.from(head).toString('latin1')) ?? [];
  return name === undefined ? null : charsetOf(name);
}

/** By a byte order mark. One of UTF-16 is no character of UTF-8, so that decoding refuses it. */
function markedIn(bytes: Uint8Array): Charset | null {
  return UTF_8_MARK.every((byte, index) => bytes[index] === byte) ? 'utf-8' : null;
}
