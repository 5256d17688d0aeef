import type { Refusals } from '../audit/refusals.ts';
import { ASSISTANCE_LIFE } from '../model/assistance-life.ts';
import type { AssistanceRequest } from '../model/assistance-request.ts';
import type { Caller } from '../model/caller.ts';
import { isUuid } from '../model/cursor.ts';
import { mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import { findStepByKey, lockStanding } from './event-queries.ts';
import type { Life, LifeDependencies } from './life.ts';
import { findRequest } from './queries.ts';
import type { Submissions } from './submission.ts';

/** Who answers which questions of a request. */
export interface SplitAssistance {
  readonly requestId: string;
  readonly version: number;
  readonly idempotencyKey: string;
  readonly parts: readonly { readonly agency: string; readonly questions: readonly string[] }[];
}

/** Divides requests (拆分) among agencies. The first agency stays responsible for the whole. */
export interface Splitting {
  split(caller: Caller, input: SplitAssistance): Promise<Accepted<AssistanceRequest>>;
}

/** Splitting over the life of requests. */
export function createSplitting(
  deps: LifeDependencies & {
    db: Database;
    refusals: Refusals;
    life: Life;
    submissions: Pick<Submissions, 'draft'>;
  },
): Splitting {
  const { db, refusals, life, agencies, submissions } = deps;

  async function split(
    caller: Caller,
    input: SplitAssistance,
  ): Promise<Accepted<AssistanceRequest>> {
    const done = await db.transaction((trx) => splitIn(trx, caller, input));
    return done.ok ? done : refusals.refuse(caller, 'splitAssistance', done.errors);
  }

  async function splitIn(
    trx: Transaction,
    caller: Caller,
    input: SplitAssistance,
  ): Promise<Accepted<AssistanceRequest>> {
    const { requestId, idempotencyKey } = input;
    if (isUuid(requestId)) await lockStanding(trx, requestId);
    const held = isUuid(requestId) ? await findRequest(trx, requestId) : null;
    if (held?.assistingAgency !== caller.agencyCode)
      return no(mistake('UNKNOWN_ASSISTANCE_REQUEST', ['requestId'], 'It is not in your inbox.'));
    if ((await findStepByKey(trx, requestId, idempotencyKey)) === caller.agencyCode)
      return { ok: true, value: held };
    const { state, version, limits } = held.standing;
    // A part is not split again: whoever has it forwards it, or answers.
    if (ASSISTANCE_LIFE.after(state, 'SPLIT') === null || held.parentId !== null)
      return no(ASSISTANCE_LIFE.refuse(state, 'SPLIT', ['requestId']));
    if (version !== input.version)
      return no(mistake('STALE_VERSION', ['version'], 'Something was done meanwhile. Read it.'));
    const errors = await checkParts(held, input);
    if (errors.length > 0) return { ok: false, errors };
    const by = caller.account;
    const move = { agencyCode: caller.agencyCode, by, idempotencyKey, facts: {} };
    const parent = await life.record(trx, held, { ...move, step: 'SPLIT' });
    for (const [index, { agency, questions }] of input.parts.entries()) {
      const asked = {
        ...{ verificationId: held.verificationId, caseId: held.caseId, item: null },
        ...{ part: { of: held, number: index + 1 }, again: null },
        ...{ subjectId: held.subjectId, requirement: held.requirement, assistingAgency: agency },
        questions: held.questions.filter(({ code }) => questions.includes(code)),
      };
      const part = await submissions.draft(trx, asked, {
        ...{ agencyCode: held.askingAgency, account: by },
      });
      // A part is due when the whole is: dividing the work does not win time.
      const facts = { limits, toAgency: agency, date: held.dueOn };
      await life.record(trx, part, { ...move, idempotencyKey: null, step: 'SUBMIT', facts });
    }
    return { ok: true, value: parent };
  }

  async function checkParts(
    held: AssistanceRequest,
    { parts }: SplitAssistance,
  ): Promise<readonly UserError[]> {
    const given = parts.flatMap(({ questions }) => questions);
    const isPartition =
      parts.length >= 2 &&
      parts.every(({ questions }) => questions.length > 0) &&
      given.length === held.questions.length &&
      held.questions.every(({ code }) => given.includes(code));
    const errors: UserError[] = isPartition
      ? []
      : [
          mistake(
            'ANSWERS_DO_NOT_FIT',
            ['parts'],
            'Give each question of the request to one of at least two parts.',
          ),
        ];
    for (const [index, { agency }] of parts.entries())
      if (agency === held.askingAgency || (await agencies.find(agency)) === null)
        errors.push(
          mistake(
            'UNKNOWN_AGENCY',
            ['parts', String(index), 'agency'],
            'Name an agency that is registered, not the one that asks.',
          ),
        );
    return errors;
  }

  return { split };
}

const no = (error: UserError) => ({ ok: false as const, errors: [error] });
