import { LICENSE_TYPE_CODES } from './license-faces.ts';
import { isObject, textAt } from './wire.ts';

/** What the consumer was given. */
export interface LicenseGrant {
  readonly accessId: string;
  readonly accessToken: string;
  readonly typesDenied: readonly string[];
}

const HOLDER_TYPES = new Set(
  '001 099 111 114 115 118 119 120 122 411 412 413 414 511 516 999'.split(' '),
);
const CAUSE_CHARACTERS_MAX = 200;

/** The status by which a call is refused before any record is looked at; null to go on. */
export function judgeLicenseCall(
  operation: string,
  json: unknown,
  granted: LicenseGrant,
): number | null {
  if (!isObject(json)) return 99;
  const { head, data } = json;
  const idOk = textAt(head, 'accessId') === granted.accessId;
  if (!idOk || textAt(head, 'accessToken') !== granted.accessToken) return 11;
  if (operation === 'verifyFile') return 2;
  const required: Readonly<Record<string, readonly string[]>> = {
    queryCertInfoByHolderCode: ['holderCode', 'holderTypeCode', 'certTypeCode'],
    queryCertInfo: ['certIdentifier'],
    downloadUrl: ['certIdentifier'],
    verifyCertInfo: ['certTypeCode'],
    getCertRemarkInfo: ['certTypeCode', 'certName'],
    queryCertInfosByVerifyTrx: ['trxId', 'certTypeCode'],
    beginVerify: ['qrcode'],
    currentStatus: ['trxId'],
  };
  if ((required[operation] ?? []).some((key) => textAt(data, key) === '')) return 12;
  if (operation === 'beginVerify' || operation === 'currentStatus') return null;
  const cause = operation === 'getCertRemarkInfo' ? 0 : judgeCause(data);
  if (cause === 12) return 12;
  if (operation !== 'queryCertInfo' && operation !== 'downloadUrl') {
    const typeCode = textAt(data, 'certTypeCode');
    if (typeCode.length !== 21) return 113;
    if (!LICENSE_TYPE_CODES.includes(typeCode)) return 13;
    if (granted.typesDenied.includes(typeCode)) return 100;
  }
  if (operation === 'queryCertInfoByHolderCode') {
    if (!HOLDER_TYPES.has(textAt(data, 'holderTypeCode'))) return 103;
  }
  if (cause !== 0) return cause;
  return operation === 'verifyCertInfo' ? judgeComparisonKeys(data) : null;
}

/** 0 when the cause will do. It comes as text, as an object, or as an object written as text. */
function judgeCause(data: unknown): 0 | 12 | 102 {
  const cause = isObject(data) ? data['useCause'] : undefined;
  if (isObject(cause)) return textAt(cause, 'certificateCopyCause') === '' ? 12 : 0;
  if (typeof cause !== 'string' || cause.trim() === '') return 12;
  if (cause.startsWith('{')) return cause.includes('"certificateCopyCause"') ? 0 : 12;
  return [...cause].length > CAUSE_CHARACTERS_MAX ? 102 : 0;
}

function judgeComparisonKeys(data: unknown): number | null {
  const claims = isObject(data) ? data['certData'] : undefined;
  if (!isObject(claims) || Object.keys(claims).length === 0) return null;
  if (textAt(claims, 'certNo') === '') return 109;
  if (textAt(claims, 'holderCode') === '') return 110;
  return textAt(claims, 'holder') === '' ? 111 : null;
}
