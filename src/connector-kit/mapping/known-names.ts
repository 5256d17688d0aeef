/** Names by which a field is known in the registers, lower case, the surest first. */
export type KnownNames = Readonly<Record<string, readonly string[]>>;

/**
 * Licenses: pinyin keys of GB/T 36903 files, keys of the national upload tables, keys of the
 * Shandong sharing interface and of the license standards of the ministries.
 */
export const LICENSE_NAMES: KnownNames = {
  identifier: ['zzbs', 'certidentifier', 'cert_identifier', 'certificate_source_id'],
  typeCode: ['zzlxdm', 'certificate_type_code', 'certtypecode', 'cert_type_code'],
  typeName: ['zzlxmc', 'certificate_type', 'certificatetype', 'cert_type_name', 'zzmc'].concat([
    'certificate_name',
    'certificatename',
    'certname',
  ]),
  number: ['zzbh', 'certificate_number', 'certno', 'certificatenumber', 'certnum', 'licno'],
  holderName: ['czzt', 'certificate_holder', 'holder', 'certificateholder', 'corpname'],
  holderCode: ['czztdm', 'certificate_holder_code', 'holdercode', 'corpcode'],
  holderType: ['czztdmlxdm', 'certificate_holder_type', 'holdertypecode'],
  legalRepresentative: ['kz_fddbr', 'fddbr', 'legalperson', 'legal_person', 'corpleader'],
  address: ['kz_dz', 'kz_zz', 'address', 'corpaddress', 'jycs', 'kz_zs', 'zs'],
  issuer: ['zzbfjg', 'issue_dept', 'issuedept', 'issuauth', 'fzjg', 'licanth'],
  issuedOn: ['zzbfrq', 'issue_date', 'issuedate', 'issueddate', 'fzrq'],
  validFrom: ['zzyxqqsrq', 'zzyxqqssj', 'certificatevalidatestart', 'effectivedate'].concat([
    'valid_from',
    'valfrom',
    'yxqq',
  ]),
  validUntil: ['zzyxqjzrq', 'zzyxqjzsj', 'certificatevalidateend', 'expiringdate'].concat([
    'valid_to',
    'valto',
    'yxqz',
  ]),
  status: ['certstate', 'zzzt', 'operatetype'],
  replaces: ['glzzbs', 'associatedzzecertid', 'associated_cert_id', 'associated_certificate_id'],
};

/** Tables by the name of the status field: the same word means different codes in each. */
export const STATUS_TABLES: Readonly<Record<string, string>> = {
  certstate: 'license-status.mohurd',
  zzzt: 'license-status.simple',
  operatetype: 'license-status.operate-type',
};

/**
 * Market entities: columns of the national data standard for market regulation (E_BASEINFO,
 * E_PB_BASEINFO) and the JSON names of the publicity system, which differ in case only.
 */
export const ENTERPRISE_NAMES: KnownNames = {
  code: ['uniscid', 'tyshxydm', 'xdr_shxym'],
  name: ['entname', 'traname', 'qymc'],
  entityId: ['pripid'],
  registrationNumber: ['regno'],
  legalRepresentative: ['lerep', 'name', 'fddbr', 'frdb'],
  type: ['enttype_cn', 'enttype'],
  establishedOn: ['estdate'],
  validFrom: ['opfrom'],
  validUntil: ['opto'],
  address: ['dom', 'oploc'],
  scope: ['opscope'],
  authority: ['regorg_cn', 'regorg'],
  status: ['regstate_cn', 'regstate'],
};

/** Subjects of the credit platform: the national collection templates and 双公示 columns. */
export const CREDIT_NAMES: KnownNames = {
  code: ['identify', 'xdr_shxym', 'tyshxydm', 'uniscid'],
  name: ['subjectname', 'xdr_mc'],
  category: ['subjectcategory', 'xdr_lb', 'category'],
  grade: ['grade', 'creditgrade', 'pjdj'],
  gradedOn: ['gradedon', 'gradedate', 'pjrq'],
};

/** Elements of the lists of all of them. */
export const LIST_NAMES: Readonly<Record<string, KnownNames>> = {
  formerNames: { name: ['historyname'], until: ['altdate'] },
  changes: {
    item: ['altitem_cn', 'altitem'],
    before: ['altbe'],
    after: ['altaf'],
    changedOn: ['altdate'],
  },
  abnormalOperations: {
    reason: ['specause_cn', 'specause'],
    since: ['abntime'],
    authority: ['decorg_cn', 'decorg'],
    removedOn: ['remdate'],
  },
  seriousViolations: {
    reason: ['serillrea_cn', 'serillrea'],
    since: ['abntime'],
    authority: ['decorg_cn', 'decorg'],
    removedOn: ['remdate'],
  },
  penalties: {
    documentNumber: ['pendecno', 'cf_wsh', 'wsh'],
    act: ['illegacttype', 'cf_wfxw', 'wfxw'],
    content: ['pencontent', 'cf_nr', 'nr'],
    authority: ['penauth_cn', 'cf_cfjg', 'cfjg'],
    decidedOn: ['pendecissdate', 'cf_jdrq', 'jdrq'],
    publicUntil: ['cf_gsjzq', 'gsjzq'],
  },
  listings: {
    list: ['listname'],
    reason: ['listreason'],
    since: ['listedon', 'listdate'],
    removedOn: ['removedon', 'removedate'],
  },
  commitments: {
    type: ['commitmenttypeid'],
    code: ['code'],
    reason: ['reason'],
    madeOn: ['commitmentdate'],
    fulfillment: ['fulfillmentstatus'],
  },
};
