import { expect, test } from '@jest/globals';

import { progressBar } from '../../src/commands/progress-bar.ts';

test.each([
  [0, 0, 0, null, 'preparing …'],
  [0, 2_000, 0, null, '                                 0 %  0/2,000  0/min'],
  [420, 2_000, 3_100, 31, '██████▎                         21 %  420/2,000  3,100/min  00:31 left'],
  [
    1_000,
    2_000,
    600,
    3_725,
    '███████████████                 50 %  1,000/2,000  600/min  1:02:05 left',
  ],
  [2_000, 2_000, 0, null, '██████████████████████████████ 100 %  2,000/2,000  0/min'],
])('%d of %d', (done, all, perMinute, secondsLeft, line) => {
  expect(progressBar({ done, all, perMinute, secondsLeft })).toBe(line);
});
