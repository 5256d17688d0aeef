import type { Services } from '../../src/gateway/services.ts';
import type { Bulk } from '../../src/model/bulk.ts';
import { AGENCY, day, instant, MATTER, SUBJECTS, VERIFICATION_ID } from './records.ts';

const ID = '0b9c6a52-6a39-4f0e-9f5e-8f9a2d1f0e01';
const page = <T>(nodes: readonly T[]) => ({ nodes, hasNextPage: false, endCursor: 'cursor' });

const BULK: Bulk = {
  ...{ id: ID, agencyCode: AGENCY.code, number: '2026-批-1' },
  ...{ matterCode: MATTER.code, matterVersion: 1, legalBasis: '市场主体登记管理条例第三条' },
  ...{ acceptedOn: day('2026-11-23'), openedAt: instant, openedBy: 'counter-1' },
  ...{ askedBy: 'counter-1', state: 'WAITING', version: 4 },
  file: { digest: 'ab'.repeat(32), bytes: 100, skipsRejects: true },
  waiting: { source: 'publicity-system', reason: 'SOURCE_RESTING', retryAt: instant },
};

/** A list of one row, from memory. */
export const bulks: Services['bulks'] = {
  open: async () => ({ ok: true, value: BULK }),
  upload: async () => ({
    ok: true,
    value: { bulk: BULK, isStored: true, rows: 1, rejected: 0, rejects: [] },
  }),
  step: async () => ({ ok: true, value: BULK }),
  find: async () => BULK,
  pageOf: async () => page([BULK]),
  pageOfRows: async () =>
    page([
      {
        ...{ bulkId: ID, line: 2, subjectId: SUBJECTS[0]!.id, state: 'CONCLUDED' },
        ...{ verificationId: VERIFICATION_ID, skippedBecause: null, endedAt: instant },
      },
    ]),
  pageOfRejects: async () =>
    page([{ line: 3, field: 'code', reason: 'MALFORMED_CODE', message: 'Correct it.' }]),
  progress: async () => ({
    ...{ rows: 1, waiting: 0, skipped: 0, rejected: 1, rowsPerMinute: 0, secondsLeft: null },
    verdicts: [{ verdict: 'CONFIRMED', rows: 1 }],
  }),
  listEvents: async () => [
    { number: 1, step: null, state: 'OPENED', at: instant, by: 'counter-1', reason: null },
  ],
  async *exportLines() {
    yield [];
  },
};
