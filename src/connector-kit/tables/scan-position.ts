import { z } from 'zod';

import { unsupported } from '../lookup.ts';
import { readStamp, type Stamp } from './change-time.ts';

const stamp = z.string().transform((text, context) => {
  const read = readStamp(text);
  if (read !== null) return read;
  context.addIssue({ code: 'custom', message: 'no stamp' });
  return z.NEVER;
});

const watermarkShape = z.strictObject({
  at: stamp.nullable(),
  reload: z.string().nullable(),
  ids: z.number(),
});

/**
 * Where the next pass begins, which batch was last read as a full copy, and how many ids it knew.
 */
export type Watermark = z.infer<typeof watermarkShape>;

const positionShape = z.strictObject({
  table: z.string(),
  pass: z.string(),
  begin: stamp.nullable(),
  end: watermarkShape,
  asOf: stamp.nullable(),
  full: z.boolean(),
  /** Tells whether the table has changed while a pass was cut off. */
  print: z.string().nullable(),
  rejects: z.number(),
  place: z.number(),
  /** Time (where it is ordered by) and id of the last row. Null before the first. */
  at: z.array(z.string()).nullable(),
});

/** How far a pass has come, and all that must stay as it was when the pass began. */
export type Position = z.infer<typeof positionShape>;

/** Null for a text that is no watermark of this kind: then everything is read again. */
export function readWatermark(text: string | null): Watermark | null {
  return text === null ? null : (watermarkShape.safeParse(parse(text)).data ?? null);
}

/**
 * @throws {HubError} SOURCE_UNSUPPORTED, reason `RESUME`, for what no pass over this table left.
 */
export function readPosition(text: string, table: string): Position {
  const position = positionShape.safeParse(parse(text)).data;
  if (position?.table !== table) throw unsupported('RESUME');
  return position;
}

/** As the hub keeps it. */
export function writeMark(mark: Watermark | Position): string {
  return JSON.stringify(mark);
}

/** The later of two times; the other where one is not known. */
export function laterOf(one: Stamp | null, other: Stamp | null): Stamp | null {
  if (one === null || other === null) return one ?? other;
  return one > other ? one : other;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
