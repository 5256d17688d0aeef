import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import { parseCapital } from '../../src/model/capital.ts';

test.each([
  ['26万元', '26', 'CNY', []],
  ['233.6000(万元人民币)', '233.6', 'CNY', []],
  ['1,286.5000(万)', '1286.5', 'CNY', ['CURRENCY_ASSUMED']],
  ['1，286.5（万元）', '1286.5', 'CNY', []],
  ['50.000000万美元', '50', 'USD', []],
  ['100万人民币', '100', 'CNY', []],
  ['100.000000万元人民币', '100', 'CNY', []],
  ['100万人民币元', '100', 'CNY', []],
  ['42万', '42', 'CNY', ['CURRENCY_ASSUMED']],
  ['5000元', '0.5', 'CNY', []],
  ['1元', '0.0001', 'CNY', []],
  ['123456789.01元', '12345.678901', 'CNY', []],
  ['1.5亿元', '15000', 'CNY', []],
  ['3百万元', '300', 'CNY', []],
  ['1,000(万日元)', '1000', 'JPY', []],
  ['20(万新加坡元)', '20', 'SGD', []],
  ['20万港元', '20', 'HKD', []],
  ['20万英镑', '20', 'GBP', []],
  ['人民币100万元', '100', 'CNY', []],
  ['USD 50万', '50', 'USD', []],
  ['美元50万元', '50', 'USD', []],
  ['壹', null, null, ['MALFORMED_AMOUNT']],
  ['100万元整', '100', 'CNY', []],
  ['１００万元', '100', 'CNY', []],
  ['0万人民币', '0', 'CNY', ['ZERO_AMOUNT']],
  ['0.000000万元', '0', 'CNY', ['ZERO_AMOUNT']],
  ['N/A', null, null, ['NO_AMOUNT']],
  ['-', null, null, ['NO_AMOUNT']],
  ['', null, null, ['NO_AMOUNT']],
  ['万人民币', null, null, ['NO_AMOUNT']],
  ['12,34万元', null, null, ['MALFORMED_AMOUNT']],
  ['-5万元', null, null, ['MALFORMED_AMOUNT']],
  ['1.2.3万元', null, null, ['MALFORMED_AMOUNT']],
  ['100万贝壳', null, null, ['MALFORMED_AMOUNT']],
  ['美元50万英镑', null, null, ['MALFORMED_AMOUNT']],
  ['100万元,20万美元', null, null, ['MALFORMED_AMOUNT']],
  ['承办中外合资经营', null, null, ['MALFORMED_AMOUNT']],
  ['1'.repeat(100), null, null, ['MALFORMED_AMOUNT']],
])(
  'the capital %s is %s ten thousand %s with the findings %j',
  (text, amountWan, currency, codes) => {
    const { capital, findings } = parseCapital(text);

    expect(capital).toEqual(amountWan === null ? null : { amountWan, currency });
    expect(findings.map(({ code }) => code)).toEqual(codes);
  },
);

test('an amount in yuan is exactly ten thousand times the amount in ten thousands', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 10n ** 20n }), (yuan) => {
      const inYuan = parseCapital(`${yuan}元`).capital?.amountWan ?? '';
      const [whole = '', fraction = ''] = inYuan.split('.');

      expect(BigInt(whole + fraction.padEnd(4, '0'))).toBe(yuan);
      expect(parseCapital(`${inYuan}万元`).capital?.amountWan).toBe(inYuan);
    }),
  );
});
