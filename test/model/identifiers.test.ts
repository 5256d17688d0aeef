import { expect, test } from '@jest/globals';

import type { Parsed } from '../../src/model/finding.ts';
import { parseLicenseIdentifier } from '../../src/model/license-identifier.ts';
import { parseMatterCode } from '../../src/model/matter-code.ts';
import {
  formatOrganizationCode,
  parseOrganizationCode,
} from '../../src/model/organization-code.ts';
import { parseRegistrationNumber } from '../../src/model/registration-number.ts';
import { parseResidentId, toFifteenDigits } from '../../src/model/resident-id.ts';
import {
  isValidUnifiedSocialCreditCode,
  parseUnifiedSocialCreditCode,
} from '../../src/model/unified-social-credit-code.ts';
import { invalidWords, outcomeOf, validWords } from './words/word-list.ts';

const PARSERS: Readonly<Record<string, (text: string) => Parsed<{ readonly code: string }>>> = {
  'unified-social-credit-code': parseUnifiedSocialCreditCode,
  'organization-code': parseOrganizationCode,
  'resident-id': parseResidentId,
  'registration-number': parseRegistrationNumber,
  'license-identifier': parseLicenseIdentifier,
  'matter-code': parseMatterCode,
};

for (const [name, parse] of Object.entries(PARSERS)) {
  test.each(validWords(name))(`${name} reads $text as $code`, ({ text, code, findings }) => {
    expect(outcomeOf(parse(text))).toEqual({ code, findings });
  });

  test.each(invalidWords(name))(`${name} refuses $text as $reason`, ({ text, reason }) => {
    expect(outcomeOf(parse(text))).toEqual({ reason });
  });

  test.each(validWords(name))(`${name} reads its own canonical form $code`, ({ code }) => {
    expect(outcomeOf(parse(code))).toMatchObject({ code });
  });
}

test('a unified social credit code is taken apart by position', () => {
  const result = parseUnifiedSocialCreditCode('91350100M000100Y43');

  expect(result).toEqual({
    ok: true,
    value: {
      code: '91350100M000100Y43',
      registrar: '9',
      entityClass: '1',
      regionCode: '350100',
      organizationCode: 'M000100Y4',
    },
    findings: [],
  });
});

test('a letter that is mistaken for a digit is pointed out by its position', () => {
  const result = parseUnifiedSocialCreditCode('91370811MA3TEOT0XE');

  expect(result).toEqual({
    ok: false,
    reason: 'FOREIGN_CHARACTER',
    findings: [{ code: 'CONFUSABLE_CHARACTER', detail: 'position 14' }],
  });
});

test('validity of a code is told of the canonical form only', () => {
  expect(isValidUnifiedSocialCreditCode('91370811MA3TE0T0XE')).toBe(true);
  expect(isValidUnifiedSocialCreditCode('91370811ma3te0t0xe')).toBe(false);
  expect(isValidUnifiedSocialCreditCode('')).toBe(false);
});

test('an organization code is printed with its hyphen', () => {
  const result = parseOrganizationCode('d2143569x');

  expect(result.ok && formatOrganizationCode(result.value.code)).toBe('D2143569-X');
});

test('a resident id tells region, birthday and sex', () => {
  expect(parseResidentId('440524188001010014')).toMatchObject({
    value: { regionCode: '440524', bornOn: '1880-01-01', sex: 'MALE' },
  });
  expect(parseResidentId('370800198512310023')).toMatchObject({
    value: { regionCode: '370800', bornOn: '1985-12-31', sex: 'FEMALE' },
  });
});

test('the last sequence numbers of fifteen digits are people of the century before', () => {
  const result = parseResidentId('370800800101999');

  expect(result).toMatchObject({ value: { bornOn: '1880-01-01' } });
});

test('fifteen digits exist only for those who could have had such a card', () => {
  expect(toFifteenDigits('370811199001011236')).toBe('370811900101123');
  expect(toFifteenDigits('370800200001010010')).toBeNull();
  expect(toFifteenDigits('370800194901019995')).toBeNull();
  expect(toFifteenDigits('370800199001010016')).toBeNull();
  expect(toFifteenDigits('nonsense')).toBeNull();
});

test('a foreign permanent resident has no region', () => {
  expect(parseResidentId('992156199001010016')).toMatchObject({ value: { regionCode: null } });
});

test('versions of one license share a key', () => {
  const root = '1.2.156.3005.2.11100000MB0143028R001.11370800MB28559184.2021020900000001';
  const first = parseLicenseIdentifier(`${root}.001.0`);
  const second = parseLicenseIdentifier(`${root}.002.Y`);

  expect(first).toMatchObject({
    value: {
      typeCode: '11100000MB0143028R001',
      issuerCode: '11370800MB28559184',
      serial: '2021020900000001',
      version: 1,
      checkCharacter: '0',
      sameLicenseKey: '11100000MB0143028R001.11370800MB28559184.2021020900000001',
    },
  });
  expect(second.ok && second.value.version).toBe(2);
  expect(first.ok && second.ok && first.value.sameLicenseKey === second.value.sameLicenseKey).toBe(
    true,
  );
});

test('findings of a license identifier name the segment', () => {
  const result = parseLicenseIdentifier(
    '1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9',
  );

  expect(result.findings).toEqual([{ code: 'LEGACY_SEGMENT', detail: 'issuerCode' }]);
});

test('a handling code is taken apart into implementer, level, basic code and serial', () => {
  expect(parseMatterCode('11370800MB28559184300011711200001')).toMatchObject({
    value: {
      form: 'HANDLING',
      implementer: '11370800MB28559184',
      level: '3',
      basicCode: '000117112000',
      itemType: '01',
      serial: '01',
    },
  });
});

test('an opaque matter code has no parts', () => {
  expect(parseMatterCode('社保-转移-01')).toMatchObject({
    value: { form: null, implementer: null, level: null, basicCode: null, itemType: null },
  });
});
