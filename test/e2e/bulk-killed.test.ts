import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { print } from 'graphql';
import type { TypedDocumentNode } from '@graphql-typed-document-node/core';

import { FIXTURES } from '../../sandbox/fixtures.ts';
import {
  BulkVerificationDocument,
  OpenBulkVerificationDocument,
  StartBulkVerificationDocument,
} from '../generated/operations.ts';
import { csvOf, linesOf, makeEnterprises } from '../support/bulk.ts';
import { matterCode, MATTERS } from '../support/journey.ts';
import { startServedWorld, type ServedHub, type ServedWorld } from '../support/served-hub.ts';

const ROWS = process.env['LONG'] === '1' ? 30_000 : 1_500;
const LONG_MS = 1_200_000;
/** Codes the publicity system takes in one call. */
const BATCH = 20;
/** Rows that are under way at a time. */
const MANY = 200;

const enterprises = makeEnterprises(ROWS);
let world: ServedWorld;
beforeAll(async () => {
  const population = { ...FIXTURES, enterprises: [...FIXTURES.enterprises, ...enterprises] };
  world = await startServedWorld({ population });
}, 120_000);
afterAll(() => world.stop());

async function ask<T, V>(hub: ServedHub, document: TypedDocumentNode<T, V>, variables: V) {
  const response = await fetch(`${hub.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${world.token}` },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const { data, errors } = (await response.json()) as { data: T; errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}

/** Waits until so many rows are settled, or the list is done. */
async function untilSettled(hub: ServedHub, id: string, rows: number) {
  for (;;) {
    const { bulkVerification: seen } = await ask(hub, BulkVerificationDocument, { id });
    if (seen === null) throw new Error('no such list');
    if (seen.state === 'DONE' || seen.progress.rows - seen.progress.waiting >= rows) return seen;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Everything that is to be there once for each row, counted in PostgreSQL. */
async function countAll(id: string) {
  const { rows } = await world.db.raw<{ rows: Record<string, number>[] }>(
    `
    select
      (select count(*) from bulk_row where bulk_id = :id and state = 'CONCLUDED') as concluded,
      (select count(distinct verification_id) from bulk_row where bulk_id = :id) as verified,
      (select count(*) from verification) as questions,
      (select count(*) from verdict where number = 1) as verdicts,
      (select count(*) from verdict) as all_verdicts,
      (select count(*) from case_subject) as subjects,
      (select count(*) from case_file) as cases,
      (select count(*) from evidence where case_id is not null) as evidence,
      (select count(distinct key_digest) from evidence where case_id is not null) as keys,
      (select count(distinct i.key_digest) from source_intent i
        join source_outcome o on o.intent_id = i.id
        where i.case_id is not null and o.transport = 'ANSWERED') as answered,
      (select count(*) from source_outcome o where o.reused) as reused,
      (select count(*) from source_intent i where i.case_id is not null and not exists
        (select from source_outcome o where o.intent_id = i.id)) as interrupted,
      (select count(*) from source_call where capability = 'enterprise.registration'
        and id in (select call_id from evidence where case_id is not null)) as calls
    `,
    { id },
  );
  return rows[0];
}

test(
  'a list that is killed with -9 twice ends with every row exactly once, on record and in its export',
  async () => {
    let hub = await world.serve();
    const input = {
      ...{ matterCode: matterCode(MATTERS.registration), number: '2026-批-1' },
      ...{ legalBasis: '市场主体登记管理条例第三条', idempotencyKey: randomUUID() },
    };
    const opened = await ask(hub, OpenBulkVerificationDocument, { input });
    const { id, uploadPath, exportPath } = opened.openBulkVerification.bulkVerification!;
    const headers = { authorization: `Bearer ${world.token}` };
    const uploadBegan = performance.now();
    const uploaded = await fetch(`${hub.url}${uploadPath}`, {
      method: 'PUT',
      headers: { ...headers, 'content-type': 'text/csv' },
      body: csvOf(enterprises),
    });
    const told = (await uploaded.json()) as object;
    const uploadMs = performance.now() - uploadBegan;
    await ask(hub, StartBulkVerificationDocument, { input: { id, version: 2 } });

    const began = performance.now();
    const cuts = [];
    for (const share of [0.25, 0.6]) {
      const seen = await untilSettled(hub, id, ROWS * share);
      await hub.kill();
      cuts.push({ at: ROWS - seen.progress.waiting, rate: seen.progress.rowsPerMinute });
      hub = await world.serve();
    }
    const done = await untilSettled(hub, id, Infinity);
    const tookMs = performance.now() - began;
    const exportBegan = performance.now();
    const reply = await fetch(`${hub.url}${exportPath}`, { headers });
    const lines = linesOf(Buffer.from(await reply.arrayBuffer()));
    const exportMs = performance.now() - exportBegan;

    const counted = await countAll(id);
    const figures = { uploadMs, tookMs, exportMs, cuts, counted };
    if (ROWS > 2_000) console.log(JSON.stringify(figures));
    expect(told).toMatchObject({ stored: true, rows: ROWS, rejected: 0 });
    expect(done).toMatchObject({ state: 'DONE', progress: { rows: ROWS, waiting: 0, skipped: 0 } });
    expect(counted).toMatchObject({
      ...{ concluded: ROWS, verified: ROWS, questions: ROWS, verdicts: ROWS, all_verdicts: ROWS },
      ...{ subjects: ROWS, cases: Math.ceil(ROWS / 20), evidence: ROWS, keys: ROWS },
      answered: ROWS,
    });
    expect(lines.map(({ line }) => line)).toEqual(enterprises.map((_one, at) => at + 2));
    expect(lines.map(({ code }) => code)).toEqual(enterprises.map(({ code }) => code));
    expect(lines.map(({ verdict }) => verdict)).toEqual(
      enterprises.map(({ stateCode }) => (stateCode === '1' ? 'CONFIRMED' : 'REFUTED')),
    );
    // What was under way at each cut is asked about in smaller company.
    expect(counted!['calls']).toBeLessThanOrEqual(ROWS / BATCH + 2 * MANY);
  },
  LONG_MS,
);
