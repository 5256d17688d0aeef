import { csvField } from './csv-field.ts';
import type { Difference } from './cross-check-compare.ts';
import type { CrossCheckFinding } from './cross-check-finding.ts';
import type { CrossCheckCounts } from './cross-check-run.ts';

/** One difference, and what it is about. */
export interface ReportedDifference extends Difference {
  /** 承诺编码. Null for a record of a collection. */
  readonly commitmentCode: string | null;
  readonly part: string;
}

/**
 * One line of a report in JSON. It holds nothing that differs between two runs that met the same:
 * no instant, no id, no person.
 */
export function reportLine(one: ReportedDifference): string {
  return `${JSON.stringify({
    ...{ commitment: one.commitmentCode, part: one.part || null, class: one.class },
    ...{ field: one.field || null, from: one.valueFrom || null, to: one.valueTo || null },
  })}\n`;
}

/** The last line of a report. */
export function reportSummary(about: {
  readonly key: string;
  readonly version: number;
  readonly subjects: number;
  /** Null before the run has read all. */
  readonly result: CrossCheckCounts | null;
}): string {
  const { key, version, subjects, result } = about;
  const { matched = null, differing = null, inconclusive = null } = result ?? {};
  const counts = { subjects, matched, differing, inconclusive };
  return `${JSON.stringify({ check: key, version, ...counts })}\n`;
}

const BYTE_ORDER_MARK = '\uFEFF';
const COLUMNS = [
  '承诺编码',
  '分项',
  '类别',
  '字段',
  '原值',
  '现值',
  '状态',
  '次数',
  '处理单位',
  '期限',
];

/** The heading, with the byte order mark that spreadsheets know UTF-8 by. */
export const REPORT_CSV_HEADING = `${BYTE_ORDER_MARK}${csvLine(COLUMNS)}`;

/** One line for a spreadsheet, with how the finding stands now. Null: it is none yet. */
export function reportCsvLine(one: ReportedDifference, finding: CrossCheckFinding | null): string {
  const { commitmentCode, part, field, valueFrom, valueTo } = one;
  const standing =
    finding === null
      ? ['', '', '', '']
      : [finding.state, String(finding.nights), finding.ownerCode, finding.dueOn ?? ''];
  return csvLine([commitmentCode ?? '', part, one.class, field, valueFrom, valueTo, ...standing]);
}

function csvLine(fields: readonly string[]): string {
  return `${fields.map(csvField).join(',')}\r\n`;
}
