import { randomUUID } from 'node:crypto';

import type { Refusals } from '../audit/refusals.ts';
import { HubError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Breach, BreachEvent } from '../model/breach.ts';
import type { Caller } from '../model/caller.ts';
import type { SubjectInCase } from '../model/case-file.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import type { Commitment } from '../model/commitment.ts';
import { decodeInstantCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import type { Page, PageRequest } from '../model/page.ts';
import {
  repairableFrom,
  type Conduct,
  type Repair,
  type RepairEvent,
  type RepairState,
} from '../model/repair.ts';
import type { NewSubjectEntry, SubjectEntryKind } from '../model/subject-file.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import { createPropagation } from './propagation.ts';
import {
  findRepair,
  insertRepair,
  insertRepairEvent,
  isRepairOpen,
  listNewestRepairs,
  listRepairEvents,
} from './queries.ts';
import { createRepairSteps, type RepairStepInput } from './steps.ts';

/** Repairs (信用修复) of false commitments: the agency that decided on one repairs it. */
export interface Repairs {
  apply(caller: Caller, input: ApplyForRepair): Promise<Accepted<Repair>>;
  step(caller: Caller, input: RepairStepInput): Promise<Accepted<Repair>>;
  /** Ends the records whose repair everybody knows of by now. Never rejects. */
  propagateDue(signal: AbortSignal): Promise<void>;
  /** Null where the agency has none with this id. */
  find(agencyCode: string, id: string): Promise<Repair | null>;
  /** Newest first. */
  pageOf(
    agencyCode: string,
    filter: { state: RepairState | null },
    page: PageRequest,
  ): Promise<Page<Repair>>;
  /** Oldest first. */
  listEvents(repairId: string): Promise<readonly RepairEvent[]>;
}

/** What is to be repaired, and what shows that it may be. */
export interface ApplyForRepair extends Conduct {
  readonly breachId: string;
  /** Shows that the conduct was corrected and the duties are done. */
  readonly dutiesDocument: string;
  /** The public credit commitment (信用承诺书). */
  readonly commitmentDocument: string;
  readonly idempotencyKey: string;
}

/** What the room works with; other rooms fulfill it. */
export interface RepairsDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
  readonly refusals: Pick<Refusals, 'refuse'>;
  findBreach(agencyCode: string, id: string): Promise<Breach | null>;
  /** Oldest first. */
  listBreachEvents(breachId: string): Promise<readonly BreachEvent[]>;
  findCommitment(agencyCode: string, id: string, trx?: Transaction): Promise<Commitment | null>;
  stepCommitment(
    trx: Transaction,
    caller: Caller,
    input: {
      readonly commitmentId: string;
      readonly version: number;
      readonly step: 'REPAIR';
      readonly reason: string | null;
      readonly basis: string | null;
      readonly subject: Repair['subject'];
    },
  ): Promise<Accepted<Commitment>>;
  /** Whether everybody who was told of a commitment knows how it stands now. */
  isToldOfAll(commitmentId: string): Promise<boolean>;
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

const DOCUMENT_LENGTH_MAX = 200;
const KEY_LENGTH_MAX = 64;

/** The room of repairs. */
export function createRepairs(deps: RepairsDependencies): Repairs {
  const { db, clock, refusals } = deps;
  const steps = createRepairSteps(deps);

  async function apply(caller: Caller, input: ApplyForRepair): Promise<Accepted<Repair>> {
    const refuse = (errors: readonly UserError[]) =>
      refusals.refuse(caller, 'applyForRepair', errors);
    const { agencyCode, account } = caller;
    const key = { agencyCode, key: input.idempotencyKey };
    const earlier = await findRepair(db, key);
    if (earlier !== null) return { ok: true, value: same(earlier, input) };
    const found = await findRecord(caller, input.breachId);
    if (!found.ok) return refuse(found.errors);
    const at = clock.now();
    const submittedOn = businessDate(at);
    const errors = checkApplication(input, { ...found.value, submittedOn });
    if (errors.length > 0) return refuse(errors);
    if (await isRepairOpen(db, found.value.entryId)) return refuse([UNDER_WAY]);
    const repair: Repair = {
      ...{ id: randomUUID(), agencyCode, breachId: input.breachId, ...found.value },
      ...{ severity: input.severity, isSafetyField: input.isSafetyField },
      ...{ dutiesDocument: input.dutiesDocument.trim() },
      ...{ commitmentDocument: input.commitmentDocument.trim() },
      ...{ submittedOn, submittedAt: at, submittedBy: account, state: 'SUBMITTED', version: 1 },
      ...{ acceptedBy: null, acceptedAt: null },
    };
    await db.transaction(async (trx) => {
      const { idempotencyKey } = input;
      if (!(await insertRepair(trx, { ...repair, idempotencyKey }))) return;
      await insertRepairEvent(trx, repair.id, {
        ...{ number: 1, step: null, state: 'SUBMITTED', at, by: account },
        ...{ statement: null, document: null },
      });
    });
    return { ok: true, value: same((await findRepair(db, key)) ?? repair, input) };
  }

  /** The line of the file that stands, whose it is, and since when it is public. */
  async function findRecord(
    { agencyCode }: Caller,
    breachId: string,
  ): Promise<Accepted<Pick<Repair, 'entryId' | 'subject' | 'publishedOn'>>> {
    const no = (...told: Parameters<typeof mistake>) =>
      ({ ok: false, errors: [mistake(...told)] }) as const;
    const breach = isUuid(breachId) ? await deps.findBreach(agencyCode, breachId) : null;
    if (breach === null)
      return no('UNKNOWN_BREACH', ['breachId'], 'Your agency has no such breach.');
    const events = await deps.listBreachEvents(breach.id);
    const decided = events.find(({ step }) => step === 'DECIDE');
    const entry = { kind: 'FALSE_COMMITMENT', reference: breach.id } as const;
    const entryId = breach.state === 'DECIDED' ? await deps.findEntry(db, entry) : null;
    if (decided === undefined || entryId === null)
      return no('BASIS_MISSING', ['breachId'], 'No decision stands on it: nothing to repair.');
    const commitment = await deps.findCommitment(agencyCode, breach.commitmentId);
    const about = commitment === null ? null : await deps.findInCase(agencyCode, commitment);
    if (about?.ok !== true) throw new Error('the commitment of a breach is not there');
    const { kind, code } = about.value.subject;
    const publishedOn = businessDate(decided.at);
    return { ok: true, value: { entryId, subject: { kind, code }, publishedOn } };
  }

  async function pageOfRepairs(
    agencyCode: string,
    { state }: { state: RepairState | null },
    page: PageRequest,
  ): Promise<Page<Repair>> {
    const before = decodeInstantCursor(page.after);
    const rows = await listNewestRepairs(db, { agencyCode, state, before, rows: rowsToRead(page) });
    return pageOf(rows, page, ({ submittedAt, id }) => [submittedAt.toISOString(), id]);
  }

  return {
    apply,
    step: steps.take,
    propagateDue: createPropagation(deps),
    find: async (agencyCode, id) => (isUuid(id) ? findRepair(db, { agencyCode, id }) : null),
    pageOf: pageOfRepairs,
    listEvents: (repairId) => listRepairEvents(db, repairId),
  };
}

const UNDER_WAY = mistake(
  'ALREADY_UNDER_WAY',
  ['breachId'],
  'A repair of this record is under way, or done.',
);

/** Everything that is missing at once, so that nobody has to come twice. */
function checkApplication(
  input: ApplyForRepair,
  about: Pick<Repair, 'publishedOn' | 'submittedOn'>,
): readonly UserError[] {
  const from = repairableFrom(about.publishedOn, input, about.submittedOn);
  const isMissing = (text: string) => text.trim() === '';
  return [
    ...checkLength(input.idempotencyKey, ['idempotencyKey'], KEY_LENGTH_MAX),
    ...(isMissing(input.dutiesDocument)
      ? [mistake('ELEMENT_MISSING', ['dutiesDocument'], 'Name what shows that it was corrected.')]
      : checkLength(input.dutiesDocument, ['dutiesDocument'], DOCUMENT_LENGTH_MAX)),
    ...(isMissing(input.commitmentDocument)
      ? [mistake('ELEMENT_MISSING', ['commitmentDocument'], 'Name the credit commitment.')]
      : checkLength(input.commitmentDocument, ['commitmentDocument'], DOCUMENT_LENGTH_MAX)),
    ...(about.submittedOn < from
      ? [mistake('DATE_OUT_OF_RANGE', ['breachId'], `It can be repaired from ${from} on.`)]
      : []),
  ];
}

/** @throws {HubError} CONFLICT when the key was used for another record. */
function same(earlier: Repair, { breachId }: ApplyForRepair): Repair {
  if (earlier.breachId === breachId) return earlier;
  throw new HubError('CONFLICT', { details: { field: 'idempotencyKey' } });
}
