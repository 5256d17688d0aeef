import { randomUUID } from 'node:crypto';

import type { Refusals } from '../audit/refusals.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { HubError } from '../errors.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { Caller } from '../model/caller.ts';
import { businessDate, type Clock } from '../model/clock.ts';
import { decodeCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import {
  ELEMENT_HEADINGS,
  missingElements,
  signedTextDigest,
  type FormatText,
  type TextChannel,
  type TextElement,
  type WrittenElement,
} from '../model/format-text.ts';
import type { FormatTextTask } from '../model/format-text-task.ts';
import type { Matter } from '../model/matter.ts';
import type { Page, PageRequest } from '../model/page.ts';
import { checkLength, mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database, Transaction } from '../store/database.ts';
import {
  findPublished,
  findText,
  insertPublication,
  insertTasks,
  insertText,
  listTasks,
  listTextsOf,
  recountTasks,
} from './queries.ts';

/** Format texts (告知承诺书格式文本) and service guides, and who still owes one. */
export interface Texts {
  draft(caller: Caller, input: DraftText): Promise<Accepted<FormatText>>;
  /** Refused with one mistake for each mandatory element that is missing. */
  publish(
    caller: Caller,
    input: { id: string; channels: readonly TextChannel[] },
  ): Promise<Accepted<FormatText>>;
  /** The text in force that day. Null where none is published. */
  findPublished(matterCode: string, on: BusinessDate): Promise<FormatText | null>;
  /** Null where there is none with this id. */
  find(id: string): Promise<FormatText | null>;
  /** Newest version first, at most 50. */
  listOf(matterCode: string): Promise<readonly FormatText[]>;
  /** What a text still lacks to be published. */
  listMissing(text: FormatText): Promise<readonly TextElement[]>;
  /** By due day. */
  pageOfTasks(filter: TaskFilter, page: PageRequest): Promise<Page<FormatTextTask>>;
  /** Gives every agency of a published list its task, in the transaction of the publication. */
  onListPublished(trx: Transaction, list: PublishedList): Promise<void>;
  /** Counts the days of open tasks anew after the calendar has changed. */
  recount(trx: Transaction, calendar: Pick<Calendar, 'deadline'>): Promise<unknown>;
}

/** A text as an agency writes it. */
export interface DraftText {
  readonly matterCode: string;
  readonly elements: readonly WrittenElement[];
  readonly allowsProxy: boolean;
}

/** Whose tasks, and which. Null means all. */
export interface TaskFilter {
  readonly agencyCode: string | null;
  readonly isOpen: boolean | null;
  readonly overdueOn: BusinessDate | null;
}

/** A list that was made public, and who has to act on which of its matters. */
export interface PublishedList {
  readonly reference: string;
  readonly publishedOn: BusinessDate;
  readonly matters: readonly { readonly code: string; readonly agencyCode: string }[];
}

/** What the room works with. */
export interface TextsDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly calendar: Pick<Calendar, 'addWorkingDays'>;
  readonly refusals: Pick<Refusals, 'refuse'>;
  /** The version of a matter in force that day. Null when none is. */
  findMatter(code: string, on: BusinessDate): Promise<Matter | null>;
}

/** The plan's section 5: ten working days after the list is published. */
const WORKING_DAYS = 10;
const ELEMENT_LENGTH_MAX = 4_000;
const VERSIONS_SHOWN = 50;

/** The room of format texts. */
export function createTexts(deps: TextsDependencies): Texts {
  const { db, clock, calendar, refusals } = deps;
  const today = (): BusinessDate => businessDate(clock.now());

  async function draft(caller: Caller, input: DraftText): Promise<Accepted<FormatText>> {
    const matter = await deps.findMatter(input.matterCode, today());
    const errors = [...checkOwner(caller, matter), ...checkElements(input.elements)];
    if (errors.length > 0) return refusals.refuse(caller, 'draftFormatText', errors);
    const elements = input.elements.map(({ element, text }) => ({ element, text: text.trim() }));
    const text = {
      ...{ id: randomUUID(), matterCode: input.matterCode, agencyCode: caller.agencyCode },
      ...{ elements, allowsProxy: input.allowsProxy, digest: signedTextDigest(elements) },
      ...{ draftedAt: clock.now(), draftedBy: caller.account },
    };
    const version = await db.transaction((trx) => insertText(trx, text));
    return { ok: true, value: { ...text, version, publication: null } };
  }

  async function publish(
    caller: Caller,
    { id, channels }: { id: string; channels: readonly TextChannel[] },
  ): Promise<Accepted<FormatText>> {
    const refuse = (errors: readonly UserError[]) =>
      refusals.refuse(caller, 'publishFormatText', errors);
    const text = isUuid(id) ? await findText(db, id) : null;
    if (text?.agencyCode !== caller.agencyCode)
      return refuse([mistake('UNKNOWN_TEXT', ['id'], 'Your agency has no such text.')]);
    const where =
      channels.length === 0
        ? [mistake('LENGTH_OUT_OF_RANGE', ['channels'], 'Say where it is made public.')]
        : [];
    const lacking = (await listMissing(text)).map((element) =>
      mistake(
        'ELEMENT_MISSING',
        ['elements', element],
        `The element ${element} (${ELEMENT_HEADINGS[element]}) is missing. Draft it anew.`,
      ),
    );
    if (where.length + lacking.length > 0) return refuse([...where, ...lacking]);
    await db.transaction((trx) =>
      insertPublication(trx, id, { on: today(), channels, at: clock.now(), by: caller.account }),
    );
    return { ok: true, value: (await findText(db, id)) ?? text };
  }

  async function listMissing(text: FormatText): Promise<readonly TextElement[]> {
    const matter = await deps.findMatter(text.matterCode, today());
    return missingElements(text.elements, { isPublicMatter: matter?.publicity != null });
  }

  async function pageOfTasks(filter: TaskFilter, page: PageRequest): Promise<Page<FormatTextTask>> {
    const [dueOn = '', id = ''] = decodeCursor(page.after, 2) ?? [];
    if (page.after !== null && (!isUuid(id) || !/^\d{4}-\d{2}-\d{2}$/u.test(dueOn)))
      throw new HubError('MALFORMED_CURSOR');
    const after = page.after === null ? null : { dueOn, id };
    const rows = await listTasks(db, { ...filter, after, rows: rowsToRead(page) });
    return pageOf(rows, page, (task) => [task.dueOn, task.id]);
  }

  async function onListPublished(trx: Transaction, list: PublishedList): Promise<void> {
    const due = calendar.addWorkingDays(list.publishedOn, WORKING_DAYS);
    await insertTasks(
      trx,
      list.matters.map(({ code, agencyCode }) => ({
        ...{ id: randomUUID(), listReference: list.reference, matterCode: code, agencyCode },
        ...{ listedOn: list.publishedOn, workingDays: WORKING_DAYS },
        ...{ dueOn: due.on, provisional: due.provisional },
      })),
    );
  }

  return {
    ...{ draft, publish, listMissing, pageOfTasks, onListPublished },
    recount: recountTasks,
    findPublished: (matterCode, on) => findPublished(db, matterCode, on),
    find: async (id) => (isUuid(id) ? findText(db, id) : null),
    listOf: (matterCode) => listTextsOf(db, matterCode, VERSIONS_SHOWN),
  };
}

function checkOwner(caller: Caller, matter: Matter | null): readonly UserError[] {
  if (matter === null)
    return [mistake('UNKNOWN_MATTER', ['matterCode'], 'No matter in force has this code.')];
  if (matter.agencyCode === caller.agencyCode) return [];
  return [
    mistake('UNKNOWN_MATTER', ['matterCode'], 'The matter is another agency’s to write texts for.'),
  ];
}

function checkElements(elements: readonly WrittenElement[]): readonly UserError[] {
  const seen = new Set<TextElement>();
  return elements.flatMap(({ element, text }, index) => {
    const at = ['elements', String(index)];
    const isTwice = seen.has(element);
    seen.add(element);
    return [
      ...(isTwice ? [mistake('DUPLICATE_CLAIM', at, `Send ${element} once.`)] : []),
      ...checkLength(text, [...at, 'text'], ELEMENT_LENGTH_MAX),
    ];
  });
}
