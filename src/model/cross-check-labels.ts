import type { CrossCheckClass, FindingState } from './cross-check-finding.ts';
import type { CrossCheckRunState } from './cross-check-run.ts';
import { FIELD_LABELS } from './field-labels.ts';

/** What people read for each class of differences. */
export const CLASS_LABELS: Readonly<Record<CrossCheckClass, string>> = {
  MISSING_IN_SOURCE: '来源无此记录',
  MISSING_IN_HUB: '本系统无此记录',
  FIELD_CHANGED: '内容不一致',
  STATUS_CHANGED: '状态变化',
  DUPLICATE_KEY: '来源记录重复',
  UNPARSEABLE: '来源内容无法识别',
  IN_FLIGHT: '正在变更',
  COMMITMENT_UNSUPPORTED: '承诺失去依据',
  UNACKNOWLEDGED_PUSH: '报送未获回执',
};

/** What people read for each state of a finding. */
export const FINDING_STATE_LABELS: Readonly<Record<FindingState, string>> = {
  NEW: '新发现',
  PERSISTING: '持续',
  RESOLVED: '已消除',
  REOPENED: '再次出现',
  FLAPPING: '反复',
  ACCEPTED: '已接受',
};

/** What people read for each state of a run. */
export const RUN_STATE_LABELS: Readonly<Record<CrossCheckRunState, string>> = {
  OPENED: '已开启',
  RUNNING: '进行中',
  PAUSED: '已暂停',
  HELD: '待人工审看',
  COMPLETE: '已完成',
  CANCELED: '已取消',
};

const CAUSES: Readonly<Record<string, string>> = {
  ABSENCE_MEANS_NOTHING: '来源未显示记录，但不能说明没有',
  ABSENCE_NOT_CONFIRMED: '来源无此记录未能再次确认',
  ANOMALY_HOLD: '来源异常，答复暂不采信',
  COMMITMENT_ENDED: '承诺已终结',
  CREDIT_STANDING: '有无失信记录未能判定',
  HOLDER_NAME: '主体名称未能比对',
  IN_FLIGHT: '正在变更',
  INTERNAL: '本系统故障',
  SEVERAL_RECORDS: '来源有多条记录',
  SOURCE_BUSY: '来源排队过长',
  SOURCE_DEFERRED: '来源稍后答复',
  SOURCE_QUOTA_EXHAUSTED: '来源调用额度用尽',
  SOURCE_RESTING: '来源多次故障，暂停调用',
  SOURCE_SCHEDULED_OUTAGE: '来源计划停机',
  SOURCE_TIMEOUT: '来源超时',
  SOURCE_UNAUTHORIZED: '来源拒绝本系统的凭证',
  SOURCE_UNREACHABLE: '来源无法连接',
  STATUS_UNKNOWN: '来源状态无法识别',
  STORE_UNAVAILABLE: '本系统数据库不可用',
  TIME_IS_UP: '核对时段已结束',
};

/** What people read for a cause; the cause itself stands beside it. */
export function causeLabelOf(cause: string): string {
  const known = CAUSES[cause] ?? CAUSES[cause.split(':')[0] ?? ''];
  if (known !== undefined) return known;
  return cause.startsWith('SOURCE_') ? '来源未给出可用答复' : '其他';
}

/** What people read for a field; empty for the whole record. */
export function fieldLabelOf(field: string): string {
  if (field === '') return '整条记录';
  if (field === 'ACKNOWLEDGMENT') return '报送回执';
  return (FIELD_LABELS as Readonly<Record<string, string>>)[field] ?? field;
}
