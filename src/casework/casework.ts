import { randomUUID } from 'node:crypto';

import type { Refusals } from '../audit/refusals.ts';
import { HubError } from '../errors.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import type { CaseFile, CaseSubject, SubjectInCase } from '../model/case-file.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import { decodeInstantCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import { groupedBy, inOrderOf } from '../model/in-order.ts';
import type { Matter } from '../model/matter.ts';
import type { ParsedSubject } from '../model/named-subject.ts';
import type { Page, PageRequest } from '../model/page.ts';
import type { SubjectKind } from '../model/subject-code.ts';
import { mistake, type Accepted } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import { checkMatter, checkOpenCase, SUBJECTS_PER_CASE_MAX } from './open-case.ts';
import {
  findCaseByNumber,
  insertCase,
  insertCasesOfBulk,
  listCasesByIds,
  listNewestCases,
  listSubjectsByCases,
  listSubjectsByIds,
} from './queries.ts';

/** Subjects of one statement, a multiple of those of a case. */
const BOUND_TOGETHER_MAX = 1_000;

/** Where a case learns what it may be about; the catalog fulfills it. */
export interface MattersInForce {
  /** The version in force that day. Null when none is. */
  findInForce(code: string, on: BusinessDate): Promise<Matter | null>;
  /** Whether any version was ever in force. */
  isKnown(code: string): Promise<boolean>;
  /** In the order of `keys`; null where there is no such version. */
  listVersions(
    keys: readonly { code: string; version: number }[],
  ): Promise<readonly (Matter | null)[]>;
}

/** Cases and the subjects bound to them; the only room that takes raw identifiers. */
export interface Casework {
  /** @throws {HubError} CONFLICT when the number is taken by a case with other contents. */
  openCase(caller: Caller, input: OpenCase): Promise<Accepted<CaseFile>>;
  /**
   * Binds the subjects of a list (批量核查) to cases of their own, at most 20 to a case, numbered
   * `number/0001` and so on. Ids of the subjects, in the same order.
   *
   * @throws {HubError} CONFLICT when such a number is taken; then nothing may be committed.
   */
  bindMany(trx: Transaction, list: BoundList): Promise<readonly string[]>;
  /** In the order of `ids`; null where the agency has no such case. */
  listCases(agencyCode: string, ids: readonly string[]): Promise<readonly (CaseFile | null)[]>;
  /** Newest first. */
  pageOfCases(agencyCode: string, page: PageRequest): Promise<Page<CaseFile>>;
  /** In the order of `ids`; null where the agency has no such subject. */
  listSubjects(
    agencyCode: string,
    ids: readonly string[],
  ): Promise<readonly (CaseSubject | null)[]>;
  /** Refused where the agency has no such case, or the case no such subject. */
  findInCase(
    agencyCode: string,
    ids: { caseId: string; subjectId: string },
  ): Promise<Accepted<SubjectInCase>>;
  /** In the order of `caseIds`, each in the order given when the case was opened. */
  listSubjectsOfCases(
    agencyCode: string,
    caseIds: readonly string[],
  ): Promise<readonly (readonly CaseSubject[])[]>;
}

/** A case as the agency sends it, not yet checked. */
export interface OpenCase {
  readonly matterCode: string;
  readonly caseNumber: string;
  readonly legalBasis: string;
  /** Null means today. */
  readonly acceptedOn: BusinessDate | null;
  readonly subjects: readonly { kind: SubjectKind; code: string; name: string }[];
}

/** A list of subjects, already checked, and why they may be asked about. */
export interface BoundList {
  readonly bulkId: string;
  readonly number: string;
  readonly about: Omit<CaseFile, 'id' | 'caseNumber'>;
  readonly subjects: readonly ParsedSubject[];
}

/** The room that binds subjects to cases. */
export function createCasework(deps: {
  db: Database;
  clock: Clock;
  catalog: MattersInForce;
  refusals: Refusals;
  /** Ids of cases and subjects, the case's first. */
  newId?: () => string;
}): Casework {
  const { db, clock, catalog, refusals, newId = randomUUID } = deps;

  async function openCase(caller: Caller, input: OpenCase): Promise<Accepted<CaseFile>> {
    const today = businessDate(clock.now());
    const acceptedOn = input.acceptedOn ?? today;
    const { errors, subjects } = checkOpenCase(input, { acceptedOn, today });
    const matter = await catalog.findInForce(input.matterCode, acceptedOn);
    const isKnown = matter !== null || (await catalog.isKnown(input.matterCode));
    const mistakes = [...errors, ...checkMatter(matter, { isKnown, acceptedOn, subjects })];
    if (matter === null || mistakes.length > 0)
      return refusals.refuse(caller, 'openCase', mistakes);

    const opened: CaseFile = {
      id: newId(),
      agencyCode: caller.agencyCode,
      caseNumber: input.caseNumber.trim(),
      matterCode: matter.code,
      matterVersion: matter.version,
      legalBasis: input.legalBasis.trim(),
      acceptedOn,
      openedAt: clock.now(),
      openedBy: caller.account,
    };
    const bound = subjects.map((subject) => ({ ...subject, id: newId(), caseId: opened.id }));
    return { ok: true, value: await record(opened, bound) };
  }

  /** The row decides who was first; the same case opened again is the first one. */
  async function record(opened: CaseFile, subjects: readonly CaseSubject[]): Promise<CaseFile> {
    return db.transaction(async (trx) => {
      if (await insertCase(trx, opened, subjects)) return opened;
      const earlier = await findCaseByNumber(trx, opened);
      if (earlier === null) throw new HubError('CONFLICT', { details: { field: 'caseNumber' } });
      const bound = await listSubjectsByCases(trx, opened.agencyCode, [earlier.id]);
      if (isSameCase(earlier, opened) && isSameSubjects(bound, subjects)) return earlier;
      throw new HubError('CONFLICT', { details: { field: 'caseNumber' } });
    });
  }

  async function bindMany(
    trx: Transaction,
    { bulkId, number, about, subjects }: BoundList,
  ): Promise<readonly string[]> {
    const ids: string[] = [];
    for (let from = 0; from < subjects.length; from += BOUND_TOGETHER_MAX) {
      const some = subjects.slice(from, from + BOUND_TOGETHER_MAX);
      const cases = Array.from(
        { length: Math.ceil(some.length / SUBJECTS_PER_CASE_MAX) },
        (_, at) => {
          const first = at * SUBJECTS_PER_CASE_MAX;
          const serial = String((from + first) / SUBJECTS_PER_CASE_MAX + 1).padStart(4, '0');
          const opened = { ...about, id: newId(), caseNumber: `${number}/${serial}` };
          const bound = some.slice(first, first + SUBJECTS_PER_CASE_MAX);
          return {
            opened,
            subjects: bound.map((one) => ({ ...one, id: newId(), caseId: opened.id })),
          };
        },
      );
      if (!(await insertCasesOfBulk(trx, bulkId, cases)))
        throw new HubError('CONFLICT', { details: { field: 'number' } });
      ids.push(...cases.flatMap((one) => one.subjects.map(({ id }) => id)));
    }
    return ids;
  }

  async function pageOfCases(agencyCode: string, page: PageRequest): Promise<Page<CaseFile>> {
    const before = decodeInstantCursor(page.after);
    const rows = await listNewestCases(db, { agencyCode, before, rows: rowsToRead(page) });
    return pageOf(rows, page, ({ openedAt, id }) => [openedAt.toISOString(), id]);
  }

  const listCases: Casework['listCases'] = async (agencyCode, ids) =>
    inOrderOf(ids, await listCasesByIds(db, agencyCode, ids.filter(isUuid)));
  const listSubjects: Casework['listSubjects'] = async (agencyCode, ids) =>
    inOrderOf(ids, await listSubjectsByIds(db, agencyCode, ids.filter(isUuid)));

  async function findInCase(
    agencyCode: string,
    { caseId, subjectId }: { caseId: string; subjectId: string },
  ): Promise<Accepted<SubjectInCase>> {
    const refuse = (...told: Parameters<typeof mistake>) =>
      ({ ok: false, errors: [mistake(...told)] }) as const;
    const [caseFile = null] = await listCases(agencyCode, [caseId]);
    if (caseFile === null)
      return refuse('UNKNOWN_CASE', ['caseId'], 'Your agency has no such case. Open it first.');
    const [subject = null] = await listSubjects(agencyCode, [subjectId]);
    if (subject === null || subject.caseId !== caseFile.id)
      return refuse('SUBJECT_NOT_IN_CASE', ['subjectId'], 'Name a subject of this case.');
    const [matter = null] = await catalog.listVersions([
      { code: caseFile.matterCode, version: caseFile.matterVersion },
    ]);
    if (matter === null)
      return refuse('UNKNOWN_MATTER', ['caseId'], 'The matter of the case is not on record.');
    return { ok: true, value: { caseFile, subject, matter } };
  }

  return {
    openCase,
    bindMany,
    pageOfCases,
    listCases,
    listSubjects,
    findInCase,
    listSubjectsOfCases: async (agencyCode, caseIds) => {
      const all = await listSubjectsByCases(db, agencyCode, caseIds.filter(isUuid));
      return groupedBy(caseIds, all, ({ caseId }) => caseId);
    },
  };
}

function isSameCase(one: CaseFile, other: CaseFile): boolean {
  return (
    one.matterCode === other.matterCode &&
    one.legalBasis === other.legalBasis &&
    one.acceptedOn === other.acceptedOn
  );
}

function isSameSubjects(one: readonly CaseSubject[], other: readonly CaseSubject[]): boolean {
  const key = ({ kind, code, name }: CaseSubject) => JSON.stringify([kind, code, name]);
  return one.length === other.length && one.every((s, i) => key(s) === key(other[i] ?? s));
}
