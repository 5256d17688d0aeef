import type { Charset } from '../decode.ts';
import { driftFault } from '../fault.ts';
import type { XmlElement } from '../xml.ts';
import { COLUMNS_MAX, readCell, rejected, type FileRecord, type ReadPlan } from './file-record.ts';
import { readXmlStream } from './xml-stream.ts';

/** How an XML file holds its records. */
export interface XmlFormat {
  readonly charset: Charset;
  /** Local name of the element that is one record. */
  readonly record: string;
  /** How deep it stands; 1 is the root. */
  readonly depth: number;
  /** Other elements of that depth, which are not read. */
  readonly beside: readonly string[];
  /** Every column there may be; null where a record may hold others, which are kept. */
  readonly columns: readonly string[] | null;
}

/**
 * The records of an XML file: child elements and attributes of each record element are its
 * columns, by local name. The whole file must be sound: a byte that cannot be read is a fault.
 *
 * @throws {HubError} as `readXmlStream`; SOURCE_SCHEMA_DRIFT reason OTHER_ELEMENT for an element
 * among the records that was not announced, UNKNOWN_COLUMN for such a column.
 */
export async function* readXmlRecords(
  chunks: AsyncIterable<Uint8Array>,
  { format, plan }: { readonly format: XmlFormat; readonly plan: ReadPlan },
): AsyncGenerator<readonly FileRecord[]> {
  const { charset, depth, record, beside } = format;
  const { lineBytesMax, xmlDepthMax } = plan.limits;
  let isFirst = true;
  const elements = readXmlStream(chunks, {
    charset,
    depth,
    elementBytesMax: lineBytesMax,
    depthMax: xmlDepthMax,
  });
  for await (const batch of elements) {
    const own = batch.filter(({ name }) => name === record);
    const isKnown = batch.every(({ name }) => name === record || beside.includes(name));
    if (!isKnown) throw driftFault('', 'OTHER_ELEMENT');
    const [first] = own;
    if (first !== undefined && isFirst) {
      isFirst = false;
      plan.onColumns(namesOf(first).map((name) => toColumn(name, plan)));
    }
    if (own.length > 0) yield own.map((element) => toRecord(element, { format, plan }));
  }
}

function namesOf({ attributes, children }: XmlElement): readonly string[] {
  return [...new Set([...Object.keys(attributes), ...children.map(({ name }) => name)])];
}

function toRecord(
  element: XmlElement,
  { format, plan }: { readonly format: XmlFormat; readonly plan: ReadPlan },
): FileRecord {
  const values = new Map<string, string | null>();
  const place = element.line;
  const nested = element.children.find(({ children }) => children.length > 0);
  if (nested !== undefined) return rejected(place, 'NESTED_FIELD', toColumn(nested.name, plan));
  const fields = [
    ...Object.entries(element.attributes),
    ...element.children.map(({ name, text }) => [name, text] as const),
  ];
  if (fields.length > COLUMNS_MAX) return rejected(place, 'COLUMN_COUNT');
  for (const [name, text] of fields) {
    const column = toColumn(name, plan);
    const isKnown = format.columns === null || format.columns.includes(column);
    // A column under a new name would look like one that says nothing.
    if (!isKnown) throw driftFault('', 'UNKNOWN_COLUMN');
    if (values.has(column)) return rejected(place, 'DUPLICATE_FIELD', column);
    values.set(column, readCell(text));
  }
  // An element that is left out says nothing, as an empty one does.
  const expected = [...plan.required, ...(format.columns ?? [])];
  for (const column of expected) if (!values.has(column)) values.set(column, null);
  return { type: 'ROW', place, values: Object.fromEntries(values) };
}

function toColumn(name: string, { aliases }: ReadPlan): string {
  return Object.hasOwn(aliases, name) ? (aliases[name] ?? name) : name;
}
