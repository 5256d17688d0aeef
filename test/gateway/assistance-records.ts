import type { Services } from '../../src/gateway/services.ts';
import { DEFAULT_LIMITS, type AssistanceItem } from '../../src/model/assistance-item.ts';
import { NO_FACTS } from '../../src/model/assistance-record.ts';
import { AGENCY, day, instant, REQUEST } from './records.ts';

const ITEM: AssistanceItem = {
  ...{ code: 'identity', version: 1, title: '身份信息核对', assistingAgency: AGENCY.code },
  otherAgencies: [AGENCY.code],
  ...{ legalBasis: '行政处罚法第二十六条', contact: '综合科 0537-0000000' },
  ...{ questions: REQUEST.questions, limits: DEFAULT_LIMITS, minutesPerRequest: 30 },
  ...{ effectiveFrom: day('2026-01-01'), publishedAt: instant, publishedBy: 'justice-1' },
};

const done = async () => ({ ok: true, value: REQUEST }) as const;

/** One request with everything a field can show. */
export const assistance: Services['assistance'] = {
  pageOf: async () => ({ nodes: [REQUEST], hasNextPage: false, endCursor: 'cursor' }),
  listByIds: async (_agency, ids) => ids.map((id) => (id === REQUEST.id ? REQUEST : null)),
  listOfSubjects: async (_agency, ids) => ids.map(() => [REQUEST]),
  listOfVerifications: async (_agency, ids) => ids.map(() => [REQUEST]),
  listEvents: async (ids) =>
    ids.map(() => [
      {
        ...{ number: 1, step: 'SUBMIT', state: 'SUBMITTED', at: instant, on: day('2026-11-17') },
        ...{ agencyCode: AGENCY.code, by: 'officer-1', facts: NO_FACTS },
      },
    ]),
  listAlarms: async (ids) =>
    ids.map((requestId) => [
      {
        ...{ requestId, kind: 'REMINDER_HALF', turn: 1, toAgency: AGENCY.code },
        ...{ dueOn: day('2026-11-20'), raisedAt: instant },
      },
    ]),
  listParts: async (ids) => ids.map((id) => (id === REQUEST.id ? [] : [REQUEST])),
  timeliness: async () => 'OVERDUE',
  reply: done,
  take: done,
  split: done,
  draft: done,
  askAgain: done,
  indicators: async () => [
    {
      ...{ askingAgency: AGENCY.code, assistingAgency: REQUEST.assistingAgency, sent: 2 },
      ...{ acceptedInTime: 1, replied: 1, repliedInTime: 1, averageWorkingDays: 2, agreed: 0 },
      ...{ repliedByAgreedDay: 0, overdueNow: 1, withdrawn: 0, timeliness: 4, effort: 5 },
      refused: [{ ground: 'OTHER', count: 1 }],
    },
  ],
  listManual: async () => [
    {
      ...{ assistingAgency: AGENCY.code, itemCode: 'identity', requirement: 'identity' },
      ...{ requests: 400, minutesPerRequest: 30, hoursPerYear: 200 },
    },
  ],
};

/** One entry with everything a field can show. */
export const assistanceItems: Services['assistanceItems'] = {
  listInForce: async () => [ITEM],
  find: async () => ITEM,
  findFor: async () => ITEM,
  listVersions: async () => [ITEM],
  publish: async () => ({ ok: true, value: ITEM }),
};
