import type { Services } from '../../src/gateway/services.ts';
import type { Ladder } from '../../src/model/ladder-clock.ts';
import type { WorkOrder } from '../../src/model/work-order.ts';
import { AGENCY, CASE_ID, day, instant, PERSON, VERIFICATION_ID } from './records.ts';

const DOCUMENT = { name: '现场核查记录.pdf', digest: 'ab'.repeat(32), bytes: 1_024 };
const CLOCK = { from: day('2026-11-16'), workingDays: 20 };
const DUE = { from: day('2026-11-20'), workingDays: 5, on: day('2026-11-27'), provisional: false };

const LADDER: Ladder = {
  ...{ verificationId: VERIFICATION_ID, agencyCode: AGENCY.code, clock: CLOCK },
  ...{ dueOn: day('2026-12-14'), dueIsProvisional: false },
  entries: [{ rung: 'ON_SITE', enteredOn: day('2026-11-20') }],
};

const ORDER: WorkOrder = {
  ...{ id: '00000000-0000-4000-8000-0000000000a7', orderNumber: 'XC20261120-0A7', attempt: 1 },
  ...{ agencyCode: AGENCY.code, verificationId: VERIFICATION_ID, caseId: CASE_ID },
  ...{ subjectId: PERSON.id, requirement: 'identity', origin: 'OFFICER', reason: '需另行核实' },
  questions: [{ code: 'HOLDER_NAME', text: '名称是否一致？', field: 'HOLDER_NAME' }],
  clock: { ladder: CLOCK, enteredOn: day('2026-11-20'), minimum: 5, reserve: 3 },
  ...{ madeAt: instant, madeBy: 'officer-1', state: 'REPORTED', version: 5, canceledBy: null },
  inspectors: ['inspector-1', 'inspector-2'],
  report: {
    inspectedOn: day('2026-11-23'),
    results: [{ question: 'HOLDER_NAME', outcome: 'REFUTED', note: '现场名称不同' }],
    ...{ documents: [DOCUMENT], reportedBy: 'inspector-1', signedBy: 'inspector-2' },
    signedAt: instant,
  },
};

const page = <T>(nodes: readonly T[]) => ({ nodes, hasNextPage: false, endCursor: 'cursor' });
const done = async () => ({ ok: true, value: ORDER }) as const;

/** One order with all a field can show. */
export const workOrders: Services['workOrders'] = {
  ...{ order: done, step: done },
  find: async () => ORDER,
  pageOf: async () => page([ORDER]),
  listOfVerifications: async (ids) => ids.map(() => [ORDER]),
  listEvents: async () => [
    {
      ...{ number: 1, step: null, state: 'DRAFTED', at: instant, by: 'officer-1', reason: null },
    },
  ],
  dueOf: async () => ({ ...DUE, isOver: false }),
};

/** One ladder with all a field can show, and the decision on its last rung. */
export const ladderReading: Pick<
  Services['verifications'],
  'listLadders' | 'pageOfLadders' | 'explainLadder' | 'isLadderOverdue' | 'listDecisions'
> = {
  listLadders: async (ids) => ids.map(() => LADDER),
  pageOfLadders: async () => page([LADDER]),
  explainLadder: async () => [
    { rung: 'ON_SITE', progress: 'CURRENT', minimum: 5, enteredOn: DUE.from, due: DUE },
  ],
  isLadderOverdue: async () => true,
  listDecisions: async (ids) =>
    ids.map((verificationId) => [
      {
        ...{ verificationId, number: 1, outcome: 'CONFIRM', reason: '查验原件' },
        ...{ documents: [DOCUMENT], decidedAt: instant, decidedBy: 'officer-9' },
      },
    ]),
};
