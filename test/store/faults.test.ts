import { expect, test } from '@jest/globals';
import knex from 'knex';

import { isStoreUnavailable, sqlStateOf, SQLSTATE, toStoreFault } from '../../src/store/faults.ts';

const coded = (code: string, message = 'in some language') =>
  Object.assign(new Error(message), { code });

test.each([
  ['a connection exception', coded('08006')],
  ['a connection that could not be made', coded('08001')],
  ['too many connections', coded('53300')],
  ['a full disk', coded('53100')],
  ['a server that shuts down', coded('57P01')],
  ['a server that crashed', coded('57P02')],
  ['a server that starts', coded('57P03')],
  ['a statement that took too long', coded(SQLSTATE.queryCanceled)],
  ['a lock that took too long', coded(SQLSTATE.lockNotAvailable)],
  ['a transaction that idled too long', coded('25P03')],
  ['a standby', coded('25006')],
  ['a deadlock', coded(SQLSTATE.deadlockDetected)],
  ['a serialization failure', coded(SQLSTATE.serializationFailure)],
  ['an input or output error', coded('58030')],
  ['a refused connection', coded('ECONNREFUSED')],
  ['a reset connection', coded('ECONNRESET')],
  ['a broken pipe', coded('EPIPE')],
  ['an unknown host', coded('ENOTFOUND')],
  ['a host whose every address refuses', new AggregateError([coded('ECONNREFUSED')])],
  ['a pool without a free connection', new knex.KnexTimeoutError('any')],
  ['an answer that does not come', new Error('Query read timeout')],
  ['an answer that does not come, as knex says it', new Error('select $1 - Query read timeout')],
  ['a connection that ends', new Error('Connection terminated unexpectedly')],
  ['a client that is no more', new Error('Client was closed and is not queryable')],
])('%s is an unavailable store', (_, error) => {
  const fault = toStoreFault(error);

  expect(fault).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true, cause: error });
});

test.each([
  ['a violated constraint', coded(SQLSTATE.uniqueViolation)],
  ['a refused change', coded(SQLSTATE.restrictViolation)],
  ['a malformed value', coded(SQLSTATE.invalidTextRepresentation)],
  ['a mistake in a statement', coded('42601')],
  ['a missing table', coded('42P01')],
  ['a missing file', coded('ENOENT')],
  // By code where there is one, whatever the text.
  ['a text that speaks of timeouts', coded('23514', 'Query read timeout')],
  ['an error without a code', new Error('Connection terminated, it says in the license')],
  ['a text', 'Query read timeout'],
  ['nothing', null],
])('%s is a bug and no unavailable store', (_, error) => {
  const fault = toStoreFault(error);

  expect(fault).toBeNull();
  expect(isStoreUnavailable(error)).toBe(false);
});

test.each([
  ['23505', '23505'],
  ['57P01', '57P01'],
  ['EPIPE', null],
  ['ECONNREFUSED', null],
])('the SQLSTATE of an error with code %s is %s', (code, expected) => {
  const state = sqlStateOf(coded(code));

  expect(state).toBe(expected);
});
