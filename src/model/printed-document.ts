/**
 * A document as it is printed, whatever it is about and whatever it is printed to: HTML and PDF are
 * made of the same blocks (src/documents). Texts are plain: markup in them is printed as it stands.
 */
export interface PrintedDocument {
  /** Centered above the first block. */
  readonly title: string;
  /** Under the title: 文号, period, version. Null for none. */
  readonly subtitle: string | null;
  readonly blocks: readonly PrintedBlock[];
  /** At the foot of every page, beside its number: whose text this is, digests. Null for none. */
  readonly footer: string | null;
  /**
   * When what is printed came to be, not when it is printed: the same document gives the same bytes
   * at any time.
   */
  readonly madeAt: Date;
}

/** One block of a printed document. */
export type PrintedBlock =
  | PrintedHeading
  | PrintedParagraph
  | PrintedFacts
  | PrintedTable
  | PrintedSignature
  | { readonly kind: 'PAGE_BREAK' };

/** Level 1 stands in the middle of its line, as the title of a part; 2 and 3 at its beginning. */
export interface PrintedHeading {
  readonly kind: 'HEADING';
  readonly level: 1 | 2 | 3;
  readonly text: string;
}

/** Running text. `\n` begins a further paragraph of the same form. */
export interface PrintedParagraph {
  readonly kind: 'PARAGRAPH';
  readonly text: string;
  /** `BODY` begins two characters in (首行缩进); `NOTE` is smaller and does not. */
  readonly form: 'BODY' | 'NOTE';
}

/** Terms and what is filled in for them (填报事项), one a line. */
export interface PrintedFacts {
  readonly kind: 'FACTS';
  readonly facts: readonly { readonly term: string; readonly text: string }[];
}

/** A table with ruled lines. Its head is repeated on every page that it runs over. */
export interface PrintedTable {
  readonly kind: 'TABLE';
  /** Above the table. Null for none. */
  readonly caption: string | null;
  readonly columns: readonly PrintedColumn[];
  /** A cell for each column; a missing one is empty. */
  readonly rows: readonly (readonly string[])[];
}

/** A column of a table. */
export interface PrintedColumn {
  readonly heading: string;
  /** Width in shares of the sum over all columns, above 0. */
  readonly share: number;
  /** Numbers stand at the end of their cell. */
  readonly align: 'START' | 'CENTER' | 'END';
}

/** Who signs, and the day (落款): lines at the end of the line width, kept on one page. */
export interface PrintedSignature {
  readonly kind: 'SIGNATURE';
  readonly lines: readonly string[];
}

/** A document as PDF. */
export interface PrintedPdf {
  readonly bytes: Uint8Array;
  readonly pages: number;
  /**
   * Characters that no font has, as `U+XXXX`, sorted. They are printed as 〔U+XXXX〕 where they
   * stand, and named at the end. Empty when every character is printed.
   */
  readonly unprinted: readonly string[];
}
