import { createHash } from 'node:crypto';

import type { BusinessDate } from './business-date.ts';

/** What a written notice (告知书) has to tell: State Council 国办发〔2020〕42号, and the city's plan. */
export const NOTICE_ELEMENTS = [
  'MATTER_NAME',
  'LEGAL_BASIS',
  'PROOF_PURPOSE',
  'COMMITMENT_FORM',
  'COMMITMENT_EFFECT',
  'FALSE_COMMITMENT_LIABILITY',
  'VERIFICATION_POWER',
  'PUBLICITY_SCOPE',
  'WITHDRAWAL',
  'COMPLAINTS',
] as const;

/** What a commitment (承诺书) has to say. */
export const COMMITMENT_ELEMENTS = [
  'INFORMED',
  'CONDITIONS_MET',
  'TRUTHFUL',
  'ACCEPTS_VERIFICATION',
  'ACCEPTS_LIABILITY',
  'TRUE_INTENT',
  'AGREES_TO_PUBLICITY',
  'SIGNATURE_AND_DATE',
] as const;

/** What a service guide (办事指南) has to add: the plan's section 6. */
export const GUIDE_ELEMENTS = [
  'CONDITIONS_FOR_CHOOSING',
  'PROCEDURE_WHEN_CHOSEN',
  'PROCEDURE_WHEN_NOT_CHOSEN',
  'LEAVING_MIDWAY',
] as const;

/** Every element of a format text, in the order in which it is printed. */
export const TEXT_ELEMENTS = [
  ...NOTICE_ELEMENTS,
  ...COMMITMENT_ELEMENTS,
  ...GUIDE_ELEMENTS,
] as const;
export type TextElement = (typeof TEXT_ELEMENTS)[number];

/** Headings under which elements are printed. */
export const ELEMENT_HEADINGS: Readonly<Record<TextElement, string>> = {
  MATTER_NAME: '事项名称',
  LEGAL_BASIS: '设定依据',
  PROOF_PURPOSE: '证明用途和证明内容',
  COMMITMENT_FORM: '承诺方式',
  COMMITMENT_EFFECT: '承诺的效力',
  FALSE_COMMITMENT_LIABILITY: '不实承诺的法律责任',
  VERIFICATION_POWER: '行政机关核查权力',
  PUBLICITY_SCOPE: '承诺书是否公开、公开范围及时限',
  WITHDRAWAL: '撤回承诺的条件和后果',
  COMPLAINTS: '监督投诉渠道',
  INFORMED: '已知晓告知事项',
  CONDITIONS_MET: '已符合告知的条件和要求',
  TRUTHFUL: '填报信息真实',
  ACCEPTS_VERIFICATION: '愿意接受核查',
  ACCEPTS_LIABILITY: '愿意承担不实承诺的法律责任',
  TRUE_INTENT: '承诺是真实意思表示',
  AGREES_TO_PUBLICITY: '同意公开承诺书',
  SIGNATURE_AND_DATE: '签名（盖章）和日期',
  CONDITIONS_FOR_CHOOSING: '选择告知承诺的条件',
  PROCEDURE_WHEN_CHOSEN: '选择告知承诺的办事程序',
  PROCEDURE_WHEN_NOT_CHOSEN: '不选择告知承诺的办事程序',
  LEAVING_MIDWAY: '中途退出告知承诺的流程',
};

/** The format text of a matter (告知承诺书格式文本) with its guide, in one version. */
export interface FormatText {
  readonly id: string;
  readonly matterCode: string;
  /** Counts from 1 within the matter. */
  readonly version: number;
  readonly agencyCode: string;
  readonly elements: readonly WrittenElement[];
  /** 是否可代为承诺. */
  readonly allowsProxy: boolean;
  /** SHA-256 of notice and commitment as applicants see them, hex. */
  readonly digest: string;
  readonly draftedAt: Date;
  readonly draftedBy: string;
  /** Null for a draft. */
  readonly publication: TextPublication | null;
}

/** One element, in the words of the agency. */
export interface WrittenElement {
  readonly element: TextElement;
  readonly text: string;
}

/** That a text was made public (公布): since when, and where. */
export interface TextPublication {
  readonly publishedOn: BusinessDate;
  readonly publishedBy: string;
  /** 服务场所, 网站, 政务服务平台. */
  readonly channels: readonly TextChannel[];
}

/** Where format texts are made public. */
export type TextChannel = 'SERVICE_HALL' | 'WEBSITE' | 'PLATFORM';

/** Mandatory elements that a text lacks, in the order of printing. */
export function missingElements(
  written: readonly WrittenElement[],
  { isPublicMatter }: { isPublicMatter: boolean },
): readonly TextElement[] {
  const present = new Set(
    written.filter(({ text }) => text.trim() !== '').map(({ element }) => element),
  );
  return TEXT_ELEMENTS.filter(
    (element) => !present.has(element) && (isPublicMatter || element !== 'AGREES_TO_PUBLICITY'),
  );
}

/** The parts of a text under their titles, as they are printed. */
export function partsOf(
  written: readonly WrittenElement[],
): readonly { readonly title: string; readonly elements: readonly WrittenElement[] }[] {
  const part = (title: string, order: readonly TextElement[]) => ({
    title,
    elements: order.flatMap((wanted) => written.filter(({ element }) => element === wanted)),
  });
  return [
    part('告知书', NOTICE_ELEMENTS),
    part('承诺书', COMMITMENT_ELEMENTS),
    part('办事指南', GUIDE_ELEMENTS),
  ];
}

/**
 * Notice and commitment as plain text, UTF-8, `\n` at the end of lines: what an applicant is shown
 * and what the digest of a commitment is made of. The guide is not signed.
 */
export function plainText(written: readonly WrittenElement[]): string {
  return partsOf(written)
    .slice(0, 2)
    .map(({ title, elements }) =>
      [
        title,
        ...elements.map(({ element, text }) => `${ELEMENT_HEADINGS[element]}：${text.trim()}`),
      ].join('\n'),
    )
    .join('\n\n');
}

/** SHA-256 of what is signed, hex: made of the words themselves, as they stand now. */
export function signedTextDigest(written: readonly WrittenElement[]): string {
  return createHash('sha256').update(plainText(written), 'utf8').digest('hex');
}
