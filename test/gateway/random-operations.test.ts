import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse, validate } from 'graphql';

import { costOf } from '../../src/gateway/operation-cost.ts';
import { createSchema } from '../../src/gateway/schema.ts';
import { partsOf } from '../../src/gateway/visit-fields.ts';
import { choicesOf, randomQuery } from './random-operation.ts';
import { startWorld, type World } from './world.ts';

const schema = createSchema();
const RUNS = process.env['LONG'] === '1' ? 10_000 : 400;

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

test('whatever a query asks, it is answered or refused shortly, and never fails', async () => {
  const statuses = new Map<number, number>();
  const roles = ['COUNTER', 'OPERATOR', 'AUDITOR', 'ASSIST_UNIT', 'JUSTICE'] as const;

  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { minLength: 30, maxLength: 120 }), async (tape) => {
      const query = randomQuery(schema, choicesOf(tape));
      world.rooms.calls.clear();

      const answer = await world.ask(query, {}, { roles });

      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      expect([200, 400]).toContain(answer.status);
      expect(answer.codes).not.toContain('INTERNAL_SERVER_ERROR');
      if (answer.status === 400) {
        expect(world.rooms.total()).toBe(0);
        expect(Buffer.byteLength(answer.text)).toBeLessThanOrEqual(2_048);
        expect(answer.codes.length).toBeLessThanOrEqual(5);
      }
    }),
    { numRuns: RUNS, seed: 20261123 },
  );

  expect(statuses.get(200)).toBeGreaterThan(RUNS / 20);
  expect(statuses.get(400)).toBeGreaterThan(RUNS / 20);
}, 600_000);

test('no query asks sources more often than was reckoned', async () => {
  const source = /^subjects\./u;
  let asked = 0;

  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { minLength: 30, maxLength: 120 }), async (tape) => {
      const inner = randomQuery(schema, choicesOf(tape)).slice('query '.length);
      const query = `query ${inner.replace('{', '{ z: cases(first: 2) { nodes { subjects { creditProfile { provenance { source } } } } }')}`;
      world.rooms.calls.clear();

      const answer = await world.ask(
        query,
        {},
        { roles: ['COUNTER', 'OPERATOR', 'AUDITOR', 'ASSIST_UNIT', 'JUSTICE'] },
      );

      if (answer.status !== 200) return;
      const document = parse(query);
      expect(validate(schema, document)).toEqual([]);
      const parts = partsOf(document);
      const reckoned = parts === null ? 0 : costOf(schema, parts, {}).questions;
      const calls = [...world.rooms.calls].filter(([name]) => source.test(name));
      const questions = calls.reduce((sum, [, count]) => sum + count, 0);
      asked += questions;
      expect(questions).toBeLessThanOrEqual(reckoned);
    }),
    { numRuns: RUNS, seed: 20261123 },
  );

  expect(asked).toBeGreaterThan(RUNS / 10);
}, 600_000);
