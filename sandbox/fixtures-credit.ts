import type { CreditCommitmentRecord, CreditRecord } from './credit-platform.ts';
import { HISTORIC_RESIDENT_ID, SUBJECTS } from './fixtures-subjects.ts';
import { APPROVAL_OFFICE, APPROVAL_OFFICE_NAME, createProfile } from './population.ts';

const { e1, e2, e3, e4, e6, h1, p1, p2, canary } = SUBJECTS;

function createCommitment(
  record: Pick<CreditCommitmentRecord, 'code' | 'subjectName' | 'identify' | 'reason'> &
    Partial<CreditCommitmentRecord>,
): CreditCommitmentRecord {
  return {
    subjectCategory: '法人及非法人组织',
    commitmentTypeId: '证明事项型',
    content: '所填报信息真实，已符合告知的条件',
    commitmentDate: '2021-02-09',
    commitmentValidity: null,
    acceptanceUnit: APPROVAL_OFFICE_NAME,
    acceptanceUnitIdentify: APPROVAL_OFFICE,
    publicationType: '可向社会公开',
    fulfillmentStatus: '全部履行',
    unperformedCommitmentContent: null,
    fulfillmentStatusDate: '2021-03-15',
    ...record,
  };
}

/** What the credit platform holds of the fixtures. It does not know `e5`. */
export const PROFILES: readonly CreditRecord[] = [
  createProfile({
    identify: e1.code,
    subjectName: e1.name,
    grade: { value: 'A', gradedOn: '2026-06-30' },
    lists: [
      {
        listName: '红名单',
        reason: 'A级纳税人',
        authority: '国家税务总局济宁市税务局',
        listedOn: '2026-04-20',
        removedOn: null,
      },
    ],
    commitments: [
      createCommitment({
        code: '37080020210209000001',
        subjectName: e1.name,
        identify: e1.code,
        reason: '省际普通货物水路运输经营许可',
      }),
    ],
  }),
  createProfile({
    identify: e2.code,
    subjectName: e2.name,
    grade: { value: 'D', gradedOn: '2026-06-30' },
    lists: [
      {
        listName: '严重失信主体名单',
        reason: '拒不履行法定义务',
        authority: '济宁市兖州区住房和城乡建设局',
        listedOn: '2026-01-12',
        removedOn: null,
      },
      {
        listName: '经营异常',
        reason: '通过登记的住所或者经营场所无法联系',
        authority: '济宁市兖州区市场监督管理局',
        listedOn: '2026-03-16',
        removedOn: null,
      },
    ],
    penalties: [
      {
        CF_WSH: '济兖建罚字〔2026〕3号',
        CF_WFXW: '未按规定施工',
        CF_NR: '罚款3万元',
        CF_CFJG: '济宁市兖州区住房和城乡建设局',
        CF_JDRQ: '2026-01-05',
        CF_GSJZQ: '2029-01-05',
      },
      {
        CF_WSH: '济兖建罚字〔2017〕8号',
        CF_WFXW: '未办理施工许可',
        CF_NR: '罚款1万元',
        CF_CFJG: '济宁市兖州区住房和城乡建设局',
        CF_JDRQ: '2017-05-02',
        CF_GSJZQ: '2020-05-02',
      },
    ],
    commitments: [
      createCommitment({
        code: '37080020210209000002',
        subjectName: e2.name,
        identify: e2.code,
        reason: '申请办理安全生产许可证',
        fulfillmentStatus: '全部未履行',
        unperformedCommitmentContent: '安全生产条件不具备',
      }),
    ],
  }),
  createProfile({
    identify: e3.code,
    subjectName: e3.name,
    grade: { value: 'C', gradedOn: '2026-06-30' },
    lists: [
      {
        listName: '严重失信主体名单',
        reason: '已修复的失信行为',
        authority: '济宁市任城区市场监督管理局',
        listedOn: '2024-02-01',
        removedOn: '2025-02-03',
      },
    ],
  }),
  createProfile({ identify: e4.code, subjectName: e4.name, grade: null }),
  createProfile({ identify: e6.code, subjectName: e6.name }),
  createProfile({ identify: h1.code, subjectName: h1.name, category: '个体工商户' }),
  createProfile({
    identify: p1.code15,
    subjectName: p1.name,
    category: '自然人',
    commitments: [
      createCommitment({
        code: '37080020210209000003',
        subjectName: p1.name,
        subjectCategory: '自然人',
        identify: p1.code15,
        reason: '申请办理无犯罪记录证明',
        publicationType: '不可公开',
        fulfillmentStatus: null,
        fulfillmentStatusDate: null,
      }),
    ],
  }),
  createProfile({
    identify: p2.code,
    subjectName: p2.nameAtLicenseLibrary,
    category: '自然人',
    lossy: true,
    grade: null,
  }),
  createProfile({
    identify: HISTORIC_RESIDENT_ID,
    subjectName: '李古稀',
    category: '自然人',
    grade: null,
  }),
  createProfile({ identify: canary.code, subjectName: canary.name }),
];
