import { BRACKET_RULE, CASE_RULE, INVISIBLE } from '../../../model/text.ts';

/** Held code or word to canonical value. */
export type CodeTable = Readonly<Record<string, string>>;

/** What a held text means; null for every text that is not in the table. Pure, never throws. */
export type TableLookup = (text: string) => string | null;

/** Words that surround a status and change nothing in it. */
const FILLERS: readonly string[] = ['企业', '个体工商户', '个体户', '状态', '登记', '已'];
/** Longer texts are remarks, not codes. */
const WORD_LENGTH_MAX = 64;

/**
 * Looks texts up whole: width, letter case and outer space aside, in Chinese words brackets and
 * commas aside. A Chinese text that is not in the table as a whole is cut into its words, the
 * longest first; only where all of them are known and mean the same is it understood. So 吊销，未注销
 * is never taken for 注销, and 注销备案, of which the table knows one half, for nothing.
 *
 * @param layers later ones win where two hold the same text.
 */
export function compileTable(layers: readonly CodeTable[]): TableLookup {
  const entries = layers.flatMap((layer) => Object.entries(layer));
  const values = new Map(entries.map(([text, value]) => [foldCode(text), value]));
  const spelled = new Map(entries.map(([text]) => [text, values.get(foldCode(text))]));
  const words = [...values.keys()]
    .filter((text) => HAN_ONLY.test(text) && text.length > 1)
    .toSorted((left, right) => right.length - left.length);
  return (text) =>
    spelled.get(text) ?? values.get(foldCode(text)) ?? wordwise(foldCode(text), words, values);
}

/** How a code is compared: two entries that fold alike are one. */
export function foldCode(text: string): string {
  const plain = CASE_RULE.apply(text.normalize('NFKC').trim());
  if (!HAN.test(plain)) return plain;
  return BRACKET_RULE.apply(plain).replace(INVISIBLE, '').replace(PUNCTUATION, '');
}

const HAN = /\p{Script=Han}/u;
const HAN_ONLY = /^\p{Script=Han}+$/u;
const PUNCTUATION = /[(),，、;；。]/gu;

function wordwise(
  text: string,
  words: readonly string[],
  values: ReadonlyMap<string, string>,
): string | null {
  if (text.length > WORD_LENGTH_MAX || !HAN_ONLY.test(text)) return null;
  const meanings = new Set<string>();
  let rest = text;
  while (rest !== '') {
    const word = words.find((one) => rest.startsWith(one));
    const filler = FILLERS.find((one) => rest.startsWith(one));
    const step = word ?? filler;
    if (step === undefined) return null;
    const value = word === undefined ? undefined : values.get(word);
    if (value !== undefined) meanings.add(value);
    rest = rest.slice(step.length);
  }
  const [meaning] = meanings;
  return meanings.size === 1 && meaning !== undefined ? meaning : null;
}
