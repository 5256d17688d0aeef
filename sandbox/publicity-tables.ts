import { midnightOf } from './shanghai-time.ts';

/** A market entity as the publicity system holds it. Days are `YYYY-MM-DD`. */
export interface EnterpriseRecord {
  readonly code: string;
  readonly kind: 'ENTERPRISE' | 'INDIVIDUAL_BUSINESS';
  /** 主体身份代码. */
  readonly entityId: string;
  readonly registrationNumber: string;
  readonly name: string;
  /** Legal representative, or operator of an individual business. */
  readonly person: string;
  readonly type: string;
  /** In units of ten thousand yuan; null for individual businesses. */
  readonly capital: string | null;
  readonly establishedOn: string;
  readonly approvedOn: string;
  readonly validFrom: string;
  /** Null for long-term. */
  readonly validUntil: string | null;
  readonly address: string;
  readonly scope: string;
  readonly authority: string;
  readonly authorityCode: string;
  readonly stateCode: string;
  readonly stateText: string;
  readonly revokedOn: string | null;
  readonly canceledOn: string | null;
  readonly changes: readonly ChangeRecord[];
  readonly anomalies: readonly ListingRecord[];
  readonly violations: readonly ListingRecord[];
  readonly cases: readonly PenaltyRecord[];
  readonly licenses: readonly PermitRecord[];
}

export interface ChangeRecord {
  readonly item: string;
  readonly before: string;
  readonly after: string;
  readonly on: string;
}

export interface ListingRecord {
  readonly reason: string;
  readonly since: string;
  readonly authority: string;
  readonly removedOn: string | null;
}

export interface PenaltyRecord {
  readonly number: string;
  readonly act: string;
  readonly content: string;
  readonly authority: string;
  readonly decidedOn: string;
}

export interface PermitRecord {
  readonly number: string;
  readonly name: string;
  readonly from: string;
  readonly until: string | null;
  readonly authority: string;
  readonly item: string;
}

type Row = Readonly<Record<string, unknown>>;
/** One element of `subjects`: rows by table. */
export type Tables = Readonly<Record<string, readonly Row[]>>;

/** The rows of one entity in the table families of its kind, with their uneven keys and dates. */
export function writeTables(record: EnterpriseRecord): Tables {
  const base =
    record.kind === 'ENTERPRISE' ? writeEnterprise(record) : writeIndividualBusiness(record);
  return {
    ...base,
    E_ALTER_RECODER: record.changes.map((each) => ({
      pripid: record.entityId,
      altItem_CN: each.item,
      altBe: each.before,
      altAf: each.after,
      altDate: midnightOf(each.on),
    })),
    E_LI_ILLDISDETAIL: record.violations.map((each) => ({
      pripid: record.entityId,
      serILLRea_CN: each.reason,
      abntime: each.since,
      decOrg_CN: each.authority,
      remDate: each.removedOn,
    })),
    CASE_CF_BASEINFO: record.cases.map((each, index) => ({
      caseId: caseId(record, index),
      penDecNo: each.number,
      penAuth_CN: each.authority,
      penDecIssDate: writeInChinese(each.decidedOn),
      publicDate: midnightOf(each.decidedOn),
    })),
    CASE_CF_IRREGPUNISHINFO: record.cases.map((each, index) => ({
      caseId: caseId(record, index),
      illegActType: each.act,
      penContent: each.content,
    })),
    CASE_CF_PARTYINFO: record.cases.map((_each, index) => ({
      caseId: caseId(record, index),
      uniscId: record.code,
      partyName: record.name,
    })),
    LICENCE_INFO: record.licenses.map((each) => ({
      licNo: each.number,
      licName_CN: each.name,
      valFrom: each.from,
      valTo: each.until ?? '',
      licAnth: each.authority,
      licItem: each.item,
    })),
  };
}

/** Upper-case keys; the name is highlighted as by a search; a blank OPTO means long-term. */
function writeEnterprise(record: EnterpriseRecord): Tables {
  return {
    E_BASEINFO: [
      {
        PRIPID: record.entityId,
        UNISCID: record.code,
        REGNO: record.registrationNumber,
        ENTNAME: `<font color=red>${record.name}</font>`,
        NAME: record.person,
        ENTTYPE: '1130',
        ENTTYPE_CN: record.type,
        REGCAP: record.capital ?? '',
        REGCAPCUR_CN: '人民币',
        ESTDATE: record.establishedOn,
        APPRDATE: midnightOf(record.approvedOn),
        OPFROM: `${record.validFrom} 00:00:00`,
        OPTO: record.validUntil === null ? '' : `${record.validUntil} 00:00:00`,
        DOM: record.address,
        OPSCOPE: record.scope,
        REGORG: record.authorityCode,
        REGORG_CN: record.authority,
        REGSTATE: record.stateCode,
        REGSTATE_CN: record.stateText,
        REVDATE: record.revokedOn ?? '',
        CANDATE: record.canceledOn ?? '',
      },
    ],
    AO_OPA_DETAIL: record.anomalies.map((each) => ({
      pripid: record.entityId,
      speCause_CN: each.reason,
      abntime: midnightOf(each.since),
      decOrg_CN: each.authority,
      remExcpRes_CN: each.removedOn === null ? '' : '列入经营异常名录情形已消除',
      remDate: each.removedOn === null ? null : midnightOf(each.removedOn),
      reDecOrg_CN: each.removedOn === null ? '' : each.authority,
    })),
  };
}

/** Keys in the public site's camel case; marks instead of listings, and those in upper case. */
function writeIndividualBusiness(record: EnterpriseRecord): Tables {
  return {
    E_PB_BASEINFO: [
      {
        pripid: record.entityId,
        uniscId: record.code,
        regNo: record.registrationNumber,
        traName: record.name,
        entType_CN: record.type,
        estDate: midnightOf(record.establishedOn),
        apprDate: record.approvedOn,
        opFrom: record.validFrom,
        opTo: record.validUntil,
        opLoc: record.address,
        opScope: record.scope,
        regOrg_CN: record.authority,
        regState: record.stateCode,
        regstate_cn: record.stateText,
      },
    ],
    E_PB_OPERATOR: [{ pripid: record.entityId, name: record.person }],
    AO_PB_OPANOMALY: record.anomalies.map((each) => ({
      PRIPID: record.entityId,
      SPECAUSE_CN: each.reason,
      ABNTIME: each.since,
      DECORG_CN: each.authority,
      REMEXCPRES_CN: each.removedOn === null ? '' : '恢复正常记载状态',
      REMDATE: each.removedOn ?? '',
      REDECORG_CN: each.removedOn === null ? '' : each.authority,
    })),
  };
}

function caseId(record: EnterpriseRecord, index: number): string {
  return `${record.entityId}-${index + 1}`;
}

function writeInChinese(day: string): string {
  const [year = '', month = '', date = ''] = day.split('-');
  return `${year}年${Number(month)}月${Number(date)}日`;
}
