import type { ReasonCode } from '../model/verification.ts';

/** What officers read for each reason. docs/reference/reasons.md holds the same table. */
export const REASON_LABELS: Readonly<Record<ReasonCode, string>> = {
  SOURCE_DID_NOT_ANSWER: '来源未答复',
  ABSENCE_MEANS_NOTHING: '来源未显示记录，不代表不存在',
  SEVERAL_RECORDS: '查得多条记录，未作选择',
  FIELD_NOT_HELD: '来源无此项或为空',
  FIELD_WITHHELD: '来源只告知状态，未提供此项',
  NOT_COMPARABLE: '无法比对，需人工查看',
  APPROXIMATE_MATCH: '近似一致，需人工确认',
  STATUS_UNKNOWN: '状态未知，不作判断',
  VALUE_DIFFERS: '与记录不一致',
  RECORD_NOT_VALID: '记录在核查日无效',
  NO_SUCH_RECORD: '无此记录',
  STANDING_LISTING: '在失信名单内，尚未移出',
  SOURCES_CONTRADICT: '同级来源相互矛盾，需人工判断',
  LOWER_RANK_DISSENTS: '低级别来源结果不同，仅供参考',
  FORMER_NAME: '与曾用名一致',
  SUCCESSOR_EXISTS: '证照已被替代',
  SUCCESSOR_FOLLOWED: '已按替代证照核查',
  ASSISTANCE_PENDING: '已请求协助，等待答复',
  ASSISTANCE_OVERDUE: '协助单位逾期未答复',
  ASSISTANCE_ENDED: '协助已终止，没有可用的答复',
  ASSISTANCE_NOT_ASKED: '批量核查不请求协助，需逐件核查',
  ASSISTANCE_UNDELIVERED: '协助请求尚未送达对方系统，已在其待办中',
  ASSISTANCE_UNDETERMINED: '协助单位无法确定',
  ANOMALY_HOLD: '来源不利结果异常增多，暂不采信',
};
