/** A line as it is set: its width without the spaces at its end. */
export interface Line {
  readonly text: string;
  readonly width: number;
  /** The last line of a paragraph is not spread to the margin. */
  readonly isLast: boolean;
}

/** How wide lines may be, and how wide characters are, in one unit. */
export interface LineMeasure {
  readonly widthMax: number;
  /** Less for the first line (首行缩进). */
  readonly firstIndent: number;
  widthOf(character: string): number;
}

/**
 * Breaks one paragraph by the rules of Chinese typesetting (禁则, GB/T 15834-2011): no closing mark,
 * comma or stop begins a line, no opening mark ends one, dashes and ellipses are not parted, and a
 * word in Latin letters or a number stays whole where it fits on a line at all. Every character is
 * in exactly one line, in order. An empty text is one empty line.
 */
export function breakLines(text: string, measure: LineMeasure): readonly Line[] {
  const lines: { text: string; width: number }[] = [];
  let text_ = '';
  let full = 0;
  let width = 0;
  const max = () => measure.widthMax - (lines.length === 0 ? measure.firstIndent : 0);

  const end = (): void => {
    lines.push({ text: text_, width });
    text_ = '';
    full = 0;
    width = 0;
  };
  const add = (piece: Piece): void => {
    if (text_ !== '' && full + piece.width > max()) end();
    text_ += piece.text;
    width = full + piece.width;
    full += piece.full;
  };

  for (const atom of atomsOf(text)) {
    const piece = measured(atom, measure);
    if (piece.width <= measure.widthMax - measure.firstIndent) add(piece);
    else for (const character of atom) add(measured(character, measure));
  }
  end();
  return lines.map((line, index) => ({ ...line, isLast: index === lines.length - 1 }));
}

interface Piece {
  readonly text: string;
  /** With the spaces at its end, and without. */
  readonly full: number;
  readonly width: number;
}

function measured(text: string, { widthOf }: LineMeasure): Piece {
  let full = 0;
  let width = 0;
  for (const character of text) {
    full += widthOf(character);
    if (character !== ' ') width = full;
  }
  return { text, full, width };
}

/** What may not be parted, in order. */
function atomsOf(text: string): readonly string[] {
  const atoms: string[] = [];
  let atom = '';
  let before = '';
  for (const character of text) {
    if (atom !== '' && mayBreak(before, character)) {
      atoms.push(atom);
      atom = '';
    }
    atom += character;
    before = character;
  }
  return atom === '' ? atoms : [...atoms, atom];
}

const NOT_AT_START = new Set('，、。．：；？！…）〕】》〉」』〗｝］”’·～％‰℃,.:;?!)]}%');
const NOT_AT_END = new Set('（〔【《〈「『〖｛［“‘￥＄([{$');
const UNPARTED = new Set('—…');
/** Letters, digits and signs that are set half as wide and read as words. */
const IN_WORDS = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Nd}!-/:-@[-`{-~]/u;

function mayBreak(before: string, next: string): boolean {
  if (next === ' ' || /\p{M}/u.test(next)) return false;
  if (NOT_AT_START.has(next) || NOT_AT_END.has(before)) return false;
  if (before === next && UNPARTED.has(next)) return false;
  return before === ' ' || !IN_WORDS.test(before) || !IN_WORDS.test(next);
}
