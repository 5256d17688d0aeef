import PDFDocument from 'pdfkit';

import { breakLines, type Line } from './line-breaking.ts';
import type { Face, Typefaces, Weight } from './typefaces.ts';

/** Sizes of type in points: 二号, 小三, 三号 and so on, as administrative texts use them. */
export const SIZES = { title: 22, part: 18, body: 15.75, table: 12, note: 10.5, foot: 9 } as const;

/** From one line to the next, in points. */
export const LEADING = { title: 34, part: 32, body: 28.35, table: 18, note: 16, foot: 13 } as const;
export type Size = keyof typeof SIZES;

/** A4 with the type area of GB/T 9704-2012: 156 mm × 225 mm, 28 characters in 22 lines. */
export const AREA = { left: 79.4, top: 104.9, width: 442.2, bottom: 742.7 } as const;

/** More pages than any text of the hub may need. */
export const PAGES_MAX = 400;

/** A document that is too long to be printed. */
export class TooManyPages extends Error {}

/** Where and how one line is set. */
export interface Setting {
  readonly x: number;
  readonly width: number;
  readonly size: Size;
  readonly weight: Weight;
  readonly align: 'START' | 'CENTER' | 'END' | 'SPREAD';
}

/** The pages of one document, and where the next line goes. */
export interface Pages {
  readonly faces: Typefaces;
  /** Distance of the next block from the upper edge, in points. */
  y(): number;
  down(points: number): void;
  /** What is left of the page, in points. */
  left(): number;
  newPage(): void;
  /** Begins a new page unless there is as much left. */
  keep(points: number): void;
  lines(text: string, setting: Setting, firstIndent?: number): readonly Line[];
  /** Sets a line whose upper edge is at a height, and moves nothing. */
  set(line: Line, at: number, setting: Setting): void;
  rule(from: readonly [number, number], to: readonly [number, number]): void;
  /** Sets one line on every page, when all pages are there. */
  foot(textOf: (page: number, pages: number) => readonly string[]): number;
  end(): Promise<Uint8Array>;
}

/** Nothing of the surroundings goes in: the same texts and time give the same bytes. */
export function openPages(faces: Typefaces, about: { title: string; madeAt: Date }): Pages {
  const doc = new PDFDocument({
    ...{ size: 'A4', margin: 0, bufferPages: true, compress: true, pdfVersion: '1.7' },
    ...{ lang: 'zh-CN', displayTitle: true, autoFirstPage: false },
    info: { Title: about.title, Creator: 'Hecha', Producer: 'Hecha', CreationDate: about.madeAt },
  });
  const chunks: Uint8Array[] = [];
  doc.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const known = new Set<Face>();
  let pages = 0;
  let y: number = AREA.top;

  function use(face: Face, size: Size): void {
    if (!known.has(face)) doc.registerFont(face, faces.fileOf(face));
    known.add(face);
    doc.font(face).fontSize(SIZES[size]);
  }

  function newPage(): void {
    if (pages >= PAGES_MAX) throw new TooManyPages();
    doc.addPage();
    pages += 1;
    y = AREA.top;
  }

  function set(line: Line, at: number, { x, width, size, weight, align }: Setting): void {
    const spare = width - line.width;
    // Of the spaces at its end one is kept, so that words stay apart when text is taken out again.
    const shown = line.text.trimEnd();
    const characters = [...shown].length;
    const whole = shown.length < line.text.length ? `${shown} ` : shown;
    // A line that is spread has its characters a little apart, so that it ends at the margin.
    const isSpread = align === 'SPREAD' && !line.isLast && spare < 3 * SIZES[size];
    const characterSpacing = isSpread ? spare / Math.max(1, characters - 1) : 0;
    const baseline = at + LEADING[size] / 2 + BODY_MIDDLE * SIZES[size];
    let from = x + { START: 0, SPREAD: 0, CENTER: spare / 2, END: spare }[align];
    for (const { face, text } of faces.runsOf(whole, weight)) {
      use(face, size);
      doc.text(text, from, baseline, {
        ...{ lineBreak: false, characterSpacing, baseline: 'alphabetic', features: AS_MEASURED },
      });
      for (const character of text)
        from += faces.widthOf(character, weight) * SIZES[size] + characterSpacing;
    }
  }

  newPage();
  return {
    faces,
    y: () => y,
    left: () => AREA.bottom - y,
    down: (points) => {
      y += points;
    },
    newPage,
    keep: (points) => {
      if (AREA.bottom - y < points && y > AREA.top) newPage();
    },
    lines: (text, { width, size, weight }, firstIndent = 0) =>
      breakLines(text, {
        ...{ widthMax: width, firstIndent },
        widthOf: (character) => faces.widthOf(character, weight) * SIZES[size],
      }),
    set,
    rule: ([fromX, fromY], [toX, toY]) => {
      doc.lineWidth(0.5).moveTo(fromX, fromY).lineTo(toX, toY).stroke();
    },
    foot(textOf) {
      for (let page = 0; page < pages; page += 1) {
        doc.switchToPage(page);
        textOf(page + 1, pages).forEach((text, index) => {
          const setting = { ...FOOT, x: AREA.left, width: AREA.width };
          const width = widthOf(faces, text);
          set({ text, width, isLast: true }, FOOT_Y + index * LEADING.foot, setting);
        });
      }
      return pages;
    },
    async end() {
      const ended = new Promise<Uint8Array>((resolve) => {
        doc.on('end', () => {
          resolve(new Uint8Array(Buffer.concat(chunks)));
        });
      });
      doc.end();
      return ended;
    },
  };
}

/** How far the middle of an ideograph is above the baseline, in ems, in every face. */
const BODY_MIDDLE = 0.38;
/**
 * Letters stand as wide as they were measured, each by itself. The type of pdfkit knows features
 * that are switched on only; fontkit, to which they go, takes this form for those switched off.
 */
const AS_MEASURED = { kern: false, liga: false } as unknown as PDFKit.Mixins.OpenTypeFeatures[];
const FOOT_Y = 772;
const FOOT = { size: 'foot', weight: 'REGULAR', align: 'CENTER' } as const;

function widthOf(faces: Typefaces, text: string): number {
  return [...text].reduce((sum, one) => sum + faces.widthOf(one, 'REGULAR') * SIZES.foot, 0);
}
