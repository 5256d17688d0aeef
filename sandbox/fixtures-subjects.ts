import { mintCreditCode, mintResidentId } from './codes.ts';

/** The synthetic subjects of the sandbox. docs/sources/fixtures.md says what each one shows. */
export const SUBJECTS = {
  /** A person the credit platform holds under 15 digits. */
  p1: { code: '370800199001010015', code15: '370800900101001', name: '张三' },
  /** A person whose name every source spells in its own way. */
  p2: {
    code: '370800198512310023',
    name: '阿不都·艾买提',
    nameAtLicenseLibrary: '阿不都•艾买提',
  },
  /** Renamed in 2023; half-width brackets at the license library. */
  e1: {
    code: '91370811MA3TE0T0XE',
    name: '济宁市任城区（高新）示例商贸有限公司',
    nameInHalfWidth: '济宁市任城区(高新)示例商贸有限公司',
    formerName: '济宁示例百货有限公司',
  },
  /** Seriously dishonest at the credit platform; its safety license is revoked. */
  e2: { code: '91370812MA3TE0T18W', name: '兖州示例建筑有限公司' },
  /** In force at the license library; 吊销，未注销 at the publicity system. */
  e3: { code: mintCreditCode('91370811', 'MA0DEM03'), name: '济宁示例物流有限公司' },
  /** Region 370882, dissolved in 2013; two waterway licenses. */
  e4: { code: mintCreditCode('91370882', 'MA0DEM04'), name: '兖州示例航运有限公司' },
  /** Deregistered everywhere. */
  e5: { code: mintCreditCode('91370828', 'MA0DEM05'), name: '金乡示例农业有限公司' },
  /** A registration state in words of its own. */
  e6: { code: mintCreditCode('91370881', 'MA0DEM06'), name: '曲阜示例文化有限公司' },
  /** An individual business, marked for abnormal operation. */
  h1: { code: '92370811MA3TE0T266', name: '任城区示例小吃店' },
  /** Known present everywhere. */
  canary: { code: mintCreditCode('91370800', 'MA0CAN01'), name: '核查探针（济宁）有限公司' },
} as const;

/** A resident id with the region 370802, dissolved in 2013, and a birthday nobody living has. */
export const HISTORIC_RESIDENT_ID = mintResidentId('37080218800101001');
