import type { EnterpriseStatus } from '../../../model/enterprise.ts';

type StateTable = Readonly<Record<string, EnterpriseStatus>>;

/**
 * REGSTATE and REGSTATE_CN, 登记状态, of the national data standard for market regulation, with the
 * words that provinces use. 9 (其他) says nothing and is left out on purpose.
 */
export const REGISTRATION_STATES: StateTable = {
  '1': 'ACTIVE',
  '2': 'LICENSE_WITHDRAWN',
  '3': 'DEREGISTERED',
  '4': 'DEREGISTERED',
  '5': 'ANNULLED',
  '6': 'MOVED_OUT',
  存续: 'ACTIVE',
  '存续（在营、开业、在册）': 'ACTIVE',
  在业: 'ACTIVE',
  开业: 'ACTIVE',
  在营: 'ACTIVE',
  在册: 'ACTIVE',
  '在营（开业）': 'ACTIVE',
  '在营（开业）企业': 'ACTIVE',
  正常: 'ACTIVE',
  登记成立: 'ACTIVE',
  歇业: 'DORMANT',
  '歇业（备案）': 'DORMANT',
  清算: 'IMPAIRED',
  清算中: 'IMPAIRED',
  停业: 'IMPAIRED',
  责令关闭: 'IMPAIRED',
  吊销: 'LICENSE_WITHDRAWN',
  '吊销，未注销': 'LICENSE_WITHDRAWN',
  '吊销，已注销': 'DEREGISTERED',
  注销: 'DEREGISTERED',
  撤销: 'ANNULLED',
  撤销登记: 'ANNULLED',
  迁出: 'MOVED_OUT',
  迁移异地: 'MOVED_OUT',
};

/** Codes of Zhejiang beside the national ones: K, A, B 存续; DA 吊销，未注销; D 吊销. */
export const ZHEJIANG_STATES: StateTable = {
  ...REGISTRATION_STATES,
  K: 'ACTIVE',
  A: 'ACTIVE',
  B: 'ACTIVE',
  DA: 'LICENSE_WITHDRAWN',
  D: 'LICENSE_WITHDRAWN',
};

/**
 * Codes of Shanghai beside the national ones: 0001, 0007, 0008, 0009 存续. What its other codes
 * (0002, 0004, 0006, 0010, 0011, 0012) mean is not published, so they are left out: an operator
 * who has the list adds them.
 */
export const SHANGHAI_STATES: StateTable = {
  ...REGISTRATION_STATES,
  '0001': 'ACTIVE',
  '0007': 'ACTIVE',
  '0008': 'ACTIVE',
  '0009': 'ACTIVE',
};
