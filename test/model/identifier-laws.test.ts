import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { hasFinding, type Parsed } from '../../src/model/finding.ts';
import { parseLicenseIdentifier } from '../../src/model/license-identifier.ts';
import { parseResidentId, toFifteenDigits } from '../../src/model/resident-id.ts';
import { parseUnifiedSocialCreditCode } from '../../src/model/unified-social-credit-code.ts';
import { validWords } from './words/word-list.ts';

type Parse = (text: string) => Parsed<{ readonly code: string }>;

const ALPHABET = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const PARSERS: readonly (readonly [string, Parse])[] = [
  ['unified-social-credit-code', parseUnifiedSocialCreditCode],
  ['resident-id', parseResidentId],
  ['license-identifier', parseLicenseIdentifier],
];

/** Canonical codes of a word list that have the right check character. */
function soundCodes(name: string, parse: Parse): readonly string[] {
  const codes = validWords(name).map(({ code }) => code);
  return codes.filter((code) => isAccepted(parse(code)));
}

function isAccepted(result: Parsed<unknown>): boolean {
  return result.ok && !hasFinding(result.findings, 'INVALID_CHECK_CHARACTER');
}

test.each(PARSERS)('any one character substituted in a sound %s is caught', (name, parse) => {
  const codes = soundCodes(name, parse);
  const substitution = fc.record({
    code: fc.constantFrom(...codes),
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    by: fc.constantFrom(...ALPHABET),
  });

  fc.assert(
    fc.property(substitution, ({ code, at, by }) => {
      // The root of a license identifier is fixed text, and no part of what is checked.
      const start = name === 'license-identifier' ? '1.2.156.3005.2.'.length : 0;
      const position = start + Math.floor(at * (code.length - start));
      fc.pre(code[position] !== by && code[position] !== '.');
      const damaged = code.slice(0, position) + by + code.slice(position + 1);

      expect(isAccepted(parse(damaged))).toBe(false);
    }),
    { numRuns: 3_000 },
  );
});

test.each(PARSERS)('reading the canonical form of any %s changes nothing', (name, parse) => {
  const spelled = fc.record({
    code: fc.constantFrom(...validWords(name).map(({ code }) => code)),
    space: fc.constantFrom('', ' ', '\u00A0', '\u200B', '\u3000'),
    at: fc.nat({ max: 60 }),
    lower: fc.boolean(),
  });

  fc.assert(
    fc.property(spelled, ({ code, space, at, lower }) => {
      const text = code.slice(0, at) + space + code.slice(at);
      const once = parse(lower ? text.toLowerCase() : text);

      expect(once).toMatchObject({ ok: true, value: { code } });
      const findings = once.findings.filter((one) =>
        ['INVALID_CHECK_CHARACTER', 'HISTORIC_REGION'].includes(one.code),
      );
      expect(parse(code).findings).toEqual(expect.arrayContaining(findings));
    }),
  );
});

test.each(PARSERS)('no text makes the parser of a %s throw', (_, parse) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
      const result = parse(text);

      expect(result.ok || result.reason.length > 0).toBe(true);
    }),
  );
});

test('fifteen digits become eighteen and fifteen again', () => {
  const fifteen = fc
    .record({
      region: fc.constantFrom('370800', '370811', '370802', '110105'),
      day: fc.date({
        min: new Date('1900-01-01'),
        max: new Date('1999-12-31'),
        noInvalidDate: true,
      }),
      sequence: fc.nat({ max: 999 }),
    })
    .map(
      ({ region, day, sequence }) =>
        region +
        day.toISOString().slice(2, 10).replaceAll('-', '') +
        String(sequence).padStart(3, '0'),
    );

  fc.assert(
    fc.property(fifteen, (digits) => {
      const eighteen = parseResidentId(digits);
      fc.pre(eighteen.ok);

      expect(toFifteenDigits(eighteen.value.code)).toBe(digits);
    }),
  );
});
