/** A version of rules or of a supporting document (工作规程、配套制度) of an agency. */
export interface FiledDocumentRecord {
  readonly id: string;
  readonly agencyCode: string;
  /** Names the document through its versions. */
  readonly series: string;
  /** Counts from 1 within the series of the agency. */
  readonly version: number;
  readonly kind: 'WORK_RULES' | 'FORMAT_TEXT' | 'SUPPORTING';
  readonly title: string;
  /** 文号. Null where it has none. */
  readonly number: string | null;
  readonly mediaType:
    | 'text/plain'
    | 'application/pdf'
    | 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
  /** SHA-256 of the content, hex. */
  readonly digest: string;
  readonly registeredAt: Date;
  readonly registeredBy: string;
}
