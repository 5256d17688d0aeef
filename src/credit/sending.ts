import type { Acknowledgement, PushReceipt } from '../connector-kit/push.ts';
import { HubError } from '../errors.ts';
import type { CommitmentRecord } from '../model/commitment-record.ts';
import { checkCommitmentRecord } from '../model/commitment-record-check.ts';
import { PUSH_LIFE, type CreditPush, type PushStep } from '../model/credit-push.ts';
import type { SubjectInCase } from '../model/case-file.ts';
import { purposeOfCase, type Purpose } from '../model/purpose.ts';
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

const LEGAL_BASIS = '山东省公共信用信息管理办法';

/** A record that is due, and what it is about. */
interface Ready {
  readonly push: CreditPush;
  readonly about: SubjectInCase;
  readonly purpose: Purpose;
}

/** One that may leave the hub. */
interface Sound extends Ready {
  readonly record: CommitmentRecord;
}

/** Sends what is queued, and asks what became of what was taken; safe on every replica. */
export function createSending(deps: CreditDependencies) {
  const { db, clock, handovers, log } = deps;

  async function deliverDue(signal: AbortSignal): Promise<void> {
    try {
      await inRounds(signal, async () => {
        const due = await claimPushes(db, { state: 'QUEUED', rows: ROWS_PER_ROUND });
        for (const batch of batchesOf(await draw(await prepare(due)))) await handOver(batch);
        return due.length;
      });
      await inRounds(signal, async () => {
        const due = await claimPushes(db, { state: 'TAKEN', rows: ROWS_PER_ROUND });
        for (const batch of batchesOf(await prepare(due))) await askWhatBecame(batch);
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

  /** Of one recipient, agency and matter each, no larger than the recipient takes. */
  function batchesOf<T extends Ready>(ready: readonly T[]): readonly (readonly T[])[] {
    const groups = new Map<string, T[]>();
    for (const one of ready) {
      const { recipient, agencyCode } = one.push;
      const key = JSON.stringify([recipient, agencyCode, one.purpose.matterCode]);
      groups.set(key, [...(groups.get(key) ?? []), one]);
    }
    return [...groups.values()].flatMap((group) => {
      const recipient = group[0]?.push.recipient ?? '';
      const size = handovers.batchMaxOf(recipient, NAME) ?? group.length;
      return Array.from({ length: Math.ceil(group.length / size) }, (_, index) =>
        group.slice(index * size, (index + 1) * size),
      );
    });
  }

  /** With the case it is about; what is about nothing that can be found is a problem by itself. */
  async function prepare(due: readonly CreditPush[]): Promise<readonly Ready[]> {
    const ready: Ready[] = [];
    for (const push of due) {
      const found = await deps.findInCase(push.agencyCode, push.told.commitment);
      if (found.ok) ready.push({ push, about: found.value, purpose: purposeOf(push, found.value) });
      else await step(push, 'REFUSE', lacking('承诺所属办件已查不到'));
    }
    return ready;
  }

  /** The record as it is sent; made when it is sent first, and kept. A text: why there is none. */
  async function recordFor({ push, about }: Ready): Promise<CommitmentRecord | string> {
    if (push.record !== null) return push.record;
    const { commitment, shortfall } = push.told;
    const agency = await deps.findAgency(push.agencyCode);
    if (agency === null) return '承诺受理单位未登记';
    const text = await deps.findText(commitment.text.templateId);
    if (text === null) return '承诺书格式文本已查不到';
    const at = push.createdAt;
    const record = recordOf(commitment, { ...about, agency, text, shortfall, at });
    await setRecord(db, push.id, record);
    return record;
  }

  /** What the recipient would refuse does not leave the hub. */
  async function draw(ready: readonly Ready[]): Promise<readonly Sound[]> {
    const sound: Sound[] = [];
    for (const one of ready) {
      const record = await recordFor(one);
      if (typeof record === 'string') {
        await step(one.push, 'REFUSE', lacking(record));
        continue;
      }
      const [wrong] = checkCommitmentRecord(record);
      if (wrong === undefined) sound.push({ ...one, record });
      else await step(one.push, 'REFUSE', { ...wrong, waitSeconds: null });
    }
    return sound;
  }

  async function handOver(batch: readonly Sound[]): Promise<void> {
    const source = batch[0]?.push.recipient ?? '';
    const receipts = await heard(batch, () =>
      handovers.push({ source, name: NAME, records: batch }),
    );
    for (const [index, { push }] of batch.entries()) {
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

  async function askWhatBecame(batch: readonly Ready[]): Promise<void> {
    const source = batch[0]?.push.recipient ?? '';
    const receipts = batch.map(({ push, purpose }) => {
      return { reference: push.reference ?? '', code: push.told.commitment.code, purpose };
    });
    const told = await heard(batch, () =>
      handovers.acknowledgements({ source, name: NAME, receipts }),
    );
    for (const [index, { push }] of batch.entries()) {
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
    batch: readonly Ready[],
    ask: () => Promise<readonly T[]>,
  ): Promise<readonly T[] | null> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      const attempts = Math.max(...batch.map(({ push }) => push.attempts), 1);
      const waitSeconds = Math.min(FIRST_WAIT_SECONDS * 2 ** (attempts - 1), WAIT_SECONDS_MAX);
      await recordFault(
        db,
        batch.map(({ push }) => push.id),
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

/** Why a recipient is told: for the agency's case, under the law that makes it tell. */
function purposeOf(push: CreditPush, about: SubjectInCase): Purpose {
  const job = { account: 'job:credit-push', requestId: `credit-push:${push.id}` };
  return { ...purposeOfCase(job, about), legalBasis: LEGAL_BASIS };
}

/** On the problem list, by the hub's own words. */
function lacking(reason: string) {
  return { reason, waitSeconds: null };
}
