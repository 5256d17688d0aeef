import { HubError } from '../../src/errors.ts';
import type { MappedCapability } from '../../src/connector-kit/mapping/keys.ts';
import {
  compileMapping,
  mappingSetting,
  type Mapping,
} from '../../src/connector-kit/mapping/mapping.ts';

/** A mapping, and rows that between them need every rule of it. */
export interface GoldenMapping {
  readonly capability: MappedCapability;
  readonly mapping: Mapping;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
}

/** Where nothing else matters. */
export const LEAST: { readonly [N in MappedCapability]: object } = {
  'license.byIdentifier': { identifier: { from: '/ZZBS' }, typeCode: { from: '/ZZLXDM' } },
  'license.byHolder': { holderCode: { from: '/CZZTDM' }, typeCode: { from: '/ZZLXDM' } },
  'enterprise.registration': { code: { from: '/UNISCID' }, name: { from: '/ENTNAME' } },
  'credit.profile': { code: { from: '/identify' } },
};

export const IDENTIFIER =
  '1.2.156.3005.2.11100000MB0143028R001.11370800MB28559184.2021020900000001.001.0';
export const TYPE_CODE = '11100000MB0143028R001';
export const ENTERPRISE_CODE = '91370811MA3TE0T0XE';
export const BUSINESS_CODE = '92370811MA3TE0T266';
export const PERSON_CODE = '370800199001010015';

/** As an operator writes it. @throws where it is no mapping at all. */
export function write(mapping: object): Mapping {
  return mappingSetting.parse(mapping);
}

/** What the compiler says against a mapping: `reason field`. Null when nothing. */
export function mistakeOf(capability: MappedCapability, mapping: unknown): string | null {
  try {
    compileMapping(capability, mapping as Mapping);
    return null;
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'UNSAFE_CONFIGURATION') throw error;
    return `${String(error.details['reason'])} ${String(error.details['field'])}`;
  }
}

/** The record as a plain object, or `reason pointer` of the fault. */
export function mapOne(
  capability: MappedCapability,
  fields: object,
  row: unknown,
  lists: object = {},
): Readonly<Record<string, unknown>> | string {
  const mapping = write({ fields: { ...LEAST[capability], ...fields }, lists });
  const result = compileMapping(capability, mapping).map(row, '');
  if (result.ok) return { ...result.record };
  const { code, details } = result.fault;
  if (code !== 'SOURCE_SCHEMA_DRIFT') throw result.fault;
  return `${String(details['reason'])} ${String(details['pointer'])}`;
}

const licenseRow = {
  ZZBS: IDENTIFIER,
  ZZLXDM: TYPE_CODE,
  ZZLXMC: '营业执照',
  ZZBH: '济〔2021〕第1号',
  CZZT: '济宁甲有限公司',
  CZZTDM: ENTERPRISE_CODE,
  CZZTDMLXDM: '16',
  FDDBR: '张三',
  KZ_SF: '山东省',
  KZ_DZ: '济宁市任城区1号',
  ZZBFRQ: '2021年2月9日',
  QSRQ: 1612800000,
  JZRQ: '2031-02-08',
  CERTSTATE: '01',
  STATE: '5',
  GLZZBS: '1.2.156.3005.2.11100000MB0143028R001.11370800MB28559184.2021020900000001.002.Y',
};

const license = {
  fields: {
    identifier: { from: '/ZZBS' },
    typeCode: { from: '/ZZLXDM' },
    typeName: { from: ['/ZZLXMC', '/ZZMC'] },
    number: { from: '/ZZBH', normalize: ['TAGS', 'BRACKETS'] },
    holderName: { from: '/CZZT' },
    holderCode: { from: '/CZZTDM' },
    holderType: { from: '/CZZTDMLXDM', table: 'holder-type.epoint' },
    legalRepresentative: { from: '/FDDBR' },
    address: { from: ['/KZ_SF', '/KZ_DZ'], several: 'JOIN' },
    issuer: { constant: '济宁市行政审批服务局' },
    issuedOn: { from: '/ZZBFRQ', form: ['CHINESE'] },
    validFrom: { from: '/QSRQ', form: ['EPOCH_S'] },
    validUntil: { from: '/JZRQ', blank: 'NOT_TOLD' },
    status: {
      from: ['/CERTSTATE', '/STATE'],
      table: 'license-status.mohurd',
      pairs: { '5': 'VALID', 冻结: 'SUSPENDED' },
    },
    replaces: { from: '/GLZZBS' },
  },
};

const enterpriseRow = {
  UNISCID: ENTERPRISE_CODE,
  ENTNAME: '济宁甲有限公司',
  TRANAME: null,
  PRIPID: 'P1',
  REGNO: '370811000000016',
  KIND: 'Q',
  NAME: '张三',
  ENTTYPE_CN: '有限责任公司',
  REGCAP: '100.000000',
  REGCAPCUR_CN: '美元',
  ESTDATE: 1612800000000,
  OPFROM: '2021-02-09',
  OPTO: '长期',
  DOM: '任城区1号',
  OPSCOPE: '建筑',
  REGORG_CN: '任城区市场监督管理局',
  REGSTATE_CN: '存续（在营、开业、在册）企业',
  history: '济宁乙有限公司；济宁丙有限公司',
  changes: [{ i: '名称变更', b: '济宁乙有限公司', a: '济宁甲有限公司', d: '2022-01-02' }],
  abnormal: [{ r: '地址', s: '2022-02-02', o: '局', out: null, m: '列入' }],
  serious: [{ r: '造假', s: '2022-03-03', o: '局', out: '2025-03-03' }],
  cases: [{ n: '号', a: '行为', c: '罚款', o: '局', d: '2022-04-04', p: '2025-04-04' }],
};

const entry = {
  reason: { from: '/r' },
  since: { from: '/s' },
  authority: { from: '/o' },
  removedOn: { from: '/out' },
};

const enterprise = {
  fields: {
    code: { from: '/UNISCID' },
    name: { from: ['/ENTNAME', '/TRANAME'] },
    entityId: { from: '/PRIPID' },
    registrationNumber: { from: '/REGNO' },
    kind: { from: '/KIND', pairs: { Q: 'ENTERPRISE', G: 'INDIVIDUAL_BUSINESS' } },
    legalRepresentative: { from: '/NAME' },
    type: { from: '/ENTTYPE_CN' },
    capital: { from: ['/REGCAP', '/REGCAPCUR_CN'], several: 'JOIN_ALL', joinedBy: '万' },
    establishedOn: { from: '/ESTDATE' },
    validFrom: { from: '/OPFROM' },
    validUntil: { from: '/OPTO' },
    address: { from: '/DOM' },
    scope: { from: '/OPSCOPE' },
    authority: { from: '/REGORG_CN' },
    status: { from: '/REGSTATE_CN', table: 'registration-status' },
  },
  lists: {
    formerNames: [{ each: '/history', split: '；', fields: { name: { from: '' } } }],
    changes: [
      {
        each: '/changes',
        fields: {
          item: { from: '/i' },
          before: { from: '/b' },
          after: { from: '/a' },
          changedOn: { from: '/d' },
        },
      },
    ],
    abnormalOperations: [
      {
        each: '/abnormal',
        fields: { ...entry, mode: { from: '/m', pairs: { 列入: 'LISTED', 标记: 'MARKED' } } },
      },
    ],
    seriousViolations: [{ each: '/serious', fields: entry }],
    penalties: [
      {
        each: '/cases',
        fields: {
          documentNumber: { from: '/n' },
          act: { from: '/a' },
          content: { from: '/c' },
          authority: { from: '/o' },
          decidedOn: { from: '/d' },
          publicUntil: { from: '/p' },
        },
      },
    ],
  },
};

const creditRow = {
  identify: PERSON_CODE,
  subjectName: '张三',
  category: '个体工商户',
  grade: 'A',
  gradedOn: '2026-01-01',
  black: [{ r: '欠税', s: '2022-02-02', o: '局', out: null }],
  red: [{ l: '红名单', r: '守信', s: '2022-02-03', o: '局', out: null }],
  cases: [{ n: '号' }],
  commitments: [{ c: '1', t: '证明事项型', r: '申请', d: '2026-02-02', f: '全部未履行' }],
};

const removed = { l: '红名单', r: '', s: null, o: '', out: '2024-01-01' };

const credit = {
  fields: {
    code: { from: '/identify' },
    name: { from: '/subjectName' },
    category: { from: '/category', table: 'subject-category' },
    grade: { from: '/grade', table: 'credit-grade' },
    gradedOn: { from: '/gradedOn' },
  },
  lists: {
    listings: [
      {
        each: '/black',
        fields: { ...entry, list: { constant: '严重失信主体名单', table: 'credit-list' } },
      },
      { each: '/red', fields: { ...entry, list: { from: '/l', table: 'credit-list' } } },
    ],
    penalties: [{ each: '/cases', fields: { documentNumber: { from: '/n' } } }],
    commitments: [
      {
        each: '/commitments',
        fields: {
          code: { from: '/c' },
          type: { from: '/t' },
          reason: { from: '/r' },
          madeOn: { from: '/d' },
          fulfillment: { from: '/f', table: 'commitment-fulfillment' },
        },
      },
    ],
  },
};

/** One of each kind of record, every canonical field in use. */
export const GOLDENS: readonly GoldenMapping[] = [
  {
    capability: 'license.byIdentifier',
    mapping: write(license),
    rows: [
      licenseRow,
      { ...licenseRow, CZZTDM: PERSON_CODE, CZZTDMLXDM: '22', JZRQ: '', CERTSTATE: '' },
      { ...licenseRow, ZZLXDM: '11100000MB0143028R018', ZZLXMC: ' ', CERTSTATE: '77' },
      { ...licenseRow, CERTSTATE: null, STATE: '冻结', CZZTDMLXDM: '22', ZZBFRQ: '20210209' },
      { ...licenseRow, ZZMC: '照', ZZLXMC: '', ZZBH: '<b>【1】</b>', CERTSTATE: '02' },
    ],
  },
  {
    capability: 'enterprise.registration',
    mapping: write(enterprise),
    rows: [
      enterpriseRow,
      { ...enterpriseRow, ENTNAME: '', TRANAME: '甲店', UNISCID: BUSINESS_CODE },
      { ...enterpriseRow, KIND: 'G', REGSTATE_CN: '吊销，未注销', OPTO: '2024-01-01' },
      { ...enterpriseRow, REGCAPCUR_CN: null, abnormal: [{ ...entryRow(), m: '标记' }] },
    ],
  },
  {
    capability: 'credit.profile',
    mapping: write(credit),
    rows: [
      creditRow,
      { ...creditRow, grade: null, category: '其他', red: [] },
      { ...creditRow, grade: '优良', red: [removed], black: [removed] },
    ],
  },
];

function entryRow(): object {
  return { r: null, s: '2022-02-02', o: '局', out: '2023-02-02' };
}
