import { createHash } from 'node:crypto';

import type { Refusals } from '../audit/refusals.ts';
import { HubError } from '../errors.ts';
import { BULK_LIFE, type Bulk, type BulkReject } from '../model/bulk.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import type { CaseFile } from '../model/case-file.ts';
import type { Clock } from '../model/clock.ts';
import { isUuid } from '../model/cursor.ts';
import type { Matter } from '../model/matter.ts';
import type { ParsedSubject } from '../model/named-subject.ts';
import { mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import { changeBulk, findBulk, lockBulk } from './queries.ts';
import { readBulkFile, type CheckClaims, type ReadFile, type StandardOf } from './read-file.ts';
import { countTaken, insertRejects } from './report-queries.ts';
import { insertRows } from './row-queries.ts';

/** A file on its way in. */
export interface UploadFile {
  readonly bulkId: string;
  readonly bytes: Uint8Array;
  /** Whether rows that cannot be read are left out; otherwise one of them keeps all out. */
  readonly skipRejects: boolean;
  readonly signal: AbortSignal;
}

/** What became of a file. */
export interface Uploaded {
  readonly bulk: Bulk;
  /** Whether its rows are on record now. Nothing of it is, where they are not. */
  readonly isStored: boolean;
  /** Rows that can be asked about. */
  readonly rows: number;
  /** Rows that cannot. */
  readonly rejected: number;
  /** Every mistake, in the order of lines; empty for a file that was taken in before. */
  readonly rejects: readonly BulkReject[];
}

/** Bytes of a file: fifty thousand rows with three claims each. */
export const FILE_BYTES_MAX = 8_388_608;
const OPERATION = 'uploadBulkVerification';

/** What taking in works with. */
export interface UploadDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly refusals: Pick<Refusals, 'refuse'>;
  readonly checkClaims: CheckClaims;
  findMatterVersion(key: { code: string; version: number }): Promise<Matter | null>;
  /** By which standard each kind of subject is judged that applied on this day. */
  standardOn(matter: Matter, acceptedOn: BusinessDate): Promise<StandardOf>;
  /** Binds the subjects to cases; their ids in the same order. */
  bindMany(
    trx: Transaction,
    list: {
      readonly bulkId: string;
      readonly number: string;
      readonly about: Omit<CaseFile, 'id' | 'caseNumber'>;
      readonly subjects: readonly ParsedSubject[];
    },
  ): Promise<readonly string[]>;
}

/**
 * Takes files in: checks every row first, then keeps all of it in one transaction, or nothing.
 * The same file sent again changes nothing.
 */
export function createUploads(deps: UploadDependencies) {
  const { db, refusals } = deps;

  async function upload(caller: Caller, file: UploadFile): Promise<Accepted<Uploaded>> {
    const { agencyCode } = caller;
    const refuse = (errors: readonly UserError[]) => refusals.refuse(caller, OPERATION, errors);
    const id = file.bulkId;
    const bulk = isUuid(id) ? await findBulk(db, { agencyCode, id }) : null;
    if (bulk === null)
      return refuse([mistake('UNKNOWN_BULK', ['id'], 'Your agency has no such list.')]);
    const digest = createHash('sha256').update(file.bytes).digest('hex');
    if (bulk.file?.digest === digest)
      return {
        ok: true,
        value: { bulk, isStored: true, ...(await countTaken(db, id)), rejects: [] },
      };
    if (BULK_LIFE.after(bulk.state, 'CHECK') === null)
      return refuse([BULK_LIFE.refuse(bulk.state, 'CHECK', ['id'])]);
    const { matterCode: code, matterVersion: version } = bulk;
    const matter = await deps.findMatterVersion({ code, version });
    if (matter === null) throw new Error('the matter of a list is not there');
    const { checkClaims } = deps;
    const standardOf = await deps.standardOn(matter, bulk.acceptedOn);
    const about = { matter, standardOf, checkClaims, signal: file.signal };
    const read = await readBulkFile(file.bytes, about);
    if (read.errors.length > 0) return refuse(read.errors);
    const { rows, rejects } = read;
    if (rows.length === 0 || (rejects.length > 0 && !file.skipRejects)) {
      await refuse([mistake('FILE_NOT_READABLE', ['file'], 'Rows of the file are rejected.')]);
      return { ok: true, value: { bulk, isStored: false, ...countOf(read), rejects } };
    }
    const stored = await db.transaction((trx) => store(trx, caller, { bulk, file, digest, read }));
    return stored.ok ? stored : refuse(stored.errors);
  }

  async function store(
    trx: Transaction,
    caller: Caller,
    taken: { readonly bulk: Bulk; file: UploadFile; digest: string; read: ReadFile },
  ): Promise<Accepted<Uploaded>> {
    const { file, digest } = taken;
    const { rows, rejects } = taken.read;
    const held = await lockBulk(trx, taken.bulk.id);
    if (held.file?.digest === digest) {
      const counted = await countTaken(trx, held.id);
      return { ok: true, value: { bulk: held, isStored: true, ...counted, rejects: [] } };
    }
    const state = BULK_LIFE.after(held.state, 'CHECK');
    if (state === null)
      return { ok: false, errors: [BULK_LIFE.refuse(held.state, 'CHECK', ['id'])] };
    const ids = await deps.bindMany(trx, {
      ...{ bulkId: held.id, number: held.number, about: held },
      subjects: rows.map(({ subject }) => subject),
    });
    await insertRows(
      trx,
      held.id,
      rows.map(({ line, claims }, at) => ({ line, claims, subjectId: idAt(ids, at) })),
    );
    await insertRejects(trx, held.id, rejects);
    const bulk = await changeBulk(trx, held, {
      ...{ step: 'CHECK', state, at: deps.clock.now(), by: caller.account, waiting: null },
      file: { digest, bytes: file.bytes.byteLength, skipsRejects: file.skipRejects },
    });
    return { ok: true, value: { bulk, isStored: true, ...countOf(taken.read), rejects } };
  }

  return upload;
}

function idAt(ids: readonly string[], at: number): string {
  const id = ids[at];
  if (id === undefined) throw new HubError('STORE_UNAVAILABLE');
  return id;
}

function countOf({ rows, rejects }: ReadFile) {
  return { rows: rows.length, rejected: new Set(rejects.map(({ line }) => line)).size };
}
