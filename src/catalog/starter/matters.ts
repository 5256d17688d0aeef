import { parseDate, type BusinessDate } from '../../model/business-date.ts';
import type { Matter } from '../../model/matter.ts';
import type { VerificationPolicy } from '../../model/policy.ts';
import { AGENCIES } from './agencies.ts';
import {
  BUSINESS_LICENSE,
  CREDIT_STANDING,
  IDENTITY,
  licenseInForce,
  LICENSE_TYPES,
  PERSONAL_CREDIT_STANDING,
  RECORDED_NAME,
  REGISTRATION,
  stated,
} from './requirements.ts';

type Agency = (typeof AGENCIES)[keyof typeof AGENCIES];

const BEFORE_DECISION: Omit<VerificationPolicy, 'requirements' | 'subjectKinds'> = {
  timing: 'BEFORE_DECISION',
  followUpWorkingDays: 3,
  dateThatCounts: 'ACCEPTED_ON',
  exemption: null,
};

const BUSINESSES: VerificationPolicy['subjectKinds'] = ['ENTERPRISE', 'INDIVIDUAL_BUSINESS'];
const PERSONS: VerificationPolicy['subjectKinds'] = ['PERSON'];

/**
 * A catalog to start from: realistic matters of the seven priority fields of the city's plan, with
 * verification policies. A deployment replaces it by the list its government publishes.
 */
export const STARTER_MATTERS: readonly Matter[] = [
  matter(AGENCIES.approval, '370118009001', {
    name: '省际普通货物水路运输经营许可',
    priorityField: 'MARKET_ACCESS',
    certificate: '营业执照',
    legalBasis: '国内水路运输管理条例第八条',
    policy: { ...BEFORE_DECISION, subjectKinds: BUSINESSES, requirements: [BUSINESS_LICENSE] },
  }),
  matter(AGENCIES.approval, '370118009002', {
    name: '水路运输经营许可延续',
    priorityField: 'MARKET_ACCESS',
    certificate: '水路运输许可证',
    legalBasis: '国内水路运输管理条例第十条',
    policy: {
      ...BEFORE_DECISION,
      subjectKinds: BUSINESSES,
      requirements: [
        licenseInForce({
          id: 'water-transport-license',
          label: '水路运输许可证有效',
          typeCode: LICENSE_TYPES.waterTransport,
          acceptsSuccessor: true,
        }),
        REGISTRATION,
      ],
    },
  }),
  matter(AGENCIES.approval, '370118010001', {
    name: '道路货物运输经营许可变更',
    priorityField: 'MARKET_ACCESS',
    certificate: '道路运输经营许可证',
    legalBasis: '道路运输条例第二十四条',
    policy: {
      ...BEFORE_DECISION,
      subjectKinds: BUSINESSES,
      requirements: [
        licenseInForce({
          id: 'road-transport-license',
          label: '道路运输经营许可证有效',
          typeCode: LICENSE_TYPES.roadTransport,
          acceptsSuccessor: true,
        }),
      ],
    },
  }),
  matter(AGENCIES.approval, '370131004001', {
    name: '食品经营许可变更',
    priorityField: 'MARKET_ACCESS',
    certificate: '食品经营许可证',
    legalBasis: '食品经营许可和备案管理办法第二十六条',
    policy: {
      ...BEFORE_DECISION,
      subjectKinds: BUSINESSES,
      requirements: [
        licenseInForce({
          id: 'food-license',
          label: '食品经营许可证有效',
          typeCode: LICENSE_TYPES.food,
          acceptsSuccessor: false,
        }),
        CREDIT_STANDING,
      ],
    },
  }),
  matter(AGENCIES.approval, '370117002011', {
    name: '建筑业企业资质告知承诺核准',
    priorityField: 'MARKET_ACCESS',
    certificate: '安全生产许可证',
    legalBasis: '安全生产许可证条例第二条',
    policy: {
      ...BEFORE_DECISION,
      subjectKinds: ['ENTERPRISE'],
      requirements: [
        licenseInForce({
          id: 'safety-production-license',
          label: '安全生产许可证有效',
          typeCode: LICENSE_TYPES.safetyProduction,
          acceptsSuccessor: false,
        }),
        REGISTRATION,
        CREDIT_STANDING,
      ],
    },
  }),
  matter(AGENCIES.market, '370731021001', {
    name: '经营主体登记事项确认',
    priorityField: 'MARKET_ACCESS',
    itemType: 'CONFIRMATION',
    certificate: '主体资格证明',
    legalBasis: '市场主体登记管理条例第三条',
    policy: { ...BEFORE_DECISION, subjectKinds: BUSINESSES, requirements: [REGISTRATION] },
  }),
  matter(AGENCIES.publicSecurity, '370709001001', {
    name: '户口登记项目变更',
    priorityField: 'HOUSEHOLD_REGISTRATION',
    itemType: 'CONFIRMATION',
    certificate: '身份证明',
    legalBasis: '户口登记条例第十七条',
    policy: { ...BEFORE_DECISION, subjectKinds: PERSONS, requirements: [IDENTITY] },
  }),
  matter(AGENCIES.publicSecurity, '370709001002', {
    name: '居住登记',
    priorityField: 'HOUSEHOLD_REGISTRATION',
    itemType: 'CONFIRMATION',
    certificate: '姓名一致性证明',
    legalBasis: '居住证暂行条例第二条',
    policy: {
      ...BEFORE_DECISION,
      subjectKinds: PERSONS,
      requirements: [IDENTITY, RECORDED_NAME],
    },
  }),
  matter(AGENCIES.humanResources, '370714003001', {
    name: '专业技术人员资格考试报名资格确认',
    priorityField: 'QUALIFICATION_EXAM',
    itemType: 'CONFIRMATION',
    certificate: '身份与诚信证明',
    legalBasis: '专业技术人员资格考试违纪违规行为处理规定第三条',
    policy: {
      ...BEFORE_DECISION,
      subjectKinds: PERSONS,
      requirements: [IDENTITY, PERSONAL_CREDIT_STANDING],
    },
  }),
  matter(AGENCIES.healthInsurance, '370536001001', {
    name: '职工医疗保险待遇核准支付',
    priorityField: 'SOCIAL_INSURANCE',
    itemType: 'BENEFIT',
    certificate: '参保证明',
    legalBasis: '社会保险法第二十三条',
    policy: {
      ...BEFORE_DECISION,
      timing: 'AFTER_DECISION',
      subjectKinds: PERSONS,
      requirements: [IDENTITY, insuredSince2020()],
    },
  }),
  matter(AGENCIES.humanResources, '370514002001', {
    name: '失业保险金申领',
    publicity: 'HARD_TO_VERIFY',
    priorityField: 'SOCIAL_INSURANCE',
    itemType: 'BENEFIT',
    certificate: '参保证明',
    legalBasis: '社会保险法第四十五条',
    policy: {
      ...BEFORE_DECISION,
      dateThatCounts: 'ASKED_ON',
      subjectKinds: PERSONS,
      requirements: [insuredSince2020()],
    },
  }),
  matter(AGENCIES.humanResources, '370114005001', {
    name: '劳务派遣经营许可延续',
    priorityField: 'SOCIAL_INSURANCE',
    certificate: '营业执照、信用证明与参保证明',
    legalBasis: '劳务派遣行政许可实施办法第七条',
    policy: {
      ...BEFORE_DECISION,
      subjectKinds: ['ENTERPRISE'],
      requirements: [BUSINESS_LICENSE, CREDIT_STANDING, insuredSince2020()],
    },
  }),
  matter(AGENCIES.civilAffairs, '370511001001', {
    name: '最低生活保障对象认定',
    priorityField: 'SOCIAL_ASSISTANCE',
    itemType: 'CONFIRMATION',
    certificate: '身份证明',
    legalBasis: '社会救助暂行办法第九条',
    policy: {
      ...BEFORE_DECISION,
      subjectKinds: PERSONS,
      requirements: [IDENTITY, insuredSince2020()],
    },
  }),
  matter(AGENCIES.health, '370123005001', {
    name: '公共场所卫生许可延续',
    publicity: 'PUBLIC_INTEREST',
    priorityField: 'HEALTH_EXAMINATION',
    certificate: '营业执照与从业人员健康合格证明',
    legalBasis: '公共场所卫生管理条例第八条',
    policy: {
      ...BEFORE_DECISION,
      timing: 'BY_SAMPLING',
      subjectKinds: BUSINESSES,
      requirements: [
        licenseInForce({
          id: 'business-license-as-presented',
          label: '所出示的营业执照本身有效',
          typeCode: LICENSE_TYPES.business,
          acceptsSuccessor: false,
        }),
      ],
    },
  }),
  matter(AGENCIES.justice, '370112001001', {
    name: '律师事务所设立许可',
    priorityField: 'LEGAL_SERVICE',
    certificate: '身份与诚信证明',
    legalBasis: '律师法第十四条',
    policy: {
      ...BEFORE_DECISION,
      subjectKinds: PERSONS,
      requirements: [IDENTITY, PERSONAL_CREDIT_STANDING],
    },
  }),
  matter(AGENCIES.justice, '370512001001', {
    name: '法律援助申请',
    priorityField: 'LEGAL_SERVICE',
    itemType: 'BENEFIT',
    certificate: '经济困难证明',
    legalBasis: '法律援助法第四十一条',
    policy: {
      ...BEFORE_DECISION,
      exemption: '经济困难状况以书面说明为准，免予核查（法律援助法第四十一条）',
      subjectKinds: PERSONS,
      requirements: [IDENTITY],
    },
  }),
  {
    ...matter(AGENCIES.approval, '370131004009', {
      name: '食品流通许可核发',
      priorityField: 'MARKET_ACCESS',
      certificate: '营业执照',
      legalBasis: '食品流通许可证管理办法第九条',
      policy: { ...BEFORE_DECISION, subjectKinds: BUSINESSES, requirements: [BUSINESS_LICENSE] },
    }),
    effectiveUntil: day('2021-06-30'),
  },
];

function insuredSince2020() {
  return stated({
    id: 'insured-since-2020',
    label: '2020年1月以来连续参加职工医疗保险',
    assistingAgency: AGENCIES.healthInsurance.code,
    workingDays: 5,
    questions: [{ code: 'INSURED_SINCE_2020', text: '2020年1月以来是否连续参加职工医疗保险？' }],
  });
}

function matter(
  agency: Agency,
  baseCode: string,
  given: Pick<Matter, 'name' | 'priorityField' | 'certificate' | 'legalBasis' | 'policy'> &
    Partial<Pick<Matter, 'itemType' | 'publicity'>>,
): Matter {
  return {
    itemType: 'LICENSE',
    publicity: null,
    ...given,
    // GB/T 39554.1-2020: agency, level of exercise (3 is the city), base code.
    code: `${agency.code}3${baseCode}`,
    version: 1,
    agencyCode: agency.code,
    agencyName: agency.name,
    effectiveFrom: day('2021-02-09'),
    effectiveUntil: null,
  };
}

function day(text: string): BusinessDate {
  const parsed = parseDate(text, { role: 'OTHER' });
  if (parsed.kind !== 'DATE') throw new Error(`${text} is no day`);
  return parsed.date;
}
