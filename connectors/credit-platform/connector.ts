import { CHECK_PURPOSE } from '../../src/connector-kit/check-purpose.ts';
import { checkSource, checkSubjectCanary } from '../../src/connector-kit/check.ts';
import {
  CONTRACT_VERSION,
  type CallContext,
  type Canary,
  type CapabilityName,
  type Connector,
  type ConnectorKind,
  type KeyResult,
  type SubjectKey,
} from '../../src/connector-kit/connector.ts';
import { hasReason, integrityFault } from '../../src/connector-kit/fault.ts';
import { createHttpClient, type HttpClient, type HttpReply } from '../../src/connector-kit/http.ts';
import { requireBatch, toKeyFault, unsupported } from '../../src/connector-kit/lookup.ts';
import { originsOf } from '../../src/connector-kit/transport.ts';
import { HubError } from '../../src/errors.ts';
import type { CreditProfile } from '../../src/model/credit.ts';
import { toFifteenDigits } from '../../src/model/resident-id.ts';
import { createCommitmentDesk } from './commitments.ts';
import { readProfile } from './profile.ts';
import {
  creditPlatformSecrets,
  creditPlatformSettings,
  type CreditPlatformSecrets,
  type CreditPlatformSettings,
} from './settings.ts';
import {
  keyOf,
  readRecorded,
  readReply,
  requireSuccess,
  writeQuestion,
  type Asked,
  type PlatformReply,
} from './wire.ts';

/** Subjects the platform takes in one call. */
const SUBJECTS_MAX = 50;

/** The public credit platform (公共信用信息平台): docs/sources/credit-platform.md. */
export const creditPlatform: ConnectorKind<CreditPlatformSettings, CreditPlatformSecrets> = {
  kind: 'credit-platform',
  title: { zh: '公共信用信息平台', en: 'Public credit platform' },
  version: '1.1.0',
  contract: CONTRACT_VERSION,
  settings: creditPlatformSettings,
  secrets: creditPlatformSecrets,
  origins: originsOf,
  create({ settings, secrets, clock, network }) {
    const http = createHttpClient({ settings, clock, network });
    const headers = { 'x-app-key': secrets.appKey };
    const lookup = (keys: readonly SubjectKey[], { signal }: CallContext) =>
      lookupProfiles((asked) => query(http, { asked, headers, signal }), keys);
    const { canary } = settings;
    const read = (signal: AbortSignal): Promise<void> =>
      canary === null
        ? Promise.resolve()
        : checkSubjectCanary(canary, (keys) => lookup(keys, { signal, purpose: CHECK_PURPOSE }));
    return {
      capabilities: {
        'credit.profile': {
          batchMax: SUBJECTS_MAX,
          carriesPurpose: false,
          idempotent: true,
          lookup,
        },
      },
      canaries: canary === null ? [] : [createCanary(canary)],
      check: (signal) =>
        checkSource(
          {
            isEncrypted: http.isEncrypted,
            reach: (inTime) => ping(http, headers, inTime),
            reads: [{ capability: 'credit.profile', read: canary === null ? null : read }],
          },
          signal,
        ),
      holdings: null,
      push: {
        'credit.commitment': createCommitmentDesk((path, body, signal) =>
          http.request({ method: 'POST', path, headers, body }, signal),
        ),
      },
      reread: (capability, key, raw) => readAgain(capability, key, raw),
      discover: null,
      close: () => http.close(),
    } satisfies Connector;
  },
};

function createCanary(canary: NonNullable<CreditPlatformSettings['canary']>): Canary {
  return { capability: 'credit.profile', ...canary } satisfies Canary;
}

interface Query {
  readonly asked: readonly Asked[];
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

async function query(http: HttpClient, { asked, headers, signal }: Query): Promise<PlatformReply> {
  const path = '/api/v1/profiles/query';
  const body = writeQuestion(asked);
  return readReply(await http.request({ method: 'POST', path, headers, body }, signal), asked);
}

async function ping(
  http: HttpClient,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<HttpReply> {
  const path = '/api/v1/ping';
  const reply = await http.request({ method: 'GET', path, headers, body: null }, signal);
  requireSuccess(reply);
  return reply;
}

type Ask = (asked: readonly Asked[]) => Promise<PlatformReply>;

/** Each key with every form of its code under which the platform may hold it. */
interface KeyForms {
  readonly key: SubjectKey;
  readonly forms: readonly Asked[];
}

async function lookupProfiles(
  ask: Ask,
  keys: readonly SubjectKey[],
): Promise<readonly KeyResult<CreditProfile>[]> {
  requireBatch(keys, SUBJECTS_MAX);
  const wanted = keys.map((key) => ({ key, forms: formsOf(key) }));
  const results = new Map<SubjectKey, KeyResult<CreditProfile>>();
  const calls = splitIntoCalls(wanted).map(async (group) => {
    const answered = await askGroup(ask, group);
    answered.forEach((result, key) => results.set(key, result));
  });
  await Promise.all(calls);
  const all = keys.flatMap((key) => results.get(key) ?? []);
  const [first] = all;
  const isSilent = all.every((result) => !result.ok);
  if (isSilent && first !== undefined && !first.ok) throw first.fault;
  return all;
}

/** A key's forms are asked in one call, so that one reply is the whole evidence for it. */
function splitIntoCalls(wanted: readonly KeyForms[]): readonly (readonly KeyForms[])[] {
  const calls: KeyForms[][] = [];
  let room = 0;
  for (const each of wanted) {
    if (each.forms.length > room) {
      calls.push([]);
      room = SUBJECTS_MAX;
    }
    calls.at(-1)?.push(each);
    room -= each.forms.length;
  }
  return calls;
}

/**
 * The results of one call. The platform refuses a whole call (403) for one category it does not
 * grant; then each category is asked by itself, so that it does not cost the others their answer.
 */
async function askGroup(
  ask: Ask,
  group: readonly KeyForms[],
): Promise<ReadonlyMap<SubjectKey, KeyResult<CreditProfile>>> {
  const forms = new Map(group.flatMap((each) => each.forms).map((form) => [keyOf(form), form]));
  try {
    const reply = await ask([...forms.values()]);
    return new Map(group.map((each) => [each.key, answerFrom(reply, each)]));
  } catch (error) {
    const categories = new Set(group.map((each) => each.forms[0]?.category));
    const isMixed =
      error instanceof HubError && hasReason(error, 'HTTP_403') && categories.size > 1;
    if (!isMixed) return new Map(group.map(({ key }) => [key, toKeyFault(error)]));
    const parts = [...categories].map((category) =>
      askGroup(
        ask,
        group.filter((each) => each.forms[0]?.category === category),
      ),
    );
    return new Map((await Promise.all(parts)).flatMap((part) => [...part]));
  }
}

/** Found under both forms of a code is two records: the connector does not choose. */
function answerFrom(reply: PlatformReply, { forms }: KeyForms): KeyResult<CreditProfile> {
  try {
    const records = forms.flatMap((form) => {
      const found = reply.profiles.get(keyOf(form));
      // A form that was not asked about is not a form that the platform does not hold.
      if (found === undefined) throw integrityFault('RESULT_COUNT');
      return found === null ? [] : [readProfile(found.held, found.at)];
    });
    // Asked by the code alone and in every form, the platform would have shown the subject.
    const { asOf, raw } = reply;
    return { ok: true, answer: { records, absence: 'COVERED', asOf, raw } };
  } catch (error) {
    return toKeyFault(error);
  }
}

/** What recorded bytes say of one subject. */
function readAgain(
  capability: CapabilityName,
  key: unknown,
  raw: Uint8Array,
): KeyResult<CreditProfile> {
  if (capability !== 'credit.profile') return toKeyFault(unsupported('NOT_OFFERED'));
  const subject = key as SubjectKey;
  const forms = formsOf(subject);
  try {
    return answerFrom(readRecorded(raw, forms), { key: subject, forms });
  } catch (error) {
    return toKeyFault(error);
  }
}

function formsOf({ kind, code }: SubjectKey): readonly Asked[] {
  if (kind === 'PERSON') {
    const fifteen = toFifteenDigits(code);
    const category = '自然人';
    return [code, ...(fifteen === null ? [] : [fifteen])].map((identify) => ({
      category,
      identify,
    }));
  }
  const category = kind === 'INDIVIDUAL_BUSINESS' ? '个体工商户' : '法人及非法人组织';
  return [{ category, identify: code }];
}
