import { HubError } from '../errors.ts';
import { decodeCursor, decodeInstantCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import { groupedBy, inOrderOf } from '../model/in-order.ts';
import type { Page, PageRequest } from '../model/page.ts';
import type { Discrepancy, FollowUp, VerdictCode, Verification } from '../model/verification.ts';
import type { Database } from '../store/database.ts';
import {
  listDiscrepanciesOf,
  listFollowUpsByDueDay,
  listFollowUpsOf,
  listNewestDiscrepancies,
  listNewestVerifications,
  listVerificationsByIds,
  listVerificationsOf,
} from './queries.ts';
import { listVerdictsOf } from './verdict-queries.ts';

const PER_CASE_MAX = 50;
const PER_SUBJECT_MAX = 20;

/** What was recorded, for reading: nothing is asked. */
export function createReading(db: Database) {
  async function listByIds(
    agencyCode: string,
    ids: readonly string[],
  ): Promise<readonly (Verification | null)[]> {
    const found = await listVerificationsByIds(db, agencyCode, ids.filter(isUuid));
    return inOrderOf(ids, found);
  }

  async function pageOfVerifications(
    agencyCode: string,
    filter: { verdict: VerdictCode | null },
    page: PageRequest,
  ): Promise<Page<Verification>> {
    const before = decodeInstantCursor(page.after);
    const rows = rowsToRead(page);
    const found = await listNewestVerifications(db, { agencyCode, ...filter, before, rows });
    return pageOf(found, page, ({ askedAt, id }) => [askedAt.toISOString(), id]);
  }

  async function pageOfDiscrepancies(
    agencyCode: string,
    page: PageRequest,
  ): Promise<Page<Discrepancy>> {
    const before = decodeInstantCursor(page.after);
    const rows = rowsToRead(page);
    const found = await listNewestDiscrepancies(db, { agencyCode, before, rows });
    return pageOf(found, page, ({ openedAt, id }) => [openedAt.toISOString(), id]);
  }

  async function pageOfFollowUps(agencyCode: string, page: PageRequest): Promise<Page<FollowUp>> {
    const [dueOn = '', id = ''] = decodeCursor(page.after, 2) ?? [];
    if (page.after !== null && (!isUuid(id) || !/^\d{4}-\d{2}-\d{2}$/.test(dueOn)))
      throw new HubError('MALFORMED_CURSOR');
    const after = page.after === null ? null : { dueOn, id };
    const found = await listFollowUpsByDueDay(db, { agencyCode, after, rows: rowsToRead(page) });
    return pageOf(found, page, (one) => [one.dueOn, one.id]);
  }

  const listOf =
    (by: 'case_id' | 'subject_id', each: number) =>
    async (agencyCode: string, ids: readonly string[]) => {
      const wanted = { agencyCode, by, ids: ids.filter(isUuid), each };
      const all = await listVerificationsOf(db, wanted);
      return groupedBy(ids, all, ({ caseId, subjectId }) =>
        by === 'case_id' ? caseId : subjectId,
      );
    };

  return {
    listByIds,
    pageOf: pageOfVerifications,
    pageOfDiscrepancies,
    pageOfFollowUps,
    listOfCases: listOf('case_id', PER_CASE_MAX),
    listOfSubjects: listOf('subject_id', PER_SUBJECT_MAX),
    listVerdicts: async (ids: readonly string[]) =>
      groupedBy(ids, await listVerdictsOf(db, ids), ({ verificationId }) => verificationId),
    listDiscrepancies: async (ids: readonly string[]) =>
      groupedBy(ids, await listDiscrepanciesOf(db, ids), ({ verificationId }) => verificationId),
    listFollowUps: async (ids: readonly string[]) =>
      groupedBy(ids, await listFollowUpsOf(db, ids), ({ verificationId }) => verificationId),
  };
}
