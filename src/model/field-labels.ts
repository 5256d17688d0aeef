import type { ClaimField } from './policy.ts';

/** What officers read for each field. */
export const FIELD_LABELS: Readonly<Record<ClaimField, string>> = {
  STATUS: '证照或登记状态',
  HOLDER_NAME: '主体名称',
  HOLDER_CODE: '主体代码',
  LICENSE_IDENTIFIER: '证照标识',
  LICENSE_NUMBER: '证照编号',
  VALID_UNTIL: '有效期',
  LEGAL_REPRESENTATIVE: '法定代表人或经营者',
  ADDRESS: '住所或经营场所',
  CAPITAL: '注册资本',
  ESTABLISHED_ON: '成立日期',
  CREDIT_STANDING: '有无失信记录',
  STATEMENT: '承诺事项',
};
