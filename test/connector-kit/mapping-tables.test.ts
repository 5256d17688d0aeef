import { describe, expect, test } from '@jest/globals';

import { SHIPPED_TABLES } from '../../src/connector-kit/mapping/tables/shipped.ts';
import { compileTable } from '../../src/connector-kit/mapping/tables/table.ts';
import { ENTERPRISE_STATUSES } from '../../src/model/enterprise.ts';
import { RECORD_STATUSES } from '../../src/model/outcome.ts';

function lookUp(name: string, text: string): string | null {
  const table = SHIPPED_TABLES.get(name);
  if (table === undefined) throw new Error(`No table ${name}.`);
  return compileTable([table])(text);
}

describe('the registration states', () => {
  test.each([
    ['1', 'ACTIVE'],
    ['2', 'LICENSE_WITHDRAWN'],
    ['3', 'DEREGISTERED'],
    ['4', 'DEREGISTERED'],
    ['5', 'ANNULLED'],
    ['6', 'MOVED_OUT'],
    ['１', 'ACTIVE'],
    ['存续', 'ACTIVE'],
    ['存续（在营、开业、在册）', 'ACTIVE'],
    ['存续(在营、开业、在册)企业', 'ACTIVE'],
    ['在业', 'ACTIVE'],
    ['开业', 'ACTIVE'],
    ['在营（开业）企业', 'ACTIVE'],
    ['正常', 'ACTIVE'],
    ['登记成立', 'ACTIVE'],
    ['歇业', 'DORMANT'],
    ['清算中', 'IMPAIRED'],
    ['停业', 'IMPAIRED'],
    ['责令关闭', 'IMPAIRED'],
    ['吊销', 'LICENSE_WITHDRAWN'],
    ['已吊销', 'LICENSE_WITHDRAWN'],
    ['吊销企业', 'LICENSE_WITHDRAWN'],
    ['吊销，未注销', 'LICENSE_WITHDRAWN'],
    ['吊销,未注销', 'LICENSE_WITHDRAWN'],
    ['吊销（未注销）企业', 'LICENSE_WITHDRAWN'],
    ['吊销，已注销', 'DEREGISTERED'],
    ['注销', 'DEREGISTERED'],
    ['注销企业', 'DEREGISTERED'],
    ['撤销', 'ANNULLED'],
    ['撤销登记', 'ANNULLED'],
    ['迁出', 'MOVED_OUT'],
    ['迁移异地', 'MOVED_OUT'],
  ])('take %s for %s', (text, status) => {
    expect(lookUp('registration-status', text)).toBe(status);
  });

  test.each([
    ['9'],
    ['11'],
    ['01'],
    ['0'],
    ['其他'],
    ['未注销'],
    ['注销备案'],
    ['拟注销'],
    ['注销公告'],
    ['存续（已注销）'],
    ['正常注销'],
    ['撤销注销登记'],
    ['恢复存续'],
    ['非正常'],
    ['企业'],
    ['已'],
    ['存续存疑'],
    ['toString'],
    ['constructor'],
    ['__proto__'],
    ['存续'.repeat(1000)],
  ])('never guess what %s is', (text) => {
    expect(lookUp('registration-status', text)).toBeNull();
  });

  test.each([
    ['zhejiang', 'K', 'ACTIVE'],
    ['zhejiang', 'DA', 'LICENSE_WITHDRAWN'],
    ['zhejiang', 'D', 'LICENSE_WITHDRAWN'],
    ['zhejiang', '4', 'DEREGISTERED'],
    ['shanghai', '0001', 'ACTIVE'],
    ['shanghai', '0009', 'ACTIVE'],
    ['shanghai', '0006', null],
  ])('of %s take %s for %s', (province, code, status) => {
    expect(lookUp(`registration-status.${province}`, code)).toBe(status);
  });
});

describe('the license states', () => {
  test.each([
    ['mohurd', '01', 'VALID'],
    ['mohurd', '02', 'SUSPENDED'],
    ['mohurd', '03', 'REVOKED'],
    ['mohurd', '04', 'CANCELED'],
    ['mohurd', '05', 'EXPIRED'],
    ['mohurd', '06', 'TRANSFERRED_OUT'],
    ['mohurd', '07', 'WITHDRAWN'],
    ['mohurd', '99', null],
    ['mohurd', '1', null],
    ['shandong-head', '0', 'VALID'],
    ['shandong-head', '21', 'REVOKED'],
    ['shandong-head', '22', 'EXPIRED'],
    ['shandong-head', '23', 'SUSPENDED'],
    ['shandong-head', '101', null],
    ['shandong-state', '-4', 'EXPIRED'],
    ['shandong-state', '4', null],
    ['shandong-state', 'NOT_Active', 'NOT_YET_VALID'],
    ['simple', '1', 'VALID'],
    ['simple', '0', null],
    ['operate-type', '05', null],
    ['operate-type', '09', 'VALID'],
    ['words', '过期失效', 'EXPIRED'],
    ['words', '已过期', 'EXPIRED'],
    ['words', '无效', null],
    ['words', '有效期内注销', null],
  ])('in the dialect %s take %s for %s', (dialect, code, status) => {
    expect(lookUp(`license-status.${dialect}`, code)).toBe(status);
  });
});

test.each([
  ['holder-type', '001', '001'],
  ['holder-type', '516', '516'],
  ['holder-type', '身份证', '111'],
  ['holder-type', '22', null],
  ['holder-type.epoint', '22', '111'],
  ['holder-type.epoint', '16', '001'],
  ['holder-type.epoint', '99', null],
  ['holder-type.guangdong', '10', '111'],
  ['credit-grade', 'a', 'A'],
  ['credit-grade', '优良', 'A'],
  ['credit-grade', '优', null],
  ['subject-category', '自然人', 'PERSON'],
  ['credit-list', '黑名单', null],
  ['commitment-fulfillment', '全部未履行', 'NOT_FULFILLED'],
  ['commitment-fulfillment', '全部', null],
  ['region-successor', '370802', '370811'],
  ['region-name', '370882', '兖州区'],
  ['region-name', '370000', '山东省'],
])('the table %s takes %s for %s', (name, text, value) => {
  expect(lookUp(name, text)).toBe(value);
});

test('no shipped table holds a word outside its vocabulary, or one text twice', () => {
  const vocabularies = [
    ['license-status', RECORD_STATUSES],
    ['registration-status', ENTERPRISE_STATUSES],
  ] as const;

  const foreign = vocabularies.flatMap(([start, words]) =>
    [...SHIPPED_TABLES]
      .filter(([name]) => name.startsWith(start))
      .flatMap(([, table]) => Object.values(table))
      .filter((value) => !(words as readonly string[]).includes(value)),
  );

  expect(foreign).toEqual([]);
  expect(SHIPPED_TABLES.size).toBe(18);
});
