import { afterEach, expect, test } from '@jest/globals';

import { HubError } from '../../src/errors.ts';
import {
  CASE,
  fakeSource,
  findAll,
  identifiers,
  licenseOf,
  openWorld,
  OTHER_CASE,
  purposeOf,
  type World,
} from './world.ts';

let world: World;

afterEach(() => world.close());

test('an answered question leaves intent, call, evidence and outcome on record', async () => {
  const source = fakeSource('library');
  world = await openWorld(source);

  const observation = await world.ask('L-1', { purpose: purposeOf(CASE, { requestId: 'r-1' }) });

  const [intent] = await world.rows('source_intent');
  const [call] = await world.rows('source_call');
  const [evidence] = await world.rows('evidence');
  const [outcome] = await world.rows('source_outcome');
  expect(observation).toMatchObject({
    transport: 'ANSWERED',
    intentId: intent?.['id'],
    evidenceId: evidence?.['id'],
    recordOutcome: 'FOUND_ONE',
    records: [licenseOf('L-1')],
    rawDigest: call?.['raw_digest'],
    reused: false,
  });
  expect(intent).toMatchObject({ case_id: CASE, actor: 'officer-1', request_id: 'r-1' });
  expect(call).toMatchObject({ keys: 1, attempts: 1 });
  expect(Buffer.from(call?.['raw'] as Buffer)).toEqual(
    Buffer.from(JSON.stringify([{ identifier: 'L-1' }])),
  );
  expect(evidence).toMatchObject({
    call_id: call?.['id'],
    case_id: CASE,
    records: [licenseOf('L-1')],
    connector: 'fake@1.0.0',
  });
  expect(outcome).toMatchObject({
    intent_id: intent?.['id'],
    transport: 'ANSWERED',
    reason: 'OK',
    call_id: call?.['id'],
    evidence_id: evidence?.['id'],
  });
});

test('the intent is durable before the connector is called', async () => {
  const source = fakeSource('library');
  world = await openWorld(source);
  const seen: number[] = [];
  source.behave(async (keys) => {
    seen.push((await world.rows('source_intent')).length);
    return findAll(keys, source.received[0]!.call);
  });

  await Promise.all(identifiers(5).map((identifier) => world.ask(identifier)));

  expect(seen).toEqual([5, 5, 5, 5, 5]);
});

test.each([
  ['is gone', 'alter table source_intent rename to elsewhere'],
  ['is full', 'alter table source_intent add constraint full_ check (false) not valid'],
  [
    'is read-only',
    'create trigger no before insert on source_intent execute function refuse_change()',
  ],
])('when the intent table %s nothing is asked', async (_, statement) => {
  const source = fakeSource('library');
  world = await openWorld(source);
  await world.database.db.raw(statement);

  const asked = await Promise.allSettled(identifiers(20).map((one) => world.ask(one)));

  const codes = asked.map((one) => one.status === 'rejected' && (one.reason as HubError).code);
  expect(codes).toEqual(Array<string>(20).fill('AUDIT_UNAVAILABLE'));
  expect(source.received).toEqual([]);
});

test('when the database is gone nothing is asked', async () => {
  const source = fakeSource('library');
  world = await openWorld(source);
  await world.database.db.destroy();

  const asked = world.ask('L-1');

  await expect(asked).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  expect(source.received).toEqual([]);
});

test.each(['source_call', 'evidence', 'source_outcome'])(
  'an answer is not returned while %s cannot be written, and its intent stays open',
  async (table) => {
    const source = fakeSource('library');
    world = await openWorld(source);
    source.behave(async (keys, call) => {
      await world.database.db.raw(`alter table ${table} rename to elsewhere`);
      return findAll(keys, call);
    });

    const asked = world.ask('L-1');

    await expect(asked).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    await world.database.db.raw(`alter table elsewhere rename to ${table}`);
    expect(await world.rows('source_intent')).toHaveLength(1);
    expect(await world.rows('source_outcome')).toEqual([]);
    expect(await world.rows('evidence')).toEqual([]);
  },
);

test('a fault is not returned either while its outcome cannot be written', async () => {
  const source = fakeSource('library');
  world = await openWorld(source);
  source.behave(async () => {
    await world.database.db.raw('alter table source_outcome rename to elsewhere');
    throw new HubError('SOURCE_UNAUTHORIZED');
  });

  const asked = world.ask('L-1');

  await expect(asked).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
});

test('one question that cannot be recorded does not spoil the group it was written with', async () => {
  const source = fakeSource('library');
  world = await openWorld(source);
  const asks = identifiers(20).map((identifier, index) =>
    world.ask(identifier, { purpose: purposeOf(index === 7 ? 'no uuid' : CASE) }),
  );

  const asked = await Promise.allSettled(asks);

  const failed = asked.flatMap((one, index) => (one.status === 'rejected' ? [index] : []));
  expect(failed).toEqual([7]);
  expect(source.received.map(({ keys }) => keys[0]?.identifier)).not.toContain('L-7');
  expect(await world.rows('source_outcome')).toHaveLength(19);
});

test('sixty questions cost at most ten statements', async () => {
  const source = fakeSource('library', { policy: { concurrencyMax: 60 } });
  world = await openWorld(source);
  await world.ask('warm');
  const statements: string[] = [];
  world.database.db.on('query', ({ sql }: { sql: string }) => statements.push(sql));

  await Promise.all(identifiers(60).map((one) => world.ask(one, { maxAgeMs: 60_000 })));

  expect(statements.length).toBeLessThanOrEqual(10);
  expect(await world.rows('source_outcome')).toHaveLength(61);
});

test('no key reaches the journal, only its digest', async () => {
  world = await openWorld(
    fakeSource('library', { lookup: async (keys) => keys.map(() => silent) }),
  );
  const silent = { ok: false, fault: new HubError('SOURCE_UNSUPPORTED') } as const;

  await world.ask('370800199001010015');

  const dump = JSON.stringify(await Promise.all(TABLES.map((table) => world.rows(table))));
  expect(dump).not.toContain('370800199001010015');
  expect(world.logged).toEqual([]);
});

test('a source that nobody registered is a fault of the asker, and leaves no intent', async () => {
  world = await openWorld(fakeSource('library'));

  const asked = world.ask('L-1', { source: 'elsewhere' });

  await expect(asked).rejects.toMatchObject({ code: 'SOURCE_NOT_REGISTERED' });
  expect(await world.rows('source_intent')).toEqual([]);
});

test('a question the source does not offer is on record and calls nothing', async () => {
  const source = fakeSource('library');
  world = await openWorld(source);

  const observation = await world.sources.ask({
    source: 'library',
    capability: 'credit.profile',
    key: { kind: 'ENTERPRISE', code: '91370811MA3TE0T0XE', name: null },
    purpose: purposeOf(CASE),
    maxAgeMs: 0,
  });

  expect(observation).toMatchObject({ transport: 'UNSUPPORTED', hop: 'HUB' });
  expect(await world.rows('source_intent')).toHaveLength(1);
  expect(await world.rows('source_outcome')).toMatchObject([{ reason: 'SOURCE_UNSUPPORTED' }]);
  expect(source.received).toEqual([]);
});

test('askers of two cases who share a call each have evidence of their own', async () => {
  world = await openWorld(fakeSource('library'));

  const [a, b, again] = await Promise.all([
    world.ask('L-1'),
    world.ask('L-1', { purpose: purposeOf(OTHER_CASE) }),
    world.ask('L-1'),
  ]);

  const evidence = await world.rows('evidence');
  expect(evidence.map((row) => row['case_id']).toSorted()).toEqual([CASE, OTHER_CASE]);
  expect(await world.rows('source_call')).toHaveLength(1);
  expect(a).toMatchObject({ evidenceId: (again as { evidenceId: string }).evidenceId });
  expect(a).not.toMatchObject({ evidenceId: (b as { evidenceId: string }).evidenceId });
});

const TABLES = ['source_intent', 'source_call', 'evidence', 'source_outcome'];
