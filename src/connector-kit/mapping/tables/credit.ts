import type {
  CreditCategory,
  CreditCommitment,
  CreditGrade,
  CreditListing,
} from '../../../model/credit.ts';

/** 公共信用综合评价, GB/T 45255-2025. The four words of before (优良中差) name no grade of it. */
export const CREDIT_GRADES: Readonly<Record<string, CreditGrade['value']>> = {
  A: 'A',
  B: 'B',
  C: 'C',
  D: 'D',
  优良: 'A',
  基本: 'B',
  观察: 'C',
  严重: 'D',
};

/** 承诺人类别 and 行政相对人类别 of the national collection templates for credit information. */
export const SUBJECT_CATEGORIES: Readonly<Record<string, CreditCategory>> = {
  法人及非法人组织: 'ORGANIZATION',
  自然人: 'PERSON',
  个体工商户: 'INDIVIDUAL_BUSINESS',
};

/** Lists named by law or by the credit platforms; the informal 黑名单 names none and is left out. */
export const CREDIT_LISTS: Readonly<Record<string, CreditListing['list']>> = {
  严重失信主体名单: 'SERIOUSLY_DISHONEST',
  红名单: 'TRUSTWORTHY',
  守信激励名单: 'TRUSTWORTHY',
  经营异常: 'ABNORMAL_OPERATION',
  经营异常名录: 'ABNORMAL_OPERATION',
};

/** 承诺履行状态 of the national collection template for commitments. */
export const FULFILLMENTS: Readonly<Record<string, NonNullable<CreditCommitment['fulfillment']>>> =
  {
    全部履行: 'FULFILLED',
    部分履行: 'PARTLY_FULFILLED',
    全部未履行: 'NOT_FULFILLED',
  };
