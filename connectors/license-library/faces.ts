import { z } from 'zod';

import { titled } from '../../src/connector-kit/connector.ts';
import { RECORD_STATUSES, type RecordStatus } from '../../src/model/outcome.ts';

const key = z.string().min(1);
const keyOrNull = key.nullable();

/**
 * How the library writes one type of license (照面): the key of each meaning, null where the type
 * does not carry it, and the words of its status field. A key named here must be in every reply.
 */
export const faceShape = z.strictObject({
  typeCode: key
    .meta(titled('证照类型代码', 'License type code'))
    .describe('Key of the license type code.'),
  typeName: keyOrNull
    .meta(titled('证照类型名称', 'License type'))
    .describe('Key of the license type, or of the name of the license.'),
  number: keyOrNull.meta(titled('证照编号', 'Number')).describe('Key of the number.'),
  identifier: key.meta(titled('证照标识', 'Identifier')).describe('Key of the identifier.'),
  holderName: key.meta(titled('持证主体', 'Holder')).describe('Key of the name of the holder.'),
  holderCode: key
    .meta(titled('持证主体代码', 'Code of the holder'))
    .describe('Key of the code of the holder.'),
  legalRepresentative: keyOrNull
    .meta(titled('法定代表人', 'Legal representative'))
    .describe('Key of the legal representative.'),
  address: keyOrNull
    .meta(titled('地址', 'Address'))
    .describe('Key of the address (住所, 经营场所).'),
  issuer: keyOrNull.meta(titled('颁发机构', 'Issuer')).describe('Key of the issuing agency.'),
  issuedOn: keyOrNull.meta(titled('颁发日期', 'Issued on')).describe('Key of the day of issue.'),
  validFrom: keyOrNull
    .meta(titled('有效期起', 'Valid from'))
    .describe('Key of the first valid day.'),
  validUntil: key.meta(titled('有效期止', 'Valid until')).describe('Key of the last valid day.'),
  replaces: keyOrNull
    .meta(titled('关联证照标识', 'Replaces'))
    .describe('Key of the identifier of the license this one replaces.'),
  status: keyOrNull.meta(titled('证照状态', 'Status')).describe('Key of the status word.'),
  statusWords: z
    .record(z.string(), z.enum(RECORD_STATUSES))
    .meta(titled('状态文字对照', 'Status words'))
    .describe('Words of the status field; any other word is unknown.'),
});

export type Face = z.infer<typeof faceShape>;

/** 证照状态 as the Ministry of Housing numbers it; 99 (other) is left unknown on purpose. */
const CERT_STATES: Readonly<Record<string, RecordStatus>> = {
  '01': 'VALID',
  '02': 'SUSPENDED',
  '03': 'REVOKED',
  '04': 'CANCELED',
  '05': 'EXPIRED',
  '06': 'TRANSFERRED_OUT',
  '07': 'WITHDRAWN',
};

const STATUS_WORDS: Readonly<Record<string, RecordStatus>> = {
  有效: 'VALID',
  暂扣: 'SUSPENDED',
  撤销: 'REVOKED',
  注销: 'CANCELED',
  过期: 'EXPIRED',
  失效: 'EXPIRED',
  吊销: 'WITHDRAWN',
};

/** Faces by license type (证照类型代码) as docs/sources/license-library.md lists them. */
export const SHIPPED_FACES: Readonly<Record<string, Face>> = {
  // 营业执照
  '11100000MB0143028R001': {
    typeCode: 'certTypeCode',
    typeName: 'certificateType',
    number: 'certNo',
    identifier: 'certIdentifier',
    holderName: 'holder',
    holderCode: 'holderCode',
    legalRepresentative: 'legalPerson',
    address: 'address',
    issuer: 'issueDept',
    issuedOn: 'issueDate',
    validFrom: 'certificateValidateStart',
    validUntil: 'certificateValidateEnd',
    replaces: 'associatedZzeCertID',
    status: null,
    statusWords: {},
  },
  // 居民身份证
  '11100000000013127D001': {
    typeCode: 'ZZLXDM',
    typeName: 'ZZLXMC',
    number: 'ZZBH',
    identifier: 'ZZBS',
    holderName: 'CZZT',
    holderCode: 'CZZTDM',
    legalRepresentative: null,
    address: 'KZ_ZZ',
    issuer: 'ZZBFJG',
    issuedOn: 'ZZBFRQ',
    validFrom: 'ZZYXQQSRQ',
    validUntil: 'ZZYXQJZRQ',
    replaces: 'GLZZBS',
    status: 'ZZZT',
    statusWords: STATUS_WORDS,
  },
  // 食品经营许可证
  '11100000MB0143028R018': {
    typeCode: 'cert_type_code',
    typeName: 'cert_type_name',
    number: 'certno',
    identifier: 'cert_identifier',
    holderName: 'name',
    holderCode: 'code',
    legalRepresentative: 'fddbr',
    address: 'jycs',
    issuer: 'fzjg',
    issuedOn: 'fzrq',
    validFrom: 'yxqq',
    validUntil: 'yxqz',
    replaces: 'associated_cert_id',
    status: null,
    statusWords: {},
  },
  // 道路运输经营许可证
  '11100000000013661B003': {
    typeCode: 'certificate_type_code',
    typeName: 'certificate_type',
    number: 'certificate_number',
    identifier: 'certificate_source_id',
    holderName: 'certificate_holder',
    holderCode: 'certificate_holder_code',
    legalRepresentative: 'legal_person',
    address: 'address',
    issuer: 'issue_dept',
    issuedOn: 'issue_date',
    validFrom: 'valid_from',
    validUntil: 'valid_to',
    replaces: 'associated_certificate_id',
    status: null,
    statusWords: {},
  },
  // 国内水路运输经营许可证
  '11100000000013661B021': {
    typeCode: 'zzlxdm',
    typeName: 'zzlxmc',
    number: 'zzbh',
    identifier: 'zzbs',
    holderName: 'czzt',
    holderCode: 'czztdm',
    legalRepresentative: 'KZ_FDDBR',
    address: 'KZ_DZ',
    issuer: 'zzbfjg',
    issuedOn: 'zzbfrq',
    validFrom: 'zzyxqqssj',
    validUntil: 'zzyxqjzsj',
    replaces: 'glzzbs',
    status: null,
    statusWords: {},
  },
  // 建筑施工企业安全生产许可证
  '11100000000013338W050': {
    typeCode: 'certTypeCode',
    typeName: 'certName',
    number: 'certNum',
    identifier: 'certIdentifier',
    holderName: 'corpName',
    holderCode: 'corpCode',
    legalRepresentative: 'corpLeader',
    address: 'corpAddress',
    issuer: 'issuAuth',
    issuedOn: 'issuedDate',
    validFrom: 'effectiveDate',
    validUntil: 'expiringDate',
    replaces: 'associatedZzeCertID',
    status: 'certState',
    statusWords: CERT_STATES,
  },
};
