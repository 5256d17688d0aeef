import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { licenseLibrary } from '../../connectors/license-library/connector.ts';
import { SHIPPED_FACES } from '../../connectors/license-library/faces.ts';
import { writeUseCause } from '../../connectors/license-library/wire.ts';
import { CANARIES, LICENSE_IDS } from '../../sandbox/fixtures.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { LICENSE_TYPE_CODES } from '../../sandbox/license-faces.ts';
import type { Connector, SubjectKey } from '../../src/connector-kit/connector.ts';
import { HubError } from '../../src/errors.ts';
import type { License } from '../../src/model/license.ts';
import { answerOf, E1, need, P1 } from './questions.ts';
import { rawReply, startRawServer } from '../connector-kit/raw-server.ts';
import { connectTo, PURPOSE, startRig, within, type Rig } from './rig.ts';

const BUSINESS_LICENSE = '11100000MB0143028R001';
const WATERWAY_LICENSE = '11100000000013661B021';
const SAFETY_LICENSE = '11100000000013338W050';

let rig: Rig;
let connector: Connector;
beforeAll(async () => {
  rig = await startRig({ typesDenied: ['11100000000013127D001'] });
  connector = rig.connect('license-library');
});
afterAll(() => rig.stop());

async function find(identifier: string) {
  const capability = need(connector.capabilities['license.byIdentifier']);
  return answerOf(await capability.lookup([{ identifier }], within(5_000)));
}

async function findByHolder(holder: SubjectKey, typeCode: string) {
  const capability = need(connector.capabilities['license.byHolder']);
  return answerOf(await capability.lookup([{ holder, typeCode }], within(5_000)));
}

async function faultOf(pending: Promise<unknown>): Promise<HubError> {
  const error: unknown = await pending.catch((reason: unknown) => reason);
  if (error instanceof HubError) return error;
  throw new Error(`no fault but ${String(error)}`);
}

describe('by its identifier, a license', () => {
  test('in force comes with its fields, its predecessor and the end that means long-term', async () => {
    const { records, absence, asOf } = await find(LICENSE_IDS.reissued);

    expect(absence).toBe('COVERED');
    expect(asOf).toBeNull();
    expect(records).toEqual([
      {
        identifier: LICENSE_IDS.reissued,
        typeCode: BUSINESS_LICENSE,
        typeName: '营业执照',
        number: expect.any(String),
        holderName: SUBJECTS.e1.nameInHalfWidth,
        holderCode: SUBJECTS.e1.code,
        holderCodeAsHeld: SUBJECTS.e1.code,
        legalRepresentative: '张三',
        address: expect.any(String),
        issuer: '济宁市行政审批服务局',
        issuedOn: '2023-05-10',
        validFrom: '2021-02-09',
        validUntil: null,
        longTerm: true,
        flaggedStatus: 'VALID',
        statusAsHeld: '0',
        replaces: LICENSE_IDS.superseded,
        withheld: false,
        findings: [],
      },
    ]);
  });

  test.each([
    [LICENSE_IDS.superseded, 'REVOKED', '21'],
    [LICENSE_IDS.revoked, 'REVOKED', '21'],
    [LICENSE_IDS.expired, 'EXPIRED', '22'],
    [LICENSE_IDS.restricted, 'SUSPENDED', '23'],
  ])('%s is %s by status %s, and its fields are kept back', async (identifier, status, held) => {
    const { records } = await find(identifier);

    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      identifier,
      typeCode: identifier.split('.')[5],
      flaggedStatus: status,
      statusAsHeld: held,
      withheld: true,
      holderCode: null,
      longTerm: false,
    });
  });

  test('that was never issued is absent, and absence is covered', async () => {
    const answer = await find(CANARIES.absentLicense);

    expect(answer).toMatchObject({ records: [], absence: 'COVERED' });
  });

  test('that is spelled carelessly is asked for in the canonical spelling', async () => {
    const { records } = await find(` ${LICENSE_IDS.reissued.toLowerCase()} `);

    expect(records).toHaveLength(1);
  });

  test('that is none is not asked for', async () => {
    const fault = await faultOf(find('370811000000018'));

    expect(fault).toMatchObject({ code: 'SOURCE_UNSUPPORTED', details: { hop: 'CONNECTOR' } });
  });

  test('is one a call', async () => {
    const capability = need(connector.capabilities['license.byIdentifier']);
    const keys = [{ identifier: LICENSE_IDS.reissued }, { identifier: LICENSE_IDS.expired }];

    const fault = await faultOf(capability.lookup(keys, within(5_000)));

    expect(await capability.lookup([], within(5_000))).toEqual([]);
    expect(fault.details['reason']).toBe('BATCH_TOO_LARGE');
  });
});

describe('by its holder', () => {
  test('several licenses stay several', async () => {
    const holder = { ...E1, code: SUBJECTS.e4.code };

    const { records, absence } = await findByHolder(holder, WATERWAY_LICENSE);

    expect(absence).toBe('UNCOVERED');
    expect(records.map(({ validUntil }) => validUntil)).toEqual(['2029-12-31', '2029-12-31']);
  });

  test('a revoked license is not shown, so that nothing there means nothing', async () => {
    const holder = { ...E1, code: SUBJECTS.e2.code };

    const answer = await findByHolder(holder, SAFETY_LICENSE);

    expect(answer).toMatchObject({ records: [], absence: 'UNCOVERED' });
  });

  test('a type that was not granted is a refusal and not an absence', async () => {
    const fault = await faultOf(findByHolder(P1, '11100000000013127D001'));

    expect(fault).toMatchObject({
      code: 'SOURCE_UNAUTHORIZED',
      details: { hop: 'SOURCE', reason: 'STATUS_100' },
    });
  });

  test('a type the library does not publish is unsupported and not an absence', async () => {
    const fault = await faultOf(findByHolder(E1, '11100000MB0143028R999'));

    expect(fault).toMatchObject({ code: 'SOURCE_UNSUPPORTED', details: { reason: 'STATUS_13' } });
  });
});

test('a license of every shipped type reads, whatever its names and dates', async () => {
  const read: License[] = [];
  for (const typeCode of LICENSE_TYPE_CODES) {
    const identifier = `1.2.156.3005.2.${typeCode}.11370800MB28559184.ROUND0001.001.0`;
    await rig.putRecord('license-library', `licenses/${encodeURIComponent(identifier)}`, {
      identifier,
      typeCode,
      state: 5,
      number: 'N-1',
      holder: SUBJECTS.e3.name,
      holderCode: SUBJECTS.e3.code,
      holderTypeCode: '001',
      legalRepresentative: '张三',
      address: '示例路1号',
      issuer: '济宁市行政审批服务局',
      issuerCode: '11370800MB28559184',
      issuedOn: '2021-02-09',
      validFrom: '2021-02-10',
      validUntil: '2031-02-09',
      replaces: null,
    });
    read.push(...(await find(identifier)).records);
  }

  expect(Object.keys(SHIPPED_FACES).sort()).toEqual([...LICENSE_TYPE_CODES].sort());
  expect(read).toHaveLength(6);
  read.forEach((license) => {
    expect(license).toMatchObject({
      number: 'N-1',
      holderName: SUBJECTS.e3.name,
      holderCode: SUBJECTS.e3.code,
      issuedOn: '2021-02-09',
      validFrom: '2021-02-10',
      validUntil: '2031-02-09',
      longTerm: false,
      flaggedStatus: 'VALID',
      replaces: null,
      findings: [{ code: 'INVALID_CHECK_CHARACTER', detail: null }],
    });
  });
});

test('a good answer to another question is an integrity failure', async () => {
  const { raw } = await find(LICENSE_IDS.reissued);
  const server = await startRawServer(() => rawReply(raw));
  const other = connectTo(rig.sandbox, 'license-library', server.baseUrl);
  const { 'license.byIdentifier': byIdentifier, 'license.byHolder': byHolder } = other.capabilities;
  const key = { identifier: CANARIES.absentLicense };
  const holder = { ...E1, code: SUBJECTS.e2.code };

  const faults = await Promise.all([
    faultOf(need(byIdentifier).lookup([key], within(5_000))),
    faultOf(need(byHolder).lookup([{ holder, typeCode: BUSINESS_LICENSE }], within(5_000))),
  ]);
  await other.close();
  await server.stop();

  faults.forEach((fault) =>
    expect(fault).toMatchObject({
      code: 'SOURCE_INTEGRITY_FAILED',
      details: { reason: 'OTHER_LICENSE', pointer: '/data/certData' },
    }),
  );
});

test('the library is told case and matter, in at most 200 characters', () => {
  const cause = writeUseCause({ ...PURPOSE, legalBasis: '据'.repeat(300) }, 'hecha');

  expect([...need(cause['certificateCopyCause'])]).toHaveLength(200);
  expect(cause).toMatchObject({
    certificateCopyCause: expect.stringContaining(PURPOSE.caseNumber),
    certificateCallCategory: '0',
    certificateEventCode: PURPOSE.matterCode,
    certificateMatterName: PURPOSE.matterName,
    certificateSystemName: 'hecha',
  });
});

test('settings name the field that is wrong, and nothing unknown passes', () => {
  const base = { baseUrl: 'https://library.test', accessId: 'hecha' };
  const problems = (settings: object): unknown =>
    licenseLibrary.settings.safeParse({ ...base, ...settings }).error?.issues[0]?.path;

  expect(problems({})).toBeUndefined();
  expect(problems({ order: 'C3C2C1' })).toEqual(['order']);
  expect(problems({ caPem: 'no certificate' })).toEqual(['caPem']);
  expect(problems({ rejectUnauthorized: false })).toEqual([]);
  expect(
    licenseLibrary.secrets.safeParse({ accessToken: 'a\nb', sm2PrivateKey: 'x' }).success,
  ).toBe(false);
});
