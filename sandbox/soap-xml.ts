import { SaxesParser } from 'saxes';

/** An element as a peer sent it; names are local. */
export interface SoapElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: SoapElement[];
  text: string;
}

/** Null for what is no document. */
export function readDocument(text: string): SoapElement | null {
  const parser = new SaxesParser({ xmlns: true });
  const open: SoapElement[] = [];
  const roots: SoapElement[] = [];
  let isBroken = false;
  const add = (part: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += part;
  };
  const wasBroken = (): boolean => isBroken;
  parser.on('error', () => void (isBroken = true));
  parser.on('opentag', ({ local, attributes }) => {
    const values = Object.values(attributes).map((each) => [each.local, each.value] as const);
    const element = { name: local, attributes: Object.fromEntries(values), children: [], text: '' };
    (open.at(-1)?.children ?? roots).push(element);
    open.push(element);
  });
  parser.on('text', add);
  parser.on('cdata', add);
  parser.on('closetag', () => void open.pop());
  parser.write(text).close();
  return wasBroken() ? null : (roots[0] ?? null);
}

/** The element at the end of these names. Null where one is missing. */
export function findElement(root: SoapElement | null, ...names: readonly string[]) {
  return names.reduce<SoapElement | null>(
    (element, name) => element?.children.find((child) => child.name === name) ?? null,
    root,
  );
}

/** Every element of a name, wherever it stands. */
export function listElements(root: SoapElement | null, name: string): readonly SoapElement[] {
  if (root === null) return [];
  const inside = root.children.flatMap((child) => listElements(child, name));
  return root.name === name ? [root, ...inside] : inside;
}

/** Text as XML holds it. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Text in a CDATA section, its own end mark cut in two. */
export function wrapCdata(text: string): string {
  return `<![CDATA[${text.replaceAll(']]>', ']]]]><![CDATA[>')}]]>`;
}
