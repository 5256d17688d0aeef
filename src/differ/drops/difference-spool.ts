import { closeSync, createReadStream, openSync, rmSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

import type { Difference } from '../../model/difference.ts';
import { dropFault } from './record-scan.ts';

/** Differences on disk: nobody reads them before the drop has turned out to be sound. */
export interface DifferenceSpool {
  /** @throws {HubError} SOURCE_MALFORMED, reason TOO_MANY_DIFFERENCES. */
  take(difference: Difference): void;
  readonly count: number;
  /** Forgets everything that was taken. */
  clear(): void;
  /** In the order in which they were taken. Call `finish` first. */
  read(): AsyncGenerator<Difference>;
  finish(): void;
  remove(): void;
}

const PART_BYTES = 256 * 1024;

/** Makes the file, and empties it where there is one. */
export function createDifferenceSpool(path: string, differencesMax: number): DifferenceSpool {
  let file: number | null = openSync(path, 'w', 0o600);
  let part = '';
  let count = 0;
  const flush = (): void => {
    if (file !== null && part !== '') writeSync(file, part);
    part = '';
  };
  const finish = (): void => {
    flush();
    if (file !== null) closeSync(file);
    file = null;
  };
  return {
    take(difference) {
      count += 1;
      if (count > differencesMax) throw dropFault('TOO_MANY_DIFFERENCES');
      part += `${JSON.stringify(difference)}\n`;
      if (part.length > PART_BYTES) flush();
    },
    get count() {
      return count;
    },
    clear() {
      finish();
      [file, part, count] = [openSync(path, 'w', 0o600), '', 0];
    },
    async *read() {
      const lines = createInterface({ input: createReadStream(path, 'utf8') });
      for await (const line of lines) yield JSON.parse(line) as Difference;
    },
    finish,
    remove() {
      finish();
      rmSync(path, { force: true });
    },
  };
}
