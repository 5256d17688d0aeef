import { randomUUID } from 'node:crypto';

import { HubError } from '../errors.ts';
import type { AssistanceQuestion } from '../model/assistance.ts';
import {
  DEFAULT_LIMITS,
  type AssistanceItem,
  type AssistanceLimits,
} from '../model/assistance-item.ts';
import type { AssistanceRequest } from '../model/assistance-request.ts';
import { emptyStanding } from '../model/assistance-standing.ts';
import type { BusinessDate } from '../model/business-date.ts';
import { businessDate } from '../model/clock.ts';
import type { AssistanceRung } from '../model/policy.ts';
import type { Purpose } from '../model/purpose.ts';
import type { Database, Transaction } from '../store/database.ts';
import { countAttempts, insertRequest, upsertStanding } from './event-queries.ts';
import type { Items } from './items.ts';
import type { Life, LifeDependencies } from './life.ts';
import { findRequest, findRequestFor } from './queries.ts';

/** What is to be asked of another agency: one requirement of one subject in one case. */
export interface WantedAssistance {
  readonly verificationId: string;
  readonly caseId: string;
  readonly subjectId: string;
  readonly requirement: string;
  readonly rung: AssistanceRung;
}

/** A request before it is on record. */
export interface AskedOf {
  readonly verificationId: string | null;
  readonly caseId: string;
  readonly subjectId: string;
  readonly requirement: string;
  readonly assistingAgency: string;
  readonly questions: readonly AssistanceQuestion[];
  readonly item: AssistanceItem | null;
  /** The request it is a part of, and which one, from 1. Null for a whole one. */
  readonly part: { readonly of: AssistanceRequest; readonly number: number } | null;
  /** The answered request of which it is independent, and why. Null for a first one. */
  readonly again: { readonly of: AssistanceRequest; readonly reason: string } | null;
}

/** Puts requests on record. */
export interface Submissions {
  /** The request that stands for the question: the one that is there, else a new one, submitted. */
  submit(wanted: WantedAssistance, purpose: Purpose): Promise<AssistanceRequest>;
  /** The same as a draft, which nobody sees but the asking agency. */
  draft(trx: Transaction, asked: AskedOf, by: AskingOfficer): Promise<AssistanceRequest>;
}

/** In whose name it is asked. */
export interface AskingOfficer {
  readonly agencyCode: string;
  readonly account: string;
}

/** Submissions over the life of requests. */
export function createSubmissions(
  deps: LifeDependencies & {
    db: Database;
    life: Life;
    items: Pick<Items, 'findFor'>;
    source(): string;
  },
): Submissions {
  const { db, clock, calendar, life, items } = deps;

  async function submit(wanted: WantedAssistance, purpose: Purpose): Promise<AssistanceRequest> {
    const existing = await findRequestFor(db, wanted);
    if (existing !== null && existing.standing.state !== 'WITHDRAWN') return existing;
    const { rung, ...key } = wanted;
    const item = await items.findFor(rung, businessDate(clock.now()));
    const by = { agencyCode: purpose.agencyCode, account: purpose.actor };
    return db.transaction(async (trx) => {
      const { assistingAgency, questions } = rung;
      const asked = { ...key, assistingAgency, questions, item, part: null, again: null };
      const drafted = await draft(trx, asked, by);
      if (drafted.standing.state !== 'DRAFT') return drafted;
      const limits = limitsOf(rung, item);
      return life.record(trx, drafted, {
        ...{ step: 'SUBMIT', facts: { limits, toAgency: assistingAgency } },
        ...{ agencyCode: by.agencyCode, by: by.account, idempotencyKey: null },
      });
    });
  }

  async function draft(
    trx: Transaction,
    asked: AskedOf,
    by: AskingOfficer,
  ): Promise<AssistanceRequest> {
    const submittedAt = clock.now();
    const today = businessDate(submittedAt);
    const { item, part, again, ...rest } = asked;
    const limits = item?.limits ?? DEFAULT_LIMITS;
    const due = calendar.deadline(today, limits.reply);
    const id = randomUUID();
    const attempt = part === null ? await nextAttempt(trx, asked) : 1;
    const standing = emptyStanding({
      ...{ askingAgency: by.agencyCode, assistingAgency: asked.assistingAgency, since: today },
    });
    const isNew = await insertRequest(trx, {
      ...{ ...rest, id, attempt, parentId: part?.of.id ?? null },
      ...{ independentOf: again?.of.id ?? null, reason: again?.reason ?? null },
      requestNumber: numberOf({ id, today, part }),
      ...{ itemCode: item?.code ?? null, itemVersion: item?.version ?? null },
      ...{ askingAgency: by.agencyCode, source: deps.source() },
      ...{ dueOn: due.on, dueIsProvisional: due.provisional },
      ...{ submittedAt, submittedBy: by.account },
    });
    if (isNew) await upsertStanding(trx, id, { standing: { ...standing, limits }, due });
    const found = isNew ? await findRequest(trx, id) : await findRequestFor(trx, asked);
    if (found === null) throw new HubError('STORE_UNAVAILABLE');
    return found;
  }

  return { submit, draft };
}

/** People recognize the parts of a request by its number. */
function numberOf({
  id,
  today,
  part,
}: Pick<AskedOf, 'part'> & { readonly id: string; readonly today: BusinessDate }): string {
  if (part !== null) return `${part.of.requestNumber}-${String(part.number).padStart(2, '0')}`;
  return `XZ${today.replaceAll('-', '')}-${id.slice(0, 8).toUpperCase()}`;
}

/** The same is asked again after it was withdrawn, or independently once it was answered. */
async function nextAttempt(trx: Transaction, asked: AskedOf): Promise<number> {
  const last = await findRequestFor(trx, asked);
  const attempts = await countAttempts(trx, asked);
  const isFree = last === null || last.standing.state === 'WITHDRAWN' || asked.again !== null;
  return isFree ? attempts + 1 : attempts;
}

/** The list decides; without an entry the policy of the matter says how long a reply takes. */
function limitsOf(rung: AssistanceRung, item: AssistanceItem | null): AssistanceLimits {
  return item?.limits ?? { ...DEFAULT_LIMITS, reply: rung.workingDays };
}
