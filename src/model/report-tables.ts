import type { Counted, Cut, Figures, Rate } from './statistics.ts';
import type { YearlyReport } from './yearly-report.ts';

/** One cell of a report: a text, a number, a share of 1, or nothing. */
export type ReportCell = string | number | { readonly share: number } | null;

/** A table of a report, for paper and for sheets alike. */
export interface ReportTable {
  readonly title: string;
  readonly headings: readonly string[];
  /** Widths in shares. */
  readonly shares: readonly number[];
  /** A null is a number that there is not, or that is held back. */
  readonly rows: readonly (readonly ReportCell[])[];
}

/** A share of nothing, and a number that is held back. */
export const NO_NUMBER = '—';

const VERDICTS: Readonly<Record<string, string>> = {
  CONFIRMED: '核查一致',
  REFUTED: '核查不一致',
  CONFLICTING: '来源之间矛盾',
  INCONCLUSIVE: '无法判定',
  PENDING: '等待答复',
  UNAVAILABLE: '来源不可用',
  EXEMPT: '免予核查',
};
const METHODS: Readonly<Record<string, string>> = {
  ONLINE: '在线核查',
  ASSISTANCE: '行政协助核查',
  EXEMPT: '免予核查',
};
const CONSEQUENCES: Readonly<Record<string, string>> = {
  TERMINATE: '终止办理',
  RECTIFY: '责令限期整改',
  REVOKE: '撤销行政决定',
  PENALTY: '行政处罚',
  TRANSFER_TO_JUSTICE: '移送司法机关',
  BAR: '限制再次申请',
};
const CUTS: Readonly<Record<Cut['figure'], string>> = {
  COMMITMENTS: '作出承诺',
  REFUTED: '核查不一致',
  INELIGIBLE: '不适用告知承诺制',
  BREACHES: '认定承诺不实',
};

/** The tables of a yearly report, in order. */
export function reportTables({ figures }: YearlyReport): readonly ReportTable[] {
  const { figures: now, before } = figures;
  return [
    overview(now, before),
    counted('核查方式', METHODS, now.verifications.byMethod),
    counted('核查结论', VERDICTS, now.verifications.byVerdict),
    {
      ...{ title: '数据来源可用情况', headings: ['来源', '查询次数', '应答次数', '可用率'] },
      ...{ shares: [4, 2, 2, 2] },
      rows: now.sources.map(({ source, answered }) => [
        ...[source, answered.whole, answered.part, percent(answered)],
      ]),
    },
    counted('对承诺不实的处理', CONSEQUENCES, now.breaches.consequences),
    cutTable(now.cuts ?? []),
    {
      title: '各单位情况',
      headings: ['单位', '办件', '选择承诺', '核查', '认定不实', '逾期事项'],
      shares: [4.2, 1.3, 2, 1.3, 2, 2],
      rows: figures.byAgency.map((line) => [
        ...[line.agencyName, line.cases, line.committed, line.verifications],
        ...[line.breaches, line.overdue],
      ]),
    },
  ].filter(({ rows }) => rows.length > 0);
}

/** Each figure, this year and the year before. */
function overview(now: Figures, before: Figures | null): ReportTable {
  const title = '主要指标';
  const rows = figureRows(now);
  if (before === null) return { title, headings: ['指标', '本年'], shares: [6, 2], rows };
  const earlier = figureRows(before);
  return {
    ...{ title, headings: ['指标', '本年', '上年'], shares: [5, 2, 2] },
    rows: rows.map(([name, value], at) => [name, value, earlier[at]?.[1] ?? null]),
  };
}

function figureRows(one: Figures): readonly (readonly [string, ReportCell])[] {
  const { matters, cases, commitments, eligibility, verifications } = one;
  const { assistance, breaches, credit, redress, overdue } = one;
  return [
    ['证明事项告知承诺制清单内事项（项）', matters.listed],
    ['　其中：承接省级清单', matters.fromProvince],
    ['　其中：本级新增', matters.local],
    ['受理办件（件）', cases.accepted],
    ['　其中：选择告知承诺制', cases.committed.part],
    ['　选择告知承诺制的比例', percent(cases.committed)],
    ['签署承诺书（份）', commitments.signed],
    ['减少证明材料（份）', commitments.certificatesSpared],
    ['撤回承诺（份）', commitments.withdrawn],
    ['终止办理（份）', commitments.terminated],
    ['不同意公开、转为提交证明（人次）', commitments.publicityRefused],
    ['适用条件审查（次）', eligibility.checked],
    ['　其中：不适用', eligibility.blocked],
    ['　其中：提示', eligibility.warned],
    ['　其中：来源未应答、无法判定', eligibility.undetermined],
    ['核查（次）', verifications.asked],
    ['　在线核查率', percent(verifications.online)],
    ['　平均用时（秒）', rounded(verifications.averageSeconds)],
    ['　95%的核查用时不超过（秒）', rounded(verifications.p95Seconds)],
    ['发出行政协助请求（件）', assistance.sent],
    ['收到行政协助请求（件）', assistance.received],
    ['　按期答复率', percent(assistance.repliedInTime)],
    ['　截至统计时逾期未复', assistance.overdueNow],
    ['立案核实承诺不实（件）', breaches.opened],
    ['认定承诺不实（件）', breaches.decided.part],
    ['　占签署承诺书的比例', percent(breaches.decided)],
    ['容错处理（件）', breaches.tolerated],
    ['认定后撤销（件）', breaches.annulled],
    ['报送信用承诺信息（条）', credit.queued],
    ['　其中：已入库', credit.acknowledged],
    ['　其中：列入问题清单', credit.problems],
    ['收到异议（件）', redress.objections],
    ['　异议成立率', percent(redress.upheld)],
    ['信用修复申请（件）', redress.repairsApplied],
    ['　其中：准予修复', redress.repairsApproved],
    ['逾期未报备案（件）', overdue.filings],
    ['逾期未公布格式文本（件）', overdue.texts],
  ];
}

function counted(
  title: string,
  names: Readonly<Record<string, string>>,
  counts: readonly Counted[],
): ReportTable {
  return {
    ...{ title, headings: ['类别', '数量'], shares: [6, 2] },
    rows: counts.map(({ code, count }) => [names[code] ?? code, count]),
  };
}

function cutTable(cuts: readonly Cut[]): ReportTable {
  return {
    title: '按申请人类别（取整至5，不足5或不宜显示的不列）',
    headings: ['指标', '企业和其他组织', '个体工商户', '自然人'],
    shares: [3.6, 2.8, 2, 2],
    rows: cuts.map(({ figure, cells }) => [CUTS[figure], ...cells.map(({ count }) => count)]),
  };
}

function percent({ share }: Rate): ReportCell {
  return share === null ? null : { share };
}

function rounded(seconds: number | null): number | null {
  return seconds === null ? null : Math.round(seconds * 100) / 100;
}
