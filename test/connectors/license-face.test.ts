import { describe, expect, test } from '@jest/globals';

import { SHIPPED_FACES } from '../../connectors/license-library/faces.ts';
import { readLicense } from '../../connectors/license-library/license.ts';
import { readLibraryReply } from '../../connectors/license-library/wire.ts';
import { LICENSE_IDS } from '../../sandbox/fixtures.ts';
import { SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { HubError } from '../../src/errors.ts';
import type { License } from '../../src/model/license.ts';
import { need } from './questions.ts';

const SAFETY_LICENSE = '11100000000013338W050';

describe('a face', () => {
  const face = need(SHIPPED_FACES[SAFETY_LICENSE]);
  const plain = {
    certName: '安全生产许可证',
    certTypeCode: SAFETY_LICENSE,
    certNum: 'N',
    certIdentifier: LICENSE_IDS.revoked,
    corpName: SUBJECTS.e2.name,
    corpCode: SUBJECTS.e2.code,
    corpLeader: '',
    corpAddress: '--',
    issuAuth: null,
    issuedDate: '2021.02.30',
    effectiveDate: '2021.02.09',
    expiringDate: '2031.02.09',
    associatedZzeCertID: '',
    certState: '01',
  };
  const read = (changes: object): License => readLicense({ ...plain, ...changes }, face, '/p');

  test('reads blanks as null, and a day that is none as a finding where nothing hangs on it', () => {
    expect(read({})).toMatchObject({
      legalRepresentative: null,
      address: null,
      issuer: null,
      issuedOn: null,
      replaces: null,
      flaggedStatus: 'VALID',
      findings: [{ code: 'BAD_DATE', detail: 'issuedOn' }],
    });
  });

  test.each([
    ['01', 'VALID'],
    ['02', 'SUSPENDED'],
    ['03', 'REVOKED'],
    ['04', 'CANCELED'],
    ['05', 'EXPIRED'],
    ['06', 'TRANSFERRED_OUT'],
    ['07', 'WITHDRAWN'],
    ['99', 'STATUS_UNKNOWN'],
    ['1', 'STATUS_UNKNOWN'],
    ['', 'STATUS_UNKNOWN'],
    ['toString', 'STATUS_UNKNOWN'],
    [null, 'STATUS_UNKNOWN'],
  ])('with the state %j is %s', (certState, status) => {
    expect(read({ certState }).flaggedStatus).toBe(status);
  });

  test.each([
    ['a number for a text', { corpCode: 5 }, '/p/corpCode'],
    ['several holders', { corpCode: `${SUBJECTS.e2.code},${SUBJECTS.e1.code}` }, '/p/corpCode'],
    ['a last day that is none', { expiringDate: '2031.02.30' }, '/p/expiringDate'],
    ['a last day of dashes', { expiringDate: '--' }, '/p/expiringDate'],
    ['a first day that is none', { effectiveDate: 'soon' }, '/p/effectiveDate'],
  ])('with %s is drift', (_what, changes, pointer) => {
    const held = { ...plain, ...changes };

    const run = (): unknown => readLicense(held, face, '/p');

    expect(run).toThrow(
      expect.objectContaining({
        code: 'SOURCE_SCHEMA_DRIFT',
        details: expect.objectContaining({ pointer }),
      }),
    );
  });
});

test('a face without any one of its keys is drift', () => {
  const face = need(SHIPPED_FACES[SAFETY_LICENSE]);
  const keys = Object.values(face).filter((key) => typeof key === 'string');
  const whole = Object.fromEntries(keys.map((key) => [key, '']));
  const codes = Object.keys(whole).map((missing) => {
    const held = Object.fromEntries(Object.entries(whole).filter(([key]) => key !== missing));
    try {
      return readLicense(held, face, '/p').flaggedStatus;
    } catch (error) {
      return error instanceof HubError ? error.details['pointer'] : String(error);
    }
  });

  expect(readLicense(whole, face, '/p').flaggedStatus).toBe('STATUS_UNKNOWN');
  expect(codes).toEqual(Object.keys(whole).map((key) => `/p/${key}`));
});

describe('head.status', () => {
  const reply = (status: unknown, data: unknown = {}): unknown => ({ head: { status }, data });
  const read = (value: unknown, holder = false): unknown => {
    try {
      return readLibraryReply(value, holder ? 'queryCertInfoByHolderCode' : 'queryCertInfo').kind;
    } catch (error) {
      if (error instanceof HubError) return error.code;
      throw error;
    }
  };

  test.each([
    [10, 'NONE'],
    [21, 'WITHHELD'],
    [2, 'SOURCE_UNSUPPORTED'],
    [11, 'SOURCE_UNAUTHORIZED'],
    [100, 'SOURCE_UNAUTHORIZED'],
    [99, 'SOURCE_UNREACHABLE'],
    [101, 'SOURCE_MALFORMED'],
    [12, 'SOURCE_SCHEMA_DRIFT'],
    [102, 'SOURCE_SCHEMA_DRIFT'],
    [113, 'SOURCE_SCHEMA_DRIFT'],
    [1, 'SOURCE_SCHEMA_DRIFT'],
    [-10, 'SOURCE_SCHEMA_DRIFT'],
    ['10', 'SOURCE_SCHEMA_DRIFT'],
    [10.5, 'SOURCE_SCHEMA_DRIFT'],
    [null, 'SOURCE_SCHEMA_DRIFT'],
    [0, 'SOURCE_SCHEMA_DRIFT'],
  ])('%j is %s', (status, outcome) => {
    expect(read(reply(status))).toBe(outcome);
  });

  test('10 with something in it is no absence, and neither is a list without an element', () => {
    expect(read(reply(10, { certData: '04' }))).toBe('SOURCE_SCHEMA_DRIFT');
    expect(read(reply(10, []))).toBe('SOURCE_SCHEMA_DRIFT');
    expect(read(reply(0, []))).toBe('SOURCE_SCHEMA_DRIFT');
  });

  test('21 is not told in answer to a holder query', () => {
    expect(read(reply(21), true)).toBe('SOURCE_SCHEMA_DRIFT');
  });
});
