import { z } from 'zod';

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
import { parseShape } from '../../src/connector-kit/decode.ts';
import { driftFault, integrityFault } from '../../src/connector-kit/fault.ts';
import { createHttpClient } from '../../src/connector-kit/http.ts';
import { requireBatch, toKeyFault, unsupported } from '../../src/connector-kit/lookup.ts';
import {
  createGatewaySession,
  readRecordedAnswer,
  type GatewaySession,
} from '../../src/connector-kit/signing/gjgxjhpt.ts';
import { originsOf } from '../../src/connector-kit/transport.ts';
import { HubError } from '../../src/errors.ts';
import type { Enterprise } from '../../src/model/enterprise.ts';
import {
  findCode,
  readEnterprises,
  type StateReader,
} from '../../src/connector-kit/register/register-enterprise.ts';
import { readRow, type Row } from '../../src/connector-kit/register/register-row.ts';
import { createCommitmentDesk } from './commitments.ts';
import {
  publicitySystemSecrets,
  publicitySystemSettings,
  type PublicitySystemSecrets,
  type PublicitySystemSettings,
} from './settings.ts';
import { createStateReader } from '../../src/connector-kit/register/register-state.ts';

/** Codes the service takes in one call. */
const BATCH_MAX = 20;

/**
 * The publicity system (国家企业信用信息公示系统) behind the national exchange platform:
 * docs/sources/publicity-system.md.
 */
export const publicitySystem: ConnectorKind<PublicitySystemSettings, PublicitySystemSecrets> = {
  kind: 'publicity-system',
  title: { zh: '企业信用信息公示系统', en: 'Enterprise credit publicity system' },
  version: '1.1.0',
  contract: CONTRACT_VERSION,
  settings: publicitySystemSettings,
  secrets: publicitySystemSecrets,
  origins: originsOf,
  create({ settings, secrets, clock, network }) {
    const http = createHttpClient({ settings, clock, network });
    const { rid, sid, secretWrapping: wrapping } = settings;
    const identity = { rid, sid, wrapping, appKey: secrets.appKey };
    const session = createGatewaySession({ http, identity, clock });
    const readState = createStateReader(settings);
    const lookup = (keys: readonly SubjectKey[], { signal }: CallContext) =>
      lookupEnterprises(session, { keys, signal, readState });
    const { canary } = settings;
    const read = (signal: AbortSignal): Promise<void> =>
      canary === null
        ? Promise.resolve()
        : checkSubjectCanary(canary, (keys) => lookup(keys, { signal, purpose: CHECK_PURPOSE }));
    return {
      capabilities: {
        'enterprise.registration': {
          batchMax: BATCH_MAX,
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
            reach: (inTime) => session.refresh(inTime),
            reads: [{ capability: 'enterprise.registration', read: canary === null ? null : read }],
          },
          signal,
        ),
      holdings: null,
      push:
        settings.commitments === null
          ? null
          : { 'credit.commitment': createCommitmentDesk(session, settings.commitments.sid) },
      reread: (capability, key, raw) => readAgain({ capability, key, raw, readState }),
      discover: null,
      close: () => http.close(),
    } satisfies Connector;
  },
};

function createCanary(canary: NonNullable<PublicitySystemSettings['canary']>): Canary {
  return { capability: 'enterprise.registration', ...canary } satisfies Canary;
}

const dataShape = z.object({ dataTime: z.string(), subjects: z.array(z.unknown()) });

interface Query {
  readonly keys: readonly SubjectKey[];
  readonly signal: AbortSignal;
  readonly readState: StateReader;
}

async function lookupEnterprises(
  session: GatewaySession,
  { keys, signal, readState }: Query,
): Promise<readonly KeyResult<Enterprise>[]> {
  requireBatch(keys, BATCH_MAX);
  const codes = new Set(keys.filter(isOrganization).map(({ code }) => code));
  if (codes.size === 0) return keys.map(refusePerson);
  const { data, reply } = await session.call(JSON.stringify({ uniscIds: [...codes] }), signal);
  const { held, asOf } = readHeld(data, readState);
  // A row nobody asked for puts every row in doubt: they may have changed places.
  if (held.some(({ code }) => !codes.has(code))) throw integrityFault('OTHER_SUBJECT');
  return keys.map((key) => answerFor(key, { held, asOf, raw: reply.raw }));
}

interface Held {
  readonly held: readonly Element[];
  readonly asOf: Date;
}

function readHeld(data: unknown, readState: StateReader): Held {
  const { dataTime, subjects } = parseShape(dataShape, data, '/data');
  const asOf = readDataTime(dataTime);
  const held = subjects.map((element, index) =>
    readElement(readRow(element, `/data/subjects/${index}`), readState),
  );
  return { held, asOf };
}

function answerFor(
  key: SubjectKey,
  { held, asOf, raw }: Held & { readonly raw: Uint8Array },
): KeyResult<Enterprise> {
  if (!isOrganization(key)) return refusePerson();
  const own = held.filter(({ code }) => code === key.code);
  const fault = own.find((each) => each.fault !== null)?.fault ?? null;
  if (fault !== null) return { ok: false, fault };
  const records = own.flatMap((each) => each.records);
  return { ok: true, answer: { records, absence: 'COVERED', asOf, raw } };
}

/** What recorded bytes say of one subject. */
function readAgain(recorded: {
  readonly capability: CapabilityName;
  readonly key: unknown;
  readonly raw: Uint8Array;
  readonly readState: StateReader;
}): KeyResult<Enterprise> {
  const { capability, key, raw, readState } = recorded;
  if (capability !== 'enterprise.registration') return toKeyFault(unsupported('NOT_OFFERED'));
  try {
    const held = readHeld(readRecordedAnswer(raw), readState);
    return answerFor(key as SubjectKey, { ...held, raw });
  } catch (error) {
    return toKeyFault(error);
  }
}

/** One element of the reply: whom it is about, and its records or why they cannot be read. */
interface Element {
  readonly code: string;
  readonly records: readonly Enterprise[];
  readonly fault: HubError | null;
}

/**
 * An element that drifted costs its own subject the answer and no other, as long as it still
 * says whom it is about; one that does not might be about anybody.
 */
function readElement(row: Row, readState: StateReader): Element {
  const code = findCode(row);
  try {
    const records = readEnterprises(row, readState);
    const isMixed = records.some((each) => each.code !== code);
    if (isMixed) throw integrityFault('OTHER_SUBJECT', row.pointer);
    return { code, records, fault: null };
  } catch (error) {
    if (!(error instanceof HubError) || error.code !== 'SOURCE_SCHEMA_DRIFT') throw error;
    return { code, records: [], fault: error };
  }
}

function isOrganization({ kind }: SubjectKey): boolean {
  return kind !== 'PERSON';
}

function refusePerson(): KeyResult<never> {
  return { ok: false, fault: unsupported('SUBJECT_KIND') };
}

/** `2026-09-18 06:00:00`, Asia/Shanghai (which has no daylight saving since 1991). */
function readDataTime(text: string): Date {
  const [, day, time] = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})$/u.exec(text) ?? [];
  const milliseconds = Date.parse(`${day ?? ''}T${time ?? ''}+08:00`);
  if (Number.isNaN(milliseconds)) throw driftFault('/data/dataTime', 'BAD_DATE');
  return new Date(milliseconds);
}
