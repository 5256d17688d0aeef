import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import {
  maskAddress,
  maskCode,
  maskMobile,
  maskPersonName,
  maskResidentId,
  maskSubjectName,
} from '../../src/model/masking.ts';

test.each([
  ['张', '*', '*'],
  ['张三', '张*', '张*'],
  ['张三丰', '张*丰', '张*'],
  ['欧阳锋', '欧*锋', '欧*'],
  ['欧阳小锋', '欧**锋', '欧*'],
  ['阿不都·艾买提', '阿·*', '阿·*'],
  ['阿不都•艾买提', '阿·*', '阿·*'],
  ['𠮷三丰', '𠮷*丰', '𠮷*'],
  [' 张 三 ', '张*', '张*'],
  ['', '*', '*'],
])('the name %s is shown to officers as %s and to the public as %s', (name, officer, all) => {
  expect(maskPersonName(name, 'OFFICER')).toBe(officer);
  expect(maskPersonName(name, 'PUBLIC')).toBe(all);
});

test.each([
  ['370800199001010015', '370800********0015', '3****************5'],
  ['370800900101001', '370800*****1001', '3*************1'],
  ['11010519491231002x', '110105********002X', '1****************X'],
  ['370800 19900101 0015', '370800********0015', '3****************5'],
  ['3708001990010100155', '****', '****'],
  ['张三', '****', '****'],
  ['', '****', '****'],
])('the id %s is shown to officers as %s and to the public as %s', (id, officer, all) => {
  expect(maskResidentId(id, 'OFFICER')).toBe(officer);
  expect(maskResidentId(id, 'PUBLIC')).toBe(all);
});

test.each([
  ['13812341234', '138****1234'],
  ['+86 138-1234-1234', '138****1234'],
  ['0537-2345678', '****'],
  ['', '****'],
])('the number %s is shown as %s', (number, shown) => {
  expect(maskMobile(number)).toBe(shown);
});

test.each([
  ['山东省济宁市任城区示例路1号2单元301室', '山东省济宁市任城区****'],
  ['山东省济宁市市中区示例路1号', '山东省济宁市市中区****'],
  ['济宁市任城区示例路1号', '济宁市任城区****'],
  ['曲阜市示例街道1号', '曲阜市****'],
  ['山东省济宁市金乡县示例镇示例村12号', '山东省济宁市金乡县****'],
  ['示例路1号阳光小区3号楼', '****'],
  ['', '****'],
])('the address %s is shown as %s', (address, shown) => {
  expect(maskAddress(address)).toBe(shown);
});

test('codes of organizations are public, and codes that cannot be read are hidden', () => {
  expect(maskCode('91370811MA3TE0T0XE', 'PUBLIC')).toBe('91370811MA3TE0T0XE');
  expect(maskCode('113700000045030270', 'PUBLIC')).toBe('113700000045030270');
  expect(maskCode('370800199001010015', 'OFFICER')).toBe('370800********0015');
  expect(maskCode('37080019900101001', 'OFFICER')).toBe('****');
  expect(maskCode('91370811MA3TE0T0XA', 'OFFICER')).toBe('****');
});

test('names of enterprises are public, names of persons are not', () => {
  expect(maskSubjectName({ kind: 'ENTERPRISE', name: '示例商贸' }, 'PUBLIC')).toBe('示例商贸');
  expect(maskSubjectName({ kind: 'INDIVIDUAL_BUSINESS', name: '示例小吃店' }, 'PUBLIC')).toBe(
    '示例小吃店',
  );
  expect(maskSubjectName({ kind: 'PERSON', name: '张三丰' }, 'OFFICER')).toBe('张*丰');
});

test('a masked name of a person is never the name', () => {
  const name = fc.string({
    unit: fc.constantFrom(...'张三丰李四欧阳锋阿·'),
    minLength: 1,
    maxLength: 8,
  });

  fc.assert(
    fc.property(name, fc.constantFrom('OFFICER' as const, 'PUBLIC' as const), (text, profile) => {
      expect(maskPersonName(text, profile)).not.toBe(text);
      expect(maskPersonName(text, profile)).toContain('*');
    }),
  );
});
