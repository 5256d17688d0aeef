import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { CANARIES } from '../../sandbox/fixtures.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { askCredit, control, read } from './sandbox-client.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});

afterEach(async () => {
  await control(sandbox, 'credit-platform', 'DELETE /fault');
});

afterAll(async () => {
  await sandbox.stop();
});

interface Result {
  readonly identify: string;
  readonly found: boolean;
  readonly profile: Readonly<Record<string, unknown>> | null;
}

const ORGANIZATION = '法人及非法人组织';

async function ask(subjects: readonly object[]): Promise<readonly Result[]> {
  const json = read(await askCredit(sandbox, subjects));
  expect(json['code']).toBe(0);
  return (json['data'] as { results: readonly Result[] }).results;
}

test('results keep the order asked and say so for whom there is no record', async () => {
  const codes = [SUBJECTS.e2.code, CANARIES.absentCode, SUBJECTS.e1.code];

  const results = await ask(codes.map((identify) => ({ category: ORGANIZATION, identify })));

  expect(results.map((each) => [each.identify, each.found])).toEqual([
    [SUBJECTS.e2.code, true],
    [CANARIES.absentCode, false],
    [SUBJECTS.e1.code, true],
  ]);
});

test('a person held under 15 digits is found by those only', async () => {
  const { code, code15 } = SUBJECTS.p1;

  const results = await ask([code, code15].map((identify) => ({ category: '自然人', identify })));

  expect(results.map((each) => each.found)).toEqual([false, true]);
});

test('a name that disagrees with the code finds nothing', async () => {
  const { code, name, nameInHalfWidth } = SUBJECTS.e1;
  const names = [name, nameInHalfWidth, null];

  const results = await ask(
    names.map((subjectName) => ({ category: ORGANIZATION, identify: code, subjectName })),
  );

  expect(results.map((each) => each.found)).toEqual([true, false, true]);
});

test('a name that passed through GBK has lost its interpunct', async () => {
  const [result] = await ask([{ category: '自然人', identify: SUBJECTS.p2.code }]);

  expect(result?.profile?.['subjectName']).toBe('阿不都?艾买提');
});

test('a profile carries grade, lists, penalties and commitments and none of the sandbox’s own fields', async () => {
  const [result] = await ask([{ category: ORGANIZATION, identify: SUBJECTS.e2.code }]);

  expect(Object.keys(result?.profile ?? {}).sort()).toEqual(
    ['category', 'commitments', 'grade', 'identify', 'lists', 'penalties', 'subjectName'].sort(),
  );
  expect(result?.profile).toMatchObject({
    grade: { value: 'D' },
    lists: [{ listName: '严重失信主体名单', removedOn: null }, { listName: '经营异常' }],
    penalties: [{ CF_GSJZQ: '2029-01-05' }, { CF_GSJZQ: '2020-05-02' }],
    commitments: [{ code: '37080020210209000002', fulfillmentStatus: '全部未履行' }],
  });
});

test.each([
  ['reordered', [SUBJECTS.e1.code, CANARIES.presentCode]],
  ['missing', [SUBJECTS.e1.code]],
  ['extra', [CANARIES.presentCode, SUBJECTS.e1.code, '91350100M000100Y43']],
])('a batch answered %s is other keys than those asked', async (how, answered) => {
  await control(sandbox, 'credit-platform', 'PUT /fault', { kind: 'integrity', how });
  const codes = [CANARIES.presentCode, SUBJECTS.e1.code];

  const results = await ask(codes.map((identify) => ({ category: ORGANIZATION, identify })));

  expect(results.map((each) => each.identify)).toEqual(answered);
});

test.each([
  ['subjects', []],
  ['subjects', Array.from({ length: 51 }, () => ({ category: ORGANIZATION, identify: '1' }))],
  ['subjects[0].category', [{ category: '法人', identify: '1' }]],
  ['subjects[0].identify', [{ category: ORGANIZATION }]],
])('a malformed question is refused by the name of field %s', async (field, subjects) => {
  const heard = await askCredit(sandbox, subjects);

  expect(heard.status).toBe(400);
  expect(read(heard)).toMatchObject({ code: 40001, data: { field } });
});

test('a wrong key is 401', async () => {
  const heard = await askCredit(sandbox, [], { headers: { 'x-app-key': 'guess' } });

  expect(heard.status).toBe(401);
  expect(read(heard)['code']).toBe(40101);
});

test('the daily quota counts subjects and not calls', async () => {
  const limited = await startSandbox({ limits: { creditSubjectsPerDayMax: 3 } });
  const subject = { category: ORGANIZATION, identify: CANARIES.presentCode };

  const first = await askCredit(limited, [subject, subject]);
  const second = await askCredit(limited, [subject, subject]);
  await limited.stop();

  expect([first.status, second.status]).toEqual([200, 429]);
});
