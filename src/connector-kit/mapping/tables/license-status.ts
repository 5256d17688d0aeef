import type { RecordStatus } from '../../../model/outcome.ts';

type StatusTable = Readonly<Record<string, RecordStatus>>;

/**
 * 证照状态 (certState) as the Ministry of Housing numbers it in its license standards. 99 (other,
 * with a description) is left out on purpose: it says nothing.
 */
export const MOHURD_STATES: StatusTable = {
  '01': 'VALID',
  '02': 'SUSPENDED',
  '03': 'REVOKED',
  '04': 'CANCELED',
  '05': 'EXPIRED',
  '06': 'TRANSFERRED_OUT',
  '07': 'WITHDRAWN',
};

/**
 * head.status of the sharing interface of the Shandong license library. 21 (已废止或已注销) does not
 * tell revoked from canceled; the hub says revoked everywhere. 101 (状态配置错误) is left out.
 */
export const SHANDONG_HEAD_STATES: StatusTable = {
  '0': 'VALID',
  '21': 'REVOKED',
  '22': 'EXPIRED',
  '23': 'SUSPENDED',
};

/**
 * state of the license database behind the Shandong library, in the words and numbers of its
 * vendor: the states it answers with 0, 21, 22 and 23, and the results of its verification.
 */
export const SHANDONG_STATES: StatusTable = {
  '5': 'VALID',
  '11': 'VALID',
  '12': 'SUSPENDED',
  '13': 'SUSPENDED',
  '-8': 'REVOKED',
  '-5': 'REVOKED',
  '-3': 'REVOKED',
  '-2': 'REVOKED',
  '-4': 'EXPIRED',
  FREEZE: 'SUSPENDED',
  CHANGE: 'SUPERSEDED',
  ALTER: 'SUPERSEDED',
  NOT_ACTIVE: 'NOT_YET_VALID',
};

/**
 * zzzt of plain license databases: 1 现势, and 2 for whatever no longer is, revoked or canceled,
 * which the hub calls revoked.
 */
export const SIMPLE_STATES: StatusTable = { '1': 'VALID', '2': 'REVOKED', 现势: 'VALID' };

/**
 * operateType, why this version of a license exists (01 新发, 02 延续, 03 暂扣, 04 过期失效, 06 暂扣发还,
 * 08 转入, 09 变更, 10 取消转出). 05 stands for 注销, 撤销, 吊销 and 转出 alike and 07 for anything, so
 * both are left out.
 */
export const OPERATE_TYPES: StatusTable = {
  '01': 'VALID',
  '02': 'VALID',
  '03': 'SUSPENDED',
  '04': 'EXPIRED',
  '06': 'VALID',
  '08': 'VALID',
  '09': 'VALID',
  '10': 'VALID',
};

/** 证照状态 in words, as license standards and the administrative licensing law name them. */
export const LICENSE_WORDS: StatusTable = {
  有效: 'VALID',
  正常: 'VALID',
  现势: 'VALID',
  在用: 'VALID',
  未生效: 'NOT_YET_VALID',
  未激活: 'NOT_YET_VALID',
  暂扣: 'SUSPENDED',
  冻结: 'SUSPENDED',
  受限使用: 'SUSPENDED',
  撤销: 'REVOKED',
  废止: 'REVOKED',
  注销: 'CANCELED',
  过期: 'EXPIRED',
  失效: 'EXPIRED',
  过期失效: 'EXPIRED',
  吊销: 'WITHDRAWN',
  办理转出: 'TRANSFERRED_OUT',
  转出: 'TRANSFERRED_OUT',
};
