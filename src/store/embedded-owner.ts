import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { identifyProcess } from './process-identity.ts';

/** Whose server it is: the process that ends it. */
export interface Owner {
  readonly isAlive: boolean;
  /** Whether the server ends by itself when its owner is killed. */
  readonly isTied: boolean;
}

/** Null when nobody has said whose that server is; `server` as `identifyProcess` gives it. */
export function readOwner(folder: string, server: string): Owner | null {
  let text: string;
  try {
    text = readFileSync(fileIn(folder), 'utf8');
  } catch {
    // Never written, or not ours to read: nothing is known.
    return null;
  }
  const [tie, identity = '', owned] = text.split('\n');
  if (owned !== server) return null;
  return {
    isAlive: identity !== '' && identifyProcess(Number.parseInt(identity)) === identity,
    isTied: tie === 'tied',
  };
}

/** Says that the server belongs to this process. */
export function becomeOwner(folder: string, server: string, tie: 'tied' | 'free'): void {
  const aside = `${fileIn(folder)}.new`;
  writeFileSync(aside, [tie, identifyProcess(process.pid) ?? '', server].join('\n'));
  // A file of root in the folder of an ordinary user can be replaced, though not written.
  renameSync(aside, fileIn(folder));
}

function fileIn(folder: string): string {
  return join(folder, 'owner');
}
