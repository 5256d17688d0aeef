import { chineseDay } from './chinese-day.ts';
import { businessDate } from './clock.ts';
import type { PrintedBlock, PrintedDocument } from './printed-document.ts';
import { NO_NUMBER, reportTables, type ReportCell, type ReportTable } from './report-tables.ts';
import type { YearlyReport } from './yearly-report.ts';

/** A yearly report as it is printed. A draft says that it is one. */
export function printedReport(report: YearlyReport, agencyName: string): PrintedDocument {
  const { figures, year, version, digest, remarks, publishedAt } = report;
  const state =
    publishedAt === null ? '草案，尚未公布' : `${chineseDay(businessDate(publishedAt))}公布`;
  const countedOn = chineseDay(businessDate(new Date(figures.countedAt)));
  return {
    title: `${figures.regionName}${year}年证明事项告知承诺制年度报告`,
    subtitle: `第${version}版　${state}`,
    blocks: [
      ...(remarks === null ? [] : [paragraph(remarks, 'BODY')]),
      ...reportTables(report).flatMap((table, index) => blocksOf(table, index + 1)),
      paragraph(
        `统计范围：${figures.agencies}个单位；统计截至${countedOn}，此后发生的事项不计入本报告。` +
          `“${NO_NUMBER}”表示没有可比数据，或为保护个人信息不予显示。各指标口径见系统文档。`,
        'NOTE',
      ),
      { kind: 'SIGNATURE', lines: [agencyName, chineseDay(businessDate(report.draftedAt))] },
    ],
    footer: `第${version}版\n数据摘要（SHA-256）${digest}`,
    madeAt: report.draftedAt,
  };
}

/** The same for machines. `form` names this shape; fields are only ever added to it. */
export function reportRecord(report: YearlyReport): object {
  const { id, regionCode, year, version, digest, remarks, state, figures } = report;
  return {
    form: 'hecha/yearly-report@1',
    ...{ id, regionCode, year, version, digest, remarks, state, figures },
  };
}

function blocksOf({ title, headings, shares, rows }: ReportTable, number: number) {
  const blocks: readonly PrintedBlock[] = [
    { kind: 'HEADING', level: 2, text: `${CHINESE[number - 1] ?? number}、${title}` },
    {
      ...{ kind: 'TABLE', caption: null },
      columns: headings.map((heading, at) => ({
        ...{ heading, share: shares[at] ?? 1, align: at === 0 ? 'START' : 'END' },
      })),
      rows: rows.map((row) => row.map(textOf)),
    },
  ];
  return blocks;
}

const CHINESE = ['一', '二', '三', '四', '五', '六', '七', '八'];

function textOf(cell: ReportCell): string {
  if (cell === null) return NO_NUMBER;
  return typeof cell === 'object' ? `${(cell.share * 100).toFixed(1)}%` : String(cell);
}

function paragraph(text: string, form: 'BODY' | 'NOTE'): PrintedBlock {
  return { kind: 'PARAGRAPH', text, form };
}
