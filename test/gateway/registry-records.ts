import type { Services } from '../../src/gateway/services.ts';
import type { SeenCollection } from '../../src/intake/intake.ts';
import type { IntakePass } from '../../src/model/intake.ts';
import type { ShadowReport } from '../../src/model/shadow.ts';
import { buildable } from '../../src/registry/kinds.ts';
import type { SourceFile } from '../../src/registry/registry.ts';
import { creditPlatform } from '../../connectors/credit-platform/connector.ts';

const instant = new Date('2026-09-18T01:00:00Z');

const FILE: SourceFile = {
  id: 'county-credit',
  title: '任城区信用平台',
  ownerAgency: '11370800MB28559184',
  catalogReference: 'JN-370811-0001',
  registeredAt: instant,
  registeredBy: 'operator-1',
  revisions: [
    {
      source: 'county-credit',
      number: 1,
      kind: 'credit-platform',
      settings: { baseUrl: 'https://10.1.2.3' },
      policy: {},
      routes: [{ dataset: 'CREDIT', regions: [], licenseTypes: [], tier: 'PRIMARY', rank: 0 }],
      note: '接入',
      digest: 'a'.repeat(64),
      createdAt: instant,
      createdBy: 'operator-1',
      state: 'ACTIVE',
      until: null,
      reason: null,
    },
  ],
};

const REPORT: ShadowReport = {
  id: '0b9c6a52-6a39-4f0e-9f5e-8f9a2d1f0c13',
  source: FILE.id,
  revision: 1,
  mode: 'LIVE',
  asked: 10,
  unreadable: 0,
  changed: 1,
  groups: [
    {
      cause: 'registered: STATUS VALID → REVOKED',
      count: 1,
      examples: [
        {
          verificationId: '0b9c6a52-6a39-4f0e-9f5e-8f9a2d1f0c14',
          agencyCode: FILE.ownerAgency,
          subjectName: '张*',
          before: 'CONFIRMED',
          after: 'REFUTED',
        },
      ],
    },
  ],
  tookMs: 12,
  madeAt: instant,
  madeBy: 'operator-1',
};

/** One registered source with everything a field can show. */
export const registry: Services['registry'] = {
  kinds: () => [buildable(creditPlatform)],
  list: async () => [FILE],
  find: async (id) => (id === FILE.id ? FILE : null),
  register: async () => ({ ok: true, value: FILE }),
  revise: async () => ({ ok: true, value: FILE }),
  setSecrets: async () => ({ ok: true, value: FILE }),
  endSecrets: async () => ({ ok: true, value: FILE }),
  check: async () => ({ ok: true, value: FILE }),
  move: async () => ({ ok: true, value: FILE }),
  discover: async () => ({
    ok: true,
    value: [{ name: 'list', fields: [{ pointer: '/zzmc', type: 'TEXT', title: '证照名称' }] }],
  }),
  listEvents: async () => [
    {
      id: 1,
      source: FILE.id,
      revision: 1,
      step: 'ACTIVATE',
      state: 'ACTIVE',
      reason: null,
      until: null,
      happenedAt: instant,
      actor: 'operator-1',
    },
  ],
  listSecrets: async () => [
    {
      source: FILE.id,
      version: 1,
      origins: ['https://10.1.2.3:443'],
      setAt: instant,
      setBy: 'operator-1',
      endedAt: null,
    },
  ],
  listChecks: async () => [
    {
      id: '0b9c6a52-6a39-4f0e-9f5e-8f9a2d1f0c12',
      source: FILE.id,
      revision: 1,
      kind: 'CHECK',
      probes: [{ probe: 'network', result: 'PASS', code: 'OK', advice: null, tookMs: 12 }],
      conformance: {
        kitVersion: '1.0.0',
        kind: 'credit-platform',
        kindVersion: '1.0.0',
        lines: [{ rule: 'batch-order', result: 'PASS', detail: null, tookMs: 3 }],
        passed: true,
      },
      passed: true,
      checkedAt: instant,
      checkedBy: 'operator-1',
    },
  ],
};

/** One report with everything a field can show. */
export const shadow: Services['shadow'] = {
  report: async () => ({ ok: true, value: REPORT }),
  listReports: async () => [REPORT],
};

const PASS: IntakePass = {
  id: '0b9c6a52-6a39-4f0e-9f5e-8f9a2d1f0c15',
  source: FILE.id,
  edition: 'ab'.repeat(8),
  collection: 'E_BASEINFO',
  name: 'ALL~20260918',
  state: 'COMPLETE',
  startedAt: instant,
  endedAt: instant,
  attempts: 1,
  counts: {
    ...{ pages: 2, kept: 9, unchanged: 1, deleted: 1 },
    ...{ rejected: 1, quarantined: 1, removed: 1 },
  },
  liveBefore: 9,
  full: false,
  watermark: '20260918',
  asOf: instant,
  reason: null,
  proposed: { at: instant, by: 'operator-1', reason: '已核对' },
  accepted: { at: instant, by: 'operator-2' },
};

const COLLECTION: SeenCollection = {
  source: FILE.id,
  edition: PASS.edition,
  collection: PASS.collection,
  rowsLive: 9,
  rowsKept: 11,
  bytesKept: 900,
  runAt: instant,
  fault: null,
  isBeingRead: false,
  watermark: '20260918',
  last: PASS,
  complete: PASS,
  notTaken: 2,
  revision: 1,
  freshness: 'UNSETTLED',
};

/** One collection and one pass with everything a field can show. */
export const intake: Services['intake'] = {
  run: async () => ({ ok: true, value: [COLLECTION] }),
  collections: async () => [COLLECTION],
  pageOfPasses: async () => ({ nodes: [PASS], hasNextPage: false, endCursor: 'cursor' }),
  findPass: async (id) => (id === PASS.id ? PASS : null),
  pageOfRejects: async () => ({
    nodes: [{ ordinal: 1, place: 4_711, field: 'cd_time', reason: 'FUTURE_CHANGE' }],
    hasNextPage: false,
    endCursor: 'cursor',
  }),
  accept: async () => ({ ok: true, value: PASS }),
};

const HOLD = {
  ...{ id: '0b9c6a52-6a39-4f0e-9f5e-8f9a2d1f0c15', source: FILE.id, revision: 2 },
  ...{ since: instant, usual: 0.1, observed: 0.9, answers: 20, rolledBackTo: 1 },
  release: { at: instant, by: 'operator-1', reason: '已更正代码表', finding: 'FAULT_MENDED' },
} as const;

/** One hold with everything a field can show. */
export const anomalies: Services['anomalies'] = {
  list: async () => [HOLD],
  listToReview: async () => [
    {
      ...{ verdictId: HOLD.id, verificationId: HOLD.id, agencyCode: FILE.ownerAgency },
      ...{ code: 'REFUTED', decidedAt: instant },
    },
  ],
  release: async () => ({ ok: true, value: [HOLD] }),
};
