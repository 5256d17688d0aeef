import { sm2 } from 'sm-crypto-v2';

import { encodeGbk } from './charsets.ts';
import type { Fault } from './faults.ts';
import { judgeLicenseCall } from './license-call.ts';
import { CONSENT_COLLECTIONS, createConsentRegister } from './license-consent.ts';
import { createFileRegister, DOWNLOAD_PATH } from './license-download.ts';
import { MESSAGES } from './license-messages.ts';
import { LICENSE_TYPE_CODES, findFaceKey, listFaceFields, writeFace } from './license-faces.ts';
import type { LicenseRecord } from './license-faces.ts';
import { compareWithFace } from './license-comparison.ts';
import { createRecordStore } from './records.ts';
import type { Shape } from './shape.ts';
import { isoInShanghai, nextMidnight } from './shanghai-time.ts';
import { htmlReply, isObject, jsonReply, textAt } from './wire.ts';
import type { SourceLogic, Trouble, WireReply, WireRequest } from './wire.ts';

export interface LicenseLibraryOptions {
  readonly accessId: string;
  readonly accessToken: string;
  /** Public key of whoever may read the payloads: 130 hex digits with leading 04. */
  readonly consumerPublicKey: string;
  readonly licenses: readonly LicenseRecord[];
  /** Types the consumer was not granted: status 100. */
  readonly typesDenied: readonly string[];
  /** Types that are shown with their holder's consent only: status 104. */
  readonly typesByConsent: readonly string[];
  /** Calls a day (everydayToplimit); null for no ceiling. */
  readonly callsPerDayMax: number | null;
}

const LICENSE_SHAPE: Shape = {
  identifier: { type: 'text' },
  typeCode: { type: 'choice', of: LICENSE_TYPE_CODES },
  state: { type: 'number', min: -100, max: 100 },
  number: { type: 'text' },
  holder: { type: 'text' },
  holderCode: { type: 'text' },
  holderTypeCode: { type: 'text' },
  legalRepresentative: { type: 'text', nullable: true },
  address: { type: 'text', nullable: true },
  issuer: { type: 'text' },
  issuerCode: { type: 'text' },
  issuedOn: { type: 'text' },
  validFrom: { type: 'text' },
  validUntil: { type: 'text', nullable: true },
  replaces: { type: 'text', nullable: true },
};

const OPERATIONS = [
  'queryCertInfoByHolderCode',
  'queryCertInfo',
  'verifyCertInfo',
  'getCertRemarkInfo',
  'verifyFile',
  'downloadUrl',
  'queryCertInfosByVerifyTrx',
] as const;
/** Operations elsewhere: holders consent, files are fetched. */
const CHANNEL: Readonly<Record<string, string>> = {
  '/ChannelVerify/begin/verify': 'beginVerify',
  '/ChannelVerify/current/status': 'currentStatus',
  [DOWNLOAD_PATH]: 'download',
};

/** The license library (电子证照库) as docs/sources/license-library.md describes it. */
export function createLicenseLibrary(options: LicenseLibraryOptions): SourceLogic {
  const records = createRecordStore({
    licenses: { shape: LICENSE_SHAPE, idOf: (record) => String(record['identifier']) },
    ...CONSENT_COLLECTIONS,
  });
  const consents = createConsentRegister(records);
  const files = createFileRegister(records);
  options.licenses.forEach((license) => records.put('licenses', license.identifier, license));
  const byHolder = indexByHolder(() => records.list<LicenseRecord>('licenses'), records.revision);
  const publicKey = sm2.precomputePublicKey(options.consumerPublicKey);
  const meter = { day: 0, calls: 0 };
  const answerWell = (request: WireRequest, fault: Fault | null): WireReply => {
    const { operation } = describe(request);
    if (operation === 'download') return files.give(request);
    const data = isObject(request.json) ? request.json['data'] : undefined;
    const refusal = judgeLicenseCall(operation, request.json, options);
    if (refusal !== null) return withStatus(refusal);
    const seal = (plain: unknown): { certData: string } => ({
      certData: sealFor(publicKey, plain, fault),
    });
    if (operation === 'beginVerify') return consents.begin(request);
    if (operation === 'currentStatus') return consents.tell(request);
    if (operation === 'getCertRemarkInfo') return remarkReply(data);
    if (operation === 'verifyCertInfo') {
      const found = byHolder(textAt(data, 'certTypeCode'), data);
      return success(seal(compareWithFace(isObject(data) ? data['certData'] : null, found)));
    }
    const typeCode = textAt(data, 'certTypeCode');
    if (operation === 'queryCertInfosByVerifyTrx') {
      const holderCode = consents.holderFor(request, typeCode);
      if (holderCode === null) return withStatus(104);
      const shown = byHolder(typeCode, { holderCode }).filter((each) => statusOf(each) === 0);
      return answerLicenses(shown, seal, fault);
    }
    const identified = records.find<LicenseRecord>('licenses', textAt(data, 'certIdentifier'));
    if (options.typesByConsent.includes(identified?.typeCode ?? typeCode)) return withStatus(104);
    if (operation === 'downloadUrl' && identified !== null && statusOf(identified) === 0)
      return success(seal(files.issue(identified.identifier, request)));
    const held =
      operation === 'queryCertInfoByHolderCode'
        ? byHolder(typeCode, data).filter((each) => statusOf(each) === 0)
        : [identified];
    return answerLicenses(
      held.filter((each) => each !== null),
      seal,
      fault,
    );
  };
  return {
    id: 'license-library',
    operations: [...OPERATIONS, ...Object.values(CHANNEL)],
    records,
    describe,
    answer(request, fault) {
      const pathProblem = judgePath(request);
      if (pathProblem !== null) return pathProblem;
      const day = nextMidnight(request.now);
      meter.calls = meter.day === day ? meter.calls + 1 : 1;
      meter.day = day;
      const isOver = options.callsPerDayMax !== null && meter.calls > options.callsPerDayMax;
      if (!isOver) return answerWell(request, fault);
      return ceilingReply(options.callsPerDayMax, day, request);
    },
    trouble: (trouble, request) => reportTrouble(trouble, request, options),
    controls: [],
    stop() {
      // Nothing runs by itself.
    },
  };
}

function describe(request: WireRequest): { operation: string; keys: readonly string[] } {
  const operation =
    OPERATIONS.find((each) => request.path === `/CertShare/${each}`) ??
    CHANNEL[request.path] ??
    'unknown';
  const data = isObject(request.json) ? request.json['data'] : undefined;
  const inner = isObject(data) ? data['certData'] : undefined;
  const keys = [
    textAt(data, 'certIdentifier'),
    textAt(data, 'holderCode'),
    textAt(inner, 'holderCode'),
    textAt(data, 'certTypeCode'),
  ];
  return { operation, keys: keys.filter((key) => key !== '') };
}

function judgePath(request: WireRequest): WireReply | null {
  if (describe(request).operation === 'unknown') return htmlReply(404, '404 Not Found');
  const method = request.path === DOWNLOAD_PATH ? 'GET' : 'POST';
  if (request.method !== method) return htmlReply(405, '405 Method Not Allowed');
  return null;
}

function statusOf(license: LicenseRecord): number {
  if ([5, 11].includes(license.state)) return 0;
  if ([-8, -5, -3, -2, 21].includes(license.state)) return 21;
  if (license.state === -4) return 22;
  return [12, 13].includes(license.state) ? 23 : 101;
}

function answerLicenses(
  held: readonly LicenseRecord[],
  seal: (plain: unknown) => { certData: string },
  fault: Fault | null,
): WireReply {
  const [first] = held;
  if (first === undefined) return withStatus(10);
  const status = statusOf(first);
  if (status !== 0) return withStatus(status);
  if (fault?.kind === 'drift' && fault.how === 'new-status-code') return withStatus(77);
  const sealed = held.map((each) => seal(driftFace(each, fault)));
  return success(sealed.length === 1 ? sealed[0] : sealed);
}

/** The face as a library writes it that changed its form overnight. */
function driftFace(license: LicenseRecord, fault: Fault | null): unknown {
  const face = writeFace(license);
  if (fault?.kind !== 'drift') return face;
  const key = findFaceKey(license.typeCode, 'holderCode') ?? '';
  const { [key]: value, ...rest } = face;
  if (fault.how === 'field-missing') return rest;
  if (fault.how === 'field-renamed') return { ...rest, [`${key}_v2`]: value };
  if (fault.how === 'type-changed') return { ...rest, [key]: { value } };
  return fault.how === 'list-instead-of-object' ? [face] : face;
}

/** The key with its multiples computed ahead: sealing takes a fifth of the time. */
type PublicKey = ReturnType<typeof sm2.precomputePublicKey>;

/** SM2, C1‖C2‖C3, upper-case hex with leading 04. */
function sealFor(publicKey: PublicKey, plain: unknown, fault: Fault | null): string {
  const text = JSON.stringify(plain);
  const isGbk = fault?.kind === 'charset' && fault.how.startsWith('gbk');
  const mode = fault?.kind === 'integrity' && fault.how === 'mode-swapped' ? 1 : 0;
  const hex = `04${sm2.doEncrypt(isGbk ? encodeGbk(text) : text, publicKey, mode)}`.toUpperCase();
  if (fault?.kind !== 'integrity' || fault.how !== 'corrupted') return hex;
  return `${hex.slice(0, -1)}${hex.endsWith('0') ? '1' : '0'}`;
}

/** Licenses of a type by the `holderCode` in `data` or, for comparison, in `data.certData`. */
function indexByHolder(
  list: () => readonly LicenseRecord[],
  revision: () => number,
): (typeCode: string, data: unknown) => readonly LicenseRecord[] {
  let indexed = -1;
  let index = new Map<string, LicenseRecord[]>();
  return (typeCode, data) => {
    if (indexed !== revision()) {
      index = new Map();
      for (const each of list()) {
        index.set(each.holderCode, [...(index.get(each.holderCode) ?? []), each]);
      }
      indexed = revision();
    }
    const claims = isObject(data) ? data['certData'] : undefined;
    const code = textAt(data, 'holderCode') || textAt(claims, 'holderCode');
    const holderType = textAt(data, 'holderTypeCode');
    const number = textAt(data, 'certNo');
    return (index.get(code) ?? []).filter(
      (each) =>
        each.typeCode === typeCode &&
        (holderType === '' || each.holderTypeCode === holderType) &&
        (number === '' || each.number === number),
    );
  };
}

function remarkReply(data: unknown): WireReply {
  const typeCode = textAt(data, 'certTypeCode');
  const fields = listFaceFields(typeCode);
  return success({ certTypeCode: typeCode, certName: textAt(data, 'certName'), fields });
}

function success(data: unknown): WireReply {
  return jsonReply(200, { head: { status: 0, message: MESSAGES[0] }, data });
}

function withStatus(status: number): WireReply {
  return jsonReply(200, { head: { status, message: MESSAGES[status] ?? '其他异常' }, data: {} });
}

function ceilingReply(max: number, resetAt: number, request: WireRequest): WireReply {
  const seconds = Math.max(1, Math.ceil((resetAt - request.now) / 1000));
  return jsonReply(
    429,
    {
      head: { status: 99, message: '超出每日调用上限' },
      data: { everydayToplimit: max, resetAt: isoInShanghai(resetAt) },
    },
    { 'retry-after': String(seconds) },
  );
}

function reportTrouble(
  trouble: Trouble,
  request: WireRequest,
  options: LicenseLibraryOptions,
): WireReply {
  switch (trouble.kind) {
    case 'error':
      return withStatus(99);
    case 'unauthorized':
      return withStatus(11);
    case 'quota':
      return ceilingReply(options.callsPerDayMax ?? 2000, trouble.resetAt, request);
    case 'outage':
      return jsonReply(
        503,
        { head: { status: 99, message: '系统维护中，请稍后再试' }, data: {} },
        { 'retry-after': new Date(trouble.until).toUTCString() },
      );
  }
}
