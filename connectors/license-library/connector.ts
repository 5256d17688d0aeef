import { CHECK_PURPOSE } from '../../src/connector-kit/check-purpose.ts';
import { canaryFault, checkSource } from '../../src/connector-kit/check.ts';
import {
  CONTRACT_VERSION,
  type Answer,
  type CallContext,
  type Capability,
  type Canary,
  type Connector,
  type ConnectorKind,
  type KeyResult,
  type LicenseConsentKey,
  type LicenseHolderKey,
  type LicenseIdentifierKey,
} from '../../src/connector-kit/connector.ts';
import { decodeReply, decodeText, parseJson } from '../../src/connector-kit/decode.ts';
import { FILE_MEDIA_TYPES } from '../../src/connector-kit/file.ts';
import { createHttpClient, type HttpClient, type HttpReply } from '../../src/connector-kit/http.ts';
import { requireBatch, unsupported } from '../../src/connector-kit/lookup.ts';
import { createSm2Opener } from '../../src/connector-kit/sm2.ts';
import { parseLicenseIdentifier } from '../../src/model/license-identifier.ts';
import type { License } from '../../src/model/license.ts';
import { answerHeld, answerIdentified, readAgain, type Reading, type Told } from './answer.ts';
import { createConsentDesk } from './consent.ts';
import { createFileDesk, fileOriginOf, placesOf } from './file.ts';
import { SHIPPED_FACES, type Face } from './faces.ts';
import { canonical, readLicense } from './license.ts';
import {
  licenseLibrarySecrets,
  licenseLibrarySettings,
  type LicenseLibrarySecrets,
  type LicenseLibrarySettings,
} from './settings.ts';
import {
  readLibraryReply,
  requireCredentials,
  writeUseCause,
  type Operation,
  type SealedLicense,
} from './wire.ts';

/** The license library (电子证照库) of a city: docs/sources/license-library.md. */
export const licenseLibrary: ConnectorKind<LicenseLibrarySettings, LicenseLibrarySecrets> = {
  kind: 'license-library',
  title: { zh: '电子证照库', en: 'Electronic license library' },
  version: '1.1.0',
  contract: CONTRACT_VERSION,
  settings: licenseLibrarySettings,
  secrets: licenseLibrarySecrets,
  origins: placesOf,
  create({ settings, secrets, clock, network }) {
    const http = createHttpClient({ settings, clock, network });
    const ofFiles = { baseUrl: fileOriginOf(settings), replyBytesMax: settings.fileBytesMax };
    const fileHttp = createHttpClient({
      ...{ settings: { ...settings, ...ofFiles }, clock, network },
      contentTypes: FILE_MEDIA_TYPES,
    });
    return createConnector({ http, fileHttp, settings, secrets });
  },
};

interface Deps {
  readonly http: HttpClient;
  readonly fileHttp: HttpClient;
  readonly settings: LicenseLibrarySettings;
  readonly secrets: LicenseLibrarySecrets;
}

/** One question to the library and what came back. */
interface Asked extends Told {
  readonly reply: HttpReply;
}

function createConnector(deps: Deps): Connector {
  const { http, settings, secrets } = deps;
  const faces: Readonly<Record<string, Face>> = { ...SHIPPED_FACES, ...settings.faces };
  const open = createSm2Opener({ ...settings, privateKey: secrets.sm2PrivateKey });
  const read = (sealed: SealedLicense, face: Face): License =>
    readLicense(parseJson(decodeText(open(sealed.hex), 'utf-8')), face, sealed.pointer);
  const byIdentifier = createByIdentifier(deps, { faces, read });
  const byHolder = createByHolder(deps, { faces, read });
  const byConsent = createByConsent(deps, { faces, read });
  const canaries: readonly Canary[] =
    settings.canary === null
      ? []
      : [{ capability: 'license.byIdentifier', ...settings.canary } satisfies Canary];
  return {
    capabilities: {
      'license.byIdentifier': byIdentifier,
      'license.byHolder': byHolder,
      'license.byConsent': byConsent,
    },
    consent: createConsentDesk((path, data, { signal }) => send(deps, { path, data }, signal)),
    files: createFileDesk({
      ...{ settings, http: deps.fileHttp, open },
      ask: (certIdentifier, { purpose, signal }) => {
        const useCause = writeUseCause(purpose, settings.systemName);
        // expiryTime 加注件有效期: empty is what the library itself allows.
        const data = { certIdentifier, useCause, expiryTime: '' };
        return send(deps, { path: '/CertShare/downloadUrl', data }, signal);
      },
    }),
    canaries,
    check: (signal) =>
      checkSource(
        {
          isEncrypted: http.isEncrypted,
          reach: (inTime) => reach(deps, Object.keys(faces)[0] ?? '', inTime),
          reads: createReads(settings.canary, byIdentifier, byHolder),
        },
        signal,
      ),
    holdings: null,
    push: null,
    reread: (capability, key, raw) => readAgain(capability, key, { raw, reading: { faces, read } }),
    discover: null,
    async close() {
      await Promise.all([http.close(), deps.fileHttp.close()]);
    },
  };
}

function createByIdentifier(deps: Deps, reading: Reading): Capability<'license.byIdentifier'> {
  return {
    batchMax: 1,
    carriesPurpose: true,
    idempotent: true,
    lookup: (keys, call) =>
      lookupEach(keys, async ({ identifier }: LicenseIdentifierKey) => {
        const parsed = parseLicenseIdentifier(identifier);
        if (!parsed.ok) throw unsupported('BAD_IDENTIFIER');
        const { code } = parsed.value;
        const asked = await ask(deps, { operation: 'queryCertInfo', certIdentifier: code }, call);
        return answerIdentified(parsed.value, asked, reading);
      }),
  };
}

function createByHolder(deps: Deps, reading: Reading): Capability<'license.byHolder'> {
  return {
    batchMax: 1,
    carriesPurpose: true,
    idempotent: true,
    lookup: (keys, call) =>
      lookupEach(keys, async ({ holder, typeCode }: LicenseHolderKey) => {
        const question = {
          operation: 'queryCertInfoByHolderCode',
          holderCode: holder.code,
          // GB/T 36903 appendix A: 111 公民身份号码, 001 统一社会信用代码
          holderTypeCode: holder.kind === 'PERSON' ? '111' : '001',
          certTypeCode: typeCode,
        } as const;
        const asked = await ask(deps, question, call);
        return answerHeld({ holderCode: holder.code, typeCode }, asked, reading);
      }),
  };
}

/** What a holder has agreed to; the library checks by itself that it was this holder and type. */
function createByConsent(deps: Deps, reading: Reading): Capability<'license.byConsent'> {
  return {
    batchMax: 1,
    carriesPurpose: true,
    idempotent: true,
    lookup: (keys, call) =>
      lookupEach(keys, async ({ holder, typeCode, consent }: LicenseConsentKey) => {
        const question = {
          operation: 'queryCertInfosByVerifyTrx',
          trxId: consent,
          certTypeCode: typeCode,
        } as const;
        const asked = await ask(deps, question, call);
        return answerHeld({ holderCode: holder.code, typeCode }, asked, reading);
      }),
  };
}

async function lookupEach<K, R>(
  keys: readonly K[],
  answerKey: (key: K) => Promise<Answer<R>>,
): Promise<readonly KeyResult<R>[]> {
  requireBatch(keys, 1);
  return Promise.all(keys.map(async (key) => ({ ok: true, answer: await answerKey(key) })));
}

async function ask(
  { http, settings, secrets }: Deps,
  question: { readonly operation: Operation } & Readonly<Record<string, string>>,
  { purpose, signal }: CallContext,
): Promise<Asked> {
  const { operation, ...data } = question;
  const useCause = writeUseCause(purpose, settings.systemName);
  const body = writeBody(settings.accessId, secrets.accessToken, { ...data, useCause });
  const request = { method: 'POST', path: `/CertShare/${operation}`, headers: {}, body } as const;
  const reply = await http.request(request, signal);
  return { answer: readLibraryReply(decodeReply(reply), operation), reply };
}

async function send(
  { http, settings, secrets }: Deps,
  { path, data }: { readonly path: string; readonly data: object },
  signal: AbortSignal,
): Promise<unknown> {
  const body = writeBody(settings.accessId, secrets.accessToken, data);
  return decodeReply(await http.request({ method: 'POST', path, headers: {}, body }, signal));
}

function writeBody(accessId: string, accessToken: string, data: object): string {
  return JSON.stringify({ head: { accessId, accessToken }, data });
}

/** Asks for the dictionary of a license type, which concerns nobody. */
async function reach(deps: Deps, typeCode: string, signal: AbortSignal): Promise<HttpReply> {
  const { http, settings, secrets } = deps;
  const data = { certTypeCode: typeCode, certName: '证照' };
  const body = writeBody(settings.accessId, secrets.accessToken, data);
  const path = '/CertShare/getCertRemarkInfo';
  const reply = await http.request({ method: 'POST', path, headers: {}, body }, signal);
  requireCredentials(decodeReply(reply));
  return reply;
}

function createReads(
  canary: LicenseLibrarySettings['canary'],
  byIdentifier: Capability<'license.byIdentifier'>,
  byHolder: Capability<'license.byHolder'>,
) {
  const find = async (key: LicenseIdentifierKey, signal: AbortSignal) => {
    const [result] = await byIdentifier.lookup([key], { signal, purpose: CHECK_PURPOSE });
    if (result?.ok === false) throw result.fault;
    return result?.answer.records ?? [];
  };
  const readBoth = async (signal: AbortSignal): Promise<void> => {
    if (canary === null) return;
    const present = await find(canary.present, signal);
    if (present.length !== 1) throw canaryFault('PRESENT');
    const absent = await find(canary.absent, signal);
    if (absent.length !== 0) throw canaryFault('ABSENT');
  };
  const readHolder = async (signal: AbortSignal): Promise<void> => {
    if (canary === null) return;
    const [license] = await find(canary.present, signal);
    if (license === undefined || license.holderCode === null) throw canaryFault('PRESENT');
    const holder = { kind: kindOf(license.holderCode), code: license.holderCode, name: null };
    const [result] = await byHolder.lookup([{ holder, typeCode: license.typeCode }], {
      signal,
      purpose: CHECK_PURPOSE,
    });
    if (result?.ok === false) throw result.fault;
    const shown = result?.answer.records ?? [];
    const isShown = shown.some(
      ({ identifier }) => identifier === canonical(canary.present.identifier),
    );
    if (!isShown) throw canaryFault('PRESENT');
  };
  const orNone = (run: (signal: AbortSignal) => Promise<void>) => (canary === null ? null : run);
  return [
    { capability: 'license.byIdentifier', read: orNone(readBoth) },
    { capability: 'license.byHolder', read: orNone(readHolder) },
  ] as const;
}

function kindOf(code: string): 'PERSON' | 'ENTERPRISE' {
  return /^\d{17}[\dX]$/u.test(code) ? 'PERSON' : 'ENTERPRISE';
}
