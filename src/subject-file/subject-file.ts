import { randomUUID } from 'node:crypto';

import type { Clock } from '../model/clock.ts';
import type { AdverseRecord } from '../model/eligibility.ts';
import {
  adverseRecordsOf,
  type NewSubjectEntry,
  type SubjectEntry,
  type SubjectEntryKind,
} from '../model/subject-file.ts';
import type { Database, Transaction } from '../store/database.ts';
import { findEntryId, insertEntry, listEntries } from './queries.ts';

/** The integrity files of applicants (申请人诚信档案), append-only. */
export interface SubjectFiles {
  /** In the transaction of what is entered. The same kind and reference is entered once. */
  enter(trx: Transaction, entry: NewSubjectEntry): Promise<void>;
  /** Id of an entry. Null where there is none. */
  findEntry(
    db: Database | Transaction,
    about: { readonly kind: SubjectEntryKind; readonly reference: string },
  ): Promise<string | null>;
  /** Oldest first, at most 500. */
  listEntries(subjectCode: string): Promise<readonly SubjectEntry[]>;
  /** False commitments, and what has become of each. */
  listAdverse(subjectCode: string): Promise<readonly AdverseRecord[]>;
}

const ENTRIES_MAX = 500;

/** The room that keeps a file of every applicant. */
export function createSubjectFiles({ db, clock }: { db: Database; clock: Clock }): SubjectFiles {
  const list = (subjectCode: string) => listEntries(db, subjectCode, ENTRIES_MAX);

  return {
    async enter(trx, entry) {
      await insertEntry(trx, { ...entry, id: randomUUID(), at: clock.now() });
    },
    findEntry: findEntryId,
    listEntries: list,
    listAdverse: async (subjectCode) => adverseRecordsOf(await list(subjectCode)),
  };
}
