import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';

import { HubError } from '../../src/errors.ts';
import { CASE_ID } from './records.ts';
import { startWorld, type World } from './world.ts';

let world: World;
let plain: World;
beforeAll(async () => {
  world = await startWorld();
  plain = await startWorld({ options: { compiled: false } });
});
afterAll(async () => {
  await world.stop();
  await plain.stop();
});
beforeEach(() => {
  for (const one of [world, plain]) {
    one.rooms.calls.clear();
    one.rooms.silent.clear();
  }
});

/** Runs of compiled operations so far, as the metrics tell. */
async function runs(of: World): Promise<{ compiled: number; repeated: number }> {
  const text = await (await fetch(`${of.url}/metrics`)).text();
  const count = (run: string) =>
    Number(new RegExp(`hecha_compiled_runs_total\\{run="${run}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
  return { compiled: count('compiled'), repeated: count('repeated') };
}

const EVERY_ROOM = `query Everything($n: Int!, $typeCode: String!) {
  me { account roles }
  matters(first: $n, priorityField: MARKET_ACCESS) { nodes { effectiveFrom effectiveUntil policy { requirements {
    fields { field decisive } ladder { method datasets workingDays } } } } }
  case(id: "${CASE_ID}") {
    openedAt acceptedOn matter { name version }
    subjects {
      __typename region { name historic }
      a: licenses(typeCode: $typeCode) { licenses { number status longTerm validUntil } provenance { observedAt asOf reused } }
      b: licenses(typeCode: $typeCode) { provenance { source } }
      creditProfile { profile { category grade { value } listings { list } } }
      ... on EnterpriseSubject { registration { registration { capital establishedOn } } }
      ... on PersonSubject { licenses { licenses { typeCode } } }
    }
    verifications { verdict { code retryAt dueOn reasons { code label } observations { transport asOf observedAt }
      requirements { belief fields { bySource { outcome rules } } } } claims { value } }
  }
  verifications(first: $n) { nodes { discrepancies { sources } followUps { dueOn } assistanceRequests { state reply { asOf } } } pageInfo { hasNextPage endCursor } }
}`;
const VARIABLES = { n: 3, typeCode: 'x' };

test('a compiled operation answers byte for byte what the interpreter answers', async () => {
  const interpreted = await plain.ask(EVERY_ROOM, VARIABLES);
  const before = await runs(world);

  const answers = [];
  for (let times = 0; times < 4; times += 1) answers.push(await world.ask(EVERY_ROOM, VARIABLES));

  const after = await runs(world);
  expect(interpreted.json.errors).toBeUndefined();
  expect(interpreted.text.length).toBeGreaterThan(2_000);
  for (const answer of answers) {
    expect(answer.text).toBe(interpreted.text);
    expect(answer.headers.get('content-type')).toBe(interpreted.headers.get('content-type'));
  }
  // The first time it is only noted.
  expect(after).toEqual({ compiled: before.compiled + 3, repeated: before.repeated });
});

test('one name for different things of different types is written as what it is', async () => {
  const query = `{ case(id: "${CASE_ID}") { subjects {
    ... on EnterpriseSubject { x: registration { provenance { source } } y: name }
    ... on PersonSubject { x: creditProfile { profile { name } } y: name }
    ... on IndividualBusinessSubject { z: kind x: licenses { licenses { longTerm } } }
  } } }`;
  const before = await runs(world);

  const answers = [];
  for (let times = 0; times < 3; times += 1) answers.push(await world.ask(query));

  expect(await runs(world)).toEqual({ ...before, compiled: before.compiled + 2 });
  for (const answer of answers) {
    expect(answer.json.data.case.subjects).toEqual([
      { x: { provenance: { source: 'registration' } }, y: '济宁某某食品有限公司' },
      { z: 'INDIVIDUAL_BUSINESS', x: { licenses: [{ longTerm: false }] } },
      { x: { profile: { name: '张*丰' } }, y: '张*丰' },
    ]);
  }
});

test.each([true, false])('a field that is switched off (%s) is not written', async (isOff) => {
  const query = 'query Off($off: Boolean!) { me { account roles @skip(if: $off) } }';
  for (let times = 0; times < 2; times += 1) await world.ask(query, { off: isOff });

  const answer = await world.ask(query, { off: isOff });

  const account = 'officer-1';
  expect(answer.json.data.me).toEqual(isOff ? { account } : { account, roles: ['COUNTER'] });
});

test('when a compiled operation fails and is run again, no room is asked twice', async () => {
  const once = async (of: World) => {
    of.rooms.calls.clear();
    const answer = await of.ask(EVERY_ROOM, VARIABLES);
    return { answer, calls: Object.fromEntries(of.rooms.calls) };
  };
  await once(world);
  await once(world);
  for (const one of [world, plain]) {
    one.rooms.silent.set('creditProfile', () =>
      Promise.reject(new HubError('SOURCE_TIMEOUT', { details: { source: 'credit-platform' } })),
    );
  }
  const before = await runs(world);

  const repeated = await once(world);
  const interpreted = await once(plain);

  const after = await runs(world);
  expect(after).toEqual({ compiled: before.compiled, repeated: before.repeated + 1 });
  expect(repeated.answer.codes).toEqual(['SOURCE_TIMEOUT', 'SOURCE_TIMEOUT', 'SOURCE_TIMEOUT']);
  expect(repeated.answer.text).toBe(interpreted.answer.text);
  expect(repeated.calls).toEqual(interpreted.calls);
  expect(repeated.calls).toMatchObject({
    'subjects.askCreditProfile': 3,
    // For the alias `b` nothing more; for the person's other type one more.
    'subjects.askLicenses': 4,
    'verifications.pageOf': 1,
    'catalog.listInForce': 1,
  });
});

test('a variable of another value gets another answer from the same compiled operation', async () => {
  const query = 'query Find($code: String!) { matter(code: $code) { code } }';
  for (let times = 0; times < 3; times += 1) await world.ask(query, { code: 'unknown' });

  const found = await world.ask(query, { code: '370800-TEST-0001' });

  expect(found.json).toEqual({ data: { matter: { code: '370800-TEST-0001' } } });
});

test('what one caller saw does not reach another through a compiled operation', async () => {
  const query = '{ me { account agencyCode roles } case(id: "x") { id } }';
  for (let times = 0; times < 3; times += 1) await world.ask(query);

  const other = await world.ask(
    query,
    {},
    { agencyCode: '11370800MB2855926Y', roles: ['JUSTICE'] },
  );
  const forbidden = await world.ask(query, {}, { roles: ['OPERATOR'] });

  expect(other.json.data.me).toMatchObject({
    agencyCode: '11370800MB2855926Y',
    roles: ['JUSTICE'],
  });
  expect(forbidden.status).toBe(403);
});

test('a mutation is never compiled, and runs once however often it comes', async () => {
  const before = await runs(world);
  const mutation =
    'mutation { verify(input: { caseId: "x", subjectId: "x", idempotencyKey: "k" }) { verification { id } } }';

  for (let times = 0; times < 3; times += 1) await world.ask(mutation);

  expect(await runs(world)).toEqual(before);
  expect(world.rooms.calls.get('verifications.verify')).toBe(3);
});
