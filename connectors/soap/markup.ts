/** An element that is to be written. */
export interface Markup {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Its text. Null where it has children instead. */
  readonly text: string | null;
  readonly children: readonly Markup[];
}

/** The characters of XML 1.0 (clause 2.2); any other cannot be written at all. */
const NO_CHARACTER = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** True where XML has a character for every part of the text. */
export function isWritable(text: string): boolean {
  return !NO_CHARACTER.test(text);
}

/** Element by element; texts and values of attributes are escaped, whatever they hold. */
export function writeMarkup({ name, attributes, text, children }: Markup): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(value)}"`);
  const inside = text === null ? children.map(writeMarkup).join('') : escape(text);
  return `<${name}${written.join('')}>${inside}</${name}>`;
}

/** A text as CDATA. The end mark within it is cut in two, so that it ends nothing. */
export function writeCdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  // Readers make spaces and line feeds of these, in attributes or everywhere.
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

function escape(text: string): string {
  return text.replace(/[&<>"'\r\n\t]/gu, (character) => ESCAPES[character] ?? character);
}
