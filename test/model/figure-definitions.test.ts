import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';

import { FIGURE_DEFINITIONS } from '../../src/model/figure-definitions.ts';

test('the page about statistics says of every figure what the sheets say', () => {
  const page = readFileSync('docs/reference/statistics.md', 'utf8');
  const told = [...page.matchAll(/^\| (\S+) +\| (\S+) +\|$/gmu)].map(([, name, counts]) => ({
    ...{ name, counts },
  }));

  expect(told.slice(2)).toEqual(FIGURE_DEFINITIONS);
});
