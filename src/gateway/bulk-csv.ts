import type { ExportedLine } from '../bulk/export.ts';
import { csvField } from '../model/csv-field.ts';
import type { VerdictCode } from '../model/verification.ts';
import type { Mask } from './mask.ts';
import { REASON_LABELS } from './reason-labels.ts';

const BYTE_ORDER_MARK = '\uFEFF';
const COLUMNS = [
  ...['行号', '名称', '代码', '状态', '结论', '说明', '原因', '核查编号', '判定时间'],
];

const VERDICTS: Readonly<Record<VerdictCode, string>> = {
  CONFIRMED: '核查一致',
  REFUTED: '核查不一致，需人工处理',
  CONFLICTING: '来源相互矛盾，需人工判断',
  INCONCLUSIVE: '无法判断，需人工核查',
  PENDING: '等待答复，尚无结论',
  UNAVAILABLE: '来源未答复，尚无结论',
  EXEMPT: '免予核查',
};

/** The heading, with the byte order mark that spreadsheets know UTF-8 by. */
export const BULK_CSV_HEADING = `${BYTE_ORDER_MARK}${textOf(COLUMNS)}`;

/** Lines of a list as CSV, with no more of a person than the caller may see. */
export function bulkCsv(lines: readonly ExportedLine[], mask: Mask): string {
  return lines.map((line) => textOf(fieldsOf(line, mask))).join('');
}

function fieldsOf(exported: ExportedLine, mask: Mask): readonly string[] {
  const line = String(exported.line);
  if (exported.type === 'REJECT') {
    const { field, reason, message } = exported.reject;
    const why = field === null ? reason : `${field}: ${reason}`;
    return [line, '', '', 'REJECTED', '', `未受理，未核查: ${message}`, why, '', ''];
  }
  const { row, subject, verdict } = exported;
  const named = [line, mask.subjectName(subject), mask.code(subject.code), row.state];
  if (verdict !== null) {
    const reasons = [...new Set(verdict.reasons.map(({ code }) => REASON_LABELS[code]))];
    const { code, verificationId, decidedAt } = verdict;
    const told = [code, VERDICTS[code], reasons.join('；')];
    return [...named, ...told, verificationId, decidedAt.toISOString()];
  }
  const note = row.state === 'SKIPPED' ? '已跳过，不代表任何结论' : '尚未核查';
  return [...named, '', note, row.skippedBecause ?? '', '', row.endedAt?.toISOString() ?? ''];
}

function textOf(fields: readonly string[]): string {
  return `${fields.map(csvField).join(',')}\r\n`;
}
