import { createHmac, randomUUID } from 'node:crypto';

import type {
  Answer,
  Canary,
  CallContext,
  Capability,
  Connector,
  KeyResult,
  LicenseIdentifierKey,
} from '../../src/connector-kit/connector.ts';
import type { License } from '../../src/model/license.ts';
import type { Purpose } from '../../src/model/purpose.ts';
import { DEFAULT_POLICY, type Budget, type SourcePolicy } from '../../src/sources/policy.ts';
import {
  createSources,
  type CallEvent,
  type Observation,
  type Question,
  type RegisteredSource,
  type Sources,
  type SourcesDependencies,
} from '../../src/sources/sources.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

export const CASE = '0d1f3c5e-0000-4000-8000-000000000001';
export const OTHER_CASE = '0d1f3c5e-0000-4000-8000-000000000002';
const NOW = new Date('2026-09-18T02:00:00.000Z');

/** A clock that stands still until it is told otherwise. */
function createTestClock() {
  let now = NOW;
  return { now: () => now, set: (instant: Date) => void (now = instant), advance };

  function advance(ms: number): void {
    now = new Date(now.getTime() + ms);
  }
}

/** Calls that reached the fake source, in order. */
export interface Received {
  readonly keys: readonly LicenseIdentifierKey[];
  readonly call: CallContext;
}

export type Lookup = Capability<'license.byIdentifier'>['lookup'];

export interface FakeSource extends RegisteredSource {
  readonly received: readonly Received[];
  /** What the source does from now on. */
  behave(lookup: Lookup): void;
}

/** A connector of one capability; it finds one license for every key unless told otherwise. */
export function fakeSource(
  id: string,
  options: {
    readonly policy?: Partial<SourcePolicy>;
    readonly capability?: Partial<Omit<Capability<'license.byIdentifier'>, 'lookup'>>;
    readonly canaries?: readonly Canary<'license.byIdentifier'>[];
    readonly lookup?: Lookup;
    readonly close?: () => Promise<void>;
  } = {},
): FakeSource {
  const received: Received[] = [];
  let lookup = options.lookup ?? findAll;
  const connector: Connector = {
    capabilities: {
      'license.byIdentifier': {
        batchMax: 1,
        carriesPurpose: false,
        idempotent: true,
        ...options.capability,
        lookup(keys, call) {
          received.push({ keys, call });
          return lookup(keys, call);
        },
      },
    },
    canaries: options.canaries ?? [],
    holdings: null,
    push: null,
    reread: null,
    discover: null,
    check: async () => [],
    close: options.close ?? (async () => undefined),
  };
  return {
    id,
    title: '测试来源',
    connector,
    label: 'fake@1.0.0',
    policy: { ...DEFAULT_POLICY, ...options.policy },
    received,
    behave: (next) => void (lookup = next),
  };
}

/** Unlimited, but for what is given. */
export function budgetOf(limits: Partial<Budget>): Budget {
  return { perSecond: null, perDay: null, inFlightMax: null, reserveShare: 0.3, ...limits };
}

/** All keys share one reply. */
export const findAll: Lookup = async (keys) => {
  const raw = Buffer.from(JSON.stringify(keys));
  return keys.map(({ identifier }) => ({
    ok: true,
    answer: { ...answerOf([licenseOf(identifier)]), raw },
  }));
};

/** A reply of its own for every key. */

export function found({ identifier }: LicenseIdentifierKey): KeyResult<License> {
  return { ok: true, answer: answerOf([licenseOf(identifier)]) };
}

export function answerOf(
  records: readonly License[],
  absence: Answer<License>['absence'] = 'UNCOVERED',
): Answer<License> {
  return { records, absence, asOf: null, raw: Buffer.from(JSON.stringify(records)) };
}

export function licenseOf(identifier: string): License {
  return {
    identifier,
    typeCode: '11100000000013338W001',
    typeName: '营业执照',
    number: null,
    holderName: '济宁市任城区（高新）示例商贸有限公司',
    holderCode: '91370811MA3TE0T0XE',
    holderCodeAsHeld: '91370811MA3TE0T0XE',
    legalRepresentative: null,
    address: null,
    issuer: null,
    issuedOn: null,
    validFrom: null,
    validUntil: null,
    longTerm: true,
    flaggedStatus: 'VALID',
    statusAsHeld: null,
    replaces: null,
    withheld: false,
    findings: [],
  };
}

export function purposeOf(caseId: string, more: Partial<Purpose> = {}): Purpose {
  return {
    caseId,
    caseNumber: `NO-${caseId.slice(-1)}`,
    matterCode: 'M1',
    matterName: '省际普通货物水路运输经营许可',
    legalBasis: '行政许可法 34',
    agencyCode: '11370800MB28559184',
    actor: 'officer-1',
    requestId: randomUUID(),
    ...more,
  };
}

export interface World {
  readonly database: TestDatabase;
  readonly sources: Sources;
  readonly clock: ReturnType<typeof createTestClock>;
  readonly logged: readonly { readonly facts: object; readonly message: string }[];
  readonly events: readonly CallEvent[];
  /** Asks the first source for one license, on behalf of CASE unless told otherwise. */
  ask(
    identifier: string,
    more?: Partial<Question<'license.byIdentifier'>>,
  ): Promise<Observation<'license.byIdentifier'>>;
  rows(table: string): Promise<readonly Record<string, unknown>[]>;
  close(): Promise<void>;
}

/** Fake sources, real database. */
export async function openWorld(...registered: readonly FakeSource[]): Promise<World> {
  return openWorldWith({}, ...registered);
}

/** As `openWorld`, with more for the sources to know. */
export async function openWorldWith(
  more: Pick<SourcesDependencies, 'onLate'>,
  ...registered: readonly FakeSource[]
): Promise<World> {
  const database = await createTestDatabase();
  const world = openReplica({ database, ...more }, ...registered);
  return {
    ...world,
    async close() {
      await world.close();
      await database.drop();
    },
  };
}

/** One of several hubs on one database, which outlives it. */
export function openReplica(
  given: Pick<SourcesDependencies, 'onLate'> & { readonly database: TestDatabase },
  ...registered: readonly FakeSource[]
): World {
  const { database, ...more } = given;
  const clock = createTestClock();
  const logged: { facts: object; message: string }[] = [];
  const events: CallEvent[] = [];
  const log = (facts: object, message: string): void => void logged.push({ facts, message });
  const sources = createSources({
    registered,
    db: database.db,
    clock,
    digestKey: (text) => createHmac('sha256', 'test').update(text).digest('hex'),
    log: { warn: log, info: log },
    onCall: (event) => void events.push(event),
    ...more,
  });
  return {
    database,
    sources,
    clock,
    logged,
    events,
    ask: (identifier, more = {}) =>
      sources.ask({
        source: registered[0]?.id ?? 'none',
        capability: 'license.byIdentifier',
        key: { identifier },
        purpose: purposeOf(CASE),
        maxAgeMs: 0,
        ...more,
      }),
    rows: (table) => database.db(table).select(),
    close: () => sources.close(),
  };
}

export function identifiers(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `L-${index}`);
}
