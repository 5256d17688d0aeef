import { randomUUID } from 'node:crypto';

import type { Refusals } from '../audit/refusals.ts';
import type { Log } from '../log.ts';
import type { Agency } from '../model/agency.ts';
import type { Caller } from '../model/caller.ts';
import type { SubjectInCase } from '../model/case-file.ts';
import type { Clock } from '../model/clock.ts';
import type { Commitment } from '../model/commitment.ts';
import type { CommitmentRecord } from '../model/commitment-record.ts';
import { checkCommitmentRecord } from '../model/commitment-record-check.ts';
import {
  correctRecord,
  PUSH_LIFE,
  type CreditPush,
  type PushState,
  type RecordCorrections,
  type Shortfall,
} from '../model/credit-push.ts';
import { decodeInstantCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import type { FormatText } from '../model/format-text.ts';
import type { Page, PageRequest } from '../model/page.ts';
import { mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Handovers } from '../sources/handover.ts';
import type { Database, Transaction } from '../store/database.ts';
import {
  changePush,
  findPush,
  insertPush,
  isAcknowledged,
  listNewestPushes,
  listOnTheirWay,
  listPushesOf,
  listPushEvents,
  listRecipients,
  type PushEvent,
} from './queries.ts';
import { isTold } from './record.ts';
import { createSending } from './sending.ts';

/** Records of commitments on their way into the credit record (信用信息归集、推送). */
export interface Credit {
  /** Queues what recipients have to hear of a commitment, in the transaction that changed it. */
  enqueue(trx: Transaction, commitment: Commitment): Promise<void>;
  /** Hands over whatever is due, and asks what became of what was taken. Never rejects. */
  deliverDue(signal: AbortSignal): Promise<void>;
  /** Newest first. A null agency means all. */
  pageOf(
    filter: { agencyCode: string | null; state: PushState | null },
    page: PageRequest,
  ): Promise<Page<CreditPush>>;
  /** Whether everybody who was told of a commitment has acknowledged how it stands now. */
  isToldOfAll(commitmentId: string): Promise<boolean>;
  /** Of a commitment, newest first. */
  listOf(commitmentId: string): Promise<readonly CreditPush[]>;
  /** Oldest first. */
  listEvents(pushId: string): Promise<readonly PushEvent[]>;
  /** Takes a record off the problem list, with what was put right; same code, sent again. */
  resend(caller: Caller, input: Resend): Promise<Accepted<CreditPush>>;
}

/** Which record, as it was read, and what is put right. */
export interface Resend {
  readonly id: string;
  readonly version: number;
  readonly corrections: RecordCorrections;
}

/** What the room works with. */
export interface CreditDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
  readonly refusals: Pick<Refusals, 'refuse'>;
  readonly handovers: Handovers;
  /** Ids of the sources that take such a commitment now. */
  recipients(commitment: { readonly isPublic: boolean }): readonly string[];
  findInCase(
    agencyCode: string,
    ids: { caseId: string; subjectId: string },
  ): Promise<Accepted<SubjectInCase>>;
  findAgency(code: string): Promise<Agency | null>;
  findText(id: string): Promise<FormatText | null>;
  /** What was not kept, by the decision on a breach. Null where there is none. */
  findShortfall(trx: Transaction, commitmentId: string): Promise<Shortfall | null>;
}

/** The room of the credit record. */
export function createCredit(deps: CreditDependencies): Credit {
  const { db, clock, refusals } = deps;
  const sending = createSending(deps);

  async function enqueue(trx: Transaction, commitment: Commitment): Promise<void> {
    if (!isTold(commitment)) return;
    const now = deps.recipients({ isPublic: commitment.publicity === 'PUBLIC' });
    // Whoever was told once is told what became of it, though it be out of service today.
    const recipients = new Set([...now, ...(await listRecipients(trx, commitment.id))]);
    const { agencyCode } = commitment;
    const told = { commitment, shortfall: await deps.findShortfall(trx, commitment.id) };
    const at = clock.now();
    for (const recipient of recipients) {
      for (const earlier of await listOnTheirWay(trx, { commitmentId: commitment.id, recipient }))
        await changePush(trx, earlier, {
          ...{ state: 'SUPERSEDED', field: null, reason: null, by: 'hub', at },
          waitSeconds: null,
        });
      await insertPush(trx, {
        ...{ id: randomUUID(), commitmentId: commitment.id, agencyCode, recipient, told },
        ...{ commitmentVersion: commitment.version, state: 'QUEUED', version: 1, attempts: 0 },
        ...{ record: null, reference: null, field: null, reason: null, lastFault: null },
        ...{ createdAt: at, changedAt: at },
      });
    }
  }

  async function pageOfPushes(
    filter: { agencyCode: string | null; state: PushState | null },
    page: PageRequest,
  ): Promise<Page<CreditPush>> {
    const before = decodeInstantCursor(page.after);
    const rows = await listNewestPushes(db, { ...filter, before, rows: rowsToRead(page) });
    return pageOf(rows, page, ({ createdAt, id }) => [createdAt.toISOString(), id]);
  }

  async function resend(caller: Caller, input: Resend): Promise<Accepted<CreditPush>> {
    const resent = await db.transaction(async (trx): Promise<Accepted<CreditPush>> => {
      const { agencyCode } = caller;
      const push = isUuid(input.id) ? await findPush(trx, { agencyCode, id: input.id }) : null;
      const judged = judgeResend(push, input);
      if (!judged.ok) return judged;
      const { state, record, held } = judged.value;
      await changePush(trx, held, {
        ...{
          state,
          ...(record === null ? {} : { record }),
          field: null,
          reason: '更正后重新报送',
          by: caller.account,
        },
        ...{ at: clock.now(), waitSeconds: 0 },
      });
      return { ok: true, value: (await findPush(trx, { agencyCode, id: held.id })) ?? held };
    });
    return resent.ok ? resent : refusals.refuse(caller, 'resendCreditPush', resent.errors);
  }

  return {
    ...{ enqueue, resend },
    deliverDue: sending.deliverDue,
    pageOf: pageOfPushes,
    isToldOfAll: (commitmentId) => isAcknowledged(db, commitmentId),
    listOf: (commitmentId) => listPushesOf(db, commitmentId),
    listEvents: (pushId) => listPushEvents(db, pushId),
  };
}

/** What a resend makes of a record, or what speaks against it. */
function judgeResend(
  push: CreditPush | null,
  { version, corrections }: Resend,
): Accepted<{ held: CreditPush; state: PushState; record: CommitmentRecord | null }> {
  const refuse = (...errors: UserError[]) => ({ ok: false, errors }) as const;
  if (push === null)
    return refuse(mistake('UNKNOWN_PUSH', ['id'], 'Your agency has no such record.'));
  const state = PUSH_LIFE.after(push.state, 'RESEND');
  if (state === null) return refuse(PUSH_LIFE.refuse(push.state, 'RESEND', ['id']));
  if (push.version !== version)
    return refuse(mistake('STALE_VERSION', ['version'], 'Read it again, then decide.'));
  // One that could not even be made is made anew; there is nothing yet to correct.
  if (push.record === null)
    return Object.values(corrections).every((value) => value === null)
      ? { ok: true, value: { held: push, state, record: null } }
      : refuse(mistake('MALFORMED_VALUE', ['corrections'], 'There is no record yet: leave empty.'));
  const record = correctRecord(push.record, corrections);
  const wrong = checkCommitmentRecord(record).map(({ field, reason }) =>
    mistake('MALFORMED_VALUE', ['corrections', field], `${field}: ${reason}`),
  );
  return wrong.length > 0 ? refuse(...wrong) : { ok: true, value: { held: push, state, record } };
}
