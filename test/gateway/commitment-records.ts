import type { Services } from '../../src/gateway/services.ts';
import type { Breach } from '../../src/model/breach.ts';
import type { Objection } from '../../src/model/objection.ts';
import type { Repair } from '../../src/model/repair.ts';
import type { CreditPush } from '../../src/model/credit-push.ts';
import { createCommitment } from '../connectors/conformance/reference.ts';
import type { CertificateRoute, Commitment } from '../../src/model/commitment.ts';
import type { EligibilityCheck } from '../../src/model/eligibility-check.ts';
import { FIRST_RULES } from '../../src/model/eligibility.ts';
import type { FormatText } from '../../src/model/format-text.ts';
import { AGENCY, CASE_ID, day, instant, MATTER, SUBJECTS, VERIFICATION_ID } from './records.ts';

const ID = '0b9c6a52-6a39-4f0e-9f5e-8f9a2d1f0d01';
const DIGEST = 'ab'.repeat(32);
const SUBJECT_ID = SUBJECTS[0]!.id;
const page = <T>(nodes: readonly T[]) => ({ nodes, hasNextPage: false, endCursor: 'cursor' });

const CHECK: EligibilityCheck = {
  ...{ id: ID, agencyCode: AGENCY.code, caseId: CASE_ID, subjectId: SUBJECT_ID },
  ...{ idempotencyKey: 'k', outcome: 'WARNED', unanswered: [], rulesVersion: 1 },
  findings: [
    {
      record: {
        ...{ ground: 'ABNORMAL_OPERATION', source: 'publicity-system', reference: 'LISTED' },
        ...{ since: day('2025-01-01'), endedOn: null, publicUntil: null, isDisputed: false },
        evidenceDigest: DIGEST,
      },
      ...{ effect: 'WARN', why: 'STANDS' },
    },
  ],
  ...{ checkedOn: day('2026-11-23'), checkedAt: instant, checkedBy: 'counter-1' },
  decision: { reason: '已核实移出申请', decidedAt: instant, decidedBy: 'counter-1' },
};

const COMMITMENT: Commitment = {
  ...{ id: ID, code: '37080020261123000001', caseId: CASE_ID, subjectId: SUBJECT_ID },
  ...{ agencyCode: AGENCY.code, matterCode: MATTER.code, matterVersion: 1 },
  eligibilityCheckId: CHECK.id,
  text: { templateId: ID, templateVersion: 1, digest: DIGEST },
  signer: { name: '张三丰', capacity: 'PROXY', proxyBasis: '授权委托书' },
  ...{ signedOn: day('2026-11-23'), signedAt: instant, acceptedBy: 'counter-1' },
  ...{ validUntil: null, publicity: 'NOT_ASKED', state: 'SIGNED', version: 1 },
};

const ROUTE: CertificateRoute = {
  ...{ caseId: CASE_ID, subjectId: SUBJECT_ID, ground: 'NOT_CHOSEN' },
  ...{ since: instant, by: 'counter-1' },
};

const TEXT: FormatText = {
  ...{ id: ID, matterCode: MATTER.code, version: 1, agencyCode: AGENCY.code },
  elements: [{ element: 'LEGAL_BASIS', text: '食品安全法第三十五条' }],
  ...{ allowsProxy: true, digest: DIGEST, draftedAt: instant, draftedBy: 'counter-1' },
  publication: { publishedOn: day('2026-11-23'), publishedBy: 'counter-1', channels: ['WEBSITE'] },
};

const BREACH: Breach = {
  ...{ id: ID, agencyCode: AGENCY.code, commitmentId: ID },
  verificationIds: [VERIFICATION_ID, VERIFICATION_ID],
  ...{ openedBy: 'counter-1', openedAt: instant, regulatorCode: null, state: 'DECIDED' },
  ...{ version: 4, hearingDueOn: day('2026-11-26') },
  decision: {
    ...{ finding: 'NOT_FULFILLED', unperformed: '不具备条件', sanction: '撤销许可' },
    ...{ conductEndedOn: day('2026-11-20'), legalBasis: '行政许可法第六十九条' },
    consequences: [{ kind: 'REVOKE', document: '济审撤〔2026〕1号', until: null }],
  },
};

const PUSH: CreditPush = {
  ...{ id: ID, commitmentId: ID, commitmentVersion: 1, agencyCode: AGENCY.code },
  ...{ recipient: 'credit-platform', record: createCommitment(1), state: 'PROBLEM', version: 2 },
  told: { commitment: COMMITMENT, shortfall: null },
  ...{ reference: null, field: 'subjectCode', reason: '承诺人代码 校验失败', attempts: 1 },
  ...{ lastFault: null, createdAt: instant, changedAt: instant },
};

const OBJECTION: Objection = {
  ...{ id: ID, agencyCode: AGENCY.code, grounds: '系填写错误', acceptedBy: 'counter-1' },
  subject: { kind: 'ENTERPRISE', code: SUBJECTS[0]!.code },
  objected: {
    ...{ of: 'SOURCE', checkId: ID, source: 'credit-platform' },
    ...{ ground: 'SERIOUSLY_DISHONEST', reference: 'SERIOUSLY_DISHONEST' },
  },
  ...{ submittedOn: day('2026-11-20'), submittedAt: instant, submittedBy: 'counter-1' },
  ...{ state: 'ACCEPTED', version: 2 },
};

const REPAIR: Repair = {
  ...{ id: ID, agencyCode: AGENCY.code, breachId: ID, entryId: ID, severity: 'MINOR' },
  ...{ isSafetyField: false, publishedOn: day('2026-11-19'), dutiesDocument: '整改报告' },
  subject: OBJECTION.subject,
  ...{ commitmentDocument: '信用承诺书', submittedOn: day('2026-11-20'), submittedAt: instant },
  ...{ submittedBy: 'counter-1', state: 'REVIEWING', version: 2, acceptedBy: 'counter-1' },
  acceptedAt: instant,
};

/** One of everything that belongs to commitments, with all a field can show. */
export const commitmentRooms: Pick<
  Services,
  | 'eligibility'
  | 'subjectFiles'
  | 'commitments'
  | 'texts'
  | 'breaches'
  | 'credit'
  | 'objections'
  | 'repairs'
> = {
  eligibility: {
    check: async () => ({ ok: true, value: CHECK }),
    decide: async () => ({ ok: true, value: CHECK }),
    find: async () => CHECK,
    rulesOn: async () => FIRST_RULES,
    publishRules: async () => ({ ok: true, value: FIRST_RULES }),
  },
  subjectFiles: {
    listEntries: async () => [
      {
        ...{ id: ID, kind: 'COMMITMENT_SIGNED', on: day('2026-11-23'), about: null },
        subject: SUBJECTS[0]!,
        ...{ reference: COMMITMENT.code, agencyCode: AGENCY.code, at: instant, by: 'counter-1' },
      },
    ],
  },
  commitments: {
    sign: async () => ({ ok: true, value: { commitment: COMMITMENT, certificateRoute: null } }),
    chooseCertificate: async () => ({ ok: true, value: ROUTE }),
    step: async () => ({ ok: true, value: COMMITMENT }),
    find: async () => COMMITMENT,
    pageOf: async () => page([COMMITMENT]),
    pageOfPublic: async () =>
      page([
        {
          ...{ code: COMMITMENT.code, subjectName: '示例公司', subjectCode: SUBJECTS[0]!.code },
          ...{ matterName: MATTER.name, certificate: MATTER.certificate },
          ...{ signedOn: day('2026-11-23'), state: 'SIGNED' },
        },
      ]),
    listEvents: async () => [
      {
        ...{ commitmentId: ID, number: 1, step: null, state: 'SIGNED', at: instant },
        ...{ by: 'counter-1', reason: null, basis: null },
      },
    ],
    listRoutes: async () => [ROUTE],
  },
  texts: {
    draft: async () => ({ ok: true, value: TEXT }),
    publish: async () => ({ ok: true, value: TEXT }),
    find: async () => TEXT,
    findPublished: async () => TEXT,
    listOf: async () => [TEXT],
    listMissing: async () => ['MATTER_NAME'],
    pageOfTasks: async () =>
      page([
        {
          ...{ id: ID, listReference: 'L', matterCode: MATTER.code, agencyCode: AGENCY.code },
          ...{ listedOn: day('2021-02-09'), workingDays: 10, dueOn: day('2021-03-01') },
          ...{ provisional: false, publishedOn: null },
        },
      ]),
  },
  breaches: {
    open: async () => ({ ok: true, value: BREACH }),
    step: async () => ({ ok: true, value: BREACH }),
    find: async () => BREACH,
    pageOf: async () => page([BREACH]),
    listEvents: async () => [
      {
        ...{ number: 1, step: null, state: 'OPENED', at: instant, by: 'counter-1' },
        statement: null,
      },
    ],
  },
  objections: {
    file: async () => ({ ok: true, value: OBJECTION }),
    step: async () => ({ ok: true, value: OBJECTION }),
    find: async () => OBJECTION,
    pageOf: async () => page([OBJECTION]),
    listEvents: async () => [
      {
        ...{ number: 2, step: 'ACCEPT', state: 'ACCEPTED', at: instant, by: 'counter-1' },
        ...{ statement: '材料齐全', document: '济市监异〔2026〕1号', correction: null },
      },
    ],
  },
  repairs: {
    apply: async () => ({ ok: true, value: REPAIR }),
    step: async () => ({ ok: true, value: REPAIR }),
    find: async () => REPAIR,
    pageOf: async () => page([REPAIR]),
    listEvents: async () => [
      {
        ...{ number: 2, step: 'ACCEPT', state: 'REVIEWING', at: instant, by: 'counter-1' },
        ...{ statement: '材料齐全', document: '济市监信修〔2026〕1号' },
      },
    ],
  },
  credit: {
    pageOf: async () => page([PUSH]),
    listOf: async () => [PUSH],
    listEvents: async () => [
      { number: 1, state: 'QUEUED', at: instant, by: 'hub', field: null, reason: null },
    ],
    resend: async () => ({ ok: true, value: PUSH }),
  },
};
