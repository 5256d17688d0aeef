import type { PolicyChoiceReason } from '../model/policy-choice.ts';
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
  ON_SITE_ENDED: '现场核查已撤销，没有结果',
  ON_SITE_UNDETERMINED: '现场核查无法确定',
  OFFICER_DECIDED: '经办人以外的人员凭材料认定',
  OFFICER_LEFT_OPEN: '人工认定未予确认，转为提交证明',
  ANOMALY_HOLD: '来源不利结果异常增多，暂不采信',
};

/** What officers read for each reason why a policy was chosen. */
export const CHOICE_LABELS: Readonly<Record<PolicyChoiceReason, string>> = {
  NO_VERSION_IN_FORCE: '未发布分级核查办法，按清单办法核查',
  GRADE_DOES_NOT_MATTER: '核查办法不区分信用等级',
  NO_GRADE_KNOWN: '信用等级未知，按无等级办法核查',
  GRADE_TOO_OLD: '信用等级超过时限，按无等级办法核查',
  GRADE_UNREADABLE: '信用等级无法识别，按无等级办法核查',
  BY_GRADE: '按信用等级核查',
  GRADE_HAS_NO_POLICY: '该等级无专门办法，按无等级办法核查',
  STRICTEST_OF_SEVERAL: '来源等级不一致，从严核查',
};
