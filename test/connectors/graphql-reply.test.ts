import { expect, test } from '@jest/globals';

import { readGraphqlReply } from '../../connectors/graphql/reply.ts';

const LIST = { recordsPointer: '/data/list', records: 'LIST', asOfPointer: null } as const;
const OBJECT = { ...LIST, recordsPointer: '/data/one', records: 'OBJECT' } as const;
const FAULTS = {
  UNAUTHENTICATED: 'AUTH',
  LIMIT: 'QUOTA',
  DOWN: 'TRANSIENT',
  BAD: 'CONFIG',
} as const;

const error = (code?: string) =>
  code === undefined ? { message: 'no' } : { message: 'no', extensions: { code } };
const rowsOf = (value: unknown, answer: Parameters<typeof readGraphqlReply>[1] = LIST) =>
  readGraphqlReply(value, answer, FAULTS).rows.map((row) => row.value);

test('records are read where the settings say, as a list or as one', () => {
  const one = { code: 'A' };

  expect(rowsOf({ data: { list: [one, one] } })).toEqual([one, one]);
  expect(rowsOf({ data: { list: [] } })).toEqual([]);
  expect(rowsOf({ data: { one } }, OBJECT)).toEqual([one]);
  expect(rowsOf({ data: { one: null } }, OBJECT)).toEqual([]);
});

test.each([
  ['UNAUTHENTICATED', 'SOURCE_UNAUTHORIZED'],
  ['LIMIT', 'SOURCE_QUOTA_EXHAUSTED'],
  ['DOWN', 'SOURCE_UNREACHABLE'],
  ['BAD', 'SOURCE_UNSUPPORTED'],
])('the error %s is a fault even beside data', (code, fault) => {
  const reply = { data: { list: [] }, errors: [error(code)] };

  expect(() => rowsOf(reply)).toThrow(expect.objectContaining({ code: fault }));
});

test.each([
  ['an unknown code', { data: { list: [] }, errors: [error('NEW')] }],
  ['no code', { data: { list: [] }, errors: [error()] }],
  ['an empty list of errors', { data: { list: [] }, errors: [] }],
  ['nothing at all', {}],
  ['null data', { data: null }],
  ['no list', { data: { list: {} } }],
  ['a null list', { data: { list: null } }],
  ['an array', []],
])('%s is no answer, and above all no empty one', (_what, reply) => {
  expect(() => rowsOf(reply)).toThrow(
    expect.objectContaining({ code: expect.stringMatching(/^SOURCE_/u) }),
  );
});

test('a list where one record is expected is a change of form', () => {
  expect(() => rowsOf({ data: { one: [] } }, OBJECT)).toThrow(
    expect.objectContaining({ code: 'SOURCE_SCHEMA_DRIFT' }),
  );
});
