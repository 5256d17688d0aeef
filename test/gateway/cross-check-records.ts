import type { Services } from '../../src/gateway/services.ts';
import type { CrossCheck } from '../../src/model/cross-check.ts';
import type { CrossCheckFinding } from '../../src/model/cross-check-finding.ts';
import type { CrossCheckRun } from '../../src/model/cross-check-run.ts';
import type {
  CounterSignature,
  CounterSigningKey,
  SignedSummary,
} from '../../src/model/signed-summary.ts';
import { AGENCY, day, instant, MATTER, SUBJECTS, VERIFICATION_ID } from './records.ts';

const ID = '0b9c6a52-6a39-4f0e-9f5e-8f9a2d1f0e02';
const page = <T>(nodes: readonly T[]) => ({ nodes, hasNextPage: false, endCursor: 'cursor' });

const CHECK: CrossCheck = {
  ...{ id: ID, key: 'commitments-register', version: 1, title: '核对' },
  ...{ left: 'LIVE_COMMITMENTS', right: 'PUBLICITY_SYSTEM', keys: ['HOLDER_CODE'] },
  ...{ fields: [{ field: 'STATUS', rule: 'IN_FORCE' }], strategy: 'BY_DEADLINE' },
  ...{ cron: '10 21 * * *', window: { from: '21:00', until: '06:00' }, hoursMax: 9 },
  ...{ evidenceHoursMax: 6, acknowledgedWithin: 3, settleMinutes: 30 },
  collections: { left: 'license-library', right: 'publicity-system' },
  planning: { quotaPerDay: 10_000, reserveShare: 0.25, stalenessDaysMax: 30, samplePerNight: 100 },
  weights: [{ matterCode: MATTER.code, hazard: 2, consequence: 3 }],
  thresholds: { warnShare: 0.1, holdShare: 0.3, countedMin: 50 },
  ...{ ownerCode: AGENCY.code, dueWorkingDays: 5, isEnabled: true },
  ...{ publishedAt: instant, publishedBy: 'operator-1' },
};

const SAMPLE = { population: 1, sampled: 1, concluded: 1, differing: 1 };
const COUNTER_SIGNATURE: CounterSignature = {
  ...{ keyId: `${AGENCY.code}.1`, agencyCode: AGENCY.code, signature: 'c2lnbmF0dXJl' },
  ...{ receivedAt: instant, receivedBy: 'operator-1' },
};
const COUNTER_KEY: CounterSigningKey = {
  ...{ id: `${AGENCY.code}.1`, agencyCode: AGENCY.code, version: 1, publicKey: 'PEM' },
  ...{ isCurrent: true, registeredAt: instant, registeredBy: 'operator-1' },
};
const SUMMARY: SignedSummary = {
  ...{ document: '{}', digest: 'ab'.repeat(32), signature: 'c2lnbmF0dXJl', keyId: 'city-1' },
  ...{ signedAt: instant, counterSignatures: [COUNTER_SIGNATURE] },
};

const RUN: CrossCheckRun = {
  ...{ id: ID, checkId: ID, checkVersion: 1, number: 1, slot: instant, state: 'COMPLETE' },
  ...{ version: 3, openedAt: instant, openedBy: 'operator-1', endsAt: instant, subjects: 1 },
  result: { matched: 0, differing: 1, inconclusive: 0, warns: true, sample: SAMPLE },
  ...{ rootDigest: 'ab'.repeat(32), endedAt: instant },
};

const FINDING: CrossCheckFinding = {
  ...{ id: ID, checkId: ID, commitmentId: ID, commitmentCode: '37081120261123000001' },
  ...{ part: 'P', class: 'STATUS_CHANGED', field: 'STATUS', valueFrom: 'VALID' },
  ...{ valueTo: 'REVOKED', agencyCode: AGENCY.code, ownerCode: AGENCY.code, openedAt: instant },
  ...{ state: 'ACCEPTED', version: 2, nights: 1, steady: 0, reopened: 0 },
  ...{ acceptedUntil: day('2026-12-31'), dueOn: day('2026-12-01') },
};

const findings: Services['crossChecks']['findings'] = {
  pageOf: async () => page([FINDING]),
  find: async () => FINDING,
  listByIds: async (_caller, ids) => ids.map(() => FINDING),
  count: async () => [
    {
      ...{ key: CHECK.key, class: 'STATUS_CHANGED', field: 'STATUS', valueFrom: 'VALID' },
      ...{ valueTo: 'REVOKED', state: 'NEW', findings: 1 },
    },
  ],
  listEvents: async (ids) =>
    ids.map(() => [
      {
        ...{ number: 2, step: 'ACCEPT', state: 'ACCEPTED', runId: null, at: instant },
        ...{ by: 'counter-1', reason: '已知', until: day('2026-12-31'), ownerCode: AGENCY.code },
      },
    ]),
  accept: async () => ({ ok: true, value: FINDING }),
  assign: async () => ({ ok: true, value: FINDING }),
};

/** One cross-check, one run and one finding, from memory. */
export const crossChecks: Services['crossChecks'] = {
  findings,
  counterSigning: {
    listSummaries: async (ids) => ids.map(() => SUMMARY),
    listKeys: async () => [COUNTER_KEY],
    registerKey: async () => ({ ok: true, value: COUNTER_KEY }),
    sign: async () => ({ ok: true, value: COUNTER_SIGNATURE }),
  },
  define: async () => ({ ok: true, value: CHECK }),
  list: async () => [CHECK],
  find: async () => CHECK,
  listByIds: async (ids) => ids.map(() => CHECK),
  nextSlotAt: () => instant,
  start: async () => ({ ok: true, value: RUN }),
  step: async () => ({ ok: true, value: RUN }),
  findRun: async () => RUN,
  pageOfRuns: async () => page([RUN]),
  listRunEvents: async () => [
    { number: 1, step: null, state: 'OPENED', at: instant, by: 'operator-1', reason: '开始' },
  ],
  watch: async function* () {
    yield RUN;
  },
  progress: async () => ({
    ...{ subjects: 1, read: 1, matched: 0, differing: 1, inconclusive: 0 },
    ...{ perMinute: 1, secondsLeft: 1 },
  }),
  countDifferences: async () => [
    {
      ...{ class: 'STATUS_CHANGED', field: 'STATUS', valueFrom: 'VALID', valueTo: 'REVOKED' },
      subjects: 1,
    },
  ],
  countCauses: async () => [{ cause: 'SOURCE_TIMEOUT', subjects: 1 }],
  pageOfVerificationTasks: async () =>
    page([
      {
        ...{ id: ID, findingId: ID, commitmentId: ID, caseId: ID, subjectId: SUBJECTS[0]!.id },
        ...{ openedAt: instant, dueOn: day('2026-12-01'), dueIsProvisional: false },
        verificationId: VERIFICATION_ID,
      },
    ]),
  reports: {
    async *lines() {
      yield '{}\n';
    },
    async *csv() {
      yield '\r\n';
    },
    sheets: async () => [],
  },
};
