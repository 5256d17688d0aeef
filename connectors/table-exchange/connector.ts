import { checkCanary } from '../../src/connector-kit/answer-canary.ts';
import { CHECK_PURPOSE } from '../../src/connector-kit/check-purpose.ts';
import {
  CONTRACT_VERSION,
  type Canary,
  type Capabilities,
  type CapabilityName,
  type Capability,
  type Connector,
  type ConnectorKind,
  type KeyResult,
} from '../../src/connector-kit/connector.ts';
import { toKeyFault, unsupported } from '../../src/connector-kit/lookup.ts';
import {
  MAPPED_CAPABILITIES,
  type MappedCapability,
} from '../../src/connector-kit/mapping/keys.ts';
import type { Holdings } from '../../src/connector-kit/scan.ts';
import type { TableReading } from '../../src/connector-kit/tables/change-row.ts';
import { scanTable } from '../../src/connector-kit/tables/scan-table.ts';
import { checkTables, type TableCheck } from '../../src/connector-kit/tables/table-check.ts';
import { listCollections } from '../../src/connector-kit/tables/table-columns.ts';
import {
  createTableDatabase,
  originOfDatabase,
} from '../../src/connector-kit/tables/table-database.ts';
import { createAgreement, type Agreement } from './readings.ts';
import {
  tableExchangeSecrets,
  tableExchangeSettings,
  type TableExchangeSecrets,
  type TableExchangeSettings,
} from './settings.ts';
import { createTableCapability, rereadTable, type LookupDeps } from './table-lookup.ts';

/**
 * Tables that an agency fills for the hub (库表交换, 前置机), in PostgreSQL, MySQL or MariaDB:
 * docs/sources/table-exchange.md. Nothing is ever written there.
 */
export const tableExchange: ConnectorKind<TableExchangeSettings, TableExchangeSecrets> = {
  kind: 'table-exchange',
  title: { zh: '库表交换', en: 'Table exchange' },
  version: '1.0.0',
  contract: CONTRACT_VERSION,
  settings: tableExchangeSettings,
  secrets: tableExchangeSecrets,
  origins: (settings) => [originOfDatabase(settings)],
  create({ settings, secrets, clock, network }) {
    const agreement = createAgreement(settings);
    const { readings, answers, offered } = agreement;
    const { password } = secrets;
    const database = createTableDatabase({ settings, password, network });
    const deps: LookupDeps = { database, settings, clock };
    const asks = settings.answerFrom === 'TABLE';
    const { scanTimeoutMs: timeoutMs } = settings;
    return {
      capabilities: asks ? createCapabilities(deps, agreement) : {},
      // Of kept rows too: they are read where the rows are answered from.
      canaries: [
        ...offered.flatMap((name) => listCanaries(settings, name)),
        ...listRegisterCanaries(settings),
      ],
      holdings: asks ? null : createHoldings(deps, agreement),
      push: null,
      reread: asks ? (capability, key, raw) => reread(answers, capability, key, raw) : null,
      check: (signal) =>
        checkTables(
          {
            database,
            clock,
            timeoutMs: settings.statementTimeoutMs,
            readings,
            canaries: asks ? offered.map((name) => createRead(deps, agreement, name)) : [],
          },
          signal,
        ),
      discover: (signal) => database.read({ signal, timeoutMs }, listCollections),
      close: () => database.close(),
    } satisfies Connector;
  },
};

function createHoldings(deps: LookupDeps, { readings, answers, register }: Agreement): Holdings {
  return {
    collections: readings.map(({ setting }) => setting.table),
    scan(request, call) {
      const reading = readings.find(({ setting }) => setting.table === request.collection);
      if (reading === undefined) throw unsupported('COLLECTION');
      return scanTable(deps, reading, request, call);
    },
    answers: {
      ...(Object.fromEntries(
        MAPPED_CAPABILITIES.flatMap((name) => {
          const answer = answers[name];
          return answer === null ? [] : [[name, answer.answers]];
        }),
      ) as Holdings['answers']),
      ...(register === null ? {} : { 'enterprise.registration': register.answers }),
    },
  };
}

function createCapabilities(deps: LookupDeps, agreement: Agreement): Connector['capabilities'] {
  const made = agreement.offered.map(
    (name) => [name, createCapability(deps, agreement, name)] as const,
  );
  // Each capability stands under its own name, which the entries of an object forget.
  return Object.fromEntries(made) as Connector['capabilities'];
}

function createCapability<N extends MappedCapability>(
  deps: LookupDeps,
  { answers, readings }: Agreement,
  name: N,
): Capability<N> | null {
  const answer: Agreement['answers'][N] = answers[name];
  if (answer === null) return null;
  const isOwn = ({ setting }: TableReading): boolean =>
    setting.table === answer.keyColumns.collection;
  const reading = readings.find(isOwn);
  return reading === undefined ? null : createTableCapability<N>(deps, answer, reading);
}

function listCanaries<N extends MappedCapability>(
  { answers }: TableExchangeSettings,
  name: N,
): readonly Canary[] {
  const canary = answers[name]?.canary ?? null;
  return canary === null ? [] : [{ capability: name, ...canary } as Canary];
}

function listRegisterCanaries({ register }: TableExchangeSettings): readonly Canary[] {
  const canary = register?.canary ?? null;
  if (canary === null) return [];
  return [{ capability: 'enterprise.registration', ...canary } satisfies Canary];
}

function createRead<N extends MappedCapability>(
  deps: LookupDeps,
  agreement: Agreement,
  name: N,
): TableCheck['canaries'][number] {
  const [canary] = listCanaries(deps.settings, name);
  const capability = createCapability(deps, agreement, name);
  if (canary === undefined || capability === null) return { capability: name, read: null };
  const { batchMax, lookup } = capability;
  return {
    capability: name,
    read: (signal) =>
      checkCanary<N>(canary as Canary<N>, batchMax, (keys) =>
        lookup(keys, { signal, purpose: CHECK_PURPOSE }),
      ),
  };
}

function reread<N extends CapabilityName>(
  answers: Agreement['answers'],
  capability: N,
  key: Capabilities[N]['key'],
  raw: Uint8Array,
): KeyResult<Capabilities[N]['record']> {
  const name = MAPPED_CAPABILITIES.find((each) => each === capability);
  if (name === undefined) return toKeyFault(unsupported('CAPABILITY'));
  // The name was just found equal to the capability, which narrows no type of its key.
  return rereadOne(answers, name, key as Capabilities[typeof name]['key'], raw) as KeyResult<
    Capabilities[N]['record']
  >;
}

function rereadOne<N extends MappedCapability>(
  answers: Agreement['answers'],
  name: N,
  key: Capabilities[N]['key'],
  raw: Uint8Array,
): KeyResult<Capabilities[N]['record']> {
  const answer: Agreement['answers'][N] = answers[name];
  return answer === null ? toKeyFault(unsupported('CAPABILITY')) : rereadTable<N>(answer, key, raw);
}
