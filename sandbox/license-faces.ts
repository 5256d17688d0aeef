import { midnightOf } from './shanghai-time.ts';

export const BUSINESS_LICENSE = '11100000MB0143028R001';
export const RESIDENT_CARD = '11100000000013127D001';
export const FOOD_LICENSE = '11100000MB0143028R018';
export const ROAD_LICENSE = '11100000000013661B003';
export const WATERWAY_LICENSE = '11100000000013661B021';
export const SAFETY_LICENSE = '11100000000013338W050';

/** A license as the library holds it. Days are `YYYY-MM-DD`. */
export interface LicenseRecord {
  readonly identifier: string;
  readonly typeCode: string;
  /** The issuer's state: 5, 11 in force; -8, -5, -3, -2, 21 void; -4 expired; 12, 13 restricted. */
  readonly state: number;
  readonly number: string;
  readonly holder: string;
  readonly holderCode: string;
  readonly holderTypeCode: string;
  readonly legalRepresentative: string | null;
  readonly address: string | null;
  readonly issuer: string;
  readonly issuerCode: string;
  readonly issuedOn: string;
  readonly validFrom: string;
  /** A day, or one of the ways of writing "long-term", served as it stands. */
  readonly validUntil: string | null;
  /** Identifier of the license this one replaces. */
  readonly replaces: string | null;
}

type Meaning =
  | 'name'
  | 'typeName'
  | 'typeCode'
  | 'number'
  | 'identifier'
  | 'holder'
  | 'holderCode'
  | 'holderTypeCode'
  | 'legalRepresentative'
  | 'address'
  | 'issuer'
  | 'issuerCode'
  | 'issuedOn'
  | 'validFrom'
  | 'validUntil'
  | 'replaces'
  | 'status';

/** How one type of license is written: a key for each meaning (null: not carried), its dates. */
interface Face {
  readonly title: string;
  readonly keys: Readonly<Record<Meaning, string | null>>;
  readonly dateForm: (day: string) => string | number;
  /** Word for "in force", where the face carries a status. */
  readonly inForce: string;
}

const MEANINGS: readonly Meaning[] = [
  'name',
  'typeName',
  'typeCode',
  'number',
  'identifier',
  'holder',
  'holderCode',
  'holderTypeCode',
  'legalRepresentative',
  'address',
  'issuer',
  'issuerCode',
  'issuedOn',
  'validFrom',
  'validUntil',
  'replaces',
  'status',
];

/** In the order of MEANINGS; `-` where the type does not carry it. */
function keysOf(names: string): Readonly<Record<Meaning, string | null>> {
  const list = names.trim().split(/\s+/);
  const pairs = MEANINGS.map((meaning, index) => {
    const name = list[index] ?? '-';
    return [meaning, name === '-' ? null : name] as const;
  });
  return Object.fromEntries(pairs) as Record<Meaning, string | null>;
}

const FACES: Readonly<Record<string, Face>> = {
  [BUSINESS_LICENSE]: {
    title: '营业执照',
    keys: keysOf(`certificateName certificateType certTypeCode certNo certIdentifier holder
      holderCode holderTypeCode legalPerson address issueDept issueDeptCode issueDate
      certificateValidateStart certificateValidateEnd associatedZzeCertID -`),
    dateForm: (day) => day,
    inForce: '',
  },
  [RESIDENT_CARD]: {
    title: '居民身份证',
    keys: keysOf(`ZZMC ZZLXMC ZZLXDM ZZBH ZZBS CZZT CZZTDM CZZTDMLXDM - KZ_ZZ ZZBFJG ZZBFJGDM
      ZZBFRQ ZZYXQQSRQ ZZYXQJZRQ GLZZBS ZZZT`),
    dateForm: (day) => day.replaceAll('-', ''),
    inForce: '有效',
  },
  [FOOD_LICENSE]: {
    title: '食品经营许可证',
    keys: keysOf(`cert_name cert_type_name cert_type_code certno cert_identifier name code
      code_type fddbr jycs fzjg fzjgdm fzrq yxqq yxqz associated_cert_id -`),
    dateForm(day) {
      const [year = '', month = '', date = ''] = day.split('-');
      return `${year}年${Number(month)}月${Number(date)}日`;
    },
    inForce: '',
  },
  [ROAD_LICENSE]: {
    title: '道路运输经营许可证',
    keys: keysOf(`certificate_name certificate_type certificate_type_code certificate_number
      certificate_source_id certificate_holder certificate_holder_code certificate_holder_type
      legal_person address issue_dept issue_dept_code issue_date valid_from valid_to
      associated_certificate_id -`),
    dateForm: (day) => `${day} 00:00:00`,
    inForce: '',
  },
  [WATERWAY_LICENSE]: {
    title: '国内水路运输经营许可证',
    keys: keysOf(`zzmc zzlxmc zzlxdm zzbh zzbs czzt czztdm czztdmlxdm KZ_FDDBR KZ_DZ zzbfjg
      zzbfjgdm zzbfrq zzyxqqssj zzyxqjzsj glzzbs -`),
    dateForm: midnightOf,
    inForce: '',
  },
  [SAFETY_LICENSE]: {
    title: '建筑施工企业安全生产许可证',
    keys: keysOf(`certName - certTypeCode certNum certIdentifier corpName corpCode - corpLeader
      corpAddress issuAuth issuAuthCode issuedDate effectiveDate expiringDate
      associatedZzeCertID certState`),
    dateForm: (day) => day.replaceAll('-', '.'),
    inForce: '01',
  },
};

const REMARKS: Readonly<Record<Meaning, string>> = {
  name: '证照名称',
  typeName: '证照类型名称',
  typeCode: '证照类型代码',
  number: '证照编号',
  identifier: '证照标识',
  holder: '持证主体',
  holderCode: '持证主体代码',
  holderTypeCode: '持证主体代码类型代码',
  legalRepresentative: '法定代表人',
  address: '地址',
  issuer: '颁发机构',
  issuerCode: '颁发机构代码',
  issuedOn: '颁发日期',
  validFrom: '有效期起',
  validUntil: '有效期止',
  replaces: '关联证照标识',
  status: '证照状态',
};

/** Codes of the license types the library publishes. */
export const LICENSE_TYPE_CODES: readonly string[] = Object.keys(FACES);

/** The plain JSON of a license in the words and date forms of its type. */
export function writeFace(record: LicenseRecord): Readonly<Record<string, unknown>> {
  const face = FACES[record.typeCode];
  if (face === undefined) return {};
  const values: Readonly<Record<Meaning, unknown>> = {
    ...record,
    name: face.title,
    typeName: face.title,
    issuedOn: writeDay(record.issuedOn, face),
    validFrom: writeDay(record.validFrom, face),
    validUntil: record.validUntil === null ? null : writeDay(record.validUntil, face),
    legalRepresentative: record.legalRepresentative ?? '',
    address: record.address ?? '',
    replaces: record.replaces ?? '',
    status: face.inForce,
  };
  const pairs = MEANINGS.flatMap((meaning) => {
    const key = face.keys[meaning];
    return key === null ? [] : [[key, values[meaning]] as const];
  });
  return Object.fromEntries(pairs);
}

/** The key under which a type writes a meaning. Null when the type does not carry it. */
export function findFaceKey(typeCode: string, meaning: Meaning): string | null {
  return FACES[typeCode]?.keys[meaning] ?? null;
}

/** The dictionary of face fields of a type. Empty for unknown types. */
export function listFaceFields(
  typeCode: string,
): readonly { readonly name: string; readonly remark: string }[] {
  return MEANINGS.flatMap((meaning) => {
    const name = findFaceKey(typeCode, meaning);
    return name === null ? [] : [{ name, remark: REMARKS[meaning] }];
  });
}

/** Text that is no plain day, such as 长期 or 9999-12-31, stands as the issuer wrote it. */
function writeDay(text: string, face: Face): string | number {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !text.startsWith('9999');
  return isDay ? face.dateForm(text) : text;
}
