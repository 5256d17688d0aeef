import { inflateSync } from 'node:zlib';

/** Text as it can be taken out of a PDF made by the hub: for each page, its lines in order. */
export function textOfPdf(bytes: Uint8Array): readonly (readonly string[])[] {
  const objects = objectsOf(Buffer.from(bytes));
  const pages = [...objects.values()].find(({ head }) => /\/Type \/Pages\b/u.test(head));
  return references(pages?.head.match(/\/Kids \[(.*?)\]/su)?.[1] ?? '').map((page) =>
    linesOf(objects, objects.get(page)?.head ?? ''),
  );
}

interface PdfObject {
  readonly head: string;
  /** Empty for an object without a stream. */
  readonly stream: Buffer;
}

function objectsOf(pdf: Buffer): ReadonlyMap<string, PdfObject> {
  const text = pdf.toString('latin1');
  const objects = new Map<string, PdfObject>();
  for (const { 1: id = '', index, 0: begin } of text.matchAll(/^(\d+) 0 obj\n/gmu)) {
    const from = index + begin.length;
    const [head = ''] = text.slice(from).split(/\n(?:stream\n|endobj)/u, 1);
    const length = Number(/\/Length (\d+)/u.exec(head)?.[1] ?? 0);
    const at = from + head.length + '\nstream\n'.length;
    const packed = pdf.subarray(at, at + length);
    objects.set(id, {
      head,
      stream: head.includes('/FlateDecode') ? inflateSync(packed) : packed,
    });
  }
  return objects;
}

function references(text: string): readonly string[] {
  return [...text.matchAll(/(\d+) 0 R/gu)].map(([, id = '']) => id);
}

function linesOf(objects: ReadonlyMap<string, PdfObject>, page: string): readonly string[] {
  const object = (name: string, head: string) =>
    objects.get(new RegExp(`/${name} (\\d+) 0 R`, 'u').exec(head)?.[1] ?? '');
  const content = object('Contents', page)?.stream.toString('latin1') ?? '';
  const resources = object('Resources', page)?.head ?? '';
  const maps = new Map<string, ReadonlyMap<string, string>>();
  for (const [, name = '', id = ''] of resources.matchAll(/\/(F\d+) (\d+) 0 R/gu))
    maps.set(
      name,
      unicodeOf(object('ToUnicode', objects.get(id)?.head ?? '')?.stream.toString('latin1') ?? ''),
    );
  return shown(content, maps);
}

const SHOWN =
  /\/(F\d+) [\d.]+ Tf|[\d.-]+ [\d.-]+ [\d.-]+ [\d.-]+ [\d.-]+ ([\d.-]+) Tm|\[(.*?)\] TJ/gsu;

/** What stands on one height is one line. */
function shown(
  content: string,
  maps: ReadonlyMap<string, ReadonlyMap<string, string>>,
): readonly string[] {
  const lines: string[] = [];
  let map: ReadonlyMap<string, string> = new Map();
  let height = '';
  let lineHeight = '';
  for (const [, font, y, glyphs] of content.matchAll(SHOWN)) {
    if (font !== undefined) map = maps.get(font) ?? new Map();
    if (y !== undefined) height = y;
    if (glyphs === undefined) continue;
    const text = [...glyphs.matchAll(/[0-9a-f]{4}(?=[0-9a-f]*>)/gu)]
      .map(([glyph]) => map.get(glyph) ?? '\uFFFD')
      .join('');
    if (height === lineHeight) lines.push((lines.pop() ?? '') + text);
    else lines.push(text);
    lineHeight = height;
  }
  return lines;
}

/** Of a ToUnicode table: four hexadecimal digits of the glyph to its text. */
function unicodeOf(table: string): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const [, first = '', list = ''] of table.matchAll(
    /<([0-9a-f]{4})> <[0-9a-f]{4}> \[(.*?)\]/gsu,
  ))
    [...list.matchAll(/<([0-9a-f ]*)>/gu)].forEach(([, units = ''], index) => {
      const glyph = (Number.parseInt(first, 16) + index).toString(16).padStart(4, '0');
      const codes = units.replaceAll(' ', '').match(/.{4}/gu) ?? [];
      map.set(glyph, String.fromCharCode(...codes.map((code) => Number.parseInt(code, 16))));
    });
  return map;
}
