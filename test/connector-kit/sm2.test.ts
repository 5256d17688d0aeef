import { describe, expect, test } from '@jest/globals';
import { sm2 } from 'sm-crypto-v2';

import { createSm2Opener } from '../../src/connector-kit/sm2.ts';
import { HubError } from '../../src/errors.ts';

const { privateKey, publicKey } = sm2.generateKeyPairHex();
const TEXT = '{"holder":"济宁市任城区（高新）示例商贸有限公司"}';

function seal(mode: 0 | 1): string {
  return sm2.doEncrypt(TEXT, publicKey, mode);
}

function open(
  hex: string,
  envelope: { leading04?: boolean; order?: 'C1C2C3' | 'C1C3C2'; key?: string } = {},
) {
  const { leading04 = true, order = 'C1C2C3', key = privateKey } = envelope;
  return Buffer.from(createSm2Opener({ privateKey: key, leading04, order })(hex)).toString();
}

describe('an SM2 envelope', () => {
  test.each([
    ['04, upper case, C1C2C3', `04${seal(0)}`.toUpperCase(), {}],
    ['04, lower case, C1C2C3', `04${seal(0)}`, {}],
    ['04, C1C3C2 found by the second try', `04${seal(1)}`.toUpperCase(), {}],
    ['04, C1C2C3 found by the second try', `04${seal(0)}`, { order: 'C1C3C2' }],
    ['no 04', seal(0), { leading04: false }],
    ['a private key with a zero byte before it', `04${seal(0)}`, { key: `00${privateKey}` }],
  ] as const)('with %s opens', (_what, hex, envelope) => {
    expect(open(hex, envelope)).toBe(TEXT);
  });

  test('does not open once any one character of it is changed, dropped or doubled', () => {
    const good = `04${seal(0)}`.toUpperCase();
    const places = Array.from({ length: 40 }, (_, i) => Math.floor((i * good.length) / 40));
    const spoiled = places.flatMap((at) => {
      const other = good[at] === '7' ? '8' : '7';
      const cut = good.slice(0, at) + good.slice(at + 1);
      return [
        good.slice(0, at) + other + good.slice(at + 1),
        cut,
        `${good.slice(0, at)}A${good.slice(at)}`,
      ];
    });

    const opened = spoiled.filter((hex) => {
      try {
        open(hex);
        return true;
      } catch (error) {
        return !(error instanceof HubError);
      }
    });

    expect(opened).toEqual([]);
  });

  test.each(['', '04', 'zz', '04AB', `05${seal(0)}`, seal(0).slice(0, 190), 'не hex'])(
    'that is %j fails its integrity check and leaks nothing',
    (hex) => {
      const run = (): unknown => open(hex);

      expect(run).toThrow(
        expect.objectContaining({
          code: 'SOURCE_INTEGRITY_FAILED',
          details: { hop: 'SOURCE', reason: 'SM2' },
          cause: undefined,
        }),
      );
    },
  );

  test('for another key stays closed', () => {
    const other = sm2.generateKeyPairHex();

    expect(() => open(`04${seal(0)}`, { key: other.privateKey })).toThrow(HubError);
  });
});
