import { parseDate, type BusinessDate } from '../../model/business-date.ts';
import type { DropPlace, PlacedFile } from './drop-place.ts';
import { isPathInside, joinPath } from './file-path.ts';

/**
 * How files of one kind are named: a path under the root in which `{yyyymmdd}` stands for a day,
 * `{TABLE}` for the name of the collection and `{seq}` for a sequence number of 1 to 12 digits.
 */
export interface FilePattern {
  readonly hasDay: boolean;
  readonly hasSequence: boolean;
  /** Every file of the place that is so named, oldest first. */
  find(place: DropPlace): Promise<readonly DroppedFile[]>;
}

/** A file whose name says what it is. */
export interface DroppedFile {
  /** Relative to the root. */
  readonly path: string;
  /** The day in its name. Null where names have none. */
  readonly day: BusinessDate | null;
  /** The number in its name. Null where names have none. */
  readonly sequence: number | null;
  /** Day and number as text that sorts by code unit; equal for files that replace each other. */
  readonly slot: string;
  readonly size: number;
  readonly modifiedMs: number;
}

const MARKS: Readonly<Record<string, string>> = {
  '{yyyymmdd}': '(?<day>\\d{8})',
  '{seq}': '(?<seq>\\d{1,12})',
};

/** Why a text cannot be such a pattern. Null where it can. */
export function judgePattern(text: string): string | null {
  const plain = text.replaceAll(/\{(?:yyyymmdd|seq|TABLE)\}/gu, 'x');
  if (/[{}]/u.test(plain)) return 'UNKNOWN_MARK';
  if (plain === '' || !isPathInside(plain)) return 'OUTSIDE';
  return text.split('{seq}').length > 2 ? 'TWO_SEQUENCES' : null;
}

/** @param text one that `judgePattern` has nothing against. */
export function createFilePattern(text: string, table: string): FilePattern {
  const segments = text.split('/').map((segment) => toExpression(segment, table));
  return {
    hasDay: text.includes('{yyyymmdd}'),
    hasSequence: text.includes('{seq}'),
    async find(place) {
      const found = await walk(place, { directory: '', segments, marks: NO_MARKS });
      return found.toSorted((left, right) => (orderOf(left) < orderOf(right) ? -1 : 1));
    },
  };
}

function orderOf({ slot, path }: DroppedFile): string {
  return `${slot} ${path}`;
}

interface Marks {
  readonly day: string | null;
  readonly seq: string | null;
}

const NO_MARKS: Marks = { day: null, seq: null };

interface Walk {
  readonly directory: string;
  readonly segments: readonly RegExp[];
  readonly marks: Marks;
}

async function walk(
  place: DropPlace,
  { directory, segments, marks }: Walk,
): Promise<readonly DroppedFile[]> {
  const [segment, ...deeper] = segments;
  if (segment === undefined) return [];
  const found: DroppedFile[] = [];
  for (const file of await place.list(directory)) {
    const read = readMarks(segment.exec(file.name), marks);
    if (read === null) continue;
    const path = joinPath(directory, file.name);
    if (deeper.length > 0 && file.type === 'DIRECTORY') {
      found.push(...(await walk(place, { directory: path, segments: deeper, marks: read })));
    }
    const dropped = deeper.length === 0 && file.type === 'FILE' ? toFile(file, path, read) : null;
    if (dropped !== null) found.push(dropped);
  }
  return found;
}

/** Null where the name does not match, or names another day than the directory above it. */
function readMarks(match: RegExpExecArray | null, above: Marks): Marks | null {
  if (match === null) return null;
  const { day, seq } = match.groups ?? {};
  if (day !== undefined && above.day !== null && day !== above.day) return null;
  return { day: day ?? above.day, seq: seq ?? above.seq };
}

/** Null where the eight digits are no day. */
function toFile(file: PlacedFile, path: string, { day, seq }: Marks): DroppedFile | null {
  const date = day === null ? null : parseDate(day, { role: 'OTHER' });
  if (date !== null && date.kind !== 'DATE') return null;
  return {
    path,
    day: date?.date ?? null,
    sequence: seq === null ? null : Number(seq),
    slot: `${day ?? '00000000'}.${(seq ?? '').padStart(12, '0')}`,
    size: file.size,
    modifiedMs: file.modifiedMs,
  };
}

/** The day and the number that a slot was made of. @param slot as `DroppedFile` has it. */
export function readSlot(slot: string): {
  readonly day: BusinessDate | null;
  readonly sequence: number;
} {
  const [day = '', sequence = ''] = slot.split('.');
  const date = parseDate(day, { role: 'OTHER' });
  return { day: date.kind === 'DATE' ? date.date : null, sequence: Number(sequence) };
}

function toExpression(segment: string, table: string): RegExp {
  let hasDay = false;
  const source = segment
    .split(/(\{(?:yyyymmdd|seq|TABLE)\})/u)
    .map((part) => {
      if (part === '{TABLE}') return escape(table);
      if (part === '{yyyymmdd}' && hasDay) return '\\k<day>';
      hasDay ||= part === '{yyyymmdd}';
      return MARKS[part] ?? escape(part);
    })
    .join('');
  return new RegExp(`^${source}$`, 'u');
}

function escape(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/gu, '\\$&');
}
