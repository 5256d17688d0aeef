import { setTimeout as sleep } from 'node:timers/promises';

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type pg from 'pg';

import { compareCollections } from '../../src/differ/compare-collections.ts';
import {
  DEFAULT_COMPARISON,
  type Checkpoint,
  type Comparison,
} from '../../src/differ/comparison.ts';
import { openTableSide } from '../../src/differ/table-side.ts';
import { sessionOfSnapshot } from '../../src/differ/read-session.ts';
import type { Side } from '../../src/differ/side.ts';
import type { Difference } from '../../src/model/difference.ts';
import { encodeKey, type RowKey } from '../../src/model/row-key.ts';
import { openSnapshot, type Snapshot } from '../../src/store/snapshot.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { askOracle, connect, createTables, fieldsOf, fill, linesOf, tableOf } from './rig.ts';
import type { Layout, Row } from './rig.ts';

const LAYOUT: Layout = { name: 'number', keys: ['INTEGER'], isIndexed: true };
const PACE = { chunkMs: 500, restShare: 0, rangesMax: 4 };

let database: TestDatabase;
let writer: pg.Client;
let snapshots: Snapshot[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  writer = await connect(database.url);
  await createTables(writer, [LAYOUT]);
});
afterAll(async () => {
  await writer.end();
  await database.drop();
});
beforeEach(async () => {
  await Promise.all(snapshots.map((snapshot) => snapshot.end()));
  snapshots = [];
});

function row(id: number, label = 'x'): Row {
  return [String(id), label, '1.5', '2024-02-29', '2024-02-29T08:00:00Z', 'true', '1'];
}

function rows(from: number, to: number): readonly Row[] {
  return Array.from({ length: to - from }, (_, at) => row(from + at));
}

function keyOf(id: number): RowKey {
  return encodeKey([String(id)], ['INTEGER']) as RowKey;
}

async function open(
  side: 'l' | 'r',
  options: { signal?: AbortSignal; snapshotId?: string; settleSeconds?: number } = {},
): Promise<{ readonly snapshot: Snapshot; readonly side: Side }> {
  const { signal = new AbortController().signal, snapshotId = null } = options;
  const snapshot = await openSnapshot(database.url, {
    applicationName: 'differ test',
    statementMsMax: 30_000,
    idleMsMax: 30_000,
    snapshotId,
    signal,
  });
  snapshots.push(snapshot);
  const seconds = options.settleSeconds;
  const settle = seconds === undefined ? null : { column: 'changed', seconds };
  const table = { ...tableOf(LAYOUT, side), settle };
  return { snapshot, side: await openTableSide(sessionOfSnapshot(snapshot), table) };
}

async function compare(options: Partial<Comparison> = {}) {
  const differences: Difference[] = [];
  const checkpoints: Checkpoint[] = [];
  const comparison: Comparison = {
    left: options.left ?? (await open('l')).side,
    right: options.right ?? (await open('r')).side,
    fields: fieldsOf(LAYOUT).map(([name]) => name),
    span: { from: null, to: null },
    checkpoint: null,
    policy: { ...DEFAULT_COMPARISON, rangeKeys: 4, pace: PACE },
    signal: new AbortController().signal,
    onChunk: async (chunk) => {
      differences.push(...chunk.differences);
      checkpoints.push(chunk.checkpoint);
    },
    ...options,
  };
  const ended = await compareCollections(comparison).then(
    (outcome) => ({ outcome, error: null }),
    (error: unknown) => ({ outcome: null, error }),
  );
  return { ...ended, differences, checkpoints };
}

describe('a run that is cut off', () => {
  test('says nothing of what it did not reach', async () => {
    await fill(writer, LAYOUT, { l: [], r: rows(0, 100) });
    const wanted = new AbortController();
    const given: Difference[] = [];
    let next: RowKey | null = null;

    const { error } = await compare({
      signal: wanted.signal,
      onChunk: async ({ differences, checkpoint }) => {
        given.push(...differences);
        next = checkpoint.next;
        wanted.abort(new Error('enough'));
      },
    });

    expect(error).toMatchObject({ message: 'enough' });
    expect(next).not.toBeNull();
    expect(given.length).toBeLessThan(100);
    expect(given.every(({ key }) => key < (next ?? ''))).toBe(true);
  });

  test('does not take for gone what it has compared before it was gone on with', async () => {
    await fill(writer, LAYOUT, { l: rows(0, 100), r: rows(0, 100) });
    const first = await compare({
      onChunk: async ({ checkpoint }) => {
        throw Object.assign(new Error('killed'), { checkpoint });
      },
    });
    const { checkpoint } = first.error as { checkpoint: Checkpoint };

    const { outcome, differences } = await compare({ checkpoint });

    expect(checkpoint.next).not.toBeNull();
    expect(differences).toEqual([]);
    expect(outcome).toMatchObject({ state: 'COMPLETE', isOneSnapshot: false });
    expect(outcome?.checkpoint.counts).toMatchObject({ left: 100, right: 100, matched: 100 });
  });

  test('and gone on with gives what a run that was not cut off gives', async () => {
    await fill(writer, LAYOUT, { l: rows(0, 90), r: rows(7, 100) });
    const whole = await compare();

    const part = await compare({
      onChunk: async ({ differences, checkpoint }) => {
        throw Object.assign(new Error('killed'), { checkpoint, differences });
      },
    });
    const { checkpoint, differences } = part.error as {
      checkpoint: Checkpoint;
      differences: readonly Difference[];
    };
    const rest = await compare({ checkpoint });

    expect([...differences, ...rest.differences]).toEqual(whole.differences);
    expect(rest.outcome?.checkpoint.counts).toEqual(whole.outcome?.checkpoint.counts);
  });

  test('is not gone on with by another comparison', async () => {
    await fill(writer, LAYOUT, { l: rows(0, 9), r: rows(0, 9) });
    const { checkpoints } = await compare();

    const { error } = await compare({
      checkpoint: checkpoints[0] ?? null,
      span: { from: keyOf(3), to: null },
    });

    expect(error).toMatchObject({ code: 'CONFLICT', details: { reason: 'CHECKPOINT' } });
  });
});

test('the database ends what was running when it is no longer wanted', async () => {
  const wanted = new AbortController();
  const { snapshot } = await open('l', { signal: wanted.signal });

  const running = snapshot.rows('select pg_sleep(20)::text', []).catch((error: unknown) => error);
  await sleep(100);
  wanted.abort();
  const error = await running;

  expect(error).toBeInstanceOf(Error);
  for (let tries = 0; tries < 50; tries += 1) {
    const { rows: left } = await writer.query(
      "select 1 from pg_stat_activity where query like 'select pg_sleep(20)%'",
    );
    if (left.length === 0) return;
    await sleep(20);
  }
  throw new Error('The statement still runs.');
});

test('rows of two that swapped their values are found', async () => {
  await fill(writer, LAYOUT, { l: [row(1, 'a'), row(2, 'b')], r: [row(1, 'b'), row(2, 'a')] });

  const { differences } = await compare();

  expect(differences.map(({ type, fields }) => [type, fields])).toEqual([
    ['DIFFERS', ['label']],
    ['DIFFERS', ['label']],
  ]);
});

test('a row that was changed a moment ago is in flight', async () => {
  const young: Row = ['1', 'new', null, null, new Date().toISOString(), null, null];
  await fill(writer, LAYOUT, { l: [young, row(2, 'new')], r: [row(1), row(2)] });

  const { differences } = await compare({ left: (await open('l', { settleSeconds: 600 })).side });

  expect(differences.map(({ type }) => type).toSorted()).toEqual(['DIFFERS', 'IN_FLIGHT']);
});

test('beyond so many differences nothing is complete', async () => {
  await fill(writer, LAYOUT, { l: rows(0, 100), r: [] });

  const { outcome } = await compare({
    policy: { ...DEFAULT_COMPARISON, pace: PACE, differencesMax: 50 },
  });

  expect(outcome?.state).toBe('TOO_MANY_DIFFERENCES');
});

test('no more rows are held than the limit says, however far one side has grown', async () => {
  await fill(writer, LAYOUT, { l: rows(0, 2_000), r: [row(-1), row(500), row(5_000)] });
  const expected = await askOracle(writer, LAYOUT);
  const { side } = await open('l');
  let most = 0;
  const left: Side = {
    ...side,
    async pairs(ranges, options) {
      let taken = 0;
      await side.pairs(ranges, {
        ...options,
        take: (pair) => {
          taken += 1;
          most = Math.max(most, taken);
          options.take(pair);
        },
      });
    },
  };

  const { differences, outcome } = await compare({
    left,
    policy: { ...DEFAULT_COMPARISON, rangeKeys: 2, pace: PACE, pairsMax: 100 },
  });

  expect(linesOf(LAYOUT, differences)).toEqual(expected);
  expect(outcome?.checkpoint.counts.left).toBe(2_000);
  expect(most).toBeLessThanOrEqual(101);
});

test('rows that do not add up are a fault, not a result', async () => {
  await fill(writer, LAYOUT, { l: rows(0, 10), r: rows(0, 10) });
  const { side } = await open('l');
  const left: Side = { ...side, pairs: async () => undefined, rows: (keys) => side.rows(keys) };

  const { error } = await compare({
    left,
    policy: { ...DEFAULT_COMPARISON, rangeKeys: 1, pace: PACE, streamShare: 0 },
  });

  expect(error).toMatchObject({
    code: 'SOURCE_INTEGRITY_FAILED',
    details: { reason: 'UNBALANCED' },
  });
});

test('runs over parts of the keys see one snapshot, and together everything once', async () => {
  await fill(writer, LAYOUT, { l: rows(0, 60), r: rows(30, 100) });
  const expected = await askOracle(writer, LAYOUT);
  const first = { l: await open('l'), r: await open('r') };
  const shared = { l: await first.l.snapshot.share(), r: await first.r.snapshot.share() };
  // What is changed from now on is not seen by either of them.
  await fill(writer, LAYOUT, { l: [], r: [] });
  const second = {
    l: await open('l', { snapshotId: shared.l }),
    r: await open('r', { snapshotId: shared.r }),
  };

  const parts = await Promise.all([
    compare({
      left: first.l.side,
      right: first.r.side,
      span: { from: null, to: keyOf(47) },
    }),
    compare({
      left: second.l.side,
      right: second.r.side,
      span: { from: keyOf(47), to: null },
    }),
  ]);

  const all = parts.flatMap(({ differences }) => differences);
  expect(linesOf(LAYOUT, all)).toEqual(expected);
  expect(all).toHaveLength(70);
});
