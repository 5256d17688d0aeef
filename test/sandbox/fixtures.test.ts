import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';

import {
  mintCreditCode,
  mintLicenseIdentifier,
  mintRegistrationNumber,
} from '../../sandbox/codes.ts';
import { mintResidentId } from '../../sandbox/codes.ts';
import { HISTORIC_RESIDENT_ID, SUBJECTS } from '../../sandbox/fixtures-subjects.ts';
import { CANARIES, FIXTURES, LICENSE_IDS } from '../../sandbox/fixtures.ts';
import { LICENSE_TYPE_CODES } from '../../sandbox/license-faces.ts';
import { makePopulation } from '../../sandbox/population.ts';

const PAGE = readFileSync(new URL('../../docs/sources/fixtures.md', import.meta.url), 'utf8');

test.each([
  '91350100M000100Y43',
  '91440300708461136T',
  '11370800MB28559184',
  '91370811MA3TE0T0XE',
  '92370811MA3TE0T266',
])('the credit code %s is minted again from its parts', (code) => {
  const minted = mintCreditCode(code.slice(0, 8), code.slice(8, 16));

  expect(minted).toBe(code);
});

test.each(['11010519491231002X', '440524188001010014', '370800199001010015'])(
  'the resident id %s is minted again from its first 17 digits',
  (id) => {
    expect(mintResidentId(id.slice(0, 17))).toBe(id);
  },
);

test.each(['110108000000016', '310141000157096', '310000400311804'])(
  'the registration number %s is minted again from its first 14 digits',
  (number) => {
    expect(mintRegistrationNumber(number.slice(0, 14))).toBe(number);
  },
);

test.each([
  ['11100000000013338W011', '11430000006122244L', '20230000403', '001', 'U'],
  ['11100000000013338W087', '11370800MB28559184', '37080001202411010001', '001', '3'],
  ['11100000MB0143028R001', '11370800MB28559184', '2021020900000001', '002', 'Y'],
])('the license identifier of type %s issued by %s has its check character', (...parts) => {
  const [typeCode, issuerCode, serial, version, check] = parts;

  const minted = mintLicenseIdentifier({ typeCode, issuerCode, serial, version });

  expect(minted.endsWith(`.${check}`)).toBe(true);
});

test.each(LICENSE_TYPE_CODES)('the type code %s begins with a valid credit code', (typeCode) => {
  const prefix = typeCode.slice(0, 18);

  expect(mintCreditCode(prefix.slice(0, 8), prefix.slice(8, 16))).toBe(prefix);
});

test('the page about fixtures names every subject, canary and license that tests may use', () => {
  const codes = Object.values(SUBJECTS).map((each) => each.code);
  const identifiers = Object.values(LICENSE_IDS).map((id) => id.replace('1.2.156.3005.2.', ''));

  const missing = [...codes, ...identifiers, CANARIES.absentCode, HISTORIC_RESIDENT_ID].filter(
    (code) => !PAGE.includes(`\`${code}\``),
  );

  expect(missing).toEqual([]);
});

test('the absent canary is held nowhere', () => {
  const held = JSON.stringify(FIXTURES);

  const found = [CANARIES.absentCode, CANARIES.absentLicense].filter((key) => held.includes(key));

  expect(found).toEqual([]);
});

test('a population is the same for the same seed and grows at its end', () => {
  const small = makePopulation({ seed: 7, enterprises: 20 });
  const large = makePopulation({ seed: 7, enterprises: 1000 });

  expect(large.enterprises.slice(0, 20)).toEqual(small.enterprises);
  expect(new Set(large.enterprises.map((each) => each.code)).size).toBe(1000);
});

test('the sources agree about a synthetic population', () => {
  const { licenses, enterprises, profiles } = makePopulation({ seed: 3, enterprises: 200 });

  const rows = enterprises.map((enterprise, i) => ({
    codes: new Set([enterprise.code, licenses[i]?.holderCode, profiles[i]?.identify]).size,
    names: new Set([enterprise.name, licenses[i]?.holder, profiles[i]?.subjectName]).size,
    agree: (enterprise.stateCode === '1') === (licenses[i]?.state === 5),
    region: enterprise.code.slice(2, 6),
  }));

  expect(new Set(rows.map((row) => JSON.stringify(row)))).toEqual(
    new Set([JSON.stringify({ codes: 1, names: 1, agree: true, region: '3708' })]),
  );
});
