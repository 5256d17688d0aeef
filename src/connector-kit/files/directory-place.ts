import { constants } from 'node:fs';
import {
  lstat,
  open,
  opendir,
  realpath,
  rename,
  rm,
  stat,
  type FileHandle,
} from 'node:fs/promises';
import { join } from 'node:path';

import {
  inOrderOfNames,
  limitFault,
  NAMES_MAX,
  outsideFault,
  readFileError,
  requireTime,
  type DropPlace,
  type OpenFile,
  type PlacedFile,
} from './drop-place.ts';
import { isFileName, isUnder, joinPath, requireInside, splitPath } from './file-path.ts';

const CHUNK_BYTES = 64 * 1024;

/**
 * A directory of this machine as a drop place. Links are followed only while what they lead to
 * stays under the root; pipes, sockets and devices are not files here.
 *
 * @param root the directory as the network opened it.
 */
export async function openDirectoryPlace(root: string, signal: AbortSignal): Promise<DropPlace> {
  const top = await attempt(() => realpath(root));
  const resolve = async (path: string): Promise<string> => {
    requireTime(signal);
    const resolved = await realpath(join(top, requireInside(path)));
    if (!isUnder(top, resolved)) throw outsideFault();
    return resolved;
  };
  const describe = async (path: string): Promise<PlacedFile | null> => {
    const { name } = splitPath(path);
    try {
      const status = await stat(await resolve(path));
      const type = status.isFile() ? 'FILE' : status.isDirectory() ? 'DIRECTORY' : null;
      if (type === null) return null;
      return { name, type, size: status.size, modifiedMs: Math.floor(status.mtimeMs) };
    } catch (error) {
      // Gone since it was listed, or a link that leads nowhere or out of the root.
      const { details } = readFileError(error);
      if (details['reason'] === 'NO_FILE' || details['reason'] === 'OUTSIDE') return null;
      throw error;
    }
  };
  return {
    list: (directory) =>
      attempt(async () => {
        const found: PlacedFile[] = [];
        let names = 0;
        for await (const { name } of await opendir(await resolve(directory))) {
          names += 1;
          if (names > NAMES_MAX) throw limitFault('TOO_MANY_FILES', 'namesMax');
          const file = isFileName(name) ? await describe(joinPath(directory, name)) : null;
          if (file !== null) found.push(file);
        }
        return inOrderOfNames(found);
      }),
    open: (path) => attempt(async () => openRegular(await resolve(path), signal)),
    write: (path, bytes) =>
      attempt(async () => {
        const { directory, name } = splitPath(requireInside(path));
        await writeWhole({ directory: await resolve(directory), name, bytes });
      }),
    async close() {
      // A directory needs no connection.
    },
  };
}

async function openRegular(resolved: string, signal: AbortSignal): Promise<OpenFile> {
  // Without O_NONBLOCK a pipe would hold the call until somebody writes into it.
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(resolved, flags);
  try {
    const [held, named] = [await handle.stat(), await lstat(resolved)];
    // What was opened must be what was resolved: a name may change hands in between.
    const isSame = held.ino === named.ino && held.dev === named.dev;
    if (!held.isFile() || !isSame || (await realpath(resolved)) !== resolved) throw outsideFault();
  } catch (error) {
    await handle.close();
    throw error;
  }
  return {
    stat: () =>
      attempt(async () => {
        const { size, mtimeMs } = await handle.stat();
        return { size, modifiedMs: Math.floor(mtimeMs) };
      }),
    read: () => readHandle(handle, signal),
    close: () => handle.close(),
  };
}

async function* readHandle(handle: FileHandle, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let position = 0;
  for (;;) {
    requireTime(signal);
    const from = position;
    const { bytesRead, buffer } = await attempt(() =>
      handle.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES, from),
    );
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

interface WholeFile {
  readonly directory: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

async function writeWhole({ directory, name, bytes }: WholeFile): Promise<void> {
  const draft = join(directory, `.${name}.part`);
  // A draft that a stopped hub left behind must not be in the way, nor a link be followed.
  await rm(draft, { force: true });
  const handle = await open(draft, 'wx', 0o640);
  try {
    await handle.writeFile(bytes);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, join(directory, name));
}

async function attempt<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw readFileError(error);
  }
}
