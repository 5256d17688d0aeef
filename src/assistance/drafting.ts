import type { Refusals } from '../audit/refusals.ts';
import type { AssistanceRequest } from '../model/assistance-request.ts';
import type { Caller } from '../model/caller.ts';
import type { SubjectInCase } from '../model/case-file.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import { mistake, type Accepted } from '../model/user-error.ts';
import type { Database } from '../store/database.ts';
import type { Items } from './items.ts';
import type { Submissions } from './submission.ts';

/** What an officer wants to ask another agency, by an entry of the list of assistance. */
export interface DraftAssistance {
  readonly caseId: string;
  readonly subjectId: string;
  readonly itemCode: string;
  /** Codes of the questions that are needed, and no more. Empty means all of the entry's. */
  readonly questions: readonly string[];
}

/** Requests that an officer writes, apart from any verification. */
export interface Drafting {
  /** The same entry for the same subject in the same case joins the request that is there. */
  draft(caller: Caller, input: DraftAssistance): Promise<Accepted<AssistanceRequest>>;
}

/** Drafting over the list of assistance. */
export function createDrafting(deps: {
  db: Database;
  clock: Clock;
  refusals: Refusals;
  items: Pick<Items, 'find'>;
  submissions: Pick<Submissions, 'draft'>;
  findInCase(
    agencyCode: string,
    ids: { caseId: string; subjectId: string },
  ): Promise<Accepted<SubjectInCase>>;
}): Drafting {
  const { db, clock, refusals, items, submissions } = deps;

  async function draft(
    caller: Caller,
    input: DraftAssistance,
  ): Promise<Accepted<AssistanceRequest>> {
    const refuse = (errors: Parameters<Refusals['refuse']>[2]) =>
      refusals.refuse(caller, 'draftAssistance', errors);
    const found = await deps.findInCase(caller.agencyCode, input);
    if (!found.ok) return refuse(found.errors);
    const item = await items.find(input.itemCode, businessDate(clock.now()));
    if (item === null)
      return refuse([
        mistake('UNKNOWN_ASSISTANCE_ITEM', ['itemCode'], 'Choose one of `assistanceItems`.'),
      ]);
    const asked = item.questions.filter(
      ({ code }) => input.questions.length === 0 || input.questions.includes(code),
    );
    if (asked.length === 0 || (input.questions.length > 0 && asked.length < input.questions.length))
      return refuse([
        mistake(
          'ANSWERS_DO_NOT_FIT',
          ['questions'],
          `Ask some of: ${item.questions.map(({ code }) => code).join(', ')}.`,
        ),
      ]);
    const { caseId, subjectId } = input;
    const value = await db.transaction((trx) =>
      submissions.draft(
        trx,
        {
          ...{ verificationId: null, caseId, subjectId, requirement: item.code, item },
          ...{ assistingAgency: item.assistingAgency, questions: asked, part: null },
          again: null,
        },
        caller,
      ),
    );
    return { ok: true, value };
  }

  return { draft };
}
