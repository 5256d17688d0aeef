import { readFileSync } from 'node:fs';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { buildSchema, parse } from 'graphql';

import { needsOf, readAccessRules } from '../../src/gateway/access.ts';
import { AUDIENCE_ROLES } from '../../src/gateway/audience.ts';
import { createGateway, type GatewayDependencies } from '../../src/gateway/gateway.ts';
import { REASON_LABELS } from '../../src/gateway/reason-labels.ts';
import { createSchema, readContract } from '../../src/gateway/schema.ts';
import { partsOf } from '../../src/gateway/visit-fields.ts';
import { ROLES, type Role } from '../../src/model/caller.ts';
import { listFieldsAtWork, type FieldAtWork } from './every-field.ts';
import { startWorld, type World } from './world.ts';

const schema = createSchema();
const fields = listFieldsAtWork(schema);
const rules = readAccessRules(schema);

let world: World;
let tokens: ReadonlyMap<Role | null, string>;
beforeAll(async () => {
  world = await startWorld({ options: { compiled: false } });
  const minted = [...ROLES, null].map(
    async (role) => [role, await world.token({ roles: role === null ? [] : [role] })] as const,
  );
  tokens = new Map(await Promise.all(minted));
});
afterAll(() => world.stop());

/** The table of the page, read as a caller reads it. */
function audiencesOnPage(): ReadonlyMap<string, readonly string[] | null> {
  const page = readFileSync('docs/reference/access.md', 'utf8');
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` +\| (.+?) +\|$/gmu)];
  return new Map(
    rows.map(([, audience = '', roles = '']) => [
      audience,
      roles.includes('`') ? [...roles.matchAll(/`(\w+)`/gu)].map(([, role = '']) => role) : null,
    ]),
  );
}

test('the page about access holds exactly the audiences and roles of the hub', () => {
  expect(Object.fromEntries(audiencesOnPage())).toEqual(AUDIENCE_ROLES);
});

test('the page about access holds exactly the fields of both roots', () => {
  const page = readFileSync('docs/reference/access.md', 'utf8');
  const rows = [...page.matchAll(/^\| `((?:Query|Mutation)\.\w+)` +\| `(\w+)` +\|$/gmu)];
  const written = Object.fromEntries(rows.map(([, place, audience]) => [place, audience]));

  const roots = [...rules].filter(([place]) => /^(?:Query|Mutation)\./u.test(place));

  expect(written).toEqual(Object.fromEntries(roots));
});

test('the page about reasons holds exactly the codes and labels of the hub', () => {
  const page = readFileSync('docs/reference/reasons.md', 'utf8');
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` +\| (\S+) +\|/gmu)];

  expect(Object.fromEntries(rows.map(([, code, label]) => [code, label]))).toEqual(REASON_LABELS);
  const codes = schema.getType('ReasonCode');
  expect(codes?.toConfig()).toMatchObject({
    values: Object.fromEntries(Object.keys(REASON_LABELS).map((code) => [code, {}])),
  });
});

test('every field of the schema is read by exactly the roles of its audience, and refused to others before anything is asked', async () => {
  const audiences = audiencesOnPage();
  const mayRead = (role: Role | null, { way }: FieldAtWork) =>
    [...way, ...behindInterface(way)].every((place) => {
      const members = audiences.get(rules.get(place) ?? '');
      return members === null || (role !== null && members?.includes(role) === true);
    });

  const wrong: string[] = [];
  let refusals = 0;
  for (const field of fields) {
    for (const [role, token] of tokens) {
      world.rooms.calls.clear();
      const answer = await world.post({ query: field.operation }, { token });
      const isForbidden = answer.status === 403;
      if (isForbidden === mayRead(role, field) || (!isForbidden && answer.status !== 200))
        wrong.push(`${role ?? 'nobody'} ${field.place}: ${answer.status}`);
      if (!isForbidden) continue;
      refusals += 1;
      const { code, field: named } = answer.json.errors[0].extensions;
      if (code !== 'FORBIDDEN' || !String(named).includes('.') || world.rooms.total() > 0)
        wrong.push(`${role ?? 'nobody'} ${field.place}: ${answer.text}`);
    }
  }

  expect(wrong).toEqual([]);
  expect(fields.length).toBeGreaterThan(200);
  expect(refusals).toBeGreaterThan(200);
}, 120_000);

/** A field of the interface is a field of every type behind it. */
function behindInterface(way: readonly string[]): readonly string[] {
  return way.flatMap((place) => {
    const [type, field] = place.split('.');
    return type === 'Subject'
      ? ['EnterpriseSubject', 'IndividualBusinessSubject', 'PersonSubject'].map(
          (one) => `${one}.${field ?? ''}`,
        )
      : [];
  });
}

test('a forbidden field hidden in a fragment refuses the whole request', async () => {
  const answer = await world.post(
    { query: '{ schemaVersion ...F } fragment F on Query { ... { sources { id } } }' },
    { token: tokens.get('COUNTER') ?? null },
  );

  expect(answer.status).toBe(403);
  expect(answer.json).toEqual({
    errors: [
      {
        message: 'The caller holds no role that may do this.',
        extensions: { code: 'FORBIDDEN', retryable: false, field: 'Query.sources' },
      },
    ],
  });
});

test('a field of an interface is refused when any type behind it may not be read', () => {
  const layered = buildSchema(`
    directive @access(to: Audience!) on FIELD_DEFINITION
    enum Audience { SIGNED_IN OPERATORS }
    interface Shown { name: String @access(to: SIGNED_IN) }
    type Open implements Shown { name: String @access(to: SIGNED_IN) }
    type Closed implements Shown { name: String @access(to: OPERATORS) }
    type Query { shown: Shown @access(to: SIGNED_IN) }
  `);
  const parts = partsOf(parse('{ shown { name } }'));

  const needs = parts === null ? null : needsOf(layered, readAccessRules(layered), parts);

  expect(needs).toEqual(
    new Map([
      ['SIGNED_IN', 'Query.shown'],
      ['OPERATORS', 'Closed.name'],
    ]),
  );
});

test('the hub does not start when a field has no rule, and names every such field', () => {
  const sdl = readContract()
    .join('\n')
    .replace('schemaVersion: String! @access(to: SIGNED_IN)', 'schemaVersion: String!')
    .replace('account: String! @access(to: SIGNED_IN)', 'account: String!');

  const start = () =>
    createGateway({
      options: { introspection: false, graphiql: false, consoleFolder: null, compiled: true },
      metrics: {},
      schema: buildSchema(sdl),
    } as GatewayDependencies);

  expect(start).toThrow('Query.schemaVersion,Caller.account');
});
