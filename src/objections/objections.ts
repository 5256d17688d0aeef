import { randomUUID } from 'node:crypto';

import type { Refusals } from '../audit/refusals.ts';
import { HubError } from '../errors.ts';
import type { Breach } from '../model/breach.ts';
import type { Caller } from '../model/caller.ts';
import type { SubjectInCase } from '../model/case-file.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import type { Commitment } from '../model/commitment.ts';
import { decodeInstantCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import type { EligibilityGround } from '../model/eligibility.ts';
import type { EligibilityCheck } from '../model/eligibility-check.ts';
import type {
  Objected,
  Objection,
  ObjectionEvent,
  ObjectionState,
  SourceRecord,
} from '../model/objection.ts';
import type { Page, PageRequest } from '../model/page.ts';
import type { NewSubjectEntry, SubjectEntryKind } from '../model/subject-file.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import {
  findObjection,
  insertObjection,
  insertObjectionEvent,
  isObjectedTo,
  listDisputedRecords,
  listNewestObjections,
  listObjectionEvents,
} from './queries.ts';
import { createObjectionSteps, type ObjectionStepInput } from './steps.ts';

/** Objections (异议) of subjects against what is on record of them. */
export interface Objections {
  file(caller: Caller, input: FileObjection): Promise<Accepted<Objection>>;
  step(caller: Caller, input: ObjectionStepInput): Promise<Accepted<Objection>>;
  /** Null where the agency has none with this id. */
  find(agencyCode: string, id: string): Promise<Objection | null>;
  /** Newest first. `isOpen` null means all. */
  pageOf(
    agencyCode: string,
    filter: { isOpen: boolean | null },
    page: PageRequest,
  ): Promise<Page<Objection>>;
  /** Oldest first. */
  listEvents(objectionId: string): Promise<readonly ObjectionEvent[]>;
  /** What sources tell of a subject and is objected to now, at whatever agency. */
  listDisputed(subjectCode: string): Promise<readonly SourceRecord[]>;
}

/** Against what, and why. One of `breachId` and `record`. */
export interface FileObjection {
  readonly breachId: string | null;
  readonly record: {
    readonly checkId: string;
    readonly ground: EligibilityGround;
    readonly reference: string;
  } | null;
  readonly grounds: string;
  readonly idempotencyKey: string;
}

/** What the room works with; other rooms fulfill it. */
export interface ObjectionsDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly refusals: Pick<Refusals, 'refuse'>;
  findBreach(agencyCode: string, id: string): Promise<Breach | null>;
  /** Ends a decision in the transaction, with everything that follows for the commitment. */
  annulBreach(
    trx: Transaction,
    caller: Caller,
    about: { breachId: string; statement: string; subject: Objection['subject'] },
  ): Promise<Accepted<Breach>>;
  findCommitment(agencyCode: string, id: string, trx?: Transaction): Promise<Commitment | null>;
  stepCommitment(
    trx: Transaction,
    caller: Caller,
    input: {
      readonly commitmentId: string;
      readonly version: number;
      readonly step: 'FIND_PARTLY' | 'FIND_UNFULFILLED';
      readonly reason: string | null;
      readonly basis: string | null;
      readonly subject: Objection['subject'];
    },
  ): Promise<Accepted<Commitment>>;
  findCheck(agencyCode: string, id: string): Promise<EligibilityCheck | null>;
  findInCase(
    agencyCode: string,
    ids: { caseId: string; subjectId: string },
  ): Promise<Accepted<SubjectInCase>>;
  /** Enters a line in the file of the applicant. */
  enter(trx: Transaction, entry: NewSubjectEntry): Promise<void>;
  /** Id of a line in the file. Null where there is none. */
  findEntry(
    db: Database | Transaction,
    about: { readonly kind: SubjectEntryKind; readonly reference: string },
  ): Promise<string | null>;
}

const GROUNDS_LENGTH_MAX = 4_000;
const KEY_LENGTH_MAX = 64;
const OPEN: readonly ObjectionState[] = ['SUBMITTED', 'ACCEPTED'];
const ENDED: readonly ObjectionState[] = ['REJECTED', 'UPHELD', 'DISMISSED', 'WITHDRAWN'];

/** What is objected to, and whose record it is. */
type Found = Accepted<{ readonly objected: Objected; readonly subject: Objection['subject'] }>;

/** The room of objections. */
export function createObjections(deps: ObjectionsDependencies): Objections {
  const { db, clock, refusals } = deps;
  const steps = createObjectionSteps(deps);

  async function file(caller: Caller, input: FileObjection): Promise<Accepted<Objection>> {
    const refuse = (errors: readonly UserError[]) =>
      refusals.refuse(caller, 'fileObjection', errors);
    const { agencyCode, account } = caller;
    const key = { agencyCode, key: input.idempotencyKey };
    const wrong = [
      ...checkLength(input.grounds, ['grounds'], GROUNDS_LENGTH_MAX),
      ...checkLength(input.idempotencyKey, ['idempotencyKey'], KEY_LENGTH_MAX),
    ];
    if (wrong.length > 0) return refuse(wrong);
    const found = await findObjected(caller, input);
    if (!found.ok) return refuse(found.errors);
    const earlier = await findObjection(db, key);
    if (earlier !== null) return { ok: true, value: same(earlier, found.value.objected) };
    const at = clock.now();
    const objection: Objection = {
      ...{ id: randomUUID(), agencyCode, ...found.value, grounds: input.grounds.trim() },
      ...{ submittedOn: businessDate(at), submittedAt: at, submittedBy: account },
      ...{ state: 'SUBMITTED', version: 1, acceptedBy: null },
    };
    if (await isObjectedTo(db, objection)) return refuse([UNDER_WAY]);
    await db.transaction(async (trx) => {
      const { idempotencyKey } = input;
      if (!(await insertObjection(trx, { ...objection, idempotencyKey }))) return;
      await insertObjectionEvent(trx, objection.id, {
        ...{ number: 1, step: null, state: 'SUBMITTED', at, by: account },
        ...{ statement: null, document: null, correction: null },
      });
    });
    const held = (await findObjection(db, key)) ?? objection;
    return { ok: true, value: same(held, objection.objected) };
  }

  async function findObjected(caller: Caller, input: FileObjection): Promise<Found> {
    const { breachId, record } = input;
    if (breachId !== null && record === null) return findOwn(caller, breachId);
    if (record !== null && breachId === null) return findTold(caller, record);
    return no('CLAIM_MISSING', ['breachId'], 'Send either `breachId` or `record`.');
  }

  async function findOwn({ agencyCode }: Caller, id: string): Promise<Found> {
    const breach = isUuid(id) ? await deps.findBreach(agencyCode, id) : null;
    if (breach === null)
      return no('UNKNOWN_BREACH', ['breachId'], 'Your agency has no such breach.');
    const entry = { kind: 'FALSE_COMMITMENT', reference: breach.id } as const;
    const entryId = breach.state === 'DECIDED' ? await deps.findEntry(db, entry) : null;
    if (entryId === null) return no('BASIS_MISSING', ['breachId'], 'No decision stands on it.');
    const commitment = await deps.findCommitment(agencyCode, breach.commitmentId);
    const about = commitment === null ? null : await deps.findInCase(agencyCode, commitment);
    if (about?.ok !== true) throw new Error('the commitment of a breach is not there');
    const { kind, code } = about.value.subject;
    const objected: Objected = { of: 'OWN', breachId: breach.id, entryId };
    return { ok: true, value: { objected, subject: { kind, code } } };
  }

  async function findTold(
    { agencyCode }: Caller,
    { checkId, ground, reference }: NonNullable<FileObjection['record']>,
  ): Promise<Found> {
    const check = isUuid(checkId) ? await deps.findCheck(agencyCode, checkId) : null;
    if (check === null)
      return no('UNKNOWN_ELIGIBILITY_CHECK', ['record', 'checkId'], 'Your agency has none such.');
    const finding = check.findings.find(
      ({ record }) => record.ground === ground && record.reference === reference,
    );
    const source = finding?.record.source ?? null;
    if (source === null)
      return no('UNKNOWN_RECORD', ['record'], 'The check found no such record at a source.');
    const about = await deps.findInCase(agencyCode, check);
    if (!about.ok) return about;
    const { kind, code } = about.value.subject;
    const objected: Objected = { of: 'SOURCE', checkId, source, ground, reference };
    return { ok: true, value: { objected, subject: { kind, code } } };
  }

  async function pageOfObjections(
    agencyCode: string,
    { isOpen }: { isOpen: boolean | null },
    page: PageRequest,
  ): Promise<Page<Objection>> {
    const before = decodeInstantCursor(page.after);
    const states = isOpen === null ? null : isOpen ? OPEN : ENDED;
    const filter = { agencyCode, states, before, rows: rowsToRead(page) };
    const rows = await listNewestObjections(db, filter);
    return pageOf(rows, page, ({ submittedAt, id }) => [submittedAt.toISOString(), id]);
  }

  return {
    file,
    step: steps.take,
    find: async (agencyCode, id) => (isUuid(id) ? findObjection(db, { agencyCode, id }) : null),
    pageOf: pageOfObjections,
    listEvents: (objectionId) => listObjectionEvents(db, objectionId),
    listDisputed: (subjectCode) => listDisputedRecords(db, subjectCode),
  };
}

const UNDER_WAY = mistake(
  'ALREADY_UNDER_WAY',
  ['breachId'],
  'An objection against this record is open already: wait until it is decided.',
);

function no(...told: Parameters<typeof mistake>): { ok: false; errors: readonly UserError[] } {
  return { ok: false, errors: [mistake(...told)] };
}

/** @throws {HubError} CONFLICT when the key was used for another objection. */
function same(earlier: Objection, objected: Objected): Objection {
  const isSame = nameOf(earlier.objected) === nameOf(objected);
  if (isSame) return earlier;
  throw new HubError('CONFLICT', { details: { field: 'idempotencyKey' } });
}

function nameOf(objected: Objected): string {
  if (objected.of === 'OWN') return objected.entryId;
  const { checkId, source, ground, reference } = objected;
  return JSON.stringify([checkId, source, ground, reference]);
}
