import { describe, expect, test } from '@jest/globals';

import { readPages, readRecordedPages, type PagingRule } from '../../src/connector-kit/paging.ts';

const HEAD = { status: 200, headers: {}, serverDate: null, receivedAt: new Date(0) };
const NUMBERED: PagingRule = {
  style: 'PAGE',
  parameter: 'page',
  first: 1,
  sizeParameter: null,
  size: 2,
  totalPointer: '/total',
};
const UNCOUNTED: PagingRule = { ...NUMBERED, totalPointer: null };
const CURSOR: PagingRule = {
  style: 'CURSOR',
  parameter: 'after',
  nextPointer: '/next',
  morePointer: null,
};

interface Page {
  readonly list: readonly number[];
  readonly total?: number;
  readonly next?: string | null;
}

/** Reads from these pages, one after another; the last stands for all that follow. */
async function read(rule: PagingRule, pages: readonly Page[]) {
  const asked: object[] = [];
  const result = await readPages(rule, async (parameters) => {
    const page = pages[asked.length] ?? pages.at(-1);
    asked.push(parameters);
    return { ...rowsOf(page), value: page, head: HEAD, raw: Buffer.from(JSON.stringify(page)) };
  });
  return { asked, result, values: result.rows.map(({ value }) => value) };
}

function rowsOf(page: Page | undefined) {
  const rows = (page?.list ?? []).map((value, index) => ({ value, pointer: `/list/${index}` }));
  return { rows, asOf: null };
}

describe('pages with numbers', () => {
  test('are read until the total is there, from the first number on', async () => {
    const { asked, values } = await read(NUMBERED, [
      { list: [1, 2], total: 3 },
      { list: [3], total: 3 },
    ]);

    expect(values).toEqual([1, 2, 3]);
    expect(asked).toEqual([{ page: 1 }, { page: 2 }]);
  });

  test('of nothing are one page', async () => {
    expect((await read(NUMBERED, [{ list: [], total: 0 }])).values).toEqual([]);
  });

  test('without a total end with a page that is not full, after an exact multiple as well', async () => {
    const { asked, values } = await read(UNCOUNTED, [{ list: [1, 2] }, { list: [] }]).catch(
      (error: unknown) => ({ asked: [], values: error }),
    );

    expect([asked.length, values]).toEqual([2, [1, 2]]);
  });

  test.each<[string, readonly Page[]]>([
    [
      'ROWS_MISSING',
      [
        { list: [1, 2], total: 5 },
        { list: [], total: 5 },
      ],
    ],
    ['ROWS_TOO_MANY', [{ list: [1, 2], total: 1 }]],
    ['PAGE_REPEATED', [{ list: [1, 2], total: 9 }]],
  ])('that do not fit are a fault: %s', async (reason, pages) => {
    await expect(read(NUMBERED, pages)).rejects.toMatchObject({
      code: 'SOURCE_INTEGRITY_FAILED',
      details: { reason },
    });
  });
});

test('a cursor is followed to its end, and one that leads on for ever is a fault', async () => {
  const { asked, values } = await read(CURSOR, [
    { list: [1], next: 'b' },
    { list: [2], next: null },
  ]);
  expect([asked, values]).toEqual([
    [{}, { after: 'b' }],
    [1, 2],
  ]);

  const endless = Array.from({ length: 60 }, (_, n) => ({ list: [n], next: `c${n}` }));
  await expect(read(CURSOR, endless)).rejects.toMatchObject({
    details: { reason: 'TOO_MANY_PAGES' },
  });
});

test('the recorded text of one page and of several says again what was read', async () => {
  const again = (raw: Uint8Array) =>
    readRecordedPages(raw, (page) =>
      rowsOf(JSON.parse(Buffer.from(page).toString()) as Page),
    ).rows.map(({ value }) => value);

  for (const pages of [
    [{ list: [1], total: 1 }],
    [
      { list: [1, 2], total: 3 },
      { list: [3], total: 3 },
    ],
  ]) {
    const { result, values } = await read(NUMBERED, pages);
    expect(again(result.raw)).toEqual(values);
  }
});
