import { SUBJECTS } from './fixtures-subjects.ts';
import { createEnterprise } from './population.ts';
import type { EnterpriseRecord } from './publicity-tables.ts';

const { e1, e2, e3, e4, e5, e6, h1, p1, p2, canary } = SUBJECTS;
const BUREAU = '济宁市任城区市场监督管理局';

/** What the publicity system holds of the fixtures. */
export const ENTERPRISES: readonly EnterpriseRecord[] = [
  createEnterprise({
    code: e1.code,
    name: e1.name,
    entityId: '3708110000000001',
    person: p1.name,
    type: '有限责任公司(自然人独资)',
    approvedOn: '2023-05-10',
    scope: '日用百货销售；普通货物运输',
    changes: [
      { item: '名称变更', before: e1.formerName, after: e1.name, on: '2023-05-10' },
      {
        item: '经营范围变更',
        before: '日用百货销售',
        after: '日用百货销售；普通货物运输',
        on: '2023-05-10',
      },
    ],
    licenses: [
      {
        number: '鲁交运管许可济字370811000018号',
        name: '道路运输经营许可证',
        from: '2022-09-19',
        until: '2026-09-18',
        authority: '济宁市行政审批服务局',
        item: '普通货物运输',
      },
    ],
  }),
  createEnterprise({
    code: e2.code,
    name: e2.name,
    entityId: '3708120000000002',
    authority: '济宁市兖州区市场监督管理局',
    address: '济宁市兖州区示例路2号',
    anomalies: [
      {
        reason: '未依照《企业信息公示暂行条例》第八条规定的期限公示年度报告',
        since: '2022-07-08',
        authority: '济宁市兖州区市场监督管理局',
        removedOn: '2022-09-01',
      },
      {
        reason: '通过登记的住所或者经营场所无法联系',
        since: '2026-03-16',
        authority: '济宁市兖州区市场监督管理局',
        removedOn: null,
      },
    ],
    cases: [
      {
        number: '济兖市监处罚〔2026〕12号',
        act: '未按规定公示信息',
        content: '罚款1万元',
        authority: '济宁市兖州区市场监督管理局',
        decidedOn: '2026-01-06',
      },
    ],
  }),
  createEnterprise({
    code: e3.code,
    name: e3.name,
    entityId: '3708110000000003',
    stateCode: '2',
    stateText: '吊销，未注销',
    revokedOn: '2026-08-20',
    violations: [
      {
        reason: '被列入经营异常名录届满3年仍未履行相关义务',
        since: '2026-05-11',
        authority: BUREAU,
        removedOn: null,
      },
    ],
  }),
  createEnterprise({
    code: e4.code,
    name: e4.name,
    entityId: '3708820000000004',
    establishedOn: '2009-06-18',
    validFrom: '2009-06-18',
    validUntil: '2029-06-17',
    authority: '济宁市兖州区市场监督管理局',
  }),
  createEnterprise({
    code: e5.code,
    name: e5.name,
    entityId: '3708280000000005',
    stateCode: '4',
    stateText: '注销',
    canceledOn: '2025-11-03',
    authority: '金乡县市场监督管理局',
  }),
  createEnterprise({
    code: e6.code,
    name: e6.name,
    entityId: '3708810000000006',
    stateCode: '9',
    stateText: '歇业',
    validUntil: '2039-02-28',
    authority: '曲阜市市场监督管理局',
  }),
  createEnterprise({
    code: h1.code,
    name: h1.name,
    entityId: '3708110000000011',
    kind: 'INDIVIDUAL_BUSINESS',
    person: p2.name,
    type: '个体工商户',
    capital: null,
    scope: '餐饮服务',
    anomalies: [
      { reason: '未按期报送年度报告', since: '2026-07-06', authority: BUREAU, removedOn: null },
    ],
  }),
  createEnterprise({ code: canary.code, name: canary.name, entityId: '3708000000000099' }),
];
