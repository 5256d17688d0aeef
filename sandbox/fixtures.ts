import type { FactRecord } from './assistance.ts';
import { mintCreditCode, mintLicenseIdentifier } from './codes.ts';
import { BUSINESS_LICENSE, FOOD_LICENSE, RESIDENT_CARD, ROAD_LICENSE } from './license-faces.ts';
import { SAFETY_LICENSE, WATERWAY_LICENSE } from './license-faces.ts';
import type { LicenseRecord } from './license-faces.ts';
import { ENTERPRISES } from './fixtures-publicity.ts';
import { PROFILES } from './fixtures-credit.ts';
import { APPROVAL_OFFICE, createLicense } from './population.ts';
import type { Population } from './population.ts';
import { SUBJECTS } from './fixtures-subjects.ts';

const E1_FIRST = '1.2.156.3005.2.11100000MB0143028R001.11370800MB28559184.2021020900000001.001.0';
const E1_SECOND = '1.2.156.3005.2.11100000MB0143028R001.11370800MB28559184.2021020900000001.002.Y';

function identifierOf(typeCode: string, serial: string): string {
  return mintLicenseIdentifier({ typeCode, issuerCode: APPROVAL_OFFICE, serial, version: '001' });
}

/** Licenses that scenarios name, by what they show. All have a right check character. */
export const LICENSE_IDS = {
  /** Replaced by `reissued`; says 21. */
  superseded: E1_FIRST,
  reissued: E1_SECOND,
  /** In force by its flag; last valid day 2026-09-17. */
  endsOn17: identifierOf(FOOD_LICENSE, 'DEMO0017'),
  /** In force by its flag; last valid day 2026-09-18. */
  endsOn18: identifierOf(ROAD_LICENSE, 'DEMO0018'),
  /** 21 by identifier, 10 by holder. */
  revoked: identifierOf(SAFETY_LICENSE, 'DEMO0021'),
  /** 22 by identifier. */
  expired: identifierOf(WATERWAY_LICENSE, 'DEMO0022'),
  /** 23 by identifier. */
  restricted: identifierOf(ROAD_LICENSE, 'DEMO0023'),
  canary: identifierOf(BUSINESS_LICENSE, 'CANARY0001'),
  /** Well-formed, never issued. */
  absent: identifierOf(BUSINESS_LICENSE, 'CANARY0002'),
} as const;

/** Known present and known absent at each source, to find out whether absence means anything. */
export const CANARIES = {
  presentCode: SUBJECTS.canary.code,
  presentName: SUBJECTS.canary.name,
  absentCode: mintCreditCode('91370800', 'MA0CAN02'),
  presentLicense: LICENSE_IDS.canary,
  absentLicense: LICENSE_IDS.absent,
  typeCode: BUSINESS_LICENSE,
} as const;

const { e1, e2, e3, e4, e5, e6, h1, p1, p2, canary } = SUBJECTS;

const LICENSES: readonly LicenseRecord[] = [
  createLicense({
    identifier: E1_FIRST,
    holder: '济宁示例百货有限公司',
    holderCode: e1.code,
    legalRepresentative: p1.name,
    state: -5,
  }),
  createLicense({
    identifier: E1_SECOND,
    holder: e1.nameInHalfWidth,
    holderCode: e1.code,
    legalRepresentative: p1.name,
    issuedOn: '2023-05-10',
    replaces: E1_FIRST,
  }),
  createLicense({
    identifier: LICENSE_IDS.endsOn17,
    typeCode: FOOD_LICENSE,
    number: 'JY13708110000017',
    holder: e1.nameInHalfWidth,
    holderCode: e1.code,
    issuedOn: '2021-09-18',
    validFrom: '2021-09-18',
    validUntil: '2026-09-17',
  }),
  createLicense({
    identifier: LICENSE_IDS.endsOn18,
    typeCode: ROAD_LICENSE,
    number: '鲁交运管许可济字370811000018号',
    holder: e1.nameInHalfWidth,
    holderCode: e1.code,
    issuedOn: '2022-09-19',
    validFrom: '2022-09-19',
    validUntil: '2026-09-18',
  }),
  createLicense({
    identifier: identifierOf(BUSINESS_LICENSE, 'DEMO0002'),
    holder: e2.name,
    holderCode: e2.code,
    validUntil: null,
  }),
  createLicense({
    identifier: LICENSE_IDS.revoked,
    typeCode: SAFETY_LICENSE,
    number: '（鲁）JZ安许证字〔2021〕080021',
    holder: e2.name,
    holderCode: e2.code,
    state: -3,
    validUntil: '2027-02-08',
  }),
  createLicense({
    identifier: identifierOf(BUSINESS_LICENSE, 'DEMO0003'),
    holder: e3.name,
    holderCode: e3.code,
    validUntil: '长期',
  }),
  createLicense({
    identifier: LICENSE_IDS.restricted,
    typeCode: ROAD_LICENSE,
    number: '鲁交运管许可济字370811000023号',
    holder: e3.name,
    holderCode: e3.code,
    state: 12,
    validUntil: '2028-01-31',
  }),
  createLicense({
    identifier: LICENSE_IDS.expired,
    typeCode: WATERWAY_LICENSE,
    number: '交鲁济XK0022',
    holder: e3.name,
    holderCode: e3.code,
    state: -4,
    validUntil: '2024-02-08',
  }),
  createLicense({
    identifier: identifierOf(BUSINESS_LICENSE, 'DEMO0004'),
    holder: e4.name,
    holderCode: e4.code,
  }),
  ...['0041', '0042'].map((serial) =>
    createLicense({
      identifier: identifierOf(WATERWAY_LICENSE, `DEMO${serial}`),
      typeCode: WATERWAY_LICENSE,
      number: `交鲁济XK${serial}`,
      holder: e4.name,
      holderCode: e4.code,
      validUntil: '2029-12-31',
    }),
  ),
  createLicense({
    identifier: identifierOf(BUSINESS_LICENSE, 'DEMO0005'),
    holder: e5.name,
    holderCode: e5.code,
    state: -2,
  }),
  createLicense({
    identifier: identifierOf(BUSINESS_LICENSE, 'DEMO0006'),
    holder: e6.name,
    holderCode: e6.code,
    validUntil: '2039-02-28',
  }),
  createLicense({
    identifier: identifierOf(BUSINESS_LICENSE, 'DEMO0011'),
    holder: h1.name,
    holderCode: h1.code,
    legalRepresentative: p2.nameAtLicenseLibrary,
    validUntil: '9999-12-31',
  }),
  createLicense({
    identifier: identifierOf(FOOD_LICENSE, 'DEMO0012'),
    typeCode: FOOD_LICENSE,
    number: 'JY23708110000012',
    holder: h1.name,
    holderCode: h1.code,
    validUntil: '2099/12/31',
  }),
  createLicense({
    identifier: '1.2.156.3005.2.11100000000013127D001.11370800MB28559184.DEMO0001.001.A',
    typeCode: RESIDENT_CARD,
    holder: p1.name,
    holderCode: p1.code,
    holderTypeCode: '111',
    legalRepresentative: null,
    validUntil: '长期',
  }),
  createLicense({
    identifier: identifierOf(RESIDENT_CARD, 'DEMO0002'),
    typeCode: RESIDENT_CARD,
    holder: p2.nameAtLicenseLibrary,
    holderCode: p2.code,
    holderTypeCode: '111',
    legalRepresentative: null,
    validUntil: '99991231',
  }),
  createLicense({
    identifier: LICENSE_IDS.canary,
    holder: canary.name,
    holderCode: canary.code,
  }),
];

const FACTS: readonly FactRecord[] = [
  { subjectCode: p1.code, question: 'INSURED_SINCE_2020', outcome: 'CONFIRMED' },
  { subjectCode: p2.code, question: 'INSURED_SINCE_2020', outcome: 'NO_RECORD' },
  { subjectCode: e1.code, question: 'INSURED_SINCE_2020', outcome: 'CONFIRMED' },
  { subjectCode: e2.code, question: 'INSURED_SINCE_2020', outcome: 'DENIED' },
];

/** What the four sources hold of the subjects in docs/sources/fixtures.md. */
export const FIXTURES: Population = {
  licenses: LICENSES,
  enterprises: ENTERPRISES,
  profiles: PROFILES,
  facts: FACTS,
};
