import type { BusinessDate } from '../model/business-date.ts';
import type { SubjectEntry, SubjectEntryKind } from '../model/subject-file.ts';
import type { SubjectKind } from '../model/subject-code.ts';
import type { Database, Transaction } from '../store/database.ts';

interface EntryRow {
  id: string;
  kind: SubjectEntryKind;
  subject_kind: SubjectKind;
  subject_code: string;
  on: BusinessDate;
  about: string | null;
  reference: string;
  agency_code: string;
  at: Date;
  by: string;
}

/** Returns whether the entry is new: the same is entered once. */
export async function insertEntry(trx: Transaction, entry: SubjectEntry): Promise<boolean> {
  const added = await trx('subject_entry')
    .insert({
      id: entry.id,
      kind: entry.kind,
      subject_kind: entry.subject.kind,
      subject_code: entry.subject.code,
      on: entry.on,
      about: entry.about,
      reference: entry.reference,
      agency_code: entry.agencyCode,
      at: entry.at,
      by: entry.by,
    })
    .onConflict(['kind', 'reference', 'subject_code'])
    .ignore()
    .returning('id');
  return added.length > 0;
}

/** Null where there is none. */
export async function findEntryId(
  db: Database | Transaction,
  about: { readonly kind: SubjectEntryKind; readonly reference: string },
): Promise<string | null> {
  const row = await db<EntryRow>('subject_entry').where(about).first('id');
  return row?.id ?? null;
}

/** Oldest first. */
export async function listEntries(
  db: Database | Transaction,
  subjectCode: string,
  rows: number,
): Promise<readonly SubjectEntry[]> {
  const found = await db<EntryRow>('subject_entry')
    .where({ subject_code: subjectCode })
    .orderBy('number')
    .limit(rows);
  return found.map((row) => ({
    id: row.id,
    kind: row.kind,
    subject: { kind: row.subject_kind, code: row.subject_code },
    on: row.on,
    about: row.about,
    reference: row.reference,
    agencyCode: row.agency_code,
    at: row.at,
    by: row.by,
  }));
}
