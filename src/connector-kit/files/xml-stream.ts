import { codeOfError } from '../error-code.ts';
import type { Charset } from '../decode.ts';
import { sourceFault } from '../fault.ts';
import { createXmlReader, type XmlElement } from '../xml.ts';
import { limitFault } from './drop-place.ts';

/** How a stream of XML is read. */
export interface XmlStreamPlan {
  readonly charset: Charset;
  /** Depth of the elements handed over; 1 is the root. */
  readonly depth: number;
  /** Bytes between the ends of two of them, at most: what a longer one needs has no bound. */
  readonly elementBytesMax: number;
  /** How deep an element may be, all it holds included. */
  readonly depthMax: number;
}

/** Characters in which a declaration has ended. */
const DECLARATION_MAX = 512;

/** By the name an XML declaration gives it. */
const CHARSETS: Readonly<Record<string, Charset>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  gbk: 'gb18030',
  gb2312: 'gb18030',
  gb18030: 'gb18030',
};

/**
 * The elements of that depth, a batch for each chunk.
 *
 * @throws {HubError} SOURCE_MALFORMED reason CHARSET for bytes that are not of the charset, or a
 * declaration that names another; RECORD_TOO_LONG; XML_… as `createXmlReader`.
 */
export async function* readXmlStream(
  chunks: AsyncIterable<Uint8Array>,
  plan: XmlStreamPlan,
): AsyncGenerator<readonly XmlElement[]> {
  const decoder = new TextDecoder(plan.charset, { fatal: true });
  let found: XmlElement[] = [];
  let sinceLast = 0;
  const reader = createXmlReader({
    depth: plan.depth,
    onElement: (element) => {
      requireDepth(element, plan.depthMax - plan.depth);
      found.push(element);
      sinceLast = 0;
    },
  });
  const gate = createGate(plan.charset, (text) => reader.write(text));
  for await (const chunk of chunks) {
    sinceLast += chunk.length;
    gate.write(decode(() => decoder.decode(chunk, { stream: true })));
    if (sinceLast > plan.elementBytesMax + chunk.length) {
      throw limitFault('RECORD_TOO_LONG', 'lineBytesMax');
    }
    if (found.length > 0) yield found;
    found = [];
  }
  gate.write(decode(() => decoder.decode()));
  gate.open();
  reader.close();
  if (found.length > 0) yield found;
}

/** Holds text back until the declaration is whole, which may be cut into chunks anywhere. */
function createGate(
  charset: Charset,
  pass: (text: string) => void,
): { write(text: string): void; open(): void } {
  let isOpen = false;
  let held = '';
  const open = (): void => {
    if (isOpen) return;
    isOpen = true;
    requireCharset(held.slice(0, DECLARATION_MAX), charset);
    pass(held);
  };
  return {
    write(text) {
      if (isOpen) {
        pass(text);
        return;
      }
      held += text;
      if (held.length >= DECLARATION_MAX || held.includes('?>')) open();
    },
    open,
  };
}

function decode(run: () => string): string {
  try {
    return run();
  } catch (error) {
    if (codeOfError(error) !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw error;
    throw sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason: 'CHARSET' });
  }
}

function requireCharset(text: string, charset: Charset): void {
  const declared = /^\uFEFF?<\?xml[^>]*?\sencoding\s*=\s*["']([^"']+)["']/u.exec(text)?.[1];
  if (declared === undefined || CHARSETS[declared.toLowerCase()] === charset) return;
  throw sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason: 'CHARSET' });
}

function requireDepth(element: XmlElement, below: number): void {
  if (below < 0) throw limitFault('XML_TOO_DEEP', 'xmlDepthMax');
  for (const child of element.children) requireDepth(child, below - 1);
}
