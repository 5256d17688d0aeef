import { SaxesParser, type SaxesAttributeNS, type SaxesTagNS } from 'saxes';

import { driftFault, sourceFault } from './fault.ts';

/** An element with what is in it. Names are local: prefixes are the sender's affair. */
export interface XmlElement {
  readonly name: string;
  /** Empty where there is none. */
  readonly namespace: string;
  /** By local name; one without a prefix goes before one with. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** All text directly inside, CDATA included, as written. */
  readonly text: string;
  /** Line of its end tag, from 1. */
  readonly line: number;
}

/** Reads XML as it arrives. */
export interface XmlReader {
  /** @throws {HubError} SOURCE_MALFORMED */
  write(chunk: string): void;
  /** @throws {HubError} SOURCE_MALFORMED where the document is not closed. */
  close(): void;
}

const DEPTH_MAX = 64;
const ATTRIBUTES_MAX = 1_000;

interface OpenElement {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

/**
 * Hands over every element of that depth as soon as it ends; 1 is the root. Elements above it are
 * not kept, so that a document may be longer than memory.
 *
 * A document type declaration is refused outright, with every entity that is not predefined;
 * depth is at most 64, attributes of one element at most 1,000.
 */
export function createXmlReader(deps: {
  readonly depth: number;
  onElement(element: XmlElement): void;
}): XmlReader {
  const parser = new SaxesParser({ xmlns: true });
  const open: OpenElement[] = [];

  parser.on('error', () => refuse('NOT_WELL_FORMED'));
  parser.on('doctype', () => refuse('DOCTYPE'));
  parser.on('opentag', (tag) => enter(open, tag));
  parser.on('text', (text) => addText(open, text, deps.depth));
  parser.on('cdata', (text) => addText(open, text, deps.depth));
  parser.on('closetag', () => {
    const ended = open.pop();
    if (ended === undefined) return;
    const element = { ...ended, line: parser.line };
    if (open.length + 1 === deps.depth) deps.onElement(element);
    else if (open.length >= deps.depth) open.at(-1)?.children.push(element);
  });
  return {
    write: (chunk) => void parser.write(chunk),
    close: () => void parser.close(),
  };
}

/** A whole document. @throws {HubError} SOURCE_MALFORMED */
export function parseXml(text: string): XmlElement {
  const roots: XmlElement[] = [];
  const reader = createXmlReader({ depth: 1, onElement: (element) => void roots.push(element) });
  reader.write(text);
  reader.close();
  return roots[0] ?? refuse('NOT_WELL_FORMED');
}

/**
 * The only child of that name.
 *
 * @throws {HubError} SOURCE_SCHEMA_DRIFT where it is not exactly one.
 */
export function requireChild(parent: XmlElement, name: string, pointer = ''): XmlElement {
  const [child, ...others] = parent.children.filter((each) => each.name === name);
  if (child === undefined || others.length > 0) throw driftFault(`${pointer}/${name}`);
  return child;
}

function enter(open: OpenElement[], tag: SaxesTagNS): void {
  const attributes = Object.values(tag.attributes);
  if (open.length >= DEPTH_MAX) refuse('TOO_DEEP');
  if (attributes.length > ATTRIBUTES_MAX) refuse('TOO_MANY_ATTRIBUTES');
  open.push({
    name: tag.local,
    namespace: tag.uri,
    attributes: nameLocally(attributes),
    children: [],
    text: '',
  });
}

/** Two prefixed attributes of one local name have no name that could tell them apart. */
function nameLocally(attributes: readonly SaxesAttributeNS[]): Readonly<Record<string, string>> {
  const told = attributes.filter(({ prefix, name }) => prefix !== 'xmlns' && name !== 'xmlns');
  const plain = told.filter(({ prefix }) => prefix === '');
  const names = new Set(plain.map(({ local }) => local));
  const prefixed = told.filter(({ prefix, local }) => prefix !== '' && !names.has(local));
  const locals = new Set(prefixed.map(({ local }) => local));
  if (locals.size < prefixed.length) refuse('AMBIGUOUS_ATTRIBUTE');
  return Object.fromEntries([...plain, ...prefixed].map(({ local, value }) => [local, value]));
}

function addText(open: readonly OpenElement[], text: string, depth: number): void {
  const element = open.at(-1);
  // Text between the elements handed over belongs to one that is not kept.
  if (element !== undefined && open.length >= depth) element.text += text;
}

function refuse(reason: string): never {
  throw sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason: `XML_${reason}` });
}
