import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { identifyProcess } from './process-identity.ts';

/** Whose server it is: the process that ends it. */
export interface Owner {
  readonly isAlive: boolean;
  /** Whether the server ends by itself when its owner is killed. */
  readonly isTied: boolean;
}

/** Null when nobody has said. */
export function readOwner(folder: string): Owner | null {
  let text: string;
  try {
    text = readFileSync(fileIn(folder), 'utf8');
  } catch {
    // Never written, or not ours to read: nothing is known.
    return null;
  }
  const [tie, identity = ''] = text.split('\n');
  return {
    isAlive: identity !== '' && identifyProcess(Number.parseInt(identity)) === identity,
    isTied: tie === 'tied',
  };
}

/** Says that the server belongs to this process. */
export function becomeOwner(folder: string, tie: 'tied' | 'free'): void {
  const aside = `${fileIn(folder)}.new`;
  writeFileSync(aside, `${tie}\n${identifyProcess(process.pid) ?? ''}`);
  // A file of root in the folder of an ordinary user can be replaced, though not written.
  renameSync(aside, fileIn(folder));
}

function fileIn(folder: string): string {
  return join(folder, 'owner');
}
