import type { AssistanceQuestion } from '../model/assistance.ts';
import type { AssistanceItem, AssistanceLimits } from '../model/assistance-item.ts';
import type { Agencies } from '../agencies/agencies.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database } from '../store/database.ts';
import { insertItem, listItemsInForce, listItemVersions } from './item-queries.ts';

/** The list of assistance (行政协助事项清单): who answers what, on which basis, how soon. */
export interface Items {
  /** In force that day, in the order of codes, at most 500. */
  listInForce(on: BusinessDate): Promise<readonly AssistanceItem[]>;
  /** Null where none of this code is in force that day. */
  find(code: string, on: BusinessDate): Promise<AssistanceItem | null>;
  /** Oldest first. */
  listVersions(code: string): Promise<readonly AssistanceItem[]>;
  /** The entry of an agency whose question set holds these questions. Null where none does. */
  findFor(
    asked: { assistingAgency: string; questions: readonly AssistanceQuestion[] },
    on: BusinessDate,
  ): Promise<AssistanceItem | null>;
  /** Adds the next version. Publishing the last one again changes nothing. */
  publish(caller: Caller, input: PublishAssistanceItem): Promise<Accepted<AssistanceItem>>;
}

/** An entry as the justice bureau writes it. */
export type PublishAssistanceItem = Omit<AssistanceItem, 'version' | 'publishedAt' | 'publishedBy'>;

const QUESTIONS_MAX = 10;
const OTHERS_MAX = 5;
const WORKING_DAYS_MAX = 60;
const MINUTES_MAX = 10_000;

/** The list over its tables. */
export function createItems(deps: {
  db: Database;
  clock: Clock;
  refusals: Refusals;
  agencies: Pick<Agencies, 'find'>;
}): Items {
  const { db, clock, refusals, agencies } = deps;

  async function publish(
    caller: Caller,
    input: PublishAssistanceItem,
  ): Promise<Accepted<AssistanceItem>> {
    const errors = [...checkItem(input, businessDate(clock.now()))];
    const named = [
      ['assistingAgency', input.assistingAgency],
      ...input.otherAgencies.map((code) => ['otherAgencies', code] as const),
    ] as const;
    for (const [field, code] of named)
      if ((await agencies.find(code)) === null)
        errors.push(mistake('UNKNOWN_AGENCY', [field], 'Name an agency that is registered.'));
    if (errors.length > 0) return refusals.refuse(caller, 'publishAssistanceItem', errors);
    const last = (await listItemVersions(db, input.code)).at(-1);
    if (last !== undefined && contentOf(last) === contentOf(input))
      return { ok: true, value: last };
    const item: AssistanceItem = {
      ...{ ...input, version: (last?.version ?? 0) + 1 },
      ...{ publishedAt: clock.now(), publishedBy: caller.account },
    };
    if (await insertItem(db, item)) return { ok: true, value: item };
    const stale = mistake('STALE_VERSION', ['code'], 'Somebody else published it. Read the list.');
    return refusals.refuse(caller, 'publishAssistanceItem', [stale]);
  }

  return {
    publish,
    listInForce: (on) => listItemsInForce(db, on),
    find: async (code, on) =>
      (await listItemsInForce(db, on)).find((one) => one.code === code) ?? null,
    listVersions: (code) => listItemVersions(db, code),
    findFor: async ({ assistingAgency, questions }, on) =>
      (await listItemsInForce(db, on)).find(
        (one) =>
          one.assistingAgency === assistingAgency &&
          questions.every(({ code }) => one.questions.some((question) => question.code === code)),
      ) ?? null,
  };
}

function contentOf(item: PublishAssistanceItem): string {
  const { code, title, assistingAgency, legalBasis, contact, questions } = item;
  const { accept, reply, extension, clarify, supplement, confirm, decide } = item.limits;
  return JSON.stringify([
    ...[code, title, assistingAgency, legalBasis, contact, item.minutesPerRequest],
    ...[item.otherAgencies],
    ...[item.effectiveFrom, questions.map((one) => [one.code, one.text])],
    ...[accept, reply, extension, clarify, supplement, confirm, decide],
  ]);
}

function checkItem(item: PublishAssistanceItem, today: BusinessDate): readonly UserError[] {
  const { code, questions, limits, minutesPerRequest, effectiveFrom } = item;
  const codes = new Set(questions.map((one) => one.code));
  return [
    ...(/^[a-z0-9-]{1,64}$/u.test(code)
      ? []
      : [mistake('MALFORMED_CODE', ['code'], 'Use small letters, digits and hyphens, 1 to 64.')]),
    ...checkLength(item.title, ['title'], 200),
    ...checkLength(item.legalBasis, ['legalBasis'], 500),
    ...checkLength(item.contact, ['contact'], 200),
    ...(questions.length === 0 || codes.size < questions.length || codes.size > QUESTIONS_MAX
      ? [mistake('TOO_MANY', ['questions'], `Send 1 to ${QUESTIONS_MAX} different questions.`)]
      : []),
    ...questions.flatMap((one, index) => [
      ...checkLength(one.code, ['questions', String(index), 'code'], 64),
      ...checkLength(one.text, ['questions', String(index), 'text'], 500),
    ]),
    ...checkLimits(limits),
    ...checkOthers(item),
    ...(minutesPerRequest >= 1 && minutesPerRequest <= MINUTES_MAX
      ? []
      : [mistake('MALFORMED_VALUE', ['minutesPerRequest'], `Send 1 to ${MINUTES_MAX}.`)]),
    ...(effectiveFrom >= today
      ? []
      : [
          mistake(
            'DATE_OUT_OF_RANGE',
            ['effectiveFrom'],
            'A version holds from today on, or later.',
          ),
        ]),
  ];
}

function checkOthers({ assistingAgency, otherAgencies }: PublishAssistanceItem) {
  const named = new Set([assistingAgency, ...otherAgencies]);
  if (otherAgencies.length <= OTHERS_MAX && named.size === otherAgencies.length + 1) return [];
  const message = `Send at most ${OTHERS_MAX} other agencies, each once.`;
  return [mistake('TOO_MANY', ['otherAgencies'], message)];
}

function checkLimits(limits: AssistanceLimits): readonly UserError[] {
  return Object.entries(limits)
    .filter(([name, days]: [string, number]) => {
      const least = name === 'extension' ? 0 : 1;
      return !Number.isInteger(days) || days < least || days > WORKING_DAYS_MAX;
    })
    .map(([name]) =>
      mistake('MALFORMED_VALUE', ['limits', name], `Send 1 to ${WORKING_DAYS_MAX} working days.`),
    );
}
