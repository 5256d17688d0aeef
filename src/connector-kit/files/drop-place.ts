import { HubError } from '../../errors.ts';
import { codeOfError } from '../error-code.ts';
import { sourceFault } from '../fault.ts';
import { timeoutFault } from '../network-fault.ts';

/**
 * A place where a source drops files (文件交换目录): a directory of this machine, or one behind
 * SFTP. Every path is relative to its root, divided by `/`, and cannot lead out of it.
 */
export interface DropPlace {
  /**
   * What stands directly in that directory, in the order of names; `''` is the root. Names that
   * cannot be a path, and links that lead out of the root, are left out.
   *
   * @throws {HubError} SOURCE_UNREACHABLE reason NO_FILE, SOURCE_UNAUTHORIZED reason DENIED,
   * SOURCE_MALFORMED reason TOO_MANY_FILES.
   */
  list(directory: string): Promise<readonly PlacedFile[]>;
  /** Opens a regular file for reading. @throws {HubError} as `list`, and reason OUTSIDE. */
  open(path: string): Promise<OpenFile>;
  /** Puts a whole file there, or nothing. @throws {HubError} as `open`. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Frees the connection. May be called twice. */
  close(): Promise<void>;
}

/** One name of a listing. */
export interface PlacedFile {
  readonly name: string;
  readonly type: 'FILE' | 'DIRECTORY';
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch by the clock of the place; whole seconds over SFTP. */
  readonly modifiedMs: number;
}

/** A file that is being read. */
export interface OpenFile {
  /** As it is now, so that two calls tell whether it is still being written. */
  stat(): Promise<{ readonly size: number; readonly modifiedMs: number }>;
  /** Its bytes from the beginning. May be called again. */
  read(): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** Names that one directory may hold: listing more would need memory without a bound. */
export const NAMES_MAX = 20_000;

/** A listing in the order of names, by code unit. */
export function inOrderOfNames(files: readonly PlacedFile[]): readonly PlacedFile[] {
  return files.toSorted((left, right) => (left.name < right.name ? -1 : 1));
}

/** The path does not stay under the root of its place. */
export function outsideFault(): HubError {
  return sourceFault('SOURCE_UNREACHABLE', { hop: 'HUB', reason: 'OUTSIDE' });
}

/** More than may be read. @param limit the name of the setting that says how much that is. */
export function limitFault(reason: string, limit: string): HubError {
  return sourceFault('SOURCE_MALFORMED', { hop: 'SOURCE', reason, limit });
}

const FAULTS: Readonly<Record<string, readonly [Parameters<typeof sourceFault>[0], string]>> = {
  ENOENT: ['SOURCE_UNREACHABLE', 'NO_FILE'],
  ENOTDIR: ['SOURCE_UNREACHABLE', 'NO_FILE'],
  EISDIR: ['SOURCE_UNREACHABLE', 'NO_FILE'],
  ELOOP: ['SOURCE_UNREACHABLE', 'OUTSIDE'],
  EACCES: ['SOURCE_UNAUTHORIZED', 'DENIED'],
  EPERM: ['SOURCE_UNAUTHORIZED', 'DENIED'],
  EROFS: ['SOURCE_UNAUTHORIZED', 'DENIED'],
  EIO: ['SOURCE_UNREACHABLE', 'DISK'],
  ENOSPC: ['SOURCE_UNREACHABLE', 'DISK'],
  ESTALE: ['SOURCE_UNREACHABLE', 'DISK'],
  EBUSY: ['SOURCE_UNREACHABLE', 'DISK'],
  EMFILE: ['SOURCE_BUSY', 'FILES_OPEN'],
};

/** What an error of the file system amounts to. @throws the error itself where that is a bug. */
export function readFileError(error: unknown): HubError {
  if (error instanceof HubError) return error;
  const [code, reason] = FAULTS[codeOfError(error) ?? ''] ?? [];
  if (code === undefined || reason === undefined) throw error;
  // The message of the error quotes the path, which is the operator's own word, and no value.
  return sourceFault(code, { hop: 'SOURCE', reason }, error);
}

/** @throws {HubError} SOURCE_TIMEOUT once the deadline of the call has passed. */
export function requireTime(signal: AbortSignal): void {
  if (signal.aborted) throw timeoutFault();
}
