import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { HubError, type FaultCode } from '../../src/errors.ts';
import type { Services } from '../../src/gateway/services.ts';
import { CASE_ID } from './records.ts';
import { createRooms } from './rooms.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let fails: () => Promise<never>;
beforeAll(async () => {
  const { services } = createRooms();
  world = await startWorld({
    services: {
      casework: { ...services.casework, pageOfCases: () => fails() },
      verifications: { ...services.verifications, verify: () => fails() },
    } satisfies Partial<Services>,
  });
});
afterAll(() => world.stop());
beforeEach(() => {
  fails = () => Promise.reject(new HubError('STORE_UNAVAILABLE'));
});
afterEach(() => {
  world.rooms.silent.clear();
});

const CASES = '{ cases(first: 1) { nodes { id } } }';
const SOURCES = `{ case(id: "${CASE_ID}") { subjects {
  __typename
  creditProfile { profile { category } }
  licenses(typeCode: "x") { licenses { status } }
} } }`;

describe('a fault keeps its code, its sentence and whether asking again helps', () => {
  test.each<[FaultCode, number]>([
    ['MALFORMED_CURSOR', 200],
    ['CONFLICT', 200],
    ['NOT_FOUND', 200],
    ['STORE_UNAVAILABLE', 503],
    ['AUDIT_UNAVAILABLE', 503],
    ['OVERLOADED', 503],
  ])('%s is answered with %i', async (code, status) => {
    const fault = new HubError(code, {
      details: { field: 'after', sql: 'select 1', value: '370802199001011237' },
      cause: new Error('connection refused'),
    });
    fails = () => Promise.reject(fault);

    const answer = await world.ask(CASES);

    expect(answer.status).toBe(status);
    expect(answer.headers.get('retry-after')).toBe(status === 503 ? '1' : null);
    expect(answer.json).toEqual({
      data: null,
      errors: [
        {
          message: fault.message,
          path: ['cases'],
          locations: [{ line: 1, column: 3 }],
          extensions: { code, retryable: fault.retryable, field: 'after' },
        },
      ],
    });
  });
});

test('what is not a fault of the catalog is a bug: masked for the caller, logged with its request', async () => {
  fails = () => Promise.reject(new TypeError('cannot read secret of 370802199001011237'));

  const answer = await world.post(
    { query: CASES },
    { headers: { 'x-request-id': 'bug-1' }, token: await world.token() },
  );

  expect(answer.json.errors[0]).toMatchObject({
    message: 'Internal error.',
    extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false },
  });
  expect(answer.text).not.toMatch(/secret|TypeError|at /u);
  const bug = world.logLines.find((line) => line.includes('"msg":"bug"')) ?? '';
  expect(JSON.parse(bug)).toMatchObject({
    level: 'error',
    requestId: 'bug-1',
    path: 'cases',
    err: { message: 'cannot read secret of [id]' },
  });
});

test('a store that fails costs its fields and not what was answered besides', async () => {
  const answer = await world.ask(
    '{ matter(code: "370800-TEST-0001") { code } cases: me { account } }',
  );

  expect(answer.status).toBe(200);
  expect(answer.json.errors).toBeUndefined();
});

test('a mutation that could not be recorded is answered with 503', async () => {
  fails = () => Promise.reject(new HubError('AUDIT_UNAVAILABLE'));

  const answer = await world.ask(
    'mutation { verify(input: { caseId: "x", subjectId: "x", idempotencyKey: "k" }) { userErrors { code } } }',
  );

  expect(answer.status).toBe(503);
  expect(answer.codes).toEqual(['AUDIT_UNAVAILABLE']);
});

test.each([
  ['SOURCE_TIMEOUT', 'NETWORK'],
  ['SOURCE_RESTING', 'HUB'],
  ['SOURCE_MALFORMED', 'SOURCE'],
  ['SOURCE_NEEDS_CONSENT', 'SOURCE'],
] as const)(
  'a source that gives no answer (%s) costs its field and no other',
  async (code, hop) => {
    const fault = new HubError(code, { details: { source: 'credit-platform', hop, status: 503 } });
    world.rooms.silent.set('creditProfile', () => Promise.reject(fault));

    const answer = await world.ask(SOURCES);

    expect(answer.status).toBe(200);
    expect(answer.codes).toEqual([code, code, code]);
    expect(answer.json.errors[1]).toMatchObject({
      path: ['case', 'subjects', 1, 'creditProfile'],
      message: fault.message,
      extensions: { code, retryable: fault.retryable, source: 'credit-platform', hop },
    });
    const { subjects } = answer.json.data.case;
    expect(subjects).toHaveLength(3);
    for (const subject of subjects) {
      expect(subject.creditProfile).toBeNull();
      expect(subject.licenses).toEqual({ licenses: [{ status: 'VALID' }] });
    }
  },
);

test('a source that hangs costs its field when the request has to end', async () => {
  const rooms = createRooms();
  rooms.silent.set('creditProfile', () => new Promise<never>(() => undefined));
  const hasty = await startWorld({
    services: rooms.services,
    options: { pace: { requestMs: 700 } },
  });

  const answer = await hasty.ask(SOURCES);

  await hasty.stop();
  expect(answer.status).toBe(200);
  expect(answer.codes).toEqual(['SOURCE_TIMEOUT', 'SOURCE_TIMEOUT', 'SOURCE_TIMEOUT']);
  expect(answer.json.data.case.subjects[0]).toEqual({
    __typename: 'EnterpriseSubject',
    creditProfile: null,
    licenses: { licenses: [{ status: 'VALID' }] },
  });
});

test('a request that does not end in time is answered with 503', async () => {
  const { services } = createRooms();
  const slow = await startWorld({
    services: { casework: { ...services.casework, pageOfCases: () => later(400) } },
    options: { pace: { requestMs: 100 } },
  });

  const answer = await slow.ask(CASES);

  await slow.stop();
  expect(answer.status).toBe(503);
  expect(answer.codes).toEqual(['OVERLOADED']);
  expect(answer.headers.get('retry-after')).toBe('1');
});

async function later(ms: number): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  throw new HubError('STORE_UNAVAILABLE');
}

test('an id that is none finds nothing, and is no fault', async () => {
  const answer = await world.ask('{ case(id: "1") { id } verification(id: "x\'--") { id } }');

  expect(answer.json).toEqual({ data: { case: null, verification: null } });
});
