import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { readProfile } from '../../connectors/credit-platform/profile.ts';
import { readReply } from '../../connectors/credit-platform/wire.ts';
import { PROFILES } from '../../sandbox/fixtures-credit.ts';
import { mintResidentId } from '../../sandbox/codes.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import type { Connector, SubjectKey } from '../../src/connector-kit/connector.ts';
import { rawReply, startRawServer } from '../connector-kit/raw-server.ts';
import { E1, E2, H1, need, P1 } from './questions.ts';
import { CANARY_SUBJECTS, connectTo, startRig, within, type Rig } from './rig.ts';

const P2 = { kind: 'PERSON', code: SUBJECTS.p2.code, name: null } as const;

let rig: Rig;
let connector: Connector;
beforeAll(async () => {
  rig = await startRig();
  connector = rig.connect('credit-platform');
});
afterAll(() => rig.stop());

function lookup(keys: readonly SubjectKey[]) {
  return need(connector.capabilities['credit.profile']).lookup(keys, within(5_000));
}

async function countCalls(): Promise<readonly number[]> {
  return (await rig.listCalls('credit-platform')).map(({ keys }) => keys.length);
}

describe('a look-up', () => {
  test('answers in the order of the keys, and absence is covered', async () => {
    const results = await lookup([H1, CANARY_SUBJECTS.absent, P1, E1, P1]);

    const told = results.map(
      (result) => result.ok && result.answer.records.map(({ code }) => code),
    );
    expect(told).toEqual([[H1.code], [], [P1.code], [E1.code], [P1.code]]);
    expect(results[1]).toMatchObject({ answer: { absence: 'COVERED', asOf: expect.any(Date) } });
  });

  test('finds a person by the fifteen digits the platform holds', async () => {
    const [result] = await lookup([P1]);

    expect(result).toMatchObject({
      answer: {
        records: [
          {
            code: SUBJECTS.p1.code,
            codeAsHeld: SUBJECTS.p1.code15,
            category: 'PERSON',
            commitments: [{ fulfillment: null, madeOn: '2021-02-09' }],
            findings: [{ code: 'FIFTEEN_DIGITS', detail: null }],
          },
        ],
      },
    });
  });

  test('asks by the code alone, whatever name is known', async () => {
    const [result] = await lookup([{ ...E1, name: '另一个名字' }]);

    expect(result).toMatchObject({ answer: { records: [{ name: SUBJECTS.e1.name }] } });
  });

  test('of fifty persons is split so that no call asks about more than fifty subjects', async () => {
    await fetch(`${rig.sandbox.sources['credit-platform'].controlUrl}/calls`, { method: 'DELETE' });
    const people = Array.from({ length: 50 }, (_, i): SubjectKey => {
      const code = mintResidentId(`37080019900101${String(i + 100)}`);
      return { kind: 'PERSON', code, name: null };
    });

    const results = await lookup(people);

    expect(results).toHaveLength(50);
    expect(await countCalls()).toEqual([50, 50]);
    await expect(lookup([...people, E1])).rejects.toMatchObject({ code: 'SOURCE_UNSUPPORTED' });
  });

  test('held under both forms of a number is two records', async () => {
    const held = need(PROFILES.find(({ identify }) => identify === SUBJECTS.p1.code15));
    const record = { ...held, lossy: false, identify: SUBJECTS.p1.code, commitments: [] };
    await rig.putRecord('credit-platform', `profiles/${SUBJECTS.p1.code}`, record);

    const [result] = await lookup([P1]);
    const url = `${rig.sandbox.sources['credit-platform'].controlUrl}/records/profiles/${SUBJECTS.p1.code}`;
    await fetch(url, { method: 'DELETE' });

    expect(result).toMatchObject({ ok: true, answer: { records: [{}, {}] } });
  });

  test('refused for one category costs only that category the answer', async () => {
    const server = await startRawServer();
    server.answer = () => {
      const body = server.requests.at(-1)?.split('\r\n\r\n')[1] ?? '{}';
      const { subjects } = JSON.parse(Buffer.from(body, 'latin1').toString()) as {
        subjects: { category: string; identify: string }[];
      };
      if (subjects.some(({ category }) => category === '自然人')) {
        return rawReply('{"code":40301,"message":"","data":null}', { status: '403 Forbidden' });
      }
      const results = subjects.map(({ category, identify }) => {
        return { category, identify, found: false, profile: null };
      });
      const data = { asOf: '2026-09-18T02:00:00+08:00', results };
      return rawReply(JSON.stringify({ code: 0, data }));
    };
    const other = connectTo(rig.sandbox, 'credit-platform', server.baseUrl);

    const results = await need(other.capabilities['credit.profile']).lookup(
      [E1, P1, H1],
      within(5_000),
    );
    await other.close();
    await server.stop();

    expect(results).toMatchObject([
      { ok: true, answer: { records: [] } },
      { ok: false, fault: { code: 'SOURCE_UNAUTHORIZED' } },
      { ok: true, answer: { records: [] } },
    ]);
  });
});

describe('a profile', () => {
  test('is told in the words of the hub', async () => {
    const [result] = await lookup([E2]);

    expect(result).toMatchObject({
      answer: {
        records: [
          {
            code: E2.code,
            category: 'ORGANIZATION',
            grade: { value: 'D', gradedOn: '2026-06-30' },
            listings: [
              { list: 'SERIOUSLY_DISHONEST', since: '2026-01-12', removedOn: null },
              { list: 'ABNORMAL_OPERATION', since: '2026-03-16', removedOn: null },
            ],
            penalties: [{ publicUntil: '2029-01-05' }, { publicUntil: '2020-05-02' }],
            commitments: [{ code: '37080020210209000002', fulfillment: 'NOT_FULFILLED' }],
            findings: [],
          },
        ],
      },
    });
  });

  test('whose name lost a character says so', async () => {
    const [result] = await lookup([P2]);

    expect(result).toMatchObject({
      answer: {
        records: [
          { name: '阿不都?艾买提', findings: [{ code: 'UNMAPPABLE_CHARACTER', detail: 'name' }] },
        ],
      },
    });
  });

  const held = need(PROFILES.find(({ identify }) => identify === E2.code));
  const read = (changes: object) => readProfile({ ...held, ...changes } as never, '/p');

  test('takes no word for another: unknown lists, grades and categories stay unknown', () => {
    const lists = ['黑名单', '重点关注名单', 'toString'].map((listName) => ({
      ...held.lists[0],
      listName,
    }));

    const profile = read({ lists, grade: { value: '优', gradedOn: '20260630' }, category: '其他' });

    expect(profile.listings.map(({ list }) => list)).toEqual(['UNKNOWN', 'UNKNOWN', 'UNKNOWN']);
    expect(profile).toMatchObject({ grade: { value: 'UNKNOWN' }, category: 'UNKNOWN' });
    expect(profile.findings.map(({ detail }) => detail)).toEqual(['category', 'grade']);
  });

  test('whose removal from a list is no day is drift, for the entry must not seem to stand', () => {
    const lists = [{ ...held.lists[0], removedOn: '2026年' }];

    expect(() => read({ lists })).toThrow(
      expect.objectContaining({
        code: 'SOURCE_SCHEMA_DRIFT',
        details: { hop: 'SOURCE', reason: 'BAD_DATE', pointer: '/p/lists/0/removedOn' },
      }),
    );
  });

  test("with somebody else's commitment fails its integrity check", () => {
    const commitments = [{ ...held.commitments[0], identify: E1.code }];

    expect(() => read({ commitments })).toThrow(
      expect.objectContaining({ code: 'SOURCE_INTEGRITY_FAILED' }),
    );
  });
});

describe('the results', () => {
  const asked = [
    { category: '法人及非法人组织', identify: E1.code },
    { category: '自然人', identify: P1.code },
  ] as const;
  const miss = asked.map((each) => ({ ...each, found: false, profile: null }));
  const read = (results: unknown, asOf = '2026-09-18T02:00:00+08:00'): unknown => {
    const raw = Buffer.from(JSON.stringify({ code: 0, data: { asOf, results } }));
    return readReply(
      { status: 200, headers: {}, serverDate: null, receivedAt: new Date(0), raw },
      asked,
    );
  };
  const profile = { ...PROFILES[0], category: '自然人', identify: P1.code, subjectName: null };

  test('are those asked for, in the order asked', () => {
    expect(read(miss)).toMatchObject({ asOf: new Date('2026-09-17T18:00:00Z') });
  });

  test.each([
    ['in another order', [...miss].reverse(), 'SOURCE_INTEGRITY_FAILED'],
    ['without the first', miss.slice(1), 'SOURCE_INTEGRITY_FAILED'],
    ['without the last', miss.slice(0, 1), 'SOURCE_INTEGRITY_FAILED'],
    ['too many', [...miss, miss[0]], 'SOURCE_INTEGRITY_FAILED'],
    [
      'of another category',
      [{ ...miss[0], category: '个体工商户' }, miss[1]],
      'SOURCE_INTEGRITY_FAILED',
    ],
    [
      'with the profile of another',
      [{ ...miss[0], found: true, profile }, miss[1]],
      'SOURCE_INTEGRITY_FAILED',
    ],
    ['found without a profile', [{ ...miss[0], found: true }, miss[1]], 'SOURCE_SCHEMA_DRIFT'],
    ['not found with a profile', [miss[0], { ...miss[1], profile }], 'SOURCE_SCHEMA_DRIFT'],
  ])('%s are refused', (_what, results, code) => {
    expect(() => read(results)).toThrow(expect.objectContaining({ code }));
  });

  test('as of no instant are refused', () => {
    expect(() => read(miss, '2026-09-18')).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ pointer: '/data/asOf' }) }),
    );
  });
});
