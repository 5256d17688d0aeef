import { createHash } from 'node:crypto';

import { z } from 'zod';

import type { DroppedFile } from '../../src/connector-kit/files/file-pattern.ts';
import { unsupported } from '../../src/connector-kit/lookup.ts';

const watermarkShape = z.strictObject({
  /** Order of the last file that was read to its end. */
  slot: z.string(),
  path: z.string(),
  modifiedMs: z.number(),
  /** SHA-256 of it. */
  sha256: z.string(),
  /** What was there up to it: see `fingerprintOf`. Empty for full files. */
  seen: z.array(z.string()),
});

/** Where the next pass begins: behind this file. */
export type Watermark = z.infer<typeof watermarkShape>;

const resumeShape = z.strictObject({
  path: z.string(),
  sha256: z.string(),
  pass: z.string(),
  /** Records of the file that were handed over, rejected ones included. Null for all of them. */
  records: z.number().int().min(0).nullable(),
});

/** Where a pass that was cut off goes on: inside this file, or behind it. */
export type ResumePoint = z.infer<typeof resumeShape>;

export function writePosition(position: Watermark | ResumePoint): string {
  return JSON.stringify(position);
}

/** @throws {HubError} SOURCE_UNSUPPORTED for a text that this connector did not write. */
export function readWatermark(text: string | null): Watermark | null {
  return text === null ? null : parsePosition(watermarkShape, text);
}

/** @throws {HubError} SOURCE_UNSUPPORTED for a text that this connector did not write. */
export function readResume(text: string | null): ResumePoint | null {
  return text === null ? null : parsePosition(resumeShape, text);
}

/** Short name of a file as it stands there: another when it is replaced or written again. */
export function fingerprintOf({ path, size, modifiedMs }: DroppedFile): string {
  return createHash('sha256').update(`${path}\n${size}\n${modifiedMs}`).digest('hex').slice(0, 16);
}

function parsePosition<T>(shape: z.ZodType<T>, text: string): T {
  const parsed = shape.safeParse(parseText(text));
  if (!parsed.success) throw unsupported('POSITION');
  return parsed.data;
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON, so not written by this connector; the shape says so.
    return null;
  }
}
