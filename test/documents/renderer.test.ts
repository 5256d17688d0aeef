import { afterAll, describe, expect, test } from '@jest/globals';

import { createRenderer } from '../../src/documents/renderer.ts';
import type { PrintedDocument } from '../../src/model/printed-document.ts';
import { textOfPdf } from '../support/pdf-text.ts';

const documentOf = (text: string): PrintedDocument => ({
  ...{ title: '告知承诺书', subtitle: null, footer: null },
  blocks: [{ kind: 'PARAGRAPH', text, form: 'BODY' }],
  madeAt: new Date('2026-09-18T04:00:00Z'),
});
const MINUTE = { renderMs: 60_000 };

const renderer = createRenderer(MINUTE);
afterAll(() => renderer.stop());

/** How long nothing else was done meanwhile, in milliseconds. */
async function longestPause(work: Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  const ticks = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  await work;
  clearInterval(ticks);
  return longest;
}

describe('the renderer', () => {
  test('prints several documents at once, each its own', async () => {
    const texts = ['甲', '乙𠮷', '丙😀'];

    const printed = await Promise.all(texts.map((text) => renderer.pdf(documentOf(text))));

    expect(printed.map(({ bytes }) => textOfPdf(bytes)[0]?.[1])).toEqual([
      '甲',
      '乙𠮷',
      '丙〔U+1F600〕',
    ]);
    expect(printed.map(({ unprinted }) => unprinted)).toEqual([[], [], ['U+1F600']]);
  });

  test('prints a hundred thousand characters, and nobody waits for it', async () => {
    await renderer.pdf(documentOf('甲'));
    const work = renderer.pdf(documentOf('依法，'.repeat(33_334)));

    const began = performance.now();
    const pause = await longestPause(work);

    expect((await work).pages).toBeGreaterThan(100);
    expect(pause).toBeLessThan((performance.now() - began) / 2);
  });

  test('says so when a document is too long, and prints the next', async () => {
    const tooManyPages = renderer.pdf(documentOf('甲\n'.repeat(9_000)));
    const tooMuchText = renderer.pdf(documentOf('甲'.repeat(400_001)));

    await expect(tooManyPages).rejects.toMatchObject({
      ...{ code: 'DOCUMENT_TOO_LARGE', details: { limit: 'pages', max: 400 } },
    });
    await expect(tooMuchText).rejects.toMatchObject({
      ...{ code: 'DOCUMENT_TOO_LARGE', details: { limit: 'characters', max: 400_000 } },
    });
    expect((await renderer.pdf(documentOf('甲'))).pages).toBe(1);
  });

  test('sends no PDF that has more bytes than allowed', async () => {
    const narrow = createRenderer({ ...MINUTE, bytesMax: 1_000 });

    const printed = narrow.pdf(documentOf('甲'));

    await expect(printed).rejects.toMatchObject({
      ...{ code: 'DOCUMENT_TOO_LARGE', details: { limit: 'bytes', max: 1_000 } },
    });
    await narrow.stop();
  });

  test('gives up what takes too long, one after the other', async () => {
    const hasty = createRenderer({ renderMs: 1 });

    const given = await Promise.allSettled(['甲', '乙'].map((text) => hasty.pdf(documentOf(text))));
    await hasty.stop();

    for (const one of given)
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'OVERLOADED' } });
  });

  test('refuses at once what would wait behind too many, and prints the others', async () => {
    const small = createRenderer({ ...MINUTE, waitingMax: 1 });

    const [first, second, third] = await Promise.allSettled(
      ['甲', '乙', '丙'].map((text) => small.pdf(documentOf(text))),
    );
    await small.stop();

    expect([first!.status, second!.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(third).toMatchObject({ status: 'rejected', reason: { code: 'OVERLOADED' } });
  });

  test('answers what waits when it is stopped, and prints nothing afterwards', async () => {
    const stopped = createRenderer(MINUTE);
    const waiting = [stopped.pdf(documentOf('甲')), stopped.pdf(documentOf('乙'))];
    const settled = Promise.allSettled(waiting);

    await stopped.stop();
    await stopped.stop();

    for (const one of await settled)
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'OVERLOADED' } });
    await expect(stopped.pdf(documentOf('丙'))).rejects.toMatchObject({ code: 'OVERLOADED' });
  });
});
