import { on } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

import yauzl from 'yauzl';

/** A sheet as it is read back: texts and numbers, empty cells left out at the end of a row. */
export interface ReadSheet {
  readonly name: string;
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** The parts of an XLSX file by path. */
async function partsOf(bytes: Uint8Array): Promise<ReadonlyMap<string, string>> {
  const file = await promisify<Buffer, yauzl.Options, yauzl.ZipFile>(yauzl.fromBuffer)(
    Buffer.from(bytes),
    { lazyEntries: true },
  );
  const open = promisify<yauzl.Entry, Readable>(file.openReadStream.bind(file));
  const parts = new Map<string, string>();
  file.readEntry();
  for await (const [entry] of on(file, 'entry', { close: ['end'] }) as AsyncIterable<
    [yauzl.Entry]
  >) {
    parts.set(entry.fileName, await text(await open(entry)));
    file.readEntry();
  }
  return parts;
}

const unescape = (text: string) =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

const textsIn = (xml: string) =>
  [...xml.matchAll(/<t\b[^>]*>([^<]*)<\/t>/gu)].map(([, text = '']) => unescape(text)).join('');

/** Reads the sheets of a workbook that the hub wrote. */
export async function readSheets(bytes: Uint8Array): Promise<readonly ReadSheet[]> {
  const parts = await partsOf(bytes);
  const shared = [...(parts.get('xl/sharedStrings.xml') ?? '').matchAll(/<si>.*?<\/si>/gsu)].map(
    ([one]) => textsIn(one),
  );
  const names = [...(parts.get('xl/workbook.xml') ?? '').matchAll(/<sheet\b[^>]*name="([^"]*)"/gu)];
  return names.map(([, name = ''], index) => ({
    name: unescape(name),
    rows: rowsOf(parts.get(`xl/worksheets/sheet${index + 1}.xml`) ?? '', shared),
  }));
}

function rowsOf(xml: string, shared: readonly string[]): ReadSheet['rows'] {
  return [...xml.matchAll(/<row\b[^>]*>(.*?)<\/row>/gsu)].map(([, row = '']) => {
    const cells = [...row.matchAll(/<c\b([^>]*?)(?:\/>|>(.*?)<\/c>)/gsu)].map(
      ([, attributes = '', body = '']) => cellOf(attributes, body, shared),
    );
    const last = cells.findLastIndex((cell) => cell !== null);
    return cells.slice(0, last + 1);
  });
}

function cellOf(attributes: string, body: string, shared: readonly string[]) {
  const [, value] = /<v>([^<]*)<\/v>/u.exec(body) ?? [];
  if (attributes.includes('t="s"')) return shared[Number(value)] ?? null;
  if (attributes.includes('t="inlineStr"')) return textsIn(body);
  return value === undefined ? null : Number(value);
}
