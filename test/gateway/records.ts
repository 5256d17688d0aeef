import type { Agency } from '../../src/model/agency.ts';
import type { AssistanceRequest } from '../../src/model/assistance-request.ts';
import { emptyStanding } from '../../src/model/assistance-standing.ts';
import type { BusinessDate } from '../../src/model/business-date.ts';
import type { CaseFile, CaseSubject } from '../../src/model/case-file.ts';
import type { CreditProfile } from '../../src/model/credit.ts';
import type { Enterprise } from '../../src/model/enterprise.ts';
import type { License } from '../../src/model/license.ts';
import type { Matter } from '../../src/model/matter.ts';
import type { SourceState } from '../../src/sources/sources.ts';
import type { Provenance } from '../../src/model/sourced.ts';

export const day = (text: string) => text as BusinessDate;
export const instant = new Date('2026-11-23T02:00:00Z');

export const CASE_ID = '00000000-0000-4000-8000-00000000000c';
export const VERIFICATION_ID = '00000000-0000-4000-8000-0000000000f1';
const subjectId = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

export const PERSON_ID = '370802199001011237';
export const PERSON_NAME = '张三丰';

export const AGENCY: Agency = {
  code: '11370800MB28559184',
  name: '济宁市行政审批服务局',
  regionCode: '370800',
  level: 'CITY',
  isJustice: false,
};

export const MATTER: Matter = {
  code: '370800-TEST-0001',
  version: 1,
  name: '食品经营许可',
  priorityField: 'MARKET_ACCESS',
  itemType: 'LICENSE',
  agencyCode: '11370800MB28559184',
  agencyName: '行政审批服务局',
  certificate: '营业执照',
  publicity: null,
  legalBasis: '食品安全法第三十五条',
  effectiveFrom: day('2026-01-01'),
  effectiveUntil: null,
  policy: {
    subjectKinds: ['ENTERPRISE'],
    timing: 'BEFORE_DECISION',
    followUpWorkingDays: 5,
    dateThatCounts: 'ACCEPTED_ON',
    exemption: null,
    requirements: [
      {
        id: 'business-license',
        label: '营业执照',
        fields: [{ field: 'STATUS', decisive: true, mustBeClaimed: false }],
        acceptsSuccessor: false,
        ladder: [
          {
            method: 'ONLINE',
            consult: [
              {
                dataset: 'LICENSE',
                rank: 3,
                fieldRanks: [],
                licenseTypeCode: null,
                maxAgeSeconds: 0,
              },
            ],
          },
          {
            method: 'ASSISTANCE',
            assistingAgency: '113708000000000001',
            rank: 2,
            workingDays: 3,
            questions: [{ code: 'Q1', text: '是否属实' }],
          },
        ],
      },
    ],
  },
};

export const CASE: CaseFile = {
  id: CASE_ID,
  agencyCode: '11370800MB28559184',
  caseNumber: 'BJ-2026-0001',
  matterCode: MATTER.code,
  matterVersion: 1,
  legalBasis: '食品安全法第三十五条',
  acceptedOn: day('2026-11-20'),
  openedAt: instant,
  openedBy: 'officer-1',
};

const subject = (number: number, given: Partial<CaseSubject>): CaseSubject => ({
  id: subjectId(number),
  caseId: CASE_ID,
  kind: 'ENTERPRISE',
  code: '91370800MA3C0TEST0',
  codeAsGiven: '91370800MA3C0TEST0',
  name: '济宁某某食品有限公司',
  regionCode: '370800',
  findings: [],
  ...given,
});

export const ENTERPRISE = subject(1, { code: '91350100M000100Y43' });
export const INDIVIDUAL = subject(2, {
  kind: 'INDIVIDUAL_BUSINESS',
  code: '92370800MA3TEST00X',
  name: '任城区张三小吃店',
});
export const PERSON = subject(3, {
  kind: 'PERSON',
  code: PERSON_ID,
  name: PERSON_NAME,
  regionCode: '370802',
});
export const SUBJECTS = [ENTERPRISE, INDIVIDUAL, PERSON];

export const provenance = (source: string): Provenance => ({
  source,
  asOf: null,
  observedAt: instant,
  recordOutcome: 'FOUND_ONE',
  reused: false,
  evidenceDigest: 'ab'.repeat(32),
});

export const LICENSE: License = {
  identifier: '1.2.156.3005.2.11100000000013127D001.1137080000000000.0001.001.X',
  typeCode: '11100000000013127D001',
  typeName: '居民身份证',
  number: PERSON_ID,
  holderName: PERSON_NAME,
  holderCode: PERSON_ID,
  holderCodeAsHeld: PERSON_ID,
  legalRepresentative: null,
  address: null,
  issuer: '济宁市公安局',
  issuedOn: day('2020-01-01'),
  validFrom: day('2020-01-01'),
  validUntil: day('2040-01-01'),
  longTerm: false,
  flaggedStatus: 'VALID',
  statusAsHeld: '01',
  replaces: null,
  withheld: false,
  findings: [],
};

export const REGISTRATION: Enterprise = {
  code: '91350100M000100Y43',
  entityId: null,
  registrationNumber: null,
  kind: 'ENTERPRISE',
  name: '济宁某某食品有限公司',
  formerNames: [],
  legalRepresentative: '李四',
  type: null,
  capital: '100万元人民币',
  establishedOn: day('2019-05-01'),
  validFrom: null,
  validUntil: null,
  longTerm: true,
  address: '山东省济宁市任城区某路1号',
  scope: null,
  authority: null,
  status: 'ACTIVE',
  statusAsHeld: '存续',
  changes: [{ item: '经营者变更', before: '王小二', after: '李四', changedOn: null }],
  abnormalOperations: [],
  seriousViolations: [],
  penalties: [],
  notTold: [],
  findings: [],
};

export const PROFILE: CreditProfile = {
  code: PERSON_ID,
  codeAsHeld: PERSON_ID,
  name: PERSON_NAME,
  category: 'PERSON',
  grade: { value: 'A', gradedOn: null },
  listings: [],
  penalties: [],
  commitments: [],
  notTold: [],
  findings: [],
};

export const REQUEST: AssistanceRequest = {
  id: '00000000-0000-4000-8000-0000000000a1',
  requestNumber: 'XZ-2026-000001',
  verificationId: VERIFICATION_ID,
  caseId: CASE_ID,
  subjectId: PERSON.id,
  requirement: 'identity',
  independentOf: null,
  independenceReason: null,
  parentId: null,
  itemCode: null,
  itemVersion: null,
  askingAgency: CASE.agencyCode,
  assistingAgency: '113708000000000001',
  caseNumber: CASE.caseNumber,
  matterCode: MATTER.code,
  matterName: MATTER.name,
  legalBasis: CASE.legalBasis,
  subjectKind: 'PERSON',
  subjectCode: PERSON_ID,
  subjectName: PERSON_NAME,
  questions: [{ code: 'Q1', text: '是否属实' }],
  dueOn: day('2026-11-20'),
  dueIsProvisional: false,
  submittedAt: instant,
  submittedBy: 'officer-1',
  deliveredAt: null,
  reply: null,
  standing: {
    ...emptyStanding({
      askingAgency: CASE.agencyCode,
      assistingAgency: '113708000000000001',
      since: day('2026-11-17'),
    }),
    ...{ state: 'SUBMITTED', version: 1, sinceVersion: 1, submittedOn: day('2026-11-17') },
    proposal: {
      ...{ by: 'clerk-1', ground: 'OTHER', note: '档案已移交' },
      given: {
        answers: [{ question: 'Q1', outcome: 'DENIED', note: null }],
        ...{ answererName: '经办人', asOf: day('2026-11-20'), attachments: [] },
      },
    },
    ledger: [{ kind: 'RUN', from: day('2026-11-17'), through: null }],
  },
  unanswered: null,
};

export const SOURCE: SourceState = {
  id: 'license-library',
  title: '电子证照库',
  connector: 'license-library@1.0.0',
  capabilities: [
    { name: 'license.byHolder', batchMax: 1, canary: { readAt: instant, right: true } },
  ],
  breaker: 'CLOSED',
  inFlight: 0,
  waiting: 0,
  calls: [{ transport: 'ANSWERED', count: 3 }],
  medianMs: 12,
  p95Ms: 40,
  health: {
    availability: { fiveMinutes: 1, hour: 1 },
    latency: { hub: null, source: null },
    errors: [],
    drift: { count: 0, lastAt: null, lastField: null },
    freshness: null,
    paused: null,
    budget: null,
  },
};
