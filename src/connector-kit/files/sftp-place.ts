import type { FileEntryWithStats, SFTPWrapper, Stats } from 'ssh2';

import type { HubError } from '../../errors.ts';
import { hasReason, sourceFault } from '../fault.ts';
import type { Network } from '../network.ts';
import {
  inOrderOfNames,
  limitFault,
  NAMES_MAX,
  outsideFault,
  requireTime,
  type DropPlace,
  type OpenFile,
  type PlacedFile,
} from './drop-place.ts';
import { isFileName, isUnder, joinPath, requireInside, splitPath } from './file-path.ts';
import { openSftpSession, type SftpAccount, type SftpSession } from './sftp-session.ts';

/** What every server must be able to answer with at once (draft-ietf-secsh-filexfer-02, 3). */
const BLOCK_BYTES = 32_000;
/** Blocks asked for ahead, so that a long way does not make a slow transfer. */
const BLOCKS_AHEAD = 16;

type Status = Pick<Stats, 'size' | 'mtime' | 'mode'>;

/**
 * A directory behind SFTP as a drop place. Links are never followed: what they lead to is the
 * server's secret.
 *
 * @param deps.path the directory on the server that is the root.
 * @throws {HubError} as `openSftpSession`, and reason NO_FILE where there is no such directory.
 */
export async function openSftpPlace(
  deps: { readonly network: Network; readonly account: SftpAccount; readonly path: string },
  signal: AbortSignal,
): Promise<DropPlace> {
  const session = await openSftpSession(deps, signal);
  try {
    const root = await session.ask<string>((sftp, done) => sftp.realpath(deps.path, done));
    const found = await session.ask<Status>((sftp, done) => sftp.stat(root, done));
    if (typeOf(found) !== 'DIRECTORY') {
      throw sourceFault('SOURCE_UNREACHABLE', { hop: 'SOURCE', reason: 'NO_FILE' });
    }
    return createPlace({ session, root, signal });
  } catch (error) {
    await session.close();
    throw error;
  }
}

interface PlaceDeps {
  readonly session: SftpSession;
  readonly root: string;
  readonly signal: AbortSignal;
}

function createPlace({ session, root, signal }: PlaceDeps): DropPlace {
  const resolve = async (path: string): Promise<string> => {
    requireTime(signal);
    const plain = requireInside(path);
    const named = plain === '' ? root : joinPath(root === '/' ? '' : root, plain);
    const resolved = await session.ask<string>((sftp, done) => sftp.realpath(named, done));
    // A link on the way shows as another path, wherever it leads.
    if (!isUnder(root, resolved) || resolved !== named) throw outsideFault();
    return resolved;
  };
  return {
    async list(directory) {
      return listDirectory(session, await resolve(directory));
    },
    async open(path) {
      const resolved = await resolve(path);
      const named = await session.ask<Status>((sftp, done) => sftp.lstat(resolved, done));
      if (typeOf(named) !== 'FILE') throw outsideFault();
      const handle = await session.ask<Buffer>((sftp, done) => sftp.open(resolved, 'r', done));
      return createOpenFile({ session, handle, signal });
    },
    async write(path, bytes) {
      const { directory, name } = splitPath(requireInside(path));
      const folder = await resolve(directory);
      await writeWhole(session, { draft: joinPath(folder, `.${name}.part`), bytes });
      await rename(session, joinPath(folder, `.${name}.part`), joinPath(folder, name));
    },
    close: () => session.close(),
  };
}

async function listDirectory(session: SftpSession, path: string): Promise<readonly PlacedFile[]> {
  const handle = await session.ask<Buffer>((sftp, done) => sftp.opendir(path, done));
  const files: PlacedFile[] = [];
  let names = 0;
  for (;;) {
    const entries = await session.askOrEnd<FileEntryWithStats[]>((sftp, done) =>
      sftp.readdir(handle, done),
    );
    if (entries === null) break;
    names += entries.length;
    if (names > NAMES_MAX) throw limitFault('TOO_MANY_FILES', 'namesMax');
    files.push(...entries.flatMap(toPlacedFile));
  }
  await closeHandle(session, handle);
  return inOrderOfNames(files);
}

function toPlacedFile({ filename, attrs }: FileEntryWithStats): readonly PlacedFile[] {
  const type = typeOf(attrs);
  if (type === null || !isFileName(filename)) return [];
  return [{ name: filename, type, size: attrs.size, modifiedMs: attrs.mtime * 1_000 }];
}

/** Null for links, pipes, devices, and where the server does not tell. */
function typeOf({ mode }: Pick<Status, 'mode'>): PlacedFile['type'] | null {
  const format = mode & 0o170000;
  if (format === 0o100000) return 'FILE';
  return format === 0o040000 ? 'DIRECTORY' : null;
}

function createOpenFile(deps: {
  readonly session: SftpSession;
  readonly handle: Buffer;
  readonly signal: AbortSignal;
}): OpenFile {
  const { session, handle } = deps;
  return {
    async stat() {
      const { size, mtime } = await session.ask<Status>((sftp, done) => sftp.fstat(handle, done));
      return { size, modifiedMs: mtime * 1_000 };
    },
    read: () => readBlocks(deps),
    close: () => closeHandle(session, handle),
  };
}

/** The blocks in order, with the next ones already on their way. */
async function* readBlocks(deps: {
  readonly session: SftpSession;
  readonly handle: Buffer;
  readonly signal: AbortSignal;
}): AsyncGenerator<Uint8Array> {
  const ahead: Promise<Uint8Array>[] = [];
  let position = 0;
  const order = (): void => {
    const block = readBlock(deps, position);
    // A block nobody waits for any more fails silently; the one that is waited for tells.
    block.catch(() => undefined);
    ahead.push(block);
    position += BLOCK_BYTES;
  };
  for (;;) {
    requireTime(deps.signal);
    while (ahead.length < BLOCKS_AHEAD) order();
    const block = await ahead.shift();
    if (block === undefined || block.length === 0) return;
    yield block;
    if (block.length < BLOCK_BYTES) return;
  }
}

/** A whole block, or less at the end of the file, however little the server sends at a time. */
async function readBlock(
  { session, handle }: { readonly session: SftpSession; readonly handle: Buffer },
  position: number,
): Promise<Uint8Array> {
  const block = Buffer.allocUnsafe(BLOCK_BYTES);
  let held = 0;
  while (held < BLOCK_BYTES) {
    const from = held;
    const count = await session.askOrEnd<number>((sftp, done) => {
      sftp.read(handle, block, from, BLOCK_BYTES - from, position + from, (error, bytes) =>
        done(error, bytes),
      );
    });
    if (count === null || count === 0) break;
    held += count;
  }
  return block.subarray(0, held);
}

async function writeWhole(
  session: SftpSession,
  { draft, bytes }: { readonly draft: string; readonly bytes: Uint8Array },
): Promise<void> {
  const handle = await session.ask<Buffer>((sftp, done) => sftp.open(draft, 'w', done));
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const block = Buffer.from(bytes.subarray(at, at + BLOCK_BYTES));
    await command(session, (sftp, done) =>
      sftp.write(handle, block, 0, block.length, at, (error) => done(error, true)),
    );
  }
  await closeHandle(session, handle);
}

async function rename(session: SftpSession, from: string, to: string): Promise<void> {
  const move = (): Promise<void> =>
    command(session, (sftp, done) => sftp.rename(from, to, (error) => done(error, true)));
  try {
    await move();
  } catch (error) {
    // Plain SFTP does not rename over a file that is there already.
    if (!hasReason(error as HubError, 'SFTP_FAILURE')) throw error;
    await command(session, (sftp, done) => sftp.unlink(to, (cause) => done(cause, true)));
    await move();
  }
}

async function closeHandle(session: SftpSession, handle: Buffer): Promise<void> {
  await command(session, (sftp, done) => sftp.close(handle, (error) => done(error, true)));
}

async function command(
  session: SftpSession,
  run: (sftp: SFTPWrapper, done: (error: Error | null | undefined, value: true) => void) => void,
): Promise<void> {
  await session.ask<true>(run);
}
