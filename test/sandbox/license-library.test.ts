import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { sm2 } from 'sm-crypto-v2';

import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { LICENSE_IDS } from '../../sandbox/fixtures.ts';
import { BUSINESS_LICENSE, FOOD_LICENSE, RESIDENT_CARD } from '../../sandbox/license-faces.ts';
import { ROAD_LICENSE, SAFETY_LICENSE, WATERWAY_LICENSE } from '../../sandbox/license-faces.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { askLibrary, call, control, read } from './sandbox-client.ts';

let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox({ typesDenied: [ROAD_LICENSE] });
});

afterEach(async () => {
  await control(sandbox, 'license-library', 'DELETE /fault');
});

afterAll(async () => {
  await sandbox.stop();
});

interface Reply {
  readonly status: number;
  readonly data: unknown;
}

async function ask(operation: string, data: Readonly<Record<string, unknown>>): Promise<Reply> {
  const json = read(await askLibrary(sandbox, operation, data));
  return { status: (json['head'] as { status: number }).status, data: json['data'] };
}

function askByHolder(holderCode: string, certTypeCode: string, holderTypeCode = '001') {
  return ask('queryCertInfoByHolderCode', { holderCode, holderTypeCode, certTypeCode });
}

/** Strips the leading 04, lower-cases, and decrypts in the mode given. */
function open(data: unknown, mode = 0): Readonly<Record<string, unknown>> | '' {
  const hex = (data as { certData: string }).certData;
  expect(hex).toMatch(/^04[0-9A-F]+$/);
  const plain = String(
    sm2.doDecrypt(hex.slice(2).toLowerCase(), sandbox.credentials.sm2PrivateKey, mode),
  );
  return plain === '' ? '' : (JSON.parse(plain) as Record<string, unknown>);
}

test('the payload is SM2 in C1C2C3 order, and the other order reads as nothing', async () => {
  const { status, data } = await askByHolder(SUBJECTS.e1.code, BUSINESS_LICENSE);

  const plain = open(data);
  const inOtherOrder = open(data, 1);

  expect(status).toBe(0);
  expect(inOtherOrder).toBe('');
  expect(plain).toMatchObject({
    holder: '济宁市任城区(高新)示例商贸有限公司',
    certIdentifier: LICENSE_IDS.reissued,
    associatedZzeCertID: LICENSE_IDS.superseded,
    certificateValidateEnd: '',
  });
});

test('a payload with modes swapped opens in the other mode and a corrupted one in none', async () => {
  await control(sandbox, 'license-library', 'PUT /fault', {
    kind: 'integrity',
    how: 'mode-swapped',
  });
  const swapped = await askByHolder(SUBJECTS.e1.code, BUSINESS_LICENSE);
  await control(sandbox, 'license-library', 'PUT /fault', { kind: 'integrity', how: 'corrupted' });
  const corrupted = await askByHolder(SUBJECTS.e1.code, BUSINESS_LICENSE);

  const opened = [open(swapped.data), open(swapped.data, 1), open(corrupted.data)];

  expect(opened).toEqual(['', expect.objectContaining({ holderCode: SUBJECTS.e1.code }), '']);
});

test.each([
  ['replaced', LICENSE_IDS.superseded, 21],
  ['revoked', LICENSE_IDS.revoked, 21],
  ['expired', LICENSE_IDS.expired, 22],
  ['restricted', LICENSE_IDS.restricted, 23],
  ['never issued', LICENSE_IDS.absent, 10],
])(
  'the identifier query tells a license that is %s without its fields',
  async (_what, id, status) => {
    const reply = await ask('queryCertInfo', { certIdentifier: id });

    expect(reply).toEqual({ status, data: {} });
  },
);

test('the holder query hides what is not in force as if it had never been', async () => {
  const revoked = await askByHolder(SUBJECTS.e2.code, SAFETY_LICENSE);
  const unknown = await askByHolder('91350100M000100Y43', SAFETY_LICENSE);

  expect(revoked).toEqual({ status: 10, data: {} });
  expect(unknown).toEqual(revoked);
});

test('two licenses of one type come as a list', async () => {
  const { data } = await askByHolder(SUBJECTS.e4.code, WATERWAY_LICENSE);

  const numbers = (data as readonly unknown[]).map((each) => (open(each) as { zzbh: string }).zzbh);

  expect(numbers).toEqual(['交鲁济XK0041', '交鲁济XK0042']);
});

test('the last valid day and the long-term forms stand as each issuer writes them', async () => {
  const ends = [
    ['certificateValidateEnd', await askByHolder(SUBJECTS.e2.code, BUSINESS_LICENSE)],
    ['certificateValidateEnd', await askByHolder(SUBJECTS.e3.code, BUSINESS_LICENSE)],
    ['certificateValidateEnd', await askByHolder(SUBJECTS.h1.code, BUSINESS_LICENSE)],
    ['ZZYXQJZRQ', await askByHolder(SUBJECTS.p2.code, RESIDENT_CARD, '111')],
    ['yxqz', await askByHolder(SUBJECTS.h1.code, FOOD_LICENSE)],
    ['yxqz', await askByHolder(SUBJECTS.e1.code, FOOD_LICENSE)],
    ['zzyxqjzsj', await ask('queryCertInfo', { certIdentifier: LICENSE_IDS.canary })],
  ] as const;

  const written = ends.map(([key, reply]) => (open(reply.data) as Record<string, unknown>)[key]);

  expect(written).toEqual([
    null,
    '长期',
    '9999-12-31',
    '99991231',
    '2099/12/31',
    '2026年9月17日',
    undefined,
  ]);
});

test('comparison is of exact text, so a full-width bracket is a license never heard of', async () => {
  const { code, name, nameInHalfWidth } = SUBJECTS.e1;
  const compare = async (claims: object): Promise<unknown> => {
    const data = { certTypeCode: BUSINESS_LICENSE, certData: claims };
    return (open((await ask('verifyCertInfo', data)).data) as { result: string }).result;
  };
  const claims = { holderCode: code, certNo: code };

  const results = [
    await compare({ ...claims, holder: nameInHalfWidth }),
    await compare({ ...claims, holder: name }),
    await compare({ ...claims, holder: nameInHalfWidth, legalPerson: '李四' }),
    await compare({}),
  ];

  expect(results).toEqual(['0', '5', '7', '6']);
});

test.each([
  ['12', { certTypeCode: BUSINESS_LICENSE, holderTypeCode: '001', holderCode: '' }],
  ['12', { certTypeCode: BUSINESS_LICENSE, holderTypeCode: '001', holderCode: 'X', useCause: '' }],
  ['12', { certTypeCode: BUSINESS_LICENSE, holderTypeCode: '001', holderCode: 'X', useCause: {} }],
  ['113', { certTypeCode: 'SHORT', holderTypeCode: '001', holderCode: 'X' }],
  ['13', { certTypeCode: '11100000MB0341032Y002', holderTypeCode: '001', holderCode: 'X' }],
  ['100', { certTypeCode: ROAD_LICENSE, holderTypeCode: '001', holderCode: 'X' }],
  ['103', { certTypeCode: BUSINESS_LICENSE, holderTypeCode: '22', holderCode: 'X' }],
  [
    '102',
    {
      certTypeCode: BUSINESS_LICENSE,
      holderTypeCode: '001',
      holderCode: 'X',
      useCause: '查'.repeat(201),
    },
  ],
])('status %s is given to the holder query %j', async (status, data) => {
  const reply = await ask('queryCertInfoByHolderCode', data);

  expect(String(reply.status)).toBe(status);
});

test('a wrong token is status 11 in HTTP 200', async () => {
  const url = `${sandbox.sources['license-library'].baseUrl}/CertShare/queryCertInfo`;

  const heard = await call(url, {
    json: { head: { accessId: 'hecha', accessToken: 'guess' }, data: {} },
  });

  expect(heard.status).toBe(200);
  expect(read(heard)).toEqual({ head: { status: 11, message: '身份验证不通过' }, data: {} });
});

test('calls above the daily ceiling get 429 until midnight in Shanghai', async () => {
  const now = (): number => Date.parse('2026-09-18T14:00:00+08:00');
  const limited = await startSandbox({ now, limits: { licenseCallsPerDayMax: 1 } });
  const data = { certIdentifier: LICENSE_IDS.canary };

  const first = await askLibrary(limited, 'queryCertInfo', data);
  const second = await askLibrary(limited, 'queryCertInfo', data);
  await limited.stop();

  expect([first.status, second.status, second.headers['retry-after']]).toEqual([200, 429, '36000']);
  expect(read(second)['data']).toEqual({
    everydayToplimit: 1,
    resetAt: '2026-09-19T00:00:00+08:00',
  });
});
