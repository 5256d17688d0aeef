import type { Services } from '../../src/gateway/services.ts';
import type { HolderConsent } from '../../src/model/consent.ts';
import type { Page } from '../../src/model/page.ts';
import type { Sourced } from '../../src/model/sourced.ts';
import {
  AGENCY,
  CASE,
  LICENSE,
  MATTER,
  PROFILE,
  provenance,
  REGISTRATION,
  SOURCE,
  SUBJECTS,
} from './records.ts';
import { DISCREPANCY, FOLLOW_UP, VERDICT, VERIFICATION } from './verification-records.ts';
import { commitmentRooms } from './commitment-records.ts';
import { assistance, assistanceItems } from './assistance-records.ts';
import { crossChecks } from './cross-check-records.ts';
import { bulks } from './bulk-records.ts';
import { policies } from './policy-records.ts';
import { catalogRooms } from './catalog-records.ts';
import { calendarRoom } from './calendar-records.ts';
import { statisticsRooms } from './statistics-records.ts';
import { supervision } from './supervision-records.ts';
import { ladderReading, workOrders } from './work-order-records.ts';
import { anomalies, intake, registry, shadow } from './registry-records.ts';

/** Rooms that answer from memory and count what they are asked. */
export interface Rooms {
  readonly services: Services;
  /** `room.method` to how often it was called since the last `clear`. */
  readonly calls: Map<string, number>;
  total(): number;
  /** What a question to a source does instead of answering. */
  readonly silent: Map<'licenses' | 'registration' | 'creditProfile', () => Promise<never>>;
}

const page = <T>(nodes: readonly T[]): Page<T> => ({
  nodes,
  hasNextPage: false,
  endCursor: nodes.length === 0 ? null : 'cursor',
});

export function createRooms(): Rooms {
  const calls = new Map<string, number>();
  const silent: Rooms['silent'] = new Map();
  const counted = <T extends object>(room: string, methods: T): T =>
    Object.fromEntries(
      Object.entries(methods).map(([name, method]: [string, (...args: never[]) => unknown]) => [
        name,
        (...args: never[]) => {
          const key = `${room}.${name}`;
          calls.set(key, (calls.get(key) ?? 0) + 1);
          return method(...args);
        },
      ]),
    ) as T;
  return {
    services: {
      agencies: counted('agencies', agencies),
      calendar: counted('calendar', calendarRoom),
      catalog: counted('catalog', catalog),
      policies: counted('policies', policies),
      lists: counted('lists', catalogRooms.lists),
      adjustments: counted('adjustments', catalogRooms.adjustments),
      publication: counted('publication', catalogRooms.publication),
      adoptions: counted('adoptions', catalogRooms.adoptions),
      imports: counted('imports', catalogRooms.imports),
      documents: counted('documents', catalogRooms.documents),
      filings: counted('filings', catalogRooms.filings),
      casework: counted('casework', casework),
      consents: counted('consents', consents),
      downloads: counted('downloads', downloads),
      subjects: counted('subjects', createSubjects(silent)),
      verifications: counted('verifications', verifications),
      bulks: counted('bulks', bulks),
      crossChecks: {
        ...counted('crossChecks', crossChecks),
        findings: counted('findings', crossChecks.findings),
        counterSigning: counted('counterSigning', crossChecks.counterSigning),
        reports: crossChecks.reports,
        watch: crossChecks.watch,
      },
      assistance: counted('assistance', assistance),
      assistanceItems: counted('assistanceItems', assistanceItems),
      refusals: counted('refusals', { pageOf: async () => page([]) }),
      eligibility: counted('eligibility', commitmentRooms.eligibility),
      subjectFiles: counted('subjectFiles', commitmentRooms.subjectFiles),
      commitments: counted('commitments', commitmentRooms.commitments),
      texts: counted('texts', commitmentRooms.texts),
      renderer: {
        html: (document) => document.title,
        pdf: async () => ({ bytes: new Uint8Array(), pages: 1, unprinted: [] }),
      },
      breaches: counted('breaches', commitmentRooms.breaches),
      objections: counted('objections', commitmentRooms.objections),
      repairs: counted('repairs', commitmentRooms.repairs),
      credit: counted('credit', commitmentRooms.credit),
      registry: counted('registry', registry),
      shadow: counted('shadow', shadow),
      anomalies: counted('anomalies', anomalies),
      supervision: counted('supervision', supervision),
      statistics: counted('statistics', statisticsRooms.statistics),
      yearlyReports: counted('yearlyReports', statisticsRooms.yearlyReports),
      workOrders: counted('workOrders', workOrders),
      intake: counted('intake', intake),
      sources: counted('sources', { readStates: async () => [SOURCE] }),
    },
    calls,
    silent,
    total: () => [...calls.values()].reduce((sum, count) => sum + count, 0),
  };
}

const byId = <T extends { id: string }>(all: readonly T[], ids: readonly string[]) =>
  ids.map((id) => all.find((one) => one.id === id) ?? null);

const catalog: Services['catalog'] = {
  listInForce: async () => page([MATTER]),
  findInForce: async (code) => (code === MATTER.code ? MATTER : null),
  listVersions: async (keys) => keys.map(({ code }) => (code === MATTER.code ? MATTER : null)),
};

const agencies: Services['agencies'] = {
  find: async () => AGENCY,
  list: async () => page([AGENCY]),
  register: async (agency) => ({ ok: true, value: agency }),
};

const casework: Services['casework'] = {
  openCase: async () => ({ ok: true, value: CASE }),
  listCases: async (_agency, ids) => byId([CASE], ids),
  pageOfCases: async () => page([CASE]),
  listSubjects: async (_agency, ids) => byId(SUBJECTS, ids),
  listSubjectsOfCases: async (_agency, ids) => ids.map(() => SUBJECTS),
};

const CONSENT: HolderConsent = {
  ...{ id: '00000000-0000-4000-8000-00000000c0de', agencyCode: AGENCY.code, caseId: CASE.id },
  ...{ subjectId: SUBJECTS[0]?.id ?? '', source: 'license-library', typeCodes: [LICENSE.typeCode] },
  ...{ state: 'GRANTED', version: 3, reference: 'trx', fault: null, requestedBy: 'officer-1' },
  ...{ requestedAt: CASE.openedAt, expiresAt: CASE.openedAt, grantedAt: CASE.openedAt },
  nextPollAt: CASE.openedAt,
};

const downloads: Services['downloads'] = {
  request: async () => ({ ok: true, value: { token: 'x'.repeat(43), expiresAt: new Date(0) } }),
  fetch: async () => Promise.reject(new Error('files are served beside the graph')),
};

const consents: Services['consents'] = {
  begin: async () => ({ ok: true, value: CONSENT }),
  read: async () => CONSENT,
  requireUsable: async () => ({ source: 'license-library', reference: 'trx' }),
  stateOf: async () => 'GRANTED',
};

function createSubjects(silent: Rooms['silent']): Services['subjects'] {
  const answer = async <T>(
    source: 'licenses' | 'registration' | 'creditProfile',
    record: T,
  ): Promise<Sourced<T>> => {
    await silent.get(source)?.();
    return { records: [record], provenance: provenance(source) };
  };
  return {
    askLicenses: () => answer('licenses', { license: LICENSE, status: 'VALID' }),
    askConsentedLicenses: () => answer('licenses', { license: LICENSE, status: 'VALID' }),
    askRegistration: (_caller, { subject }) =>
      answer('registration', {
        ...REGISTRATION,
        kind: subject.kind === 'ENTERPRISE' ? 'ENTERPRISE' : 'INDIVIDUAL_BUSINESS',
      }),
    askCreditProfile: () => answer('creditProfile', PROFILE),
  };
}

const verifications: Services['verifications'] = {
  ...ladderReading,
  verify: async () => ({ ok: true, value: VERIFICATION }),
  decide: async () => ({ ok: true, value: VERIFICATION }),
  explain: async () => null,
  listByIds: async (_agency, ids) => byId([VERIFICATION], ids),
  pageOf: async () => page([VERIFICATION]),
  listOfCases: async (_agency, ids) => ids.map(() => [VERIFICATION]),
  listOfSubjects: async (_agency, ids) => ids.map(() => [VERIFICATION]),
  listVerdicts: async (ids) => ids.map(() => [VERDICT]),
  listDiscrepancies: async (ids) => ids.map(() => [DISCREPANCY]),
  listFollowUps: async (ids) => ids.map(() => [FOLLOW_UP]),
  pageOfDiscrepancies: async () => page([DISCREPANCY]),
  pageOfFollowUps: async () => page([FOLLOW_UP]),
};
