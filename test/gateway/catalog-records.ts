import type { Services } from '../../src/gateway/services.ts';
import type { Adoption } from '../../src/model/adoption.ts';
import type { FiledDocumentRecord } from '../../src/model/filed-document.ts';
import type { Filing } from '../../src/model/filing.ts';
import type { RoutedSource } from '../../src/model/route.ts';
import type { ListedMatter } from '../../src/model/listed-matter.ts';
import type { MatterAdjustment, MatterList } from '../../src/model/matter-list.ts';
import { AGENCY, day, instant, MATTER } from './records.ts';

const ID = '0b9c6a52-6a39-4f0e-9f5e-8f9a2d1f0c01';
const DIGEST = 'cd'.repeat(32);
const page = <T>(nodes: readonly T[]) => ({ nodes, hasNextPage: false, endCursor: 'cursor' });

const LISTED: ListedMatter = {
  ...{ code: MATTER.code, name: MATTER.name, priorityField: MATTER.priorityField },
  ...{ itemType: MATTER.itemType, agencyCode: AGENCY.code, agencyName: MATTER.agencyName },
  ...{ certificate: MATTER.certificate, legalBasis: MATTER.legalBasis, usesPerYear: 12 },
  ...{ obtaining: 'HARD', licenseTypeCode: null, onlineVerifiable: true, publicity: null },
  exemption: { opinion: '同意免予核查', regulatorCode: AGENCY.code, recordedOn: day('2026-11-01') },
  risk: {
    ...{ legal: 1, security: 0, social: 2, isHighValue: true, isHardToVerify: false },
    insuranceReference: 'PICC-1',
  },
  ...{ exclusions: ['ENVIRONMENT'], exclusionNote: '涉及排污', isActive: false },
  ...{ adoptingAgencies: [AGENCY.code], policy: MATTER.policy },
};

const LIST: MatterList = {
  ...{ id: ID, regionCode: '370811', level: 'COUNTY', version: 2, origin: 'ADJUSTMENT' },
  ...{ effectiveFrom: day('2026-11-23'), publishedOn: day('2026-11-23'), digest: DIGEST },
  ...{ agencyCode: AGENCY.code, publishedAt: instant, publishedBy: 'justice-1' },
};

const ADJUSTMENT: MatterAdjustment = {
  ...{ id: ID, agencyCode: AGENCY.code, regionCode: '370811', level: 'COUNTY', kind: 'CHANGE' },
  ...{ matterCode: MATTER.code, entry: LISTED, basis: '条例修订', requestedAt: instant },
  ...{ requestedBy: 'counter-1', state: 'PUBLISHED', version: 3, reason: '依据充分' },
  ...{ decidedBy: 'justice-1', listId: ID },
};

const FILING: Filing = {
  ...{ id: ID, kind: 'LIST', reference: ID, digest: DIGEST, title: '清单 第2版' },
  ...{ fromAgency: AGENCY.code, fromRegion: '370811', fromLevel: 'COUNTY' },
  ...{ toRegion: '370800', toLevel: 'CITY', countedFrom: day('2026-11-23'), workingDays: 7 },
  ...{ dueOn: day('2026-12-02'), provisional: false, state: 'RECEIVED', version: 2 },
  ...{ sentOn: day('2026-11-24'), receivedOn: day('2026-11-25'), receiptNumber: '备1' },
  returnReason: '缺少依据',
};

const ADOPTION: Adoption = {
  ...{ taskId: ID, agencyCode: AGENCY.code, matterCode: MATTER.code, dueOn: day('2026-12-21') },
  ...{ provisional: false, adoptedOn: day('2026-11-23'), ownMatterCode: MATTER.code },
};

const DOCUMENT: FiledDocumentRecord = {
  ...{ id: ID, agencyCode: AGENCY.code, series: 'work-rules', version: 1, kind: 'WORK_RULES' },
  ...{ title: '告知承诺制工作规程', number: '司发〔2021〕1号', mediaType: 'text/plain' },
  ...{ digest: DIGEST, registeredAt: instant, registeredBy: 'counter-1' },
};

const LIBRARY: RoutedSource = {
  source: 'license-library',
  route: { dataset: 'LICENSE', regions: [], licenseTypes: [], tier: 'PRIMARY', rank: 1 },
};

/** One of everything that belongs to lists, with all a field can show. */
export const catalogRooms: Pick<
  Services,
  'lists' | 'adjustments' | 'publication' | 'filings' | 'documents' | 'adoptions' | 'imports'
> = {
  lists: {
    findOn: async () => LIST,
    find: async () => LIST,
    pageOfVersions: async () => page([LIST]),
    pageOfEntries: async () => page([LISTED]),
    pageOfShortfalls: async () =>
      page([
        {
          matter: LISTED,
          reason: 'NOT_LISTED',
          verifiability: { score: 100, shouldUse: true, fields: [] },
        },
      ]),
    routed: async () => [LIBRARY],
    pageOfDifferences: async () =>
      page([{ code: LISTED.code, before: { ...LISTED, usesPerYear: null }, after: LISTED }]),
  },
  adjustments: {
    request: async () => ({ ok: true, value: ADJUSTMENT }),
    step: async () => ({ ok: true, value: ADJUSTMENT }),
    find: async () => ADJUSTMENT,
    pageOf: async () => page([ADJUSTMENT]),
  },
  publication: { publish: async () => ({ ok: true, value: LIST }) },
  imports: { importList: async () => ({ ok: true, value: LIST }) },
  adoptions: {
    adopt: async () => ({ ok: true, value: ADOPTION }),
    pageOf: async () => page([ADOPTION]),
    pageOfCoverage: async () =>
      page([{ agencyCode: AGENCY.code, adopted: 1, open: 2, overdue: 3 }]),
  },
  documents: {
    register: async () => ({ ok: true, value: DOCUMENT }),
    find: async () => DOCUMENT,
    contentOf: async () => 'YQ==',
    pageOf: async () => page([DOCUMENT]),
  },
  filings: {
    step: async () => ({ ok: true, value: FILING }),
    pageOf: async () => page([FILING]),
    listOf: async () => [FILING],
  },
};
