import { describe, expect, test } from '@jest/globals';

import { LICENSE_MAPPING, parse } from './table-exchange-rig.ts';
import { BAD_NAMES } from './table-exchange-texts.ts';

let attacks = 0;

describe('attacks on the settings of table exchange', () => {
  const base = {
    dialect: 'mysql',
    host: 'db',
    port: 3306,
    database: 'd',
    user: 'u',
    collections: [{ table: 'T', id: ['ID'] }],
  };

  test.each(BAD_NAMES)('the name %j is none', (name) => {
    const own = { table: 'T', id: ['ID'] };
    const answer = { collection: 'T', mapping: LICENSE_MAPPING, keys: { identifier: 'ZZBS' } };
    const byId = (rest: object) => ({
      answers: { 'license.byIdentifier': { ...answer, ...rest } },
    });
    for (const settings of [
      { database: name },
      ...(name.split('.').length === 2 ? [] : [{ collections: [{ ...own, table: name }] }]),
      { collections: [{ ...own, id: [name] }] },
      ...['about', 'operation', 'time', 'batch', 'serial'].map((field) => ({
        collections: [{ ...own, [field]: name }],
      })),
      byId({ keys: { identifier: name } }),
      byId({ collection: name }),
    ]) {
      attacks += 1;
      expect(() => parse({ ...base, ...settings })).toThrow();
    }
  });

  test.each([
    ['dialect', 'oracle'],
    ['host', 'db/../x'],
    ['host', 'user@db'],
    ['host', '/var/run/postgresql'],
    ['port', 0],
    ['user', 'a\0b'],
    ['user', 'a\nb'],
    ['caPem', '/etc/ssl/ca.pem'],
    ['statementTimeoutMs', 0],
    ['statementTimeoutMs', Infinity],
    ['rowsMax', 1e9],
    ['pageRows', 1.5],
    ['sql', 'select 1'],
    ['where', '1 = 1'],
    ['options', '-c statement_timeout=0'],
  ])('%s cannot be %j', (field, value) => {
    attacks += 1;
    expect(() => parse({ ...base, [field]: value })).toThrow();
  });
});

test('so many names and values were tried', () => {
  expect(attacks).toBe(243);
});
