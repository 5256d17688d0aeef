import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';

import { LIMITS, LIST_BOUNDS } from '../../src/gateway/limits.ts';
import { ATTACKS } from './attacks.ts';
import { CASE_ID, VERIFICATION_ID } from './records.ts';
import { startWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ options: { introspection: true } });
});
afterAll(() => world.stop());
beforeEach(() => {
  world.rooms.calls.clear();
});

describe('a query beyond a limit is refused with 400, shortly, before any resolver', () => {
  test.each(ATTACKS)('$what', async ({ what, query, variables, code, limit }) => {
    const bottomless = `{"query":"{ schemaVersion }","variables":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;

    const answer = await world.post(
      what.includes('hundred thousand') ? bottomless : { query, variables },
    );

    expect(answer.status).toBe(400);
    expect(world.rooms.total()).toBe(0);
    expect(Buffer.byteLength(answer.text)).toBeLessThanOrEqual(2_048);
    expect(answer.codes.length).toBeGreaterThan(0);
    expect(answer.codes.length).toBeLessThanOrEqual(LIMITS.errors);
    expect(answer.json.data).toBeUndefined();
    expect(answer.text).not.toContain('370802199001011237');
    if (code !== undefined) expect(answer.codes[0]).toBe(code);
    if (limit !== undefined) {
      const { extensions } = answer.json.errors[0];
      expect(extensions).toEqual({
        code: 'QUERY_TOO_LARGE',
        retryable: false,
        limit,
        max: LIMITS[limit],
      });
    }
  });
});

test('a body of more than 256 KB is refused with 413 before it is parsed', async () => {
  const answer = await world.post({ query: `{ schemaVersion }${' '.repeat(300_000)}` });

  expect(answer.status).toBe(413);
  expect(answer.json.errors[0].extensions.limit).toBe('bodyBytes');
});

test.each([
  {
    what: 'one verification with everything that was decided',
    query: `{ verification(id: "${VERIFICATION_ID}") { claims { value } history { reasons { label } observations { source } requirements { fields { bySource { source rules } } } } } }`,
  },
  {
    what: 'a page of verifications with their verdicts',
    query:
      '{ verifications(first: 20) { nodes { verdict { requirements { fields { bySource { source } } } } } pageInfo { endCursor } } }',
  },
  {
    what: 'a case with its subjects, what every source holds of them, and the verdicts',
    query: `{ case(id: "${CASE_ID}") { matter { policy { requirements { ladder { method } } } }
      subjects { ...S ... on EnterpriseSubject { registration { registration { changes { item }
        formerNames { name } penalties { act } abnormalOperations { reason }
        seriousViolations { reason } } } } }
      verifications { verdict { code reasons { label } } } } }
      fragment S on Subject { name licenses(typeCode: "x") { licenses { number } }
        creditProfile { profile { listings { list } penalties { act } commitments { code } } } }`,
  },
])('what officers ask for is within every limit: $what', async ({ query }) => {
  const answer = await world.ask(query);

  expect(answer.json.errors).toBeUndefined();
  expect(answer.status).toBe(200);
});

test('the tool that reads the whole schema is within every limit', async () => {
  const { getIntrospectionQuery } = await import('graphql');

  const answer = await world.ask(getIntrospectionQuery({ inputValueDeprecation: true }));

  expect(answer.status).toBe(200);
  expect(answer.json.data.__schema.types.length).toBeGreaterThan(50);
});

test('nothing can be introspected, and no field name is suggested, where introspection is off', async () => {
  const closed = await startWorld();
  const answers = [
    await closed.ask('{ __schema { types { name } } }'),
    await closed.ask('{ __type(name: "Query") { name } }'),
    await closed.ask('{ schemaVersio }'),
  ];
  await closed.stop();

  expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
  for (const { text } of answers) expect(text).not.toMatch(/Did you mean|schemaVersion/u);
});

test('the page about limits says what the hub enforces, and nothing else', () => {
  const page = readFileSync('docs/reference/limits.md', 'utf8');
  const rows = [...page.matchAll(/^\| `([\w.]+)` +\| ([\d,]+) +\|/gmu)];
  const written = new Map(rows.map(([, name, value]) => [name, Number(value?.replace(/,/gu, ''))]));

  const enforced = new Map<string, number>(Object.entries(LIMITS));
  for (const [type, lists] of Object.entries(LIST_BOUNDS))
    for (const [field, bound] of Object.entries(lists)) enforced.set(`${type}.${field}`, bound);

  expect(Object.fromEntries(written)).toEqual(Object.fromEntries(enforced));
});
