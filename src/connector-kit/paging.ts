import { z } from 'zod';

import type { AskedRows } from './answer-lookup.ts';
import type { ReplyRow, ReplyRows } from './answer-rows.ts';
import { titled } from './connector.ts';
import { driftFault, integrityFault } from './fault.ts';
import { findAt, pointerSetting } from './json-pointer.ts';
import { codeText } from './reply-code.ts';

/** How a source hands over the records of one question in several replies. */
export const pagingSetting = z
  .discriminatedUnion('style', [
    z.strictObject({
      style: z.literal('PAGE').meta(titled('页码', 'Page number')).describe('Pages have numbers.'),
      parameter: z
        .string()
        .min(1)
        .max(64)
        .meta(titled('页码参数', 'Parameter of the page'))
        .describe('Name of the query parameter, or of the field of the body.'),
      first: z
        .number()
        .int()
        .min(0)
        .max(1)
        .default(1)
        .meta(titled('首页页码', 'Number of the first page'))
        .describe('1, or 0 where the source counts from 0.'),
      sizeParameter: z
        .string()
        .min(1)
        .max(64)
        .nullable()
        .default(null)
        .meta(titled('页长参数', 'Parameter of the size'))
        .describe('Null where the source knows its size by itself.'),
      size: z
        .number()
        .int()
        .min(1)
        .max(1_000)
        .meta(titled('页长', 'Rows of a page'))
        .describe('A page with fewer rows is the last.'),
      totalPointer: pointerSetting
        .nullable()
        .default(null)
        .meta(titled('总数位置', 'Place of the total'))
        .describe('Where the number of all records stands; null where it is not told.'),
    }),
    z.strictObject({
      style: z.literal('CURSOR').meta(titled('游标', 'Cursor')).describe('Pages name the next.'),
      parameter: z
        .string()
        .min(1)
        .max(64)
        .meta(titled('游标参数', 'Parameter of the cursor'))
        .describe('Name of the query parameter, the field of the body, or the variable.'),
      nextPointer: pointerSetting
        .meta(titled('下一游标位置', 'Place of the next cursor'))
        .describe('Null, blank or missing there ends the list.'),
      morePointer: pointerSetting
        .nullable()
        .default(null)
        .meta(titled('是否有下一页', 'Place of "has more"'))
        .describe('Where false ends the list; null where only the cursor tells.'),
    }),
  ])
  .nullable()
  .default(null)
  .meta(titled('分页', 'Paging'))
  .describe('How the records of one question are spread over replies; null for one reply.');
export type PagingRule = z.infer<typeof pagingSetting>;

/** What a page is asked with, besides the question: names and values. */
export type PageParameters = Readonly<Record<string, string | number>>;

/** One reply: its rows, and its whole value. */
export interface PageRead extends AskedRows {
  readonly value: unknown;
}

/** More pages than this for one question is a source gone wild. */
const PAGES_MAX = 50;

/**
 * Every row of a question, page by page. An incomplete set is a fault and never an answer: fewer
 * rows than the total, a page that comes again, a cursor that leads back, or no end.
 *
 * @throws {HubError} SOURCE_INTEGRITY_FAILED, SOURCE_SCHEMA_DRIFT, or what `ask` throws.
 */
export async function readPages(
  rule: PagingRule,
  ask: (page: PageParameters) => Promise<PageRead>,
): Promise<AskedRows> {
  if (rule === null) return ask({});
  const pages: PageRead[] = [];
  const seen = new Set<string>();
  let parameters: PageParameters | null = firstPage(rule);
  while (parameters !== null) {
    if (pages.length >= PAGES_MAX) throw integrityFault('TOO_MANY_PAGES');
    const page: PageRead = await ask(parameters);
    const isRepeated = page.rows.length > 0 && seen.has(textOf(page));
    if (isRepeated) throw integrityFault('PAGE_REPEATED');
    seen.add(textOf(page));
    pages.push(page);
    parameters = nextPage(rule, pages);
  }
  return joined(pages);
}

/** The rows of recorded bytes, in whatever pages they came. */
export function readRecordedPages(
  raw: Uint8Array,
  read: (page: Uint8Array) => Omit<ReplyRows, 'raw'>,
): ReplyRows {
  const pages = splitPages(raw).map((page) => read(page));
  const rows = pages.flatMap((page) => page.rows);
  return { rows, asOf: pages[0]?.asOf ?? null, raw };
}

function firstPage(rule: NonNullable<PagingRule>): PageParameters {
  return rule.style === 'CURSOR' ? {} : numberedPage(rule, 0);
}

function numberedPage(
  rule: Extract<NonNullable<PagingRule>, { style: 'PAGE' }>,
  index: number,
): PageParameters {
  const size = rule.sizeParameter === null ? {} : { [rule.sizeParameter]: rule.size };
  return { [rule.parameter]: rule.first + index, ...size };
}

/** Null where the last page has been read. */
function nextPage(
  rule: NonNullable<PagingRule>,
  pages: readonly PageRead[],
): PageParameters | null {
  const last = pages.at(-1);
  if (last === undefined) return null;
  if (rule.style === 'CURSOR') {
    if (rule.morePointer !== null && findAt(last.value, rule.morePointer) !== true) return null;
    const next = codeText(findAt(last.value, rule.nextPointer));
    return next === null || next === '' ? null : { [rule.parameter]: next };
  }
  const count = pages.reduce((sum, { rows }) => sum + rows.length, 0);
  const total = rule.totalPointer === null ? null : totalAt(last.value, rule.totalPointer);
  const isLast = total === null ? last.rows.length < rule.size : count >= total;
  if (!isLast && last.rows.length === 0) throw integrityFault('ROWS_MISSING');
  if (isLast && total !== null && count > total) throw integrityFault('ROWS_TOO_MANY');
  return isLast ? null : numberedPage(rule, pages.length);
}

function totalAt(value: unknown, pointer: string): number {
  const text = codeText(findAt(value, pointer));
  if (text === null || !/^\d{1,9}$/u.test(text)) throw driftFault(pointer);
  return Number(text);
}

function joined(pages: readonly PageRead[]): AskedRows {
  const [first] = pages;
  if (first === undefined) throw integrityFault('ROWS_MISSING');
  if (pages.length === 1) return first;
  const rows: readonly ReplyRow[] = pages.flatMap((page) => page.rows);
  const { head, asOf } = first;
  return { rows, asOf, head, raw: joinPages(pages.map(({ raw }) => raw)) };
}

/** Several replies as one text: a line that says so, and each reply in Base64 on its own line. */
const PAGES_LINE = 'hecha-pages\n';

function joinPages(pages: readonly Uint8Array[]): Uint8Array {
  const lines = pages.map((page) => Buffer.from(page).toString('base64'));
  return Buffer.from(PAGES_LINE + lines.join('\n'));
}

function splitPages(raw: Uint8Array): readonly Uint8Array[] {
  const isJoined = Buffer.from(raw.subarray(0, PAGES_LINE.length)).toString() === PAGES_LINE;
  if (!isJoined) return [raw];
  const text = Buffer.from(raw.subarray(PAGES_LINE.length)).toString();
  return text.split('\n').map((line) => Buffer.from(line, 'base64'));
}

function textOf({ raw }: PageRead): string {
  return Buffer.from(raw).toString('base64');
}
