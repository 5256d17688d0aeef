import { chineseDay } from './chinese-day.ts';
import {
  ELEMENT_HEADINGS,
  partsOf,
  type FormatText,
  type TextChannel,
  type TextElement,
  type WrittenElement,
} from './format-text.ts';
import type { PrintedBlock, PrintedDocument } from './printed-document.ts';

/** Of whom and of what a text is, as the list had it when the text was made public. */
export interface TextSetting {
  readonly matterName: string;
  readonly agencyName: string;
}

/**
 * A format text as it is laid out and taken along (查阅、索取): notice, commitment with lines to sign
 * on, and guide, each on pages of its own. A draft says that it is one.
 */
export function printedText(text: FormatText, setting: TextSetting): PrintedDocument {
  const { version, publication, digest } = text;
  const [notice, commitment, guide] = partsOf(text.elements).filter(
    ({ elements }) => elements.length > 0,
  );
  const since =
    publication === null ? '草案，尚未公布' : `${chineseDay(publication.publishedOn)}公布`;
  const parts: readonly (readonly PrintedBlock[])[] = [
    notice === undefined ? [] : [...blocksOf(notice), signedByAgency(text, setting)],
    commitment === undefined ? [] : [...blocksOf(commitment), linesToSign(text)],
    guide === undefined ? [] : blocksOf(guide),
  ];
  return {
    title: `${setting.matterName}证明事项告知承诺书`,
    subtitle: `${setting.agencyName}　格式文本第${version}版　${since}`,
    blocks: parts
      .filter((blocks) => blocks.length > 0)
      .flatMap((blocks, index) => (index === 0 ? blocks : [PAGE_BREAK, ...blocks])),
    footer: `实施编码 ${text.matterCode}　第${version}版\n文本摘要（SHA-256）${digest}`,
    madeAt: text.draftedAt,
  };
}

/** Notice and commitment as they were signed: the guide is not part of them. */
export function signedParts(text: FormatText): readonly PrintedBlock[] {
  return partsOf(text.elements).slice(0, 2).flatMap(blocksOf);
}

/** The same text for machines. `form` names this shape; fields are only ever added to it. */
export interface TextRecord {
  readonly form: 'hecha/format-text@1';
  readonly id: string;
  readonly matterCode: string;
  readonly matterName: string;
  readonly agencyCode: string;
  readonly agencyName: string;
  readonly version: number;
  readonly allowsProxy: boolean;
  /** Null for a draft. */
  readonly publishedOn: string | null;
  readonly channels: readonly TextChannel[];
  /** SHA-256 of `plainText`, UTF-8, hex: what a commitment names. */
  readonly digest: string;
  readonly plainText: string;
  readonly parts: readonly {
    readonly title: string;
    readonly elements: readonly {
      readonly element: TextElement;
      readonly heading: string;
      readonly text: string;
    }[];
  }[];
}

/** `plainText` is that of the text (`plainText` of format-text.ts). */
export function textRecord(
  text: FormatText,
  { matterName, agencyName, plainText }: TextSetting & { readonly plainText: string },
): TextRecord {
  const { id, matterCode, agencyCode, version, allowsProxy, digest, publication } = text;
  return {
    form: 'hecha/format-text@1',
    ...{ id, matterCode, matterName, agencyCode, agencyName, version, allowsProxy },
    publishedOn: publication?.publishedOn ?? null,
    channels: publication?.channels ?? [],
    ...{ digest, plainText },
    parts: partsOf(text.elements).map(({ title, elements }) => ({
      title,
      elements: elements.map(({ element, text: words }) => ({
        ...{ element, heading: ELEMENT_HEADINGS[element], text: words },
      })),
    })),
  };
}

const PAGE_BREAK: PrintedBlock = { kind: 'PAGE_BREAK' };

/** A part under its title, its elements counted 一、二、三. */
function blocksOf(part: {
  readonly title: string;
  readonly elements: readonly WrittenElement[];
}): readonly PrintedBlock[] {
  if (part.elements.length === 0) return [];
  return [
    { kind: 'HEADING', level: 1, text: part.title },
    ...part.elements.flatMap(({ element, text }, index): readonly PrintedBlock[] => [
      { kind: 'HEADING', level: 2, text: `${ordinal(index + 1)}、${ELEMENT_HEADINGS[element]}` },
      { kind: 'PARAGRAPH', text: text.trim(), form: 'BODY' },
    ]),
  ];
}

function signedByAgency({ publication }: FormatText, { agencyName }: TextSetting): PrintedBlock {
  const day = publication === null ? '（尚未公布）' : chineseDay(publication.publishedOn);
  return { kind: 'SIGNATURE', lines: [agencyName, day] };
}

const BLANK = '＿'.repeat(8);

function linesToSign({ allowsProxy }: FormatText): PrintedBlock {
  const proxy = allowsProxy ? [`委托代理人（签名）：${BLANK}`] : [];
  return {
    kind: 'SIGNATURE',
    lines: [`承诺人（签名或者盖章）：${BLANK}`, ...proxy, '　　　　年　　月　　日'],
  };
}

const DIGITS = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/** 一 to 九十九. */
function ordinal(number: number): string {
  const tens = Math.floor(number / 10);
  const ones = DIGITS[number % 10] ?? '';
  if (tens === 0) return ones;
  return `${tens === 1 ? '' : (DIGITS[tens] ?? '')}十${ones}`;
}
