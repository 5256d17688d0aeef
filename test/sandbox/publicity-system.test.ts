import { createDecipheriv } from 'node:crypto';

import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';

import { deriveSecretKey, signCall, wrapSecret } from '../../sandbox/exchange-platform.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { CANARIES } from '../../sandbox/fixtures.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { askPublicity, call, control, fetchSecret, read, signHeaders } from './sandbox-client.ts';

let sandbox: Sandbox;
let secret: string;

beforeAll(async () => {
  sandbox = await startSandbox();
  secret = await fetchSecret(sandbox);
});

afterEach(async () => {
  await control(sandbox, 'publicity-system', 'DELETE /fault');
});

afterAll(async () => {
  await sandbox.stop();
});

type Row = Readonly<Record<string, unknown>>;
type Subject = Readonly<Record<string, readonly Row[]>>;

async function ask(codes: readonly string[]): Promise<readonly Subject[]> {
  const json = read(await askPublicity(sandbox, secret, codes));
  expect(json['code']).toBe('0');
  return (json['data'] as { subjects: readonly Subject[] }).subjects;
}

const APP_KEY = '0123456789abcdef0123456789abcdef';

test('the signature of the published vector is reproduced', () => {
  const call = { sid: 's_370800_demo_0001', rid: '11370800MB28559184', rtime: '1612800000000' };

  const sign = signCall('demo-app-secret-0001', call);

  expect(sign).toBe('FjshLV59QXo/m9lIbVtY6tdkU3fyXA+V6F+ztfRa7Ow=');
});

test('the wrapped secret of the published vectors is reproduced in both generations', () => {
  const key = deriveSecretKey(APP_KEY).toString('hex');
  const wrapped = (['ECB', 'CBC'] as const).map((aes) =>
    wrapSecret('demo-app-secret-0001', APP_KEY, aes),
  );

  expect(key).toBe('2d703e10a32f30251a2370355793e786');
  expect(wrapped).toEqual([
    '14/oC+5Cn4oKDQv8VFdI9BvWzYd6ETe3RgxtaNiaMoM=',
    '2lQQAD2ACe7yKno+6lzgVWHkn2ZRQLf4V7GmeBaVI3o=',
  ]);
});

test('the newer generation wraps its secret with a fixed vector', async () => {
  const newer = await startSandbox({ aes: 'CBC' });
  const appKey = newer.credentials.exchangeAppKey;
  const url = `${newer.sources['publicity-system'].baseUrl}/sysapi/auth/refreshappsecret`;

  const body = read(await call(url, { json: signHeaders(newer, appKey) }));
  const vector = Buffer.from('AESCBCPKCS5Paddi');
  const decipher = createDecipheriv('aes-128-cbc', deriveSecretKey(appKey), vector);
  const { secret: wrapped } = body['data'] as { secret: string };
  const working = decipher.update(wrapped, 'base64', 'utf8') + decipher.final('utf8');
  const heard = await askPublicity(newer, working, [CANARIES.presentCode]);
  await newer.stop();

  expect(read(heard)['code']).toBe('0');
});

test.each([
  ['-5', 'a wrong secret', (): Row => signHeaders(sandbox, 'guess')],
  ['-19', 'an old time', (): Row => signHeaders(sandbox, secret, Date.now() - 11 * 60_000)],
  ['-20', 'another service', (): Row => ({ ...signHeaders(sandbox, secret), gjgxjhpt_sid: 's_x' })],
])('code %s answers a call with %s', async (code, _what, headers) => {
  const heard = await askPublicity(sandbox, secret, [CANARIES.presentCode], {
    headers: headers() as Readonly<Record<string, string>>,
  });

  expect(heard.status).toBe(200);
  expect(read(heard)).toMatchObject({ code, data: null });
});

test('a platform whose clock is off refuses right times and shows its own in Date', async () => {
  await control(sandbox, 'publicity-system', 'PUT /fault', { kind: 'clock-skew', ms: 1_200_000 });
  const refused = await askPublicity(sandbox, secret, [CANARIES.presentCode]);
  const theirs = Date.parse(refused.headers.date ?? '');

  const accepted = await askPublicity(sandbox, secret, [CANARIES.presentCode], {
    headers: signHeaders(sandbox, secret, theirs),
  });

  expect([read(refused)['code'], read(accepted)['code']]).toEqual(['-19', '0']);
});

test('a working secret ends at the time that was told', async () => {
  let now = Date.now();
  const aging = await startSandbox({ now: () => now, secretLifeMs: 60_000 });
  const working = await fetchSecret(aging);

  const before = await askPublicity(aging, working, [CANARIES.presentCode]);
  now += 61_000;
  const after = await askPublicity(aging, working, [CANARIES.presentCode], {
    headers: signHeaders(aging, working, now),
  });
  await aging.stop();

  expect([read(before)['code'], read(after)['code']]).toEqual(['0', '-5']);
});

test('a code nobody registered has no element and the others do not keep the order asked', async () => {
  const asked = [SUBJECTS.e2.code, CANARIES.absentCode, SUBJECTS.e1.code, SUBJECTS.e1.code];

  const subjects = await ask(asked);

  const codes = subjects.map((each) => each['E_BASEINFO']?.[0]?.['UNISCID']);
  expect(codes).toEqual([SUBJECTS.e1.code, SUBJECTS.e2.code]);
});

test('an enterprise comes with highlighted name, former name and dates in several forms', async () => {
  const [subject] = await ask([SUBJECTS.e1.code]);

  expect(subject?.['E_BASEINFO']?.[0]).toMatchObject({
    ENTNAME: `<font color=red>${SUBJECTS.e1.name}</font>`,
    APPRDATE: Date.parse('2023-05-10T00:00:00+08:00'),
    OPTO: '',
    REGSTATE_CN: '存续（在营、开业、在册）',
  });
  expect(subject?.['E_ALTER_RECODER']?.[0]).toMatchObject({
    altBe: SUBJECTS.e1.formerName,
    altDate: Date.parse('2023-05-10T00:00:00+08:00'),
  });
});

test('an individual business has tables of its own and is marked, not listed', async () => {
  const [subject] = await ask([SUBJECTS.h1.code]);

  expect(Object.keys(subject ?? {})).not.toContain('E_BASEINFO');
  expect(subject).toMatchObject({
    E_PB_BASEINFO: [{ traName: SUBJECTS.h1.name, regstate_cn: '存续（在营、开业、在册）' }],
    E_PB_OPERATOR: [{ name: SUBJECTS.p2.name }],
    AO_PB_OPANOMALY: [{ SPECAUSE_CN: '未按期报送年度报告', REMDATE: '' }],
  });
});

test('an enterprise in force at the library is revoked here', async () => {
  const [subject] = await ask([SUBJECTS.e3.code]);

  expect(subject?.['E_BASEINFO']?.[0]).toMatchObject({
    REGSTATE: '2',
    REGSTATE_CN: '吊销，未注销',
  });
});

test('a wrong row is about a code nobody asked for', async () => {
  await control(sandbox, 'publicity-system', 'PUT /fault', { kind: 'integrity', how: 'wrong-row' });

  const [subject] = await ask([SUBJECTS.e1.code]);

  expect(subject?.['E_BASEINFO']?.[0]?.['UNISCID']).not.toBe(SUBJECTS.e1.code);
});

test.each([[[]], [Array.from({ length: 21 }, (_, i) => String(i))], [[1]]])(
  'a batch of other than 1 to 20 codes is code 1: %j',
  async (codes) => {
    const heard = await askPublicity(sandbox, secret, codes as readonly string[]);

    expect(read(heard)['code']).toBe('1');
  },
);

test('the hourly rate is code 12102 with the time it ends', async () => {
  const limited = await startSandbox({ limits: { publicityCallsPerHourMax: 1 } });
  const working = await fetchSecret(limited);

  await askPublicity(limited, working, [CANARIES.presentCode]);
  const heard = read(await askPublicity(limited, working, [CANARIES.presentCode]));
  await limited.stop();

  expect(heard).toMatchObject({ code: '12102', data: { resetTime: expect.any(Number) } });
});

test('a code ordered by the operator is answered so many times to one operation', async () => {
  const order = { code: '-50', operation: 'httpproxy', times: 1 };
  await control(sandbox, 'publicity-system', 'PUT /code', order);

  const first = read(await askPublicity(sandbox, secret, [CANARIES.presentCode]));
  const second = read(await askPublicity(sandbox, secret, [CANARIES.presentCode]));

  expect(first).toEqual({ code: '-50', message: '密钥刷新中，请20秒后重试', data: null });
  expect(second['code']).toBe('0');
});
