import type { Services } from '../../src/gateway/services.ts';
import type { CaseSubject } from '../../src/model/case-file.ts';
import type { Enterprise } from '../../src/model/enterprise.ts';
import type { Page } from '../../src/model/page.ts';
import type { LicenseNow, Sourced } from '../../src/subject/subject.ts';
import {
  CASE,
  LICENSE,
  MATTER,
  PROFILE,
  provenance,
  REGISTRATION,
  REQUEST,
  SOURCE,
  SUBJECTS,
} from './records.ts';
import { DISCREPANCY, FOLLOW_UP, VERDICT, VERIFICATION } from './verification-records.ts';

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
  const byId = <T extends { id: string }>(all: readonly T[], ids: readonly string[]) =>
    ids.map((id) => all.find((one) => one.id === id) ?? null);
  const answer = async <T>(
    source: 'licenses' | 'registration' | 'creditProfile',
    record: T,
  ): Promise<Sourced<T>> => {
    await silent.get(source)?.();
    return { records: [record], provenance: provenance(source) };
  };

  const services: Services = {
    catalog: counted('catalog', {
      listInForce: async () => page([MATTER]),
      findInForce: async (code: string) => (code === MATTER.code ? MATTER : null),
      listVersions: async (keys: readonly { code: string; version: number }[]) =>
        keys.map(({ code }) => (code === MATTER.code ? MATTER : null)),
    }),
    casework: counted('casework', {
      openCase: async () => ({ ok: true as const, value: CASE }),
      listCases: async (_agency: string, ids: readonly string[]) => byId([CASE], ids),
      pageOfCases: async () => page([CASE]),
      listSubjects: async (_agency: string, ids: readonly string[]) => byId(SUBJECTS, ids),
      listSubjectsOfCases: async (_agency: string, ids: readonly string[]) =>
        ids.map(() => SUBJECTS),
    }),
    subjects: counted('subjects', {
      askLicenses: async (): Promise<Sourced<LicenseNow>> =>
        answer('licenses', { license: LICENSE, status: 'VALID' as const }),
      askRegistration: async (_caller: unknown, question: { subject: CaseSubject }) =>
        answer('registration', {
          ...REGISTRATION,
          kind: question.subject.kind === 'ENTERPRISE' ? 'ENTERPRISE' : 'INDIVIDUAL_BUSINESS',
        } satisfies Enterprise),
      askCreditProfile: async () => answer('creditProfile', PROFILE),
    }),
    verifications: counted('verifications', {
      verify: async () => ({ ok: true as const, value: VERIFICATION }),
      explain: async () => null,
      listByIds: async (_agency: string, ids: readonly string[]) => byId([VERIFICATION], ids),
      pageOf: async () => page([VERIFICATION]),
      listOfCases: async (_agency: string, ids: readonly string[]) => ids.map(() => [VERIFICATION]),
      listOfSubjects: async (_agency: string, ids: readonly string[]) =>
        ids.map(() => [VERIFICATION]),
      listVerdicts: async (ids: readonly string[]) => ids.map(() => [VERDICT]),
      listDiscrepancies: async (ids: readonly string[]) => ids.map(() => [DISCREPANCY]),
      listFollowUps: async (ids: readonly string[]) => ids.map(() => [FOLLOW_UP]),
      pageOfDiscrepancies: async () => page([DISCREPANCY]),
      pageOfFollowUps: async () => page([FOLLOW_UP]),
    }),
    assistance: counted('assistance', {
      pageOf: async () => page([REQUEST]),
      listByIds: async (_agency: string, ids: readonly string[]) => byId([REQUEST], ids),
      listOfSubjects: async (_agency: string, ids: readonly string[]) => ids.map(() => [REQUEST]),
      listOfVerifications: async (_agency: string, ids: readonly string[]) =>
        ids.map(() => [REQUEST]),
      reply: async () => ({ ok: true as const, value: REQUEST }),
    }),
    refusals: counted('refusals', { pageOf: async () => page([]) }),
    sources: counted('sources', { states: () => [SOURCE] }),
  };
  return {
    services,
    calls,
    silent,
    total: () => [...calls.values()].reduce((sum, count) => sum + count, 0),
  };
}
