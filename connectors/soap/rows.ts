import type { ReplyRow, ReplyRows } from '../../src/connector-kit/answer-rows.ts';
import { findResetMs, judgeCode } from '../../src/connector-kit/business-code.ts';
import { driftFault } from '../../src/connector-kit/fault.ts';
import { readInstant } from '../../src/connector-kit/held-instant.ts';
import type { ReplyHead } from '../../src/connector-kit/http-status.ts';
import type { XmlElement } from '../../src/connector-kit/xml.ts';
import type { AnswerSettings } from './question.ts';

/** A row by column: text, null for nil, and lists where columns repeat. */
type RowValue = string | null | readonly RowValue[] | { readonly [column: string]: RowValue };

/** How rows of the inner document are found and read. */
export type RowSettings = Pick<AnswerSettings, 'envelope' | 'columnAttribute' | 'repeated'>;

/**
 * The rows of an inner document that is an answer.
 *
 * @param head null for recorded bytes.
 * @throws {HubError} by the class of its business code; SOURCE_SCHEMA_DRIFT where code or rows
 * are not where they were agreed to be.
 */
export function readRows(
  root: XmlElement,
  settings: RowSettings,
  head: ReplyHead | null,
): Omit<ReplyRows, 'raw'> {
  const { envelope } = settings;
  const { codePath, resetPath } = envelope;
  const resetInMs = resetPath === null ? null : findResetMs(findText(root, resetPath), head);
  const said = judgeCode({ code: findText(root, codePath), resetInMs }, envelope, codePath);
  const asOf =
    envelope.asOfPath === null
      ? null
      : readInstant(findText(root, envelope.asOfPath), envelope.asOfPath);
  if (said === 'NONE') return { rows: [], asOf };
  const { rowsPath } = envelope;
  requireOnlyRows(root, envelope);
  const rows = listAt(root, rowsPath).map((row, index) => {
    const pointer = `${rowsPath}/${index}`;
    return { value: readColumns(row, pointer, settings), pointer };
  });
  return { rows, asOf };
}

/**
 * Without what contains the rows, or with rows under another name, their absence means nothing.
 */
function requireOnlyRows(root: XmlElement, envelope: RowSettings['envelope']): void {
  const { rowsPath, codePath, asOfPath, besideRows } = envelope;
  const cut = rowsPath.lastIndexOf('/');
  const container = rowsPath.slice(0, cut);
  if (container === '') return;
  const containers = listAt(root, container);
  if (containers.length === 0) throw driftFault(container);
  const known = [rowsPath, codePath, asOfPath ?? '']
    .filter((path) => path.startsWith(`${container}/`))
    .map((path) => path.slice(cut + 1).split('/')[0]);
  const isKnown = ({ name }: XmlElement): boolean =>
    known.includes(name) || besideRows.includes(name);
  const strange = containers.some(({ children }) => !children.every(isKnown));
  if (strange) throw driftFault(container, 'UNKNOWN_ELEMENT');
}

/** Reads whom a row is about. @throws {HubError} SOURCE_SCHEMA_DRIFT where it does not say. */
export function createKeyReader(keyColumn: string | null): ((row: ReplyRow) => string) | null {
  if (keyColumn === null) return null;
  return ({ value, pointer }) => {
    const held = (value as Readonly<Record<string, RowValue>>)[keyColumn];
    const text = typeof held === 'string' ? held.trim() : '';
    if (text === '') throw driftFault(`${pointer}/${keyColumn}`);
    return text;
  };
}

/** Every element at a path that begins with the name of the root. */
function listAt(root: XmlElement, path: string): readonly XmlElement[] {
  const [first, ...steps] = path.split('/').slice(1);
  const start = root.name === first ? [root] : [];
  return steps.reduce<readonly XmlElement[]>(
    (found, step) => found.flatMap(({ children }) => children.filter(({ name }) => name === step)),
    start,
  );
}

/** Null where there is none, or it is nil. @throws {HubError} where there are two. */
function findText(root: XmlElement, path: string): string | null {
  const [element, ...others] = listAt(root, path);
  if (others.length > 0) throw driftFault(path);
  return element === undefined || isNil(element) ? null : element.text.trim();
}

function readColumns(
  row: XmlElement,
  pointer: string,
  settings: RowSettings,
): { readonly [column: string]: RowValue } {
  const columns = new Map<string, RowValue[]>();
  for (const element of row.children) {
    const name = nameOf(element, pointer, settings);
    const value = readValue(element, `${pointer}/${name}`, settings);
    columns.set(name, [...(columns.get(name) ?? []), value]);
  }
  const entries = [...columns].map(([name, values]): [string, RowValue] => {
    if (settings.repeated.includes(name)) return [name, values];
    if (values.length > 1) throw driftFault(`${pointer}/${name}`, 'REPEATED');
    return [name, values[0] ?? null];
  });
  return Object.fromEntries(entries);
}

function nameOf(element: XmlElement, pointer: string, { columnAttribute }: RowSettings): string {
  if (columnAttribute === null) return element.name;
  const name = element.attributes[columnAttribute];
  if (name === undefined || name === '') throw driftFault(`${pointer}/${element.name}`);
  return name;
}

function readValue(element: XmlElement, pointer: string, settings: RowSettings): RowValue {
  if (isNil(element)) return null;
  return element.children.length === 0 ? element.text : readColumns(element, pointer, settings);
}

/** `xsi:nil`, XML Schema part 1, clause 2.6.2. */
function isNil({ attributes }: XmlElement): boolean {
  return attributes['nil'] === 'true' || attributes['nil'] === '1';
}
