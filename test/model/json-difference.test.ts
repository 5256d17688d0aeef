import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { canonicalJson } from '../../src/model/canonical-json.ts';
import { listDifferences } from '../../src/model/json-difference.ts';

test('names every place that was changed, added or taken away', () => {
  const before = { a: 1, list: [{ x: 'old' }], gone: true, same: null };
  const after = { a: 2, list: [{ x: 'new' }, {}], same: null };

  expect(listDifferences(before, after)).toEqual([
    { pointer: '/a', before: '1', after: '2' },
    { pointer: '/gone', before: 'true', after: null },
    { pointer: '/list/0/x', before: '"old"', after: '"new"' },
    { pointer: '/list/1', before: null, after: '{}' },
  ]);
});

test('a name with a slash or a tilde is escaped', () => {
  expect(listDifferences({}, { 'a/b~c': 1 }).at(-1)?.pointer).toBe('/a~1b~0c');
});

test('two values differ somewhere exactly when they are not equal', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      expect(listDifferences(one, one)).toEqual([]);
      expect(listDifferences(one, other).length === 0).toBe(
        canonicalJson(one) === canonicalJson(other),
      );
    }),
  );
});

test('the order in which fields were written does not matter', () => {
  expect(canonicalJson({ b: [{ d: 1, c: 2 }], a: 0 })).toBe('{"a":0,"b":[{"c":2,"d":1}]}');
});
