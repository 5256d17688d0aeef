import { expect, test } from '@jest/globals';

import { FAULT_CODES, HubError, type FaultCode } from '../../src/errors.ts';
import type { TransportOutcome } from '../../src/model/outcome.ts';
import {
  asSourceFault,
  hopOf,
  isIll,
  mayTryAgain,
  reasonOf,
  retryAtOf,
  transportOf,
} from '../../src/sources/transport.ts';

const EXPECTED: readonly (readonly [FaultCode, TransportOutcome])[] = [
  ['SOURCE_NOT_REGISTERED', 'UNSUPPORTED'],
  ['SOURCE_UNSUPPORTED', 'UNSUPPORTED'],
  ['SOURCE_TIMEOUT', 'TIMEOUT'],
  ['SOURCE_UNREACHABLE', 'UNREACHABLE'],
  ['SOURCE_RESTING', 'UNREACHABLE'],
  ['SOURCE_BUSY', 'UNREACHABLE'],
  ['SOURCE_UNAUTHORIZED', 'UNAUTHORIZED'],
  ['SOURCE_QUOTA_EXHAUSTED', 'QUOTA_EXHAUSTED'],
  ['SOURCE_SCHEDULED_OUTAGE', 'SCHEDULED_OUTAGE'],
  ['SOURCE_DEFERRED', 'DEFERRED'],
  ['SOURCE_NEEDS_CONSENT', 'NEEDS_CONSENT'],
  ['SOURCE_MALFORMED', 'MALFORMED'],
  ['SOURCE_INTEGRITY_FAILED', 'INTEGRITY_FAILED'],
  ['SOURCE_SCHEMA_DRIFT', 'SCHEMA_DRIFT'],
];

test.each(EXPECTED)('%s is %s', (code, transport) => {
  expect(transportOf(new HubError(code))).toBe(transport);
});

test('every fault of a source has a transport outcome in the table above', () => {
  const ofSources = FAULT_CODES.filter((code) => code.startsWith('SOURCE_'));

  expect(EXPECTED.map(([code]) => code).toSorted()).toEqual(ofSources.toSorted());
});

test('no fault whatever becomes an answer', () => {
  for (const code of FAULT_CODES) {
    const fault = asSourceFault(new HubError(code));

    expect(transportOf(fault)).not.toBe('ANSWERED');
    expect(fault.code.startsWith('SOURCE_')).toBe(true);
  }
});

test('a fault names its hop, and one that does not has the usual one', () => {
  const stated = new HubError('SOURCE_TIMEOUT', { details: { hop: 'NETWORK' } });
  const nonsense = new HubError('SOURCE_TIMEOUT', { details: { hop: 'MOON' } });

  expect(hopOf(stated)).toBe('NETWORK');
  expect(hopOf(nonsense)).toBe('SOURCE');
  expect(hopOf(new HubError('SOURCE_UNREACHABLE'))).toBe('NETWORK');
});

test('the finer reason follows the code', () => {
  const finer = new HubError('SOURCE_MALFORMED', { details: { reason: 'NOT_JSON' } });

  expect(reasonOf(finer)).toBe('SOURCE_MALFORMED:NOT_JSON');
  expect(reasonOf(new HubError('SOURCE_MALFORMED'))).toBe('SOURCE_MALFORMED');
});

test.each([
  [60_000, new Date('2026-09-18T02:01:00.000Z')],
  [0, new Date('2026-09-18T02:00:00.000Z')],
  [-1, null],
  [Number.NaN, null],
  [Number.MAX_VALUE, null],
  ['soon', null],
])('a fault that says to ask again after %p ms makes it %p', (retryAfterMs, at) => {
  const fault = new HubError('SOURCE_QUOTA_EXHAUSTED', { details: { retryAfterMs } });

  expect(retryAtOf(fault, new Date('2026-09-18T02:00:00.000Z'))).toEqual(at);
});

test('a fault that does not say when to ask again has no such time', () => {
  expect(retryAtOf(new HubError('SOURCE_BUSY'), new Date())).toBeNull();
});

test('faults of the hub and bugs of a connector say nothing about the health of a source', () => {
  const hub = new HubError('SOURCE_TIMEOUT', { details: { hop: 'HUB' } });
  const bug = asSourceFault(new TypeError('undefined is not a function'));

  expect([isIll(hub), mayTryAgain(hub)]).toEqual([false, false]);
  expect([isIll(bug), mayTryAgain(bug)]).toEqual([false, false]);
  expect(isIll(new HubError('SOURCE_MALFORMED'))).toBe(true);
});
