import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { create, type Font } from 'fontkit';

import { codePointMark, codePointName } from '../model/printable.ts';
import { fontOfWoff } from './woff.ts';

/** Song, as texts are set; heavier, for titles; Kai, for characters that Song lacks. */
export type Face = 'SONG' | 'SONG_BOLD' | 'KAI';
export type Weight = 'REGULAR' | 'BOLD';

/** Characters that follow each other in one face. */
export interface Run {
  readonly face: Face;
  readonly text: string;
}

/** The fonts of the hub's documents. All are under the SIL Open Font License 1.1. */
export interface Typefaces {
  /** The text with 〔U+XXXX〕 for each character that no face has; `missing` is told of each. */
  withMarks(text: string, missing: (name: string) => void): string;
  /** Of a text `withMarks`. */
  runsOf(text: string, weight: Weight): readonly Run[];
  /** In ems. */
  widthOf(character: string, weight: Weight): number;
  /** The file, to be embedded: only what is used of it goes into a document. */
  fileOf(face: Face): Buffer;
}

const require = createRequire(import.meta.url);

const FILES: Readonly<Record<Face, readonly [string, ...string[]]>> = {
  SONG: ['@expo-google-fonts/noto-serif-sc', '400Regular', 'NotoSerifSC_400Regular.ttf'],
  SONG_BOLD: ['@expo-google-fonts/noto-serif-sc', '700Bold', 'NotoSerifSC_700Bold.ttf'],
  KAI: ['@fontsource/lxgw-wenkai', 'files', 'lxgw-wenkai-latin-500-normal.woff'],
};

/** Reads each font when it is first needed, and keeps it. */
export function createTypefaces(): Typefaces {
  const faces = new Map<Face, { readonly file: Buffer; readonly font: Font }>();
  const widths = new Map<string, number>();

  function open(face: Face): { readonly file: Buffer; readonly font: Font } {
    const opened = faces.get(face) ?? read(face);
    faces.set(face, opened);
    return opened;
  }
  const has = (face: Face, character: string): boolean =>
    open(face).font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0);

  function faceOf(character: string, weight: Weight): Face | null {
    const song = weight === 'BOLD' ? 'SONG_BOLD' : 'SONG';
    if (has(song, character)) return song;
    return has('KAI', character) ? 'KAI' : null;
  }

  return {
    withMarks(text, missing) {
      let marked = '';
      for (const character of text) {
        const isPrinted = character === '\n' || faceOf(character, 'REGULAR') !== null;
        if (!isPrinted) missing(codePointName(character));
        marked += isPrinted ? character : codePointMark(character);
      }
      return marked;
    },

    runsOf(text, weight) {
      const runs: { face: Face; text: string }[] = [];
      for (const character of text) {
        const face = faceOf(character, weight) ?? 'SONG';
        const last = runs.at(-1);
        if (last?.face === face) last.text += character;
        else runs.push({ face, text: character });
      }
      return runs;
    },

    widthOf(character, weight) {
      const key = weight + character;
      const known = widths.get(key);
      if (known !== undefined) return known;
      const { font } = open(faceOf(character, weight) ?? 'SONG');
      const glyph = font.glyphForCodePoint(character.codePointAt(0) ?? 0);
      const width = glyph.advanceWidth / font.unitsPerEm;
      widths.set(key, width);
      return width;
    },

    fileOf: (face) => open(face).file,
  };
}

function read(face: Face): { readonly file: Buffer; readonly font: Font } {
  const [packageName, ...path] = FILES[face];
  const packed = readFileSync(
    join(dirname(require.resolve(`${packageName}/package.json`)), ...path),
  );
  const file = path.at(-1)?.endsWith('.woff') === true ? fontOfWoff(packed) : packed;
  const font = create(file);
  if (!('hasGlyphForCodePoint' in font)) throw new Error(`${packageName} is a collection`);
  return { file, font };
}
