import { afterAll, beforeAll, expect, test } from '@jest/globals';

import { creditPlatform } from '../../connectors/credit-platform/connector.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import type { Hub } from '../../src/hub.ts';
import { createOperators, type Operators } from '../registry/operators.ts';
import { startTestHub, type TestHub } from '../support/hub.ts';
import { MATTERS, openCase, verify } from '../support/journey.ts';

const ID = 'credit-platform';
const REVISIONS = 5;
const REACHES_MS = 2_000;

let hub: TestHub;
let others: readonly Hub[];
let operators: Operators;
beforeAll(async () => {
  hub = await startTestHub();
  others = [await hub.replicate(), await hub.replicate()];
  operators = createOperators(hub);
});
afterAll(() => hub.stop());

async function activate(settings: object): Promise<void> {
  const { one, two } = operators;
  const { current } = (await operators.find(ID)) ?? {};
  const told = (await operators.find(ID))?.revisions.find(
    ({ number }) => number === current?.number,
  );
  await one.revise(ID, {
    kind: 'credit-platform',
    settings: { ...told?.settings, ...settings },
    routes: [{ dataset: 'CREDIT' }],
    note: '负载下切换',
  });
  expect((await one.check(ID)).errors).toEqual([]);
  await one.move(ID, 'SUBMIT');
  await two.move(ID, 'APPROVE');
  expect(await one.move(ID, 'ACTIVATE', { reason: '演练' })).toEqual([]);
}

test('revisions roll out under load without one failed request, to every replica in time', async () => {
  const { code, name } = SUBJECTS.e1;
  const opened = await openCase(hub, {
    matter: MATTERS.construction,
    subjects: [{ kind: 'ENTERPRISE', code, name }],
  });
  const asked = { caseId: opened.id, subjectId: opened.subjects[0]!.id };
  let isRunning = true;
  const verdicts: string[] = [];
  const officers = Array.from({ length: 4 }, async () => {
    while (isRunning) verdicts.push((await verify(hub, asked)).verdict.code);
  });

  const took: number[] = [];
  for (let index = 1; index <= REVISIONS; index += 1) {
    await activate({ connectionsMax: index + 1 });
    took.push(await reachedAll(`credit-platform@${creditPlatform.version}+r${index + 1}`));
  }
  isRunning = false;
  await Promise.all(officers);

  process.stdout.write(
    `${verdicts.length} verdicts during ${REVISIONS} roll-outs, which reached all in ` +
      `${Math.max(...took)} ms at most\n`,
  );
  expect(verdicts.length).toBeGreaterThan(20);
  const { rows } = await hub.database.db.raw<{ rows: { transport: string; count: number }[] }>(
    `
    select one ->> 'transport' as transport, count(*)::integer as count
    from verdict, jsonb_array_elements(observations) as one
    where one ->> 'source' = ?
    group by 1
    `,
    [ID],
  );
  expect(rows.map(({ transport }) => transport)).toEqual(['ANSWERED']);
  expect(rows[0]?.count).toBeGreaterThan(20);
  expect(Math.max(...took)).toBeLessThan(REACHES_MS);
}, 60_000);

/** Milliseconds until every replica asks by that connector. */
async function reachedAll(connector: string): Promise<number> {
  const began = performance.now();
  const replicas = [hub.hub, ...others];
  const isThere = (one: Hub) =>
    one.sources.states().some((state) => state.id === ID && state.connector === connector);
  while (!replicas.every(isThere)) {
    if (performance.now() - began > REACHES_MS) return Infinity;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return Math.round(performance.now() - began);
}

test('credentials never follow a source to another place: 100 of 100 changed origins', async () => {
  const { one } = operators;
  const { revisions = [] } = (await operators.find(ID)) ?? {};
  const told = revisions.find(({ state }) => state === 'ACTIVE')?.settings ?? {};
  const here = new URL(String(told['baseUrl']));
  const elsewhere = Array.from({ length: 100 }, (_, index) =>
    [
      `http://127.0.0.${(index % 250) + 2}:${here.port}`,
      `http://127.0.0.1:${Number(here.port) + index + 1}`,
      `https://127.0.0.1:${here.port}`,
      `http://attacker-${index}.example:${here.port}`,
    ].at(index % 4),
  );

  const answers: string[] = [];
  for (const baseUrl of elsewhere) {
    await one.revise(ID, {
      kind: 'credit-platform',
      settings: { ...told, baseUrl },
      routes: [{ dataset: 'CREDIT' }],
      note: '迁移',
    });
    const { errors } = await one.check(ID);
    answers.push(errors.map(({ code }) => code).join(' '));
  }

  expect(new Set(answers)).toEqual(new Set(['SECRETS_MISSING']));
  expect(answers).toHaveLength(100);
});
