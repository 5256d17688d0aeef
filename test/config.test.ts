import { expect, test } from '@jest/globals';

import { readConfig } from '../src/config.ts';

test('an empty environment gives the documented defaults', () => {
  expect(readConfig({})).toMatchObject({
    port: 4_000,
    host: '127.0.0.1',
    dataFolder: '.hecha',
    databaseUrl: null,
    isProduction: false,
    introspection: false,
  });
});

test('an empty variable is one that is not set', () => {
  expect(readConfig({ PORT: '', DATABASE_URL: '' })).toMatchObject({
    port: 4_000,
    databaseUrl: null,
  });
});

test.each([
  ['PORT', 'http'],
  ['PORT', '65536'],
  ['DATABASE_URL', 'mysql://somewhere'],
  ['LOG_LEVEL', 'loud'],
  ['HECHA_INTROSPECTION', 'yes'],
])('%s = %s is refused by name, and the value is not repeated', (name, value) => {
  const reading = () => readConfig({ [name]: value });

  expect(reading).toThrow(name);
  expect(reading).not.toThrow(new RegExp(value));
});
