import type { LicenseRecord } from './license-faces.ts';
import type { EnterpriseRecord } from './publicity-tables.ts';

/** Values by column, as a provider writes them: everything is text. */
export type TableValues = Readonly<Record<string, string | null>>;

/** A row and the table it belongs to. */
export interface TableRow {
  readonly table: string;
  readonly values: TableValues;
}

/** The rows of one enterprise, in as many forms of dates and blanks as real tables have. */
export function writeEnterpriseRows(record: EnterpriseRecord): readonly TableRow[] {
  const { entityId: PRIPID } = record;
  const numbered = (index: number, mark: string): string => `${PRIPID}-${mark}${index + 1}`;
  return [
    { table: 'E_BASEINFO', values: writeBase(record) },
    ...record.changes.map((each, index) => ({
      table: 'E_ALTER_RECODER',
      values: {
        RECID: numbered(index, 'A'),
        PRIPID,
        ALTITEM_CN: each.item,
        ALTBE: each.before,
        ALTAF: each.after,
        ALTDATE: each.on.replaceAll('-', ''),
      },
    })),
    ...record.anomalies.map((each, index) => ({
      table: 'AO_OPA_DETAIL',
      values: {
        RECID: numbered(index, 'O'),
        PRIPID,
        SPECAUSE_CN: each.reason,
        ABNTIME: `${each.since} 00:00:00`,
        DECORG_CN: each.authority,
        REMEXCPRES_CN: each.removedOn === null ? '--' : '列入经营异常名录情形已消除',
        REMDATE: each.removedOn ?? '--',
        REDECORG_CN: each.removedOn === null ? null : each.authority,
      },
    })),
    ...record.violations.map((each, index) => ({
      table: 'E_LI_ILLDISDETAIL',
      values: {
        RECID: numbered(index, 'L'),
        PRIPID,
        SERILLREA_CN: each.reason,
        ABNTIME: each.since.replaceAll('-', '/'),
        DECORG_CN: each.authority,
        REMDATE: each.removedOn,
      },
    })),
    ...record.cases.flatMap((each, index) => writeCase(record, each, numbered(index, 'C'))),
  ];
}

function writeBase(record: EnterpriseRecord): TableValues {
  return {
    PRIPID: record.entityId,
    UNISCID: record.code,
    REGNO: record.registrationNumber,
    ENTNAME: record.name,
    NAME: record.person,
    ENTTYPE: '1130',
    ENTTYPE_CN: record.type,
    REGCAP: record.capital === null ? '--' : ` ${record.capital} `,
    REGCAPCUR_CN: '人民币',
    ESTDATE: record.establishedOn,
    APPRDATE: record.approvedOn.replaceAll('-', '/'),
    OPFROM: `${record.validFrom} 00:00:00`,
    OPTO: record.validUntil === null ? '' : `${record.validUntil} 00:00:00`,
    DOM: record.address,
    OPSCOPE: record.scope,
    REGORG: ` ${record.authorityCode}`,
    REGORG_CN: record.authority,
    REGSTATE: record.stateCode,
    REGSTATE_CN: record.stateText,
    REVDATE: record.revokedOn,
    CANDATE: record.canceledOn ?? '--',
  };
}

function writeCase(
  { entityId, code, name }: EnterpriseRecord,
  each: EnterpriseRecord['cases'][number],
  CASEID: string,
): readonly TableRow[] {
  return [
    {
      table: 'CASE_CF_BASEINFO',
      values: {
        CASEID,
        PENDECNO: each.number,
        PENAUTH_CN: each.authority,
        PENDECISSDATE: each.decidedOn,
        PUBLICDATE: each.decidedOn.replaceAll('-', ''),
      },
    },
    {
      table: 'CASE_CF_IRREGPUNISHINFO',
      values: { CASEID, ILLEGACTTYPE: each.act, PENCONTENT: each.content },
    },
    {
      table: 'CASE_CF_PARTYINFO',
      values: { CASEID, UNISCID: code, PRIPID: entityId, PARTYNAME: name },
    },
  ];
}

/** The one row of a license. `ZZZT` is in words. */
export function writeLicenseRow(record: LicenseRecord): TableRow {
  return {
    table: 'CERT_LICENSE',
    values: {
      ZZBS: record.identifier,
      ZZLXDM: record.typeCode,
      ZZMC: '营业执照',
      ZZBH: record.number,
      CZZT: record.holder,
      CZZTDM: record.holderCode,
      ZZBFJG: record.issuer,
      ZZBFRQ: record.issuedOn,
      ZZYXQQSRQ: record.validFrom,
      ZZYXQJZRQ: record.validUntil,
      ZZZT: wordOf(record.state),
    },
  };
}

function wordOf(state: number): string {
  if ([5, 11].includes(state)) return '有效';
  if (state === -4) return '过期';
  return [12, 13].includes(state) ? '暂扣' : '注销';
}
