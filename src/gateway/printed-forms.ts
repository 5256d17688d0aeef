import type { SheetOfTable } from '../documents/xlsx.ts';
import { HubError } from '../errors.ts';
import { businessDate } from '../model/clock.ts';
import { plainText, signedTextDigest } from '../model/format-text.ts';
import { commitmentRecord, printedCommitment } from '../model/printed-commitment.ts';
import type { PrintedDocument } from '../model/printed-document.ts';
import { printedReport, reportRecord } from '../model/printed-report.ts';
import { FIGURE_DEFINITIONS } from '../model/figure-definitions.ts';
import { reportTables } from '../model/report-tables.ts';
import { printedText, textRecord } from '../model/printed-text.ts';
import { isIn } from './audience.ts';
import type { RequestContext } from './context.ts';
import { getLoaded } from './loaders.ts';

/** Something of record, ready to be printed, for one reader. */
export interface PrintedForm {
  readonly document: PrintedDocument;
  /** The same for machines. */
  readonly record: object;
  /** Of the file, without its ending: ASCII, no person in it. */
  readonly fileName: string;
  /** SHA-256 of notice and commitment, hex. */
  readonly textDigest: string;
  /** Whether the reader's own cache may keep it. */
  readonly mayBeKept: boolean;
  /** The same as sheets. Null where there is nothing to count. */
  readonly sheets: readonly SheetOfTable[] | null;
}

/** Where the forms of a record are read: paths on this hub. */
export interface FormPaths {
  readonly html: string;
  readonly pdf: string;
  readonly json: string;
}

/** What can be printed, by the name that its paths have. */
export const FORM_KINDS = {
  text: 'format-texts',
  commitment: 'commitments',
  report: 'yearly-reports',
} as const;

/** Paths of a record, whose id is a UUID. */
export function pathsOf(kind: keyof typeof FORM_KINDS, id: string): FormPaths {
  const path = `/documents/${FORM_KINDS[kind]}/${id}`;
  return { html: `${path}.html`, pdf: `${path}.pdf`, json: `${path}.json` };
}

/**
 * A format text, with the names that the list had when it was made public. Drafts are for those who
 * may read drafts (`Query.formatTexts`).
 *
 * @throws {HubError} NOT_FOUND when there is none for this reader.
 */
export async function getTextForm(context: RequestContext, id: string): Promise<PrintedForm> {
  const { services, caller } = context;
  const text = await services.texts.find(id);
  const isVisible = text?.publication != null || isIn('AGENCY_STAFF', caller.roles);
  if (text === null || !isVisible) throw new HubError('NOT_FOUND');
  const on = text.publication?.publishedOn ?? businessDate(text.draftedAt);
  const matter = await services.catalog.findInForce(text.matterCode, on);
  const setting = {
    matterName: matter?.name ?? text.matterCode,
    agencyName: matter?.agencyName ?? text.agencyCode,
  };
  return {
    document: printedText(text, setting),
    record: textRecord(text, { ...setting, plainText: plainText(text.elements) }),
    fileName: `format-text-${text.matterCode}-v${text.version}`,
    textDigest: text.digest,
    ...{ mayBeKept: true, sheets: null },
  };
}

/**
 * A commitment of the reader's agency as it was signed, persons masked unless the reader may see
 * them.
 *
 * @throws {HubError} NOT_FOUND when the agency has none with this id; CONFLICT when the text on
 *   record is not the one that was signed: then nothing is printed.
 */
export async function getCommitmentForm(context: RequestContext, id: string): Promise<PrintedForm> {
  const { services, caller, load, mask } = context;
  const commitment = await services.commitments.find(caller.agencyCode, id);
  if (commitment === null) throw new HubError('NOT_FOUND');
  const { matterCode: code, matterVersion: version, signer } = commitment;
  const [text, caseFile, subject, matter] = await Promise.all([
    services.texts.find(commitment.text.templateId),
    getLoaded(load.case, commitment.caseId),
    getLoaded(load.subject, commitment.subjectId),
    getLoaded(load.matter, { code, version }),
  ]);
  if (text === null || signedTextDigest(text.elements) !== commitment.text.digest)
    throw new HubError('CONFLICT');
  const shown = { name: mask.subjectName(subject), code: mask.code(subject.code) };
  const signerName = mask.personName(signer.name);
  const signed = {
    ...{ commitment, caseFile, matter, text, signerName },
    subject: { kind: subject.kind, ...shown },
    isMasked:
      signerName !== signer.name || shown.name !== subject.name || shown.code !== subject.code,
  };
  return {
    document: printedCommitment(signed),
    record: commitmentRecord(signed, plainText(text.elements)),
    fileName: `commitment-${commitment.code}`,
    textDigest: commitment.text.digest,
    ...{ mayBeKept: false, sheets: null },
  };
}

/**
 * A yearly report; a draft for the bureau that drafted it only.
 *
 * @throws {HubError} NOT_FOUND when there is none for this reader.
 */
export async function getReportForm(context: RequestContext, id: string): Promise<PrintedForm> {
  const { services, caller } = context;
  const report = await services.yearlyReports.find(caller, id);
  if (report === null) throw new HubError('NOT_FOUND');
  const agency = await services.agencies.find(report.agencyCode);
  const tables = reportTables(report);
  return {
    document: printedReport(report, agency?.name ?? report.agencyCode),
    record: reportRecord(report),
    fileName: `yearly-report-${report.regionCode}-${report.year}-v${report.version}`,
    textDigest: report.digest,
    mayBeKept: report.state === 'PUBLISHED',
    sheets: [
      ...tables.map(({ title, headings, shares, rows }) => ({
        ...{ name: title, headings, rows },
        widths: shares.map((share) => Math.round(share * CHARACTERS_PER_SHARE)),
      })),
      DEFINITIONS_SHEET,
    ],
  };
}

const CHARACTERS_PER_SHARE = 8;
const DEFINITIONS_SHEET: SheetOfTable = {
  name: '指标说明',
  headings: ['指标', '说明'],
  widths: [24, 80],
  rows: FIGURE_DEFINITIONS.map(({ name, counts }) => [name, counts]),
};
