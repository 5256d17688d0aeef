import type { Acknowledgement, PushReceipt } from '../connector-kit/push.ts';
import { HubError } from '../errors.ts';
import type { CommitmentRecord } from '../model/commitment-record.ts';
import { checkCommitmentRecord } from '../model/commitment-record-check.ts';
import { PUSH_LIFE, type CreditPush, type PushStep } from '../model/credit-push.ts';
import type { Purpose } from '../model/purpose.ts';
import type { CreditDependencies } from './credit.ts';
import { changePush, claimPushes, recordFault, setRecord } from './queries.ts';
import { recordOf } from './record.ts';

const NAME = 'credit.commitment';
const ROWS_PER_ROUND = 200;
const ROUNDS_MAX = 50;
/** A recipient is asked what became of a record after this, and again as long. */
const ASKED_AGAIN_SECONDS = 60;
const WAIT_SECONDS_MAX = 3_600;
const FIRST_WAIT_SECONDS = 30;

/** Why the hub itself tells the credit record of commitments. */
const PURPOSE: Purpose = {
  caseId: 'credit-push',
  caseNumber: 'credit-push',
  matterCode: 'credit-push',
  matterName: '信用承诺信息归集',
  legalBasis: '山东省公共信用信息管理办法',
  agencyCode: 'hub',
  actor: 'job:credit-push',
  requestId: 'credit-push',
};

/** Sends what is queued, and asks what became of what was taken; safe on every replica. */
export function createSending(deps: CreditDependencies) {
  const { db, clock, handovers, log } = deps;

  async function deliverDue(signal: AbortSignal): Promise<void> {
    try {
      await inRounds(signal, async () => {
        const due = await claimPushes(db, { state: 'QUEUED', rows: ROWS_PER_ROUND });
        for (const batch of batchesOf(due)) await handOver(batch);
        return due.length;
      });
      await inRounds(signal, async () => {
        const due = await claimPushes(db, { state: 'TAKEN', rows: ROWS_PER_ROUND });
        for (const batch of batchesOf(due)) await askWhatBecame(batch);
        return due.length;
      });
    } catch (error) {
      log.warn({ err: error }, 'credit records could not be sent; they stay queued');
    }
  }

  async function inRounds(signal: AbortSignal, round: () => Promise<number>): Promise<void> {
    for (let rounds = 0; rounds < ROUNDS_MAX && !signal.aborted; rounds += 1)
      if ((await round()) === 0) return;
  }

  /** Of one recipient each, no larger than it takes. */
  function batchesOf(due: readonly CreditPush[]): readonly (readonly CreditPush[])[] {
    const recipients = [...new Set(due.map(({ recipient }) => recipient))];
    return recipients.flatMap((recipient) => {
      const own = due.filter((one) => one.recipient === recipient);
      const size = handovers.batchMaxOf(recipient, NAME) ?? own.length;
      return Array.from({ length: Math.ceil(own.length / size) }, (_, index) =>
        own.slice(index * size, (index + 1) * size),
      );
    });
  }

  /** The record as it is sent; made when it is sent first, and kept. */
  async function recordFor(push: CreditPush): Promise<CommitmentRecord> {
    if (push.record !== null) return push.record;
    const { commitment, shortfall } = push.told;
    const found = await deps.findInCase(push.agencyCode, commitment);
    const agency = await deps.findAgency(push.agencyCode);
    const text = await deps.findText(commitment.text.templateId);
    if (!found.ok || agency === null || text === null) throw new HubError('NOT_FOUND');
    const at = push.createdAt;
    const record = recordOf(commitment, { ...found.value, agency, text, shortfall, at });
    await setRecord(db, push.id, record);
    return record;
  }

  /** What the recipient would refuse does not leave the hub. */
  async function handOver(batch: readonly CreditPush[]): Promise<void> {
    const sound: { push: CreditPush; record: CommitmentRecord }[] = [];
    for (const push of batch) {
      const record = await recordFor(push);
      const [wrong] = checkCommitmentRecord(record);
      if (wrong === undefined) sound.push({ push, record });
      else await step(push, 'REFUSE', { ...wrong, waitSeconds: null });
    }
    const [first] = sound;
    if (first === undefined) return;
    const receipts = await heard(
      sound.map(({ push }) => push),
      () =>
        handovers.push({
          ...{ source: first.push.recipient, name: NAME, purpose: PURPOSE },
          records: sound.map(({ record }) => record),
        }),
    );
    for (const [index, { push }] of sound.entries()) {
      const receipt: PushReceipt | undefined = receipts?.[index];
      if (receipt === undefined) continue;
      if (receipt.taken)
        await step(push, 'HAND_OVER', { reference: receipt.reference, waitSeconds: 0 });
      else {
        const { field, reason } = receipt;
        await step(push, 'REFUSE', { field, reason: wordsOf(reason), waitSeconds: null });
      }
    }
  }

  async function askWhatBecame(batch: readonly CreditPush[]): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    const told = await heard(batch, () =>
      handovers.acknowledgements({
        ...{ source: first.recipient, name: NAME, purpose: PURPOSE },
        references: batch.map(({ reference }) => reference ?? ''),
      }),
    );
    for (const [index, push] of batch.entries()) {
      const one: Acknowledgement | undefined = told?.[index];
      if (one === undefined) continue;
      if (one.state === 'ACKNOWLEDGED') await step(push, 'ACKNOWLEDGE', { waitSeconds: null });
      if (one.state === 'UNKNOWN') await step(push, 'LOSE', { reference: null, waitSeconds: 0 });
      if (one.state === 'PENDING')
        await recordFault(db, [push.id], { fault: 'PENDING', waitSeconds: ASKED_AGAIN_SECONDS });
      if (one.state === 'REJECTED') {
        const { field, reason } = one;
        await step(push, 'REFUSE', { field, reason: wordsOf(reason), waitSeconds: null });
      }
    }
  }

  /** Null where nothing came of it: everything stays as it is, and is tried again later. */
  async function heard<T>(
    batch: readonly CreditPush[],
    ask: () => Promise<readonly T[]>,
  ): Promise<readonly T[] | null> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      const attempts = Math.max(...batch.map((push) => push.attempts), 1);
      const waitSeconds = Math.min(FIRST_WAIT_SECONDS * 2 ** (attempts - 1), WAIT_SECONDS_MAX);
      await recordFault(
        db,
        batch.map(({ id }) => id),
        { fault: error.code, waitSeconds },
      );
      return null;
    }
  }

  async function step(
    push: CreditPush,
    taken: PushStep,
    told: {
      readonly field?: string | null;
      readonly reason?: string;
      readonly reference?: string | null;
      readonly waitSeconds: number | null;
    },
  ): Promise<void> {
    const state = PUSH_LIFE.after(push.state, taken);
    if (state === null) return;
    const { field = null, reason = null, ...rest } = told;
    await db.transaction((trx) =>
      changePush(trx, push, {
        ...{ state, field, reason, by: 'job:credit-push', at: clock.now(), ...rest },
      }),
    );
  }

  return { deliverDue };
}

/** A recipient that gives no words is quoted as saying none. */
function wordsOf(reason: string | null): string {
  return reason === null || reason.trim() === '' ? '对方未说明原因' : reason;
}
