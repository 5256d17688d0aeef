/** 持证主体代码类型代码 that the hub tells apart, by the codes of GB/T 36903 appendix A. */
export const HOLDER_TYPES = [
  '001',
  '099',
  '111',
  '114',
  '115',
  '118',
  '119',
  '120',
  '122',
  '411',
  '412',
  '413',
  '414',
  '511',
  '516',
  '999',
] as const;
export type HolderType = (typeof HOLDER_TYPES)[number];

type HolderTypeTable = Readonly<Record<string, HolderType>>;

/** 持证主体代码类型, GB/T 36903-2018 appendix A, by code and by word. */
export const HOLDER_TYPE_CODES: HolderTypeTable = {
  ...Object.fromEntries(HOLDER_TYPES.map((code) => [code, code] as const)),
  统一社会信用代码: '001',
  其他法人或其他组织有效证件: '099',
  公民身份号码: '111',
  居民身份证: '111',
  身份证: '111',
  解放军军官证: '114',
  武警警官证: '115',
  解放军士兵证: '118',
  武警士兵证: '119',
  解放军文职: '120',
  武警文职: '122',
  外交护照: '411',
  公务护照: '412',
  公务普通护照: '413',
  普通护照: '414',
  台胞证: '511',
  港澳居民来往内地通行证: '516',
  其他自然人有效证件: '999',
};

/**
 * The codes of Epoint's service platforms: 22 身份证, 16 统一社会信用代码. 99 (other) is left out, for it
 * does not tell whether a person or an organization holds the document.
 */
export const EPOINT_HOLDER_TYPES: HolderTypeTable = { '16': '001', '22': '111' };

/** The codes of the Guangdong license interface: 10 身份证. */
export const GUANGDONG_HOLDER_TYPES: HolderTypeTable = { '10': '111' };
