import { assuranceOf } from './assurance.ts';
import type { CrossCheckFinding } from './cross-check-finding.ts';
import {
  causeLabelOf,
  CLASS_LABELS,
  fieldLabelOf,
  FINDING_STATE_LABELS,
  RUN_STATE_LABELS,
} from './cross-check-labels.ts';
import type { ReportedDifference } from './cross-check-report.ts';
import type { CrossCheckRun, DifferenceCount } from './cross-check-run.ts';
import type { CrossCheck } from './cross-check.ts';

/** Differences that a workbook lists: it is made in memory, and in one go. */
export const SHEET_ROWS_MAX = 5_000;

type Row = readonly (string | number | null)[];

/** A sheet: headings, widths in characters, and rows. */
export interface ReportSheet {
  readonly name: string;
  readonly headings: readonly string[];
  readonly widths: readonly number[];
  readonly rows: readonly Row[];
}

/** A difference with how its finding stands now. Null: it is none yet. */
export interface StandingDifference {
  readonly met: ReportedDifference;
  readonly finding: CrossCheckFinding | null;
}

/** What a workbook says of a run. */
export interface SheetsOfRun {
  readonly run: CrossCheckRun;
  readonly check: CrossCheck;
  /** By class, field and codes. */
  readonly differences: readonly DifferenceCount[];
  readonly causes: readonly { readonly cause: string; readonly subjects: number }[];
  /** At most SHEET_ROWS_MAX. */
  readonly listed: readonly StandingDifference[];
  /** How many there are. */
  readonly listedOf: number;
}

/** The report of a run as two sheets (汇总, 差异明细). Nothing of a person is in it. */
export function reportSheets(about: SheetsOfRun): readonly ReportSheet[] {
  return [summarySheet(about), differenceSheet(about)];
}

function summarySheet({ run, check, differences, causes, ...rest }: SheetsOfRun): ReportSheet {
  const { result } = run;
  const sums = new Map<string, { readonly labels: Row; subjects: number }>();
  for (const { class: one, field, subjects } of differences) {
    const labels = [CLASS_LABELS[one], fieldLabelOf(field)];
    const held = sums.get(labels.join()) ?? { labels, subjects: 0 };
    held.subjects += subjects;
    sums.set(labels.join(), held);
  }
  const left = rest.listedOf - rest.listed.length;
  const sentence = run.state === 'COMPLETE' ? assuranceOf(result?.sample ?? null)?.sentence : null;
  return {
    name: '汇总',
    ...{ headings: ['项目', '内容', '说明', '数量'], widths: [16, 44, 40, 12] },
    rows: [
      ['核对', check.title, check.key, null],
      ['定义版本', null, null, check.version],
      ['批次', RUN_STATE_LABELS[run.state], run.id, run.number],
      ['时点', run.slot.toISOString(), '协调世界时', null],
      ['核对对象', null, null, run.subjects],
      ['一致', null, null, result?.matched ?? null],
      ['不一致', null, null, result?.differing ?? null],
      ['未得出结论', '不说明当事人任何情况', null, result?.inconclusive ?? null],
      ['报告摘要值', run.rootDigest, 'SHA-256', null],
      ...(sentence == null ? [] : [['抽样置信说明', sentence, null, null]]),
      ...[...sums.values()].map(({ labels, subjects }) => ['差异', ...labels, subjects]),
      ...causes.map(({ cause, subjects }) => ['原因', causeLabelOf(cause), cause, subjects]),
      ...(left === 0 ? [] : [['未列出的差异', beyondOf(rest), null, left]]),
    ],
  };
}

function differenceSheet({ listed, listedOf }: SheetsOfRun): ReportSheet {
  const rows = listed.map(({ met, finding }): Row => [
    ...[met.commitmentCode, met.part || null, CLASS_LABELS[met.class], fieldLabelOf(met.field)],
    ...[met.valueFrom || null, met.valueTo || null],
    ...(finding === null
      ? [null, null, null, null]
      : [
          ...[FINDING_STATE_LABELS[finding.state], finding.nights],
          ...[finding.ownerCode, finding.dueOn],
        ]),
  ]);
  const note: readonly Row[] = listedOf > listed.length ? [[beyondOf({ listed, listedOf })]] : [];
  return {
    name: '差异明细',
    headings: [
      ...['承诺编码', '分项', '类别', '字段', '原值', '现值', '状态', '次数', '处理单位', '期限'],
    ],
    widths: [24, 22, 20, 18, 18, 18, 12, 8, 22, 14],
    rows: [...note, ...rows],
  };
}

function beyondOf(of: Pick<SheetsOfRun, 'listed' | 'listedOf'>): string {
  return `共${of.listedOf}条差异，本表只列出前${of.listed.length}条，其余见CSV或JSON行报告`;
}
