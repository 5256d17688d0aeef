import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { STARTER_MATTERS } from '../../src/catalog/starter/matters.ts';
import { judge } from '../../src/model/judge.ts';
import { policyVersionOf } from '../../src/model/matter.ts';
import type {
  Reason,
  RequirementVerdict,
  SourceObservation,
} from '../../src/model/verification.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { breakSource, MATTERS, mendSource, verifySubject } from '../support/journey.ts';

interface VerdictRow {
  readonly id: string;
  readonly code: string;
  readonly refutation: string | null;
  readonly reasons: readonly Reason[];
  readonly requirements: readonly RequirementVerdict[];
  readonly observations: readonly SourceObservation[];
  readonly policy_version: string;
}

const { e1, e2, e3, p1, p2 } = SUBJECTS;
let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
  const enterprises = [e1, e2, e3].map(({ code, name }) => ({
    kind: 'ENTERPRISE' as const,
    code,
    name,
  }));
  for (const subject of enterprises)
    for (const matter of [MATTERS.waterTransport, MATTERS.construction, MATTERS.dispatch])
      await verifySubject(hub, { matter, subject });
  for (const { code, name } of [p1, p2])
    await verifySubject(hub, {
      matter: MATTERS.residence,
      subject: { kind: 'PERSON', code, name },
    });
  await breakSource(hub, 'publicity-system', { kind: 'down' });
  await verifySubject(hub, { matter: MATTERS.construction, subject: enterprises[0]! });
  await mendSource(hub, 'publicity-system');
});
afterAll(() => hub.stop());

test('judging the stored observations under the stored policy gives the stored verdict', async () => {
  const rows = await hub.database.db<VerdictRow>('verdict');
  expect(rows.length).toBeGreaterThanOrEqual(12);

  for (const row of rows) {
    const matter = STARTER_MATTERS.find((one) => policyVersionOf(one) === row.policy_version);
    const again = judge(matter!.policy, row.observations);

    const stored = { ...row, requirements: row.requirements, reasons: row.reasons };
    expect(canonical({ ...pick(again) })).toBe(canonical({ ...pick(stored) }));
  }
});

test('every answered observation rests on evidence, and that on an intent older than it', async () => {
  const { rows } = await hub.database.db.raw<{ rows: { missing: string }[] }>(`
    select 'verdict ' || verdict.id as missing
    from verdict
    cross join lateral jsonb_array_elements(observations) as one
    left join evidence on evidence.id = (one ->> 'evidenceId')::uuid
    where one ->> 'transport' = 'ANSWERED'
      and one ->> 'method' = 'ONLINE'
      and evidence.id is null
    union all
    select 'evidence ' || evidence.id
    from evidence
    left join source_outcome on evidence_id = evidence.id
    left join source_intent on source_intent.id = intent_id
    where source_intent.id is null
      or source_intent.asked_at > observed_at
    union all
    select 'intent ' || source_intent.id
    from source_intent
    left join source_outcome on intent_id = source_intent.id
    where intent_id is null
  `);

  expect(rows).toEqual([]);
});

test.each([
  'verdict',
  'verification',
  'evidence',
  'source_intent',
  'source_outcome',
  'source_call',
  'case_file',
  'case_subject',
  'assistance_request',
])('a row of %s can be neither changed nor removed', async (table) => {
  const { db } = hub.database;

  await expect(db.raw('delete from ??', [table])).rejects.toMatchObject({ code: '23001' });
  await expect(db.raw('truncate ?? cascade', [table])).rejects.toMatchObject({ code: '23001' });
});

function pick(one: Pick<VerdictRow, 'code' | 'refutation' | 'reasons' | 'requirements'>) {
  const { code, refutation, reasons, requirements } = one;
  return { code, refutation, reasons, requirements };
}

/** JSON with sorted keys: the database does not keep their order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}
