import type { BusinessDate } from '../model/business-date.ts';
import type { CaseFile, CaseSubject } from '../model/case-file.ts';
import type { Finding } from '../model/finding.ts';
import type { SubjectKind } from '../model/subject-code.ts';
import type { Database, Transaction } from '../store/database.ts';

interface CaseRow {
  id: string;
  agency_code: string;
  case_number: string;
  matter_code: string;
  matter_version: number;
  legal_basis: string;
  accepted_on: BusinessDate;
  opened_at: Date;
  opened_by: string;
}

interface SubjectRow {
  id: string;
  case_id: string;
  position: number;
  kind: SubjectKind;
  code: string;
  code_as_given: string;
  name: string;
  region_code: string | null;
  findings: readonly Finding[];
}

/** Null when the agency has not used this number. */
export async function findCaseByNumber(
  db: Database | Transaction,
  by: { agencyCode: string; caseNumber: string },
): Promise<CaseFile | null> {
  const row = await db<CaseRow>('case_file')
    .where({ agency_code: by.agencyCode, case_number: by.caseNumber })
    .first();
  return row === undefined ? null : caseFromRow(row);
}

/** Inserts, or does nothing when the agency has used this number. Returns whether it inserted. */
export async function insertCase(
  trx: Transaction,
  opened: CaseFile,
  subjects: readonly CaseSubject[],
): Promise<boolean> {
  const inserted = await trx('case_file')
    .insert({
      id: opened.id,
      agency_code: opened.agencyCode,
      case_number: opened.caseNumber,
      matter_code: opened.matterCode,
      matter_version: opened.matterVersion,
      legal_basis: opened.legalBasis,
      accepted_on: opened.acceptedOn,
      opened_at: opened.openedAt,
      opened_by: opened.openedBy,
    })
    .onConflict(['agency_code', 'case_number'])
    .ignore()
    .returning('id');
  if (inserted.length === 0) return false;
  await trx('case_subject').insert(
    subjects.map((subject, index) => ({
      id: subject.id,
      case_id: opened.id,
      position: index + 1,
      kind: subject.kind,
      code: subject.code,
      code_as_given: subject.codeAsGiven,
      name: subject.name,
      region_code: subject.regionCode,
      findings: JSON.stringify(subject.findings),
    })),
  );
  return true;
}

/** A case of a list, with its subjects in the order of the file. */
export interface ListedCase {
  readonly opened: CaseFile;
  readonly subjects: readonly CaseSubject[];
}

/** Inserts the cases of a list. Returns whether no number was taken; otherwise nothing is kept. */
export async function insertCasesOfBulk(
  trx: Transaction,
  bulkId: string,
  cases: readonly ListedCase[],
): Promise<boolean> {
  const { rowCount } = await trx.raw<{ rowCount: number }>(
    `
    insert into case_file (id, agency_code, case_number, matter_code, matter_version, legal_basis,
      accepted_on, opened_at, opened_by, bulk_id)
    select id, agency_code, case_number, matter_code, matter_version, legal_basis,
      accepted_on, opened_at, opened_by, :bulkId::uuid
    from jsonb_to_recordset(:cases::jsonb) as given (id uuid, agency_code text, case_number text,
      matter_code text, matter_version integer, legal_basis text, accepted_on date,
      opened_at timestamptz, opened_by text)
    on conflict (agency_code, case_number) do nothing
    `,
    { bulkId, cases: JSON.stringify(cases.map(({ opened }) => caseToRow(opened))) },
  );
  if (rowCount !== cases.length) return false;
  await trx.raw(
    `
    insert into case_subject (id, case_id, position, kind, code, code_as_given, name, region_code,
      findings)
    select id, case_id, position, kind, code, code_as_given, name, region_code, findings
    from jsonb_to_recordset(:subjects::jsonb) as given (id uuid, case_id uuid, position integer,
      kind text, code text, code_as_given text, name text, region_code text, findings jsonb)
    `,
    {
      subjects: JSON.stringify(
        cases.flatMap(({ subjects }) => subjects.map((one, at) => subjectToRow(one, at + 1))),
      ),
    },
  );
  return true;
}

function caseToRow(opened: CaseFile) {
  return {
    ...{ id: opened.id, agency_code: opened.agencyCode, case_number: opened.caseNumber },
    ...{ matter_code: opened.matterCode, matter_version: opened.matterVersion },
    ...{ legal_basis: opened.legalBasis, accepted_on: opened.acceptedOn },
    ...{ opened_at: opened.openedAt, opened_by: opened.openedBy },
  };
}

function subjectToRow(subject: CaseSubject, position: number) {
  return {
    ...{ id: subject.id, case_id: subject.caseId, position, kind: subject.kind },
    ...{ code: subject.code, code_as_given: subject.codeAsGiven, name: subject.name },
    ...{ region_code: subject.regionCode, findings: subject.findings },
  };
}

/** In no particular order; cases of other agencies are left out. */
export async function listCasesByIds(
  db: Database,
  agencyCode: string,
  ids: readonly string[],
): Promise<readonly CaseFile[]> {
  const rows = await db<CaseRow>('case_file')
    .where({ agency_code: agencyCode })
    .whereIn('id', [...ids]);
  return rows.map(caseFromRow);
}

/** Newest first, those before `before`. */
export async function listNewestCases(
  db: Database,
  wanted: { agencyCode: string; before: { at: Date; id: string } | null; rows: number },
): Promise<readonly CaseFile[]> {
  const query = db<CaseRow>('case_file')
    .where({ agency_code: wanted.agencyCode })
    // Those of a list are reached by its rows; there are thousands of them.
    .whereNull('bulk_id')
    .orderBy([
      { column: 'opened_at', order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    .limit(wanted.rows);
  if (wanted.before !== null)
    query.whereRaw('(opened_at, id) < (?, ?::uuid)', [wanted.before.at, wanted.before.id]);
  return (await query).map(caseFromRow);
}

/** In no particular order; subjects of other agencies' cases are left out. */
export async function listSubjectsByIds(
  db: Database,
  agencyCode: string,
  ids: readonly string[],
): Promise<readonly CaseSubject[]> {
  const { rows } = await db.raw<{ rows: SubjectRow[] }>(
    `
    select case_subject.*
    from case_subject
    join case_file on case_file.id = case_id
    where agency_code = :agencyCode
      and case_subject.id = any(:ids::uuid[])
    `,
    { agencyCode, ids: [...ids] },
  );
  return rows.map(subjectFromRow);
}

/** By case, and within a case in the order it was opened with. */
export async function listSubjectsByCases(
  db: Database | Transaction,
  agencyCode: string,
  caseIds: readonly string[],
): Promise<readonly CaseSubject[]> {
  const { rows } = await db.raw<{ rows: SubjectRow[] }>(
    `
    select case_subject.*
    from case_subject
    join case_file on case_file.id = case_id
    where agency_code = :agencyCode
      and case_id = any(:caseIds::uuid[])
    order by case_id, position
    `,
    { agencyCode, caseIds: [...caseIds] },
  );
  return rows.map(subjectFromRow);
}

function caseFromRow(row: CaseRow): CaseFile {
  return {
    id: row.id,
    agencyCode: row.agency_code,
    caseNumber: row.case_number,
    matterCode: row.matter_code,
    matterVersion: row.matter_version,
    legalBasis: row.legal_basis,
    acceptedOn: row.accepted_on,
    openedAt: row.opened_at,
    openedBy: row.opened_by,
  };
}

function subjectFromRow(row: SubjectRow): CaseSubject {
  return {
    id: row.id,
    caseId: row.case_id,
    kind: row.kind,
    code: row.code,
    codeAsGiven: row.code_as_given,
    name: row.name,
    regionCode: row.region_code,
    findings: row.findings,
  };
}
