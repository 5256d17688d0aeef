import { randomUUID } from 'node:crypto';

import type { Refusals } from '../audit/refusals.ts';
import type { Calendar } from '../calendar/calendar.ts';
import type { Agency } from '../model/agency.ts';
import { HubError } from '../errors.ts';
import type { Breach, BreachDecision, BreachEvent, BreachState } from '../model/breach.ts';
import type { Caller } from '../model/caller.ts';
import type { CaseSubject, SubjectInCase } from '../model/case-file.ts';
import type { Clock } from '../model/clock.ts';
import type { Commitment } from '../model/commitment.ts';
import type { CommitmentStep } from '../model/commitment-life.ts';
import { decodeInstantCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import type { Page, PageRequest } from '../model/page.ts';
import type { NewSubjectEntry, SubjectEntryKind } from '../model/subject-file.ts';
import type { Accepted } from '../model/user-error.ts';
import type { Verdict, Verification } from '../model/verification.ts';
import type { Database, Transaction } from '../store/database.ts';
import { checkOpening } from './check-opening.ts';
import {
  findBreach,
  findStandingDecision,
  insertBreach,
  insertBreachEvent,
  listBreachEvents,
  listNewestBreaches,
} from './queries.ts';
import { createBreachSteps, type AnnulBreach, type BreachStepInput } from './steps.ts';

/** Suspected breaches of commitments (承诺不实): only officers open and decide them. */
export interface Breaches {
  open(caller: Caller, input: OpenBreach): Promise<Accepted<Breach>>;
  step(caller: Caller, input: BreachStepInput): Promise<Accepted<Breach>>;
  /** In the transaction of what leads to it. Records no refusal. */
  annulWithin(trx: Transaction, caller: Caller, about: AnnulBreach): Promise<Accepted<Breach>>;
  /** Null where the agency has none with this id. */
  find(agencyCode: string, id: string): Promise<Breach | null>;
  /** Newest first. */
  pageOf(
    agencyCode: string,
    filter: { state: BreachState | null },
    page: PageRequest,
  ): Promise<Page<Breach>>;
  /** Oldest first. */
  listEvents(breachId: string): Promise<readonly BreachEvent[]>;
  /** The decision that stands for a commitment. Null where there is none. */
  findStanding(trx: Transaction, commitmentId: string): Promise<BreachDecision | null>;
}

/** What an officer opens a breach on. */
export interface OpenBreach {
  readonly commitmentId: string;
  /** Two verifications that refute, independently of each other; or twice the same that does. */
  readonly verificationIds: readonly [string, string];
  /** Null where handler and regulator are the same. */
  readonly regulatorCode: string | null;
  readonly idempotencyKey: string;
}

/** A verification, and the verdict that counts. */
export interface Judged {
  readonly verification: Verification;
  readonly verdict: Verdict;
}

/** What the room works with; other rooms fulfill it. */
export interface BreachDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly calendar: Pick<Calendar, 'addWorkingDays'>;
  readonly refusals: Pick<Refusals, 'refuse'>;
  findCommitment(agencyCode: string, id: string, trx?: Transaction): Promise<Commitment | null>;
  /** Takes the step of the commitment that follows, in the same transaction. */
  stepCommitment(
    trx: Transaction,
    caller: Caller,
    input: {
      readonly commitmentId: string;
      readonly version: number;
      readonly step: CommitmentStep;
      readonly reason: string | null;
      readonly basis: string | null;
      readonly subject: Pick<CaseSubject, 'kind' | 'code'>;
    },
  ): Promise<Accepted<Commitment>>;
  findJudged(agencyCode: string, verificationId: string): Promise<Judged | null>;
  findInCase(
    agencyCode: string,
    ids: { caseId: string; subjectId: string },
  ): Promise<Accepted<SubjectInCase>>;
  findAgency(code: string): Promise<Agency | null>;
  /** Enters a line in the file of the applicant. */
  enter(trx: Transaction, entry: NewSubjectEntry): Promise<void>;
  /** Id of a line in the file. Null where there is none. */
  findEntry(
    trx: Transaction,
    about: { readonly kind: SubjectEntryKind; readonly reference: string },
  ): Promise<string | null>;
}

/** The room of breaches. */
export function createBreaches(deps: BreachDependencies): Breaches {
  const { db, clock, refusals } = deps;
  const steps = createBreachSteps(deps);

  async function open(caller: Caller, input: OpenBreach): Promise<Accepted<Breach>> {
    const { agencyCode } = caller;
    const key = { agencyCode, key: input.idempotencyKey };
    const earlier = await findBreach(db, key);
    if (earlier !== null) return { ok: true, value: same(earlier, input) };
    const [first, second] = input.verificationIds;
    const errors = checkOpening(input, {
      commitment: await deps.findCommitment(agencyCode, input.commitmentId),
      judged: [await deps.findJudged(agencyCode, first), await deps.findJudged(agencyCode, second)],
      regulator: input.regulatorCode === null ? null : await deps.findAgency(input.regulatorCode),
    });
    if (errors.length > 0) return refusals.refuse(caller, 'openBreach', errors);
    const at = clock.now();
    const breach: Breach = {
      ...{ id: randomUUID(), agencyCode, commitmentId: input.commitmentId },
      ...{ verificationIds: input.verificationIds, regulatorCode: input.regulatorCode },
      ...{ openedBy: caller.account, openedAt: at, state: 'OPENED', version: 1 },
      ...{ hearingDueOn: null, decision: null },
    };
    await db.transaction(async (trx) => {
      const { idempotencyKey } = input;
      if (!(await insertBreach(trx, { ...breach, idempotencyKey }))) return;
      await insertBreachEvent(trx, breach.id, {
        ...{ number: 1, step: null, state: 'OPENED', at, by: caller.account, statement: null },
        ...{ dueOn: null, decision: null },
      });
    });
    return { ok: true, value: same((await findBreach(db, key)) ?? breach, input) };
  }

  async function pageOfBreaches(
    agencyCode: string,
    { state }: { state: BreachState | null },
    page: PageRequest,
  ): Promise<Page<Breach>> {
    const before = decodeInstantCursor(page.after);
    const filter = { agencyCode, state, before, rows: rowsToRead(page) };
    const rows = await listNewestBreaches(db, filter);
    return pageOf(rows, page, ({ openedAt, id }) => [openedAt.toISOString(), id]);
  }

  return {
    open,
    step: steps.take,
    annulWithin: steps.annul,
    find: async (agencyCode, id) => (isUuid(id) ? findBreach(db, { agencyCode, id }) : null),
    pageOf: pageOfBreaches,
    listEvents: (breachId) => listBreachEvents(db, breachId),
    findStanding: findStandingDecision,
  };
}

/** @throws {HubError} CONFLICT when the key was used for another breach. */
function same(earlier: Breach, { commitmentId, verificationIds }: OpenBreach): Breach {
  const isSame =
    earlier.commitmentId === commitmentId &&
    verificationIds.every((id) => earlier.verificationIds.includes(id));
  if (isSame) return earlier;
  throw new HubError('CONFLICT', { details: { field: 'idempotencyKey' } });
}
