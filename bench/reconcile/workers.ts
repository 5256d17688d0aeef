import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { encodeKey } from '../../src/model/row-key.ts';
import type { KeyRange } from '../../src/model/range-digest.ts';
import type { BenchServer } from './server.ts';
import type { Found } from './tables.ts';

const WORKER = join(import.meta.dirname, 'worker.ts');

/** Processes that are started and wait for their part. */
export interface Workers {
  /** Everything that differs, found by so many of them, each with its part of the keys. */
  find(count: number, keys: number, restShare: number): Promise<Found>;
}

/** Each is used once. */
export async function startWorkers(server: BenchServer, count: number): Promise<Workers> {
  const waiting: ChildProcess[] = [];
  for (let number = 0; number < count; number += 1) {
    const child = fork(WORKER, [], { execArgv: ['--import', 'tsx'] });
    await once(child, 'message');
    waiting.push(child);
  }
  const urls = { source: server.urlOf('source'), hub: server.urlOf('hub') };
  return {
    async find(parts, keys, restShare) {
      const found = await Promise.all(
        spansOf(parts, keys).map(async (span) => {
          const child = waiting.pop();
          if (child === undefined) throw new Error('There are no more workers.');
          child.send({ urls, part: { span, restShare } });
          const [answer] = (await once(child, 'message')) as [{ found: Found }];
          return answer.found;
        }),
      );
      return found.flat().toSorted();
    },
  };
}

/** Equal parts of the numbers by which licenses are known here. */
function spansOf(parts: number, keys: number): readonly KeyRange[] {
  const at = (part: number) =>
    part === 0 || part === parts
      ? null
      : encodeKey([String(Math.floor((keys * part) / parts))], ['INTEGER']);
  return Array.from({ length: parts }, (_, part) => ({ from: at(part), to: at(part + 1) }));
}
