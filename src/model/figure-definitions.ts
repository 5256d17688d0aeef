/** What a figure of statistics and yearly reports counts, for whoever reads one. */
export interface FigureDefinition {
  readonly name: string;
  readonly counts: string;
}

/** The same sentences as in docs/reference/statistics.md and in the sheet 指标说明. */
export const FIGURE_DEFINITIONS: readonly FigureDefinition[] = [
  {
    name: '清单内事项',
    counts:
      '期末有效的本级清单中处于启用状态的事项；省级清单中也有的，或者承接自上级清单的，计入“承接省级清单”，其余计入“本级新增”。',
  },
  { name: '受理办件', counts: '受理日期在统计期内的办件。' },
  { name: '选择告知承诺制', counts: '其中至少一名申请人签署了承诺书的办件。' },
  {
    name: '减少证明材料',
    counts: '统计期内签署、至统计时未撤回也未终止办理的承诺书；每份免于提交一份证明。',
  },
  {
    name: '撤回承诺、终止办理',
    counts: '在统计期内撤回、终止的承诺，不论何时签署；撤回不作违诺。',
  },
  { name: '不同意公开', counts: '统计期内因不同意公开承诺书而转为提交证明的申请人。' },
  {
    name: '适用条件审查',
    counts: '统计期内的审查次数，按审查当时的结论；来源未应答的不作任何不利认定。',
  },
  { name: '核查', counts: '统计期内提出的核查，按统计时有效的结论和方式分类。' },
  {
    name: '在线核查率',
    counts: '未经行政协助即得出一致或者不一致结论的核查，占免予核查以外全部核查的比例。',
  },
  { name: '核查用时', counts: '自提出核查至第一个非“等待答复”结论的秒数。' },
  {
    name: '数据来源可用率',
    counts:
      '来源给出应答的次数占查询次数的比例，不论应答内容；按日由查询日志汇总，重复使用同一办件证据的不计。',
  },
  { name: '行政协助', counts: '统计期内发出、收到的请求；按期答复率以已答复的请求为分母。' },
  {
    name: '认定承诺不实',
    counts: '统计期内由执法人员作出的认定；比例以统计期内签署的承诺书为分母。认定后撤销的另列。',
  },
  {
    name: '信用承诺信息',
    counts: '统计期内应报送的记录，每一接收方、每一版本一条，按统计时的状态。',
  },
  { name: '异议、信用修复', counts: '统计期内收到的申请；异议成立率以统计期内办结的异议为分母。' },
  { name: '逾期', counts: '期末前到期、统计时仍未完成的备案和格式文本公布。' },
  {
    name: '按申请人类别',
    counts:
      '取整至5；不足5的不列。剩余数字能够推算出不足5的数字时，整行不列。仅按设区的市以上的整年提供。',
  },
];
