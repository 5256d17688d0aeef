import { setTimeout as pause } from 'node:timers/promises';

import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { createTurns } from '../../src/sources/turns.ts';

test('no more pieces of work run at a time than there are places, and all of them run', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.boolean(), { maxLength: 20 }),
      async (places, succeeds) => {
        const turns = createTurns(places);
        let running = 0;
        let most = 0;

        const ended = await Promise.allSettled(
          succeeds.map((succeed) =>
            turns.take(async () => {
              most = Math.max(most, (running += 1));
              await pause(0);
              running -= 1;
              if (!succeed) throw new Error('no');
            }),
          ),
        );

        expect(most).toBe(Math.min(places, succeeds.length));
        expect(ended.map(({ status }) => status === 'fulfilled')).toEqual(succeeds);
      },
    ),
    { numRuns: 30 },
  );
});
