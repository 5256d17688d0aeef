import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';

import { FIXTURES } from '../../sandbox/fixtures.ts';
import { AGENCIES } from '../../src/catalog/starter/agencies.ts';
import {
  CrossCheckRunDocument,
  DefineCrossCheckDocument,
  StartCrossCheckDocument,
} from '../generated/operations.ts';
import { makeSubjects } from '../support/bulk.ts';
import { definition, seedCommitments, seededCode, type RunSeen } from '../support/cross-check.ts';
import { MATTERS } from '../support/journey.ts';
import { startServedWorld, type ServedHub, type ServedWorld } from '../support/served-hub.ts';

const ROWS = process.env['LONG'] === '1' ? 200_000 : 1_000;
/** Commitments under a matter that looks at a license: the library is asked for one in a call. */
const LICENSED = ROWS / 10;
const LONG_MS = 7_200_000;
/** Calls the publicity system agreed to within any second. */
const PER_SECOND = 50;
const PUSHED_TOGETHER = 100;

/** Who is what on the second night, by place; everybody else is as before. */
const TOLD = {
  revoked: { stateCode: '2', stateText: '吊销，未注销' },
  deregistered: { stateCode: '4', stateText: '注销' },
  movedOut: { stateCode: '6', stateText: '迁出' },
  unknown: { stateCode: '77', stateText: '待核验' },
} as const;
const told = (at: number): keyof typeof TOLD | null => {
  if (at % 50 === 7) return 'revoked';
  if (at % 50 === 19) return 'deregistered';
  if (at % 100 === 31) return 'movedOut';
  return at % 200 === 43 ? 'unknown' : null;
};
const isExpired = (at: number): boolean => at % 40 === 11;
const isListed = (at: number): boolean => at % 100 === 57;
const isUnacknowledged = (at: number): boolean => at % 100 === 83;

const { enterprises, licenses, profiles } = makeSubjects(ROWS);
const IN_BUSINESS = { stateCode: '1', stateText: '存续（在营、开业、在册）', canceledOn: null };

const CHECKS = [
  definition({
    ...{ key: 'register', left: 'LIVE_COMMITMENTS', right: 'PUBLICITY_SYSTEM' },
    ...{ keys: ['HOLDER_CODE'], fields: [{ field: 'STATUS', rule: 'IN_FORCE' }] },
  }),
  definition({
    ...{ key: 'licenses', left: 'LIVE_COMMITMENTS', right: 'LICENSE_LIBRARY' },
    keys: ['HOLDER_CODE', 'LICENSE_TYPE'],
    fields: [{ field: 'STATUS', rule: 'IN_FORCE' }],
  }),
  definition({
    ...{ key: 'lists', left: 'ENTERPRISE_REGISTER', right: 'CREDIT_LISTS' },
    ...{ keys: ['HOLDER_CODE'], fields: [{ field: 'CREDIT_STANDING', rule: 'AGREES' }] },
  }),
  definition({
    ...{ key: 'acknowledged', left: 'COMMITMENT_RECORDS', right: 'CREDIT_ACKNOWLEDGMENTS' },
    ...{ keys: ['COMMITMENT_CODE'], fields: [{ field: 'ACKNOWLEDGMENT', rule: 'ACKNOWLEDGED' }] },
    acknowledgedWithin: 3,
  }),
];

let world: ServedWorld;
beforeAll(async () => {
  const population = {
    ...FIXTURES,
    enterprises: [
      ...FIXTURES.enterprises,
      ...enterprises.map((one) => ({ ...one, ...IN_BUSINESS })),
    ],
    licenses: [...FIXTURES.licenses, ...licenses.map((one) => ({ ...one, state: 5 }))],
    profiles: [...FIXTURES.profiles, ...profiles],
  };
  const budget = { perSecond: PER_SECOND, perDay: null, inFlightMax: null, reserveShare: 0.2 };
  world = await startServedWorld({ population, policies: { 'publicity-system': { budget } } });
  const { db } = world;
  await seedCommitments(db, enterprises.slice(0, LICENSED), { matter: MATTERS.waterTransport });
  await seedCommitments(db, enterprises.slice(LICENSED), {
    ...{ matter: MATTERS.registration, from: LICENSED + 1 },
  });
  await pushAll();
}, LONG_MS);
afterAll(() => world.stop());

/** The platform has every record, and the hub knows so. */
async function pushAll(): Promise<void> {
  const { baseUrl } = world.sandbox.sources['credit-platform'];
  const headers = {
    ...{ 'content-type': 'application/json' },
    'x-app-key': world.sandbox.credentials.creditAppKey,
  };
  for (let at = 0; at < ROWS; at += PUSHED_TOGETHER) {
    const codes = enterprises.slice(at, at + PUSHED_TOGETHER).map((_one, n) => seededCode(at + n));
    const body = JSON.stringify({ commitments: codes.map(recordOf) });
    const reply = await fetch(`${baseUrl}/api/v1/commitments`, { method: 'POST', headers, body });
    const { data } = (await reply.json()) as {
      data: { results: readonly { code: string; receiptNo: string }[] };
    };
    await world.db.raw(
      `insert into credit_push (id, commitment_id, commitment_version, agency_code, recipient, told,
         state, version, reference, attempts, created_at, changed_at)
       select gen_random_uuid(), commitment.id, 1, agency_code, 'credit-platform', '{}',
         'ACKNOWLEDGED', 3, "receiptNo", 1, signed_at, signed_at
       from jsonb_to_recordset(:results::jsonb) as one (code text, "receiptNo" text)
       join commitment on commitment.code = one.code`,
      { results: JSON.stringify(data.results) },
    );
  }
}

function recordOf(code: string) {
  return {
    ...{ code, subjectName: '示例', subjectCategory: '企业', identify: '示例', reason: '示例' },
    ...{ commitmentTypeId: '1', content: '示例', liabilityBreachCommitment: '示例' },
    ...{ commitmentDate: '2026-11-02', acceptanceUnit: '示例', publicationType: '1' },
    acceptanceUnitIdentify: AGENCIES.approval.code,
  };
}

async function ask<T, V>(hub: ServedHub, document: TypedDocumentNode<T, V>, variables: V) {
  const response = await fetch(`${hub.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${world.operatorToken}` },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const { data, errors } = (await response.json()) as { data: T; errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}

async function start(hub: ServedHub, key: string): Promise<RunSeen> {
  const input = { key, idempotencyKey: randomUUID() };
  const { startCrossCheck } = await ask(hub, StartCrossCheckDocument, { input });
  return startCrossCheck.run!;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}

async function untilRead(hub: ServedHub, id: string, read: number): Promise<RunSeen> {
  for (;;) {
    const { crossCheckRun: seen } = await ask(hub, CrossCheckRunDocument, { id });
    if (seen === null) throw new Error('no such run');
    const goesOn = seen.state === 'OPENED' || seen.state === 'RUNNING';
    if (!goesOn || seen.progress.read >= read) return seen;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function runWhole(hub: ServedHub, key: string): Promise<RunSeen> {
  const { id } = await start(hub, key);
  return untilRead(hub, id, Infinity);
}

async function put(
  source: 'publicity-system' | 'license-library' | 'credit-platform',
  path: string,
  record: object,
) {
  const { controlUrl } = world.sandbox.sources[source];
  const reply = await fetch(`${controlUrl}/records/${path}`, {
    ...{ method: 'PUT', body: JSON.stringify(record) },
  });
  if (!reply.ok) throw new Error(await reply.text());
}

/** What happens at the sources between two nights. */
async function changeAll(): Promise<void> {
  for (let at = 0; at < ROWS; at += 1) {
    const one = enterprises[at]!;
    const state = told(at);
    if (state !== null)
      await put('publicity-system', `enterprises/${one.code}`, { ...one, ...TOLD[state] });
    if (at < LICENSED && isExpired(at)) {
      const license = licenses[at]!;
      await put('license-library', `licenses/${license.identifier}`, { ...license, state: -4 });
    }
    if (isListed(at)) {
      const listing = { listName: '严重失信主体名单', reason: '示例', authority: '示例机关' };
      const lists = [{ ...listing, listedOn: '2026-05-01', removedOn: null }];
      await put('credit-platform', `profiles/${one.code}`, { ...profiles[at], lists });
    }
    if (isUnacknowledged(at)) {
      const { controlUrl } = world.sandbox.sources['credit-platform'];
      await fetch(`${controlUrl}/records/pushed/${seededCode(at)}`, { method: 'DELETE' });
    }
  }
}

const countOf = (isSo: (at: number) => boolean, rows = ROWS): number =>
  enterprises.slice(0, rows).filter((_one, at) => isSo(at)).length;

const differencesOf = ({ differences }: RunSeen) =>
  differences.map(({ class: one, field, from, to, subjects }) => [one, field, from, to, subjects]);

/** Everything that is to be there once, counted in PostgreSQL. */
async function countAll(id: string) {
  const { rows } = await world.db.raw<{ rows: Record<string, number>[] }>(
    `
    select
      (select count(*)::integer from cross_check_observation where run_id = :id) as observations,
      (select count(*)::integer from cross_check_task where run_id = :id and state = 'DONE') as pages,
      (select count(*)::integer from cross_check_finding where id in
        (select finding_id from cross_check_finding_event where run_id = :id)) as findings,
      (select count(*)::integer from cross_check_finding_event where run_id = :id) as events,
      (select count(*)::integer from verification_task where finding_id in
        (select finding_id from cross_check_finding_event where run_id = :id)) as tasks,
      (select count(*)::integer from breach) as breaches
    `,
    { id },
  );
  return rows[0];
}

/** The most calls that any second saw at the publicity system, by its own log. */
async function busiestSecond(): Promise<number> {
  const { controlUrl } = world.sandbox.sources['publicity-system'];
  const reply = await fetch(`${controlUrl}/calls`);
  const { calls } = (await reply.json()) as { calls: readonly { at: string; operation: string }[] };
  const at = calls
    .filter(({ operation }) => operation === 'httpproxy')
    .map((one) => Date.parse(one.at));
  let first = 0;
  return at.reduce((most, instant, last) => {
    while ((at[first] ?? instant) <= instant - 1_000) first += 1;
    return Math.max(most, last - first + 1);
  }, 0);
}

test(
  'scenario 24: two nights over every open commitment, the second killed with -9 in the middle of each run',
  async () => {
    let hub = await world.serve();
    for (const input of CHECKS) {
      const { defineCrossCheck } = await ask(hub, DefineCrossCheckDocument, { input });
      expect(defineCrossCheck.userErrors).toEqual([]);
    }
    const first = new Map<string, RunSeen>();
    for (const { key } of CHECKS) first.set(key, await runWhole(hub, key));
    await changeAll();

    const began = performance.now();
    const second = new Map<string, RunSeen>();
    const cuts: Record<string, number> = {};
    for (const { key } of CHECKS) {
      const { id } = await start(hub, key);
      const all = key === 'licenses' ? LICENSED : ROWS;
      cuts[key] = (await untilRead(hub, id, all * 0.3)).progress.read;
      await hub.kill();
      hub = await world.serve();
      second.set(key, await untilRead(hub, id, Infinity));
    }
    const tookMs = performance.now() - began;
    const busiest = await busiestSecond();
    console.log(JSON.stringify({ rows: ROWS, cuts, tookMs: Math.round(tookMs), busiest }));

    for (const [key, run] of first)
      expect([key, run.state, run.progress.inconclusive, differencesOf(run)]).toEqual([
        ...[key, 'COMPLETE', 0, []],
      ]);
    const unknown = countOf((at) => told(at) === 'unknown');
    expect(second.get('register')).toMatchObject({
      ...{ state: 'COMPLETE', causes: [{ cause: 'STATUS_UNKNOWN', subjects: unknown }] },
      progress: { subjects: ROWS, read: ROWS, inconclusive: unknown },
    });
    const inForce = (to: string, subjects: number) => [
      'STATUS_CHANGED',
      'STATUS',
      'VALID',
      to,
      subjects,
    ];
    expect(differencesOf(second.get('register')!).sort()).toEqual(
      [
        inForce(
          'WITHDRAWN',
          countOf((at) => told(at) === 'revoked'),
        ),
        inForce(
          'CANCELED',
          countOf((at) => told(at) === 'deregistered'),
        ),
        inForce(
          'TRANSFERRED_OUT',
          countOf((at) => told(at) === 'movedOut'),
        ),
        ['UNPARSEABLE', 'STATUS', null, 'STATUS_UNKNOWN', unknown],
      ].sort(),
    );
    expect(differencesOf(second.get('licenses')!)).toEqual([
      inForce('EXPIRED', countOf(isExpired, LICENSED)),
    ]);
    expect(differencesOf(second.get('lists')!)).toEqual([
      ['FIELD_CHANGED', 'CREDIT_STANDING', 'NOT_LISTED', 'LISTED', countOf(isListed)],
    ]);
    expect(differencesOf(second.get('acknowledged')!)).toEqual([
      ...[
        [
          'UNACKNOWLEDGED_PUSH',
          'ACKNOWLEDGMENT',
          'ACKNOWLEDGED',
          'UNKNOWN',
          countOf(isUnacknowledged),
        ],
      ],
    ]);
    for (const [key, { id, differences, progress }] of second) {
      const met = differences.reduce((sum, { subjects }) => sum + subjects, 0);
      const ofPromise = differences.filter(
        ({ class: one }) => one === 'STATUS_CHANGED' || one === 'FIELD_CHANGED',
      );
      const tasks = ofPromise.reduce((sum, { subjects }) => sum + subjects, 0);
      expect([key, await countAll(id)]).toEqual([
        key,
        {
          ...{ observations: progress.subjects, pages: Math.ceil(progress.subjects / 200) },
          ...{ findings: met, events: met, tasks, breaches: 0 },
        },
      ]);
    }
    expect(busiest).toBeLessThanOrEqual(PER_SECOND);
  },
  LONG_MS,
);

test('what was asked before a worker died is not asked again', async () => {
  const { rows } = await world.db.raw<{
    rows: { run: string; twice: number; interrupted: number }[];
  }>(
    `
    with asked as (
      select request_id as run, source_intent.id, key_digest, capability, case_id, reused,
        source_outcome.intent_id is not null as has_ended
      from source_intent
      left join source_outcome on source_outcome.intent_id = source_intent.id
      where actor = 'job:cross-check'
    )
    select run,
      (select count(*)::integer from (
        select from asked as one where one.run = asked.run and has_ended and not reused
        group by case_id, capability, key_digest having count(*) > 1
      ) as twice) as twice,
      (count(*) filter (where not has_ended))::integer as interrupted
    from asked group by run
    `,
  );

  for (const { twice, interrupted } of rows) {
    expect(twice).toBe(0);
    // What was on the wire when it died: two lanes of a hundred at the most.
    expect(interrupted).toBeLessThanOrEqual(2 * 100 * 2);
  }
});

test(
  'a page of a killed worker is taken over by another within five seconds',
  async () => {
    const hub = await world.serve();
    const worker = await world.work();
    const { id } = await start(hub, 'register');
    const isHeld = async () => {
      const held = world.db('cross_check_task').where({ run_id: id }).whereNotNull('holder');
      return (await held.select('holder')).some(({ holder }) =>
        String(holder).includes(`-${String(worker.child.pid)}-`),
      );
    };
    await until(isHeld);
    await worker.kill();
    const began = performance.now();
    const wasHeld = await isHeld();
    await until(async () => !(await isHeld()));
    const tookMs = performance.now() - began;
    const run = await untilRead(hub, id, Infinity);
    console.log(JSON.stringify({ takenOverMs: Math.round(tookMs) }));

    expect(wasHeld).toBe(true);
    expect(tookMs).toBeLessThan(5_000);
    expect(run).toMatchObject({ state: 'COMPLETE', progress: { read: ROWS } });
  },
  LONG_MS,
);
