import type { CallContext } from './connector.ts';
import { sourceFault } from './fault.ts';

/** Forms a license file (电子证照文件) may have, each with the bytes it begins with. */
const BEGINNINGS = {
  'application/pdf': [0x25, 0x50, 0x44, 0x46],
  // GB/T 33190-2016: an OFD is a ZIP archive.
  'application/ofd': [0x50, 0x4b, 0x03, 0x04],
  'image/png': [0x89, 0x50, 0x4e, 0x47],
  'image/jpeg': [0xff, 0xd8, 0xff],
} as const satisfies Readonly<Record<string, readonly number[]>>;

export type FileMediaType = keyof typeof BEGINNINGS;

/** Every media type that is passed on. Anything else is no license file. */
export const FILE_MEDIA_TYPES = Object.keys(BEGINNINGS) as readonly FileMediaType[];

/** A file on its way from the source. Whoever has it reads it to the end, or closes it. */
export interface OpenedFile {
  readonly mediaType: FileMediaType;
  /**
   * To be read once. Throws a `SOURCE_…` fault where the file breaks off, is larger than the desk
   * allows, or takes too long: what was read until then is not the file.
   */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Frees the socket. May be called twice. */
  close(): void;
}

/** Files of licenses, each by an address that serves once. */
export interface FileDesk {
  /** Bytes of one file, at most. */
  readonly bytesMax: number;
  /**
   * Has the source make a fresh address, and opens it: one attempt at both. Nothing of an earlier
   * call is used again. Null where the source has no file to give of this license now, which says
   * nothing about the holder.
   *
   * @throws {HubError} a `SOURCE_…` fault.
   */
  open(identifier: string, call: CallContext): Promise<OpenedFile | null>;
}

/** The media type, where the file begins as it must. @throws {HubError} SOURCE_MALFORMED. */
export function requireFileForm(contentType: string, beginning: Uint8Array): FileMediaType {
  const [named = ''] = contentType.split(';');
  const mediaType = FILE_MEDIA_TYPES.find((one) => one === named.trim().toLowerCase());
  const marks: readonly number[] | null = mediaType === undefined ? null : BEGINNINGS[mediaType];
  if (mediaType === undefined || marks?.some((mark, at) => beginning[at] !== mark) !== false)
    throw sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason: 'FILE_FORM' });
  return mediaType;
}
