import type { FactRecord } from './assistance.ts';
import { mintCreditCode, mintLicenseIdentifier, mintRegistrationNumber } from './codes.ts';
import type { CreditRecord } from './credit-platform.ts';
import { BUSINESS_LICENSE } from './license-faces.ts';
import type { LicenseRecord } from './license-faces.ts';
import type { EnterpriseRecord } from './publicity-tables.ts';
import { createRandom } from './random.ts';

/** What all four sources hold. */
export interface Population {
  readonly licenses: readonly LicenseRecord[];
  readonly enterprises: readonly EnterpriseRecord[];
  readonly profiles: readonly CreditRecord[];
  readonly facts: readonly FactRecord[];
}

/** 济宁市行政审批服务局, which issues the business licenses of the sandbox. */
export const APPROVAL_OFFICE = '11370800MB28559184';
export const APPROVAL_OFFICE_NAME = '济宁市行政审批服务局';

const DISTRICTS: readonly (readonly [string, string])[] = [
  ['370811', '任城区'],
  ['370812', '兖州区'],
  ['370826', '微山县'],
  ['370827', '鱼台县'],
  ['370828', '金乡县'],
  ['370829', '嘉祥县'],
  ['370830', '汶上县'],
  ['370831', '泗水县'],
  ['370832', '梁山县'],
  ['370881', '曲阜市'],
  ['370883', '邹城市'],
];
const TRADES = ['商贸', '建材', '食品', '运输', '机械', '农业', '纺织', '信息'] as const;
const INDIVIDUAL_SHARE = 0.2;
const DEREGISTERED_SHARE = 0.03;
const ENTERPRISES_MAX = 1_000_000;

/** A business license with everything filled in that a caller does not care about. */
export function createLicense(
  record: Pick<LicenseRecord, 'identifier' | 'holder' | 'holderCode'> & Partial<LicenseRecord>,
): LicenseRecord {
  return {
    typeCode: BUSINESS_LICENSE,
    state: 5,
    number: record.holderCode,
    holderTypeCode: '001',
    legalRepresentative: '王示例',
    address: '济宁市任城区示例路1号',
    issuer: APPROVAL_OFFICE_NAME,
    issuerCode: APPROVAL_OFFICE,
    issuedOn: '2021-02-09',
    validFrom: '2021-02-09',
    validUntil: '',
    replaces: null,
    ...record,
  };
}

/** An enterprise in business with a clean record, unless told otherwise. */
export function createEnterprise(
  record: Pick<EnterpriseRecord, 'code' | 'name' | 'entityId'> & Partial<EnterpriseRecord>,
): EnterpriseRecord {
  const region = record.code.slice(2, 8);
  return {
    kind: 'ENTERPRISE',
    registrationNumber: mintRegistrationNumber(`${region}${record.entityId.slice(-8)}`),
    person: '王示例',
    type: '有限责任公司(自然人投资或控股)',
    capital: '100.000000',
    establishedOn: '2019-03-01',
    approvedOn: '2021-02-09',
    validFrom: '2019-03-01',
    validUntil: null,
    address: '济宁市任城区示例路1号',
    scope: '日用百货销售',
    authority: '济宁市任城区市场监督管理局',
    authorityCode: region,
    stateCode: '1',
    stateText: '存续（在营、开业、在册）',
    revokedOn: null,
    canceledOn: null,
    changes: [],
    anomalies: [],
    violations: [],
    cases: [],
    licenses: [],
    ...record,
  };
}

/** A subject known to the credit platform with grade B and nothing on any list. */
export function createProfile(
  record: Pick<CreditRecord, 'identify' | 'subjectName'> & Partial<CreditRecord>,
): CreditRecord {
  return {
    category: '法人及非法人组织',
    lossy: false,
    grade: { value: 'B', gradedOn: '2026-06-30' },
    lists: [],
    penalties: [],
    commitments: [],
    ...record,
  };
}

/**
 * Synthetic enterprises and individual businesses of Jining, about whom the sources agree. The same
 * seed gives the same ones, and a larger number begins with those of a smaller.
 *
 * @throws {RangeError} when asked for more than a million.
 */
export function makePopulation(options: {
  readonly seed: number;
  readonly enterprises: number;
}): Population {
  if (options.enterprises > ENTERPRISES_MAX) throw new RangeError('too many enterprises');
  const random = createRandom(options.seed);
  const drawn = Array.from({ length: options.enterprises }, (_, index) => drawOne(index, random));
  return {
    licenses: drawn.map((each) => each.license),
    enterprises: drawn.map((each) => each.enterprise),
    profiles: drawn.map((each) => each.profile),
    facts: [],
  };
}

function drawOne(
  index: number,
  random: () => number,
): {
  readonly license: LicenseRecord;
  readonly enterprise: EnterpriseRecord;
  readonly profile: CreditRecord;
} {
  const [region, district] = pick(DISTRICTS, random());
  const isIndividual = random() < INDIVIDUAL_SHARE;
  const isDeregistered = random() < DEREGISTERED_SHARE;
  const serial = String(index + 1).padStart(6, '0');
  const code = mintCreditCode(`${isIndividual ? '92' : '91'}${region}`, `N${serial}A`);
  const trade = pick(TRADES, random());
  const name = `${district}示例${serial}${trade}${isIndividual ? '店' : '有限公司'}`;
  const year = 2005 + Math.floor(random() * 20);
  const establishedOn = `${year}-0${1 + Math.floor(random() * 9)}-1${Math.floor(random() * 10)}`;
  const identifier = mintLicenseIdentifier({
    typeCode: BUSINESS_LICENSE,
    issuerCode: APPROVAL_OFFICE,
    serial: `POP${serial}`,
    version: '001',
  });
  const address = `济宁市${district}示例路${index + 1}号`;
  const days = { issuedOn: establishedOn, validFrom: establishedOn };
  return {
    license: createLicense({
      identifier,
      holder: name,
      holderCode: code,
      address,
      state: isDeregistered ? -2 : 5,
      ...days,
    }),
    enterprise: createEnterprise({
      code,
      name,
      entityId: `${region}9${serial.padStart(9, '0')}`,
      kind: isIndividual ? 'INDIVIDUAL_BUSINESS' : 'ENTERPRISE',
      type: isIndividual ? '个体工商户' : '有限责任公司(自然人独资)',
      capital: isIndividual ? null : '100.000000',
      address,
      establishedOn,
      approvedOn: establishedOn,
      validFrom: establishedOn,
      authority: `${district}市场监督管理局`,
      ...(isDeregistered ? { stateCode: '4', stateText: '注销', canceledOn: '2026-03-02' } : {}),
    }),
    profile: createProfile({
      identify: code,
      subjectName: name,
      category: isIndividual ? '个体工商户' : '法人及非法人组织',
      grade: { value: random() < 0.3 ? 'A' : 'B', gradedOn: '2026-06-30' },
    }),
  };
}

function pick<T>(list: readonly T[], chance: number): T {
  return list[Math.floor(chance * list.length)] as T;
}
