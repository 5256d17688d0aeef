import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { join, normalize } from 'node:path';

import ssh2 from 'ssh2';
import type { SFTPWrapper } from 'ssh2';

import type { SftpFault } from './sftp.ts';

const { STATUS_CODE, OPEN_MODE } = ssh2.utils.sftp;
const READ_BYTES_MAX = 32_768;
const NAMES_AT_ONCE = 100;

export interface FileService {
  readonly root: string;
  fault(): SftpFault | null;
  /** Called once for each request. */
  count(): void;
  /** Ends the connection at once. */
  cut(): void;
}

type Handle =
  | { readonly type: 'FILE'; readonly descriptor: number }
  | { readonly type: 'LISTING'; readonly path: string; waiting: string[] };

/** What the answers to one client have in common. */
interface Desk {
  readonly sftp: SFTPWrapper;
  readonly root: string;
  readonly service: FileService;
  readonly handles: Map<number, Handle>;
  /** The file that a client means by a path. */
  at(path: string): string;
  give(handle: Handle): Buffer;
  find<T extends Handle['type']>(name: Buffer, type: T): Handle & { readonly type: T };
  /** Answers unless a fault comes first; an error of the file system becomes a status. */
  answer(request: number, path: string | null, run: () => void): void;
}

/** Answers the requests of one client from the files under the root. */
export function serveFiles(sftp: SFTPWrapper, service: FileService): void {
  const desk = openDesk(sftp, service);
  servePaths(desk);
  serveListings(desk);
  serveReads(desk);
  serveWrites(desk);
}

function openDesk(sftp: SFTPWrapper, service: FileService): Desk {
  const handles = new Map<number, Handle>();
  let lastHandle = 0;
  return {
    sftp,
    root: service.root,
    service,
    handles,
    at: (path) => join(service.root, normalize(join('/', path))),
    give(handle) {
      lastHandle += 1;
      handles.set(lastHandle, handle);
      const name = Buffer.alloc(4);
      name.writeUInt32BE(lastHandle);
      return name;
    },
    find<T extends Handle['type']>(name: Buffer, type: T): Handle & { readonly type: T } {
      const handle = handles.get(name.readUInt32BE(0));
      if (handle?.type !== type) throw new Error('An unknown handle.');
      return handle as Handle & { readonly type: T };
    },
    answer(request, path, run) {
      service.count();
      const fault = service.fault();
      if (fault?.kind === 'hang') return;
      const isDenied = fault?.kind === 'denied' && path?.startsWith(fault.path) === true;
      if (fault?.kind === 'failing' || isDenied) {
        sftp.status(request, isDenied ? STATUS_CODE.PERMISSION_DENIED : STATUS_CODE.FAILURE);
        return;
      }
      try {
        run();
      } catch (error) {
        sftp.status(request, statusOf(error));
      }
    },
  };
}

/** What stands at a path. */
function servePaths({ sftp, root, at, answer }: Desk): void {
  sftp.on('REALPATH', (request, path) => {
    answer(request, path, () => {
      const name = toVirtual(root, realpathSync(at(path)));
      sftp.name(request, [{ filename: name, longname: name, attrs: attributesOf(statSync(root)) }]);
    });
  });
  sftp.on('STAT', (request, path) => {
    answer(request, path, () => sftp.attrs(request, attributesOf(statSync(at(path)))));
  });
  sftp.on('LSTAT', (request, path) => {
    answer(request, path, () => sftp.attrs(request, attributesOf(lstatSync(at(path)))));
  });
}

/** What stands in a directory. */
function serveListings({ sftp, service, at, give, find, answer }: Desk): void {
  sftp.on('OPENDIR', (request, path) => {
    answer(request, path, () => {
      const fault = service.fault();
      const extra = fault?.kind === 'names' ? fault.names : [];
      const waiting = [...readdirSync(at(path)), ...extra];
      sftp.handle(request, give({ type: 'LISTING', path: at(path), waiting }));
    });
  });
  sftp.on('READDIR', (request, name) => {
    answer(request, null, () => {
      const listing = find(name, 'LISTING');
      const names = listing.waiting.splice(0, NAMES_AT_ONCE);
      if (names.length === 0) sftp.status(request, STATUS_CODE.EOF);
      else
        sftp.name(
          request,
          names.map((each) => toEntry(listing.path, each)),
        );
    });
  });
}

/** Opens, reads and closes files. */
function serveReads({ sftp, service, handles, at, give, find, answer }: Desk): void {
  let reads = 0;
  sftp.on('OPEN', (request, path, flags) => {
    answer(request, path, () => {
      const isWrite = (flags & OPEN_MODE.WRITE) !== 0;
      const mode = isWrite ? constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC : 0;
      sftp.handle(request, give({ type: 'FILE', descriptor: openSync(at(path), mode) }));
    });
  });
  sftp.on('FSTAT', (request, name) => {
    answer(request, null, () => {
      sftp.attrs(request, attributesOf(fstatSync(find(name, 'FILE').descriptor)));
    });
  });
  sftp.on('READ', (request, name, offset, length) => {
    answer(request, null, () => {
      reads += 1;
      const fault = service.fault();
      if (fault?.kind === 'cut' && reads > fault.afterReads) {
        service.cut();
        return;
      }
      const most = fault?.kind === 'short-reads' ? fault.bytes : READ_BYTES_MAX;
      const block = Buffer.alloc(Math.min(length, most));
      const count = readSync(find(name, 'FILE').descriptor, block, 0, block.length, offset);
      if (count === 0) sftp.status(request, STATUS_CODE.EOF);
      else sftp.data(request, block.subarray(0, count));
    });
  });
  sftp.on('CLOSE', (request, name) => {
    answer(request, null, () => {
      const handle = handles.get(name.readUInt32BE(0));
      if (handle?.type === 'FILE') closeSync(handle.descriptor);
      handles.delete(name.readUInt32BE(0));
      sftp.status(request, STATUS_CODE.OK);
    });
  });
  sftp.on('close', () => {
    for (const handle of handles.values()) if (handle.type === 'FILE') closeSync(handle.descriptor);
    handles.clear();
  });
}

/** Writes, moves and removes files. */
function serveWrites({ sftp, at, find, answer }: Desk): void {
  sftp.on('WRITE', (request, name, offset, block) => {
    answer(request, null, () => {
      writeSync(find(name, 'FILE').descriptor, block, 0, block.length, offset);
      sftp.status(request, STATUS_CODE.OK);
    });
  });
  sftp.on('RENAME', (request, from, to) => {
    answer(request, to, () => {
      // Plain SFTP does not rename over a file that is there.
      if (exists(at(to))) sftp.status(request, STATUS_CODE.FAILURE);
      else {
        renameSync(at(from), at(to));
        sftp.status(request, STATUS_CODE.OK);
      }
    });
  });
  sftp.on('REMOVE', (request, path) => {
    answer(request, path, () => {
      unlinkSync(at(path));
      sftp.status(request, STATUS_CODE.OK);
    });
  });
}

/** A path outside the root shows as it is, so that a client can notice. */
function toVirtual(root: string, real: string): string {
  const top = realpathSync(root);
  if (real === top) return '/';
  return real.startsWith(`${top}/`) ? real.slice(top.length) : `/outside${real}`;
}

/** A name that is not there is listed as a file all the same. */
function toEntry(path: string, name: string) {
  const own = join(path, name);
  const attrs = name.includes('\0') || !exists(own) ? GHOST : attributesOf(lstatSync(own));
  return { filename: name, longname: name, attrs };
}

const GHOST = { mode: 0o100644, uid: 0, gid: 0, size: 10, atime: 0, mtime: 0 };

function attributesOf({ mode, uid, gid, size, atimeMs, mtimeMs }: Stats) {
  const [atime, mtime] = [Math.floor(atimeMs / 1_000), Math.floor(mtimeMs / 1_000)];
  return { mode, uid, gid, size, atime, mtime };
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function statusOf(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'ENOENT' || code === 'ENOTDIR') return STATUS_CODE.NO_SUCH_FILE;
  return code === 'EACCES' ? STATUS_CODE.PERMISSION_DENIED : STATUS_CODE.FAILURE;
}
