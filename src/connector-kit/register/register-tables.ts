import type { EnterpriseList } from '../../model/enterprise.ts';

/** One table of the register as it is returned to cities (市场主体登记与公示库表). */
export interface RegisterTable {
  readonly name: string;
  /** BASE rows are found by their code; the others are about what those are about. */
  readonly part: 'BASE' | 'CHILD' | 'CASE';
  /** Column whose value its rows share with those they belong to. */
  readonly about: 'PRIPID' | 'CASEID';
  readonly columns: readonly string[];
  /** Lists that cannot be told without it. */
  readonly lists: readonly EnterpriseList[];
}

const OF_EVERY_BASE = [
  ...['PRIPID', 'UNISCID', 'REGNO', 'ENTTYPE_CN', 'ESTDATE', 'OPFROM', 'OPTO', 'OPSCOPE'],
  ...['REGORG_CN', 'REGSTATE', 'REGSTATE_CN'],
];
const LISTING = ['PRIPID', 'SPECAUSE_CN', 'ABNTIME', 'DECORG_CN', 'REMDATE'];

/** Rows about one entity share PRIPID; those about one case share CASEID. */
export const REGISTER_TABLES: readonly RegisterTable[] = [
  {
    ...{ name: 'E_BASEINFO', part: 'BASE', about: 'PRIPID', lists: [] },
    columns: [...OF_EVERY_BASE, 'ENTNAME', 'NAME', 'REGCAP', 'REGCAPCUR_CN', 'DOM'],
  },
  {
    ...{ name: 'E_PB_BASEINFO', part: 'BASE', about: 'PRIPID', lists: [] },
    columns: [...OF_EVERY_BASE, 'TRANAME', 'OPLOC'],
  },
  {
    ...{ name: 'E_PB_OPERATOR', part: 'CHILD', about: 'PRIPID', lists: [] },
    columns: ['PRIPID', 'NAME'],
  },
  {
    ...{ name: 'E_ALTER_RECODER', part: 'CHILD', about: 'PRIPID' },
    columns: ['PRIPID', 'ALTITEM_CN', 'ALTBE', 'ALTAF', 'ALTDATE'],
    lists: ['CHANGES', 'FORMER_NAMES'],
  },
  {
    ...{ name: 'AO_OPA_DETAIL', part: 'CHILD', about: 'PRIPID', columns: LISTING },
    lists: ['ABNORMAL_OPERATIONS'],
  },
  {
    ...{ name: 'AO_PB_OPANOMALY', part: 'CHILD', about: 'PRIPID', columns: LISTING },
    lists: ['ABNORMAL_OPERATIONS'],
  },
  {
    ...{ name: 'E_LI_ILLDISDETAIL', part: 'CHILD', about: 'PRIPID' },
    columns: ['PRIPID', 'SERILLREA_CN', 'ABNTIME', 'DECORG_CN', 'REMDATE'],
    lists: ['SERIOUS_VIOLATIONS'],
  },
  {
    ...{ name: 'CASE_CF_PARTYINFO', part: 'CHILD', about: 'PRIPID', lists: ['PENALTIES'] },
    columns: ['CASEID', 'UNISCID', 'PRIPID'],
  },
  {
    ...{ name: 'CASE_CF_BASEINFO', part: 'CASE', about: 'CASEID', lists: ['PENALTIES'] },
    columns: ['CASEID', 'PENDECNO', 'PENAUTH_CN', 'PENDECISSDATE'],
  },
  {
    ...{ name: 'CASE_CF_IRREGPUNISHINFO', part: 'CASE', about: 'CASEID', lists: ['PENALTIES'] },
    columns: ['CASEID', 'ILLEGACTTYPE', 'PENCONTENT'],
  },
];

/** Which tables tell of enterprises, and which of individual businesses, beside the common ones. */
export const OTHER_FAMILY: Readonly<Record<string, readonly string[]>> = {
  E_BASEINFO: ['E_PB_BASEINFO', 'E_PB_OPERATOR', 'AO_PB_OPANOMALY'],
  E_PB_BASEINFO: ['E_BASEINFO', 'AO_OPA_DETAIL'],
};
