import { randomUUID } from 'node:crypto';

import type { CheckLine, Collection, Connector } from '../connector-kit/connector.ts';
import type { ConformanceReport } from '../connector-kit/conformance/conformance.ts';
import type { Network } from '../connector-kit/network.ts';
import { HubError } from '../errors.ts';
import type { Caller } from '../model/caller.ts';
import type { Clock } from '../model/clock.ts';
import type { SourceRevision } from '../model/registered-source.ts';
import { mistake, type Accepted, type UserError } from '../model/user-error.ts';
import type { Database } from '../store/database.ts';
import { countProbes, insertCheck } from './check-queries.ts';
import type { Credentials } from './credentials.ts';
import { originsText, type BuildableKind } from './kinds.ts';

/** Lets a revision call its source for an operator, sparingly and on record. */
export interface Examinations {
  check(caller: Caller, revision: SourceRevision): Promise<Accepted<SourceCheck>>;
  discover(caller: Caller, revision: SourceRevision): Promise<Accepted<readonly Collection[]>>;
}

/** What came of probing a revision. */
export interface SourceCheck {
  readonly id: string;
  readonly source: string;
  readonly revision: number;
  readonly kind: 'CHECK' | 'DISCOVER';
  readonly probes: readonly CheckLine[];
  /** Null when the probes already failed, and for a discovery. */
  readonly conformance: ConformanceReport | null;
  readonly passed: boolean;
  readonly checkedAt: Date;
  readonly checkedBy: string;
}

/** Everything an examination of a built connector may look at. */
export interface Examined {
  readonly kind: BuildableKind['kind'];
  readonly settings: unknown;
  readonly secrets: unknown;
  readonly network: Network;
  readonly clock: Clock;
  /** What it offers, and its test records. */
  readonly connector: Pick<Connector, 'capabilities' | 'canaries'>;
}

/** What examinations work with. */
export interface ExaminationsDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly network: Network;
  readonly kinds: readonly BuildableKind[];
  readonly credentials: Credentials;
  /** The conformance kit, on a connector of its own. */
  examine(examined: Examined, signal: AbortSignal): Promise<ConformanceReport>;
  /** How often an operator may let the hub call sources within an hour. */
  readonly probesPerHourMax: number;
}

/** A request lives ten seconds, and the operator is to see the report. */
const CHECK_MS_MAX = 4_000;
const EXAMINATION_MS_MAX = 60_000;
const HOUR_MS = 3_600_000;

/** Examinations of revisions, whatever their state. */
export function createExaminations(deps: ExaminationsDependencies): Examinations {
  const { db, clock, network } = deps;
  const kinds = new Map(deps.kinds.map((one) => [one.kind.kind, one]));

  async function check(caller: Caller, revision: SourceRevision): Promise<Accepted<SourceCheck>> {
    const prepared = await prepare(caller, revision);
    if (!prepared.ok) return prepared;
    const { kind, secrets } = prepared.value;
    const { probes, conformance } = await withConnector(
      prepared.value,
      revision,
      async (connector) => {
        const lines = await connector.check(AbortSignal.timeout(CHECK_MS_MAX));
        if (lines.some(({ result }) => result === 'FAIL'))
          return { probes: lines, conformance: null };
        const { settings } = revision;
        const examined = { kind: kind.kind, settings, secrets, network, clock, connector };
        const signal = AbortSignal.timeout(EXAMINATION_MS_MAX);
        return { probes: lines, conformance: await deps.examine(examined, signal) };
      },
    );
    const done = record(caller, revision, {
      kind: 'CHECK',
      probes,
      conformance,
      passed: conformance?.passed === true,
    });
    await insertCheck(db, done);
    return { ok: true, value: done };
  }

  async function discover(
    caller: Caller,
    revision: SourceRevision,
  ): Promise<Accepted<readonly Collection[]>> {
    const prepared = await prepare(caller, revision);
    if (!prepared.ok) return prepared;
    await insertCheck(
      db,
      record(caller, revision, { kind: 'DISCOVER', probes: [], conformance: null, passed: false }),
    );
    return withConnector(prepared.value, revision, async (connector) => {
      if (connector.discover === null) return { ok: true, value: [] };
      try {
        const value = await connector.discover(AbortSignal.timeout(CHECK_MS_MAX));
        return { ok: true, value };
      } catch (error) {
        // What the source said stays inside: the operator learns the class of the fault.
        if (!(error instanceof HubError)) throw error;
        const reason = String(error.details['reason'] ?? '');
        const message = `The source could not be listed: ${error.code} ${reason}.`;
        return { ok: false, errors: [mistake('CHECK_MISSING', ['revision'], message)] };
      }
    });
  }

  async function prepare(caller: Caller, revision: SourceRevision): Promise<Accepted<Prepared>> {
    const since = new Date(clock.now().getTime() - HOUR_MS);
    const used = await countProbes(db, { operator: caller.account, since });
    if (used >= deps.probesPerHourMax) return refuse('TOO_MANY_PROBES', tooMany(deps));
    const kind = kinds.get(revision.kind);
    const settings = kind?.readSettings(revision.settings);
    if (kind === undefined || settings?.ok !== true)
      return refuse('UNKNOWN_KIND', 'This hub can no longer build this revision.');
    const origins = originsText(settings.value.origins);
    const [live] = await deps.credentials.listLive(db, { source: revision.source, origins });
    const secrets = live?.secrets ?? {};
    if (!kind.readSecrets(secrets).ok)
      return refuse('SECRETS_MISSING', 'Set the secrets for this revision first.');
    return { ok: true, value: { kind, secrets } };
  }

  async function withConnector<T>(
    { kind, secrets }: Prepared,
    { settings }: SourceRevision,
    work: (connector: Connector) => Promise<T>,
  ): Promise<T> {
    const connector = kind.build({ settings, secrets, clock, network });
    try {
      return await work(connector);
    } finally {
      await connector.close();
    }
  }

  function record(
    caller: Caller,
    revision: SourceRevision,
    came: {
      readonly kind: SourceCheck['kind'];
      readonly probes: readonly CheckLine[];
      readonly conformance: ConformanceReport | null;
      readonly passed: boolean;
    },
  ): SourceCheck {
    return {
      id: randomUUID(),
      source: revision.source,
      revision: revision.number,
      ...came,
      checkedAt: clock.now(),
      checkedBy: caller.account,
    };
  }

  return { check, discover };
}

interface Prepared {
  readonly kind: BuildableKind;
  readonly secrets: unknown;
}

function refuse(code: UserError['code'], message: string): { ok: false; errors: UserError[] } {
  return { ok: false, errors: [mistake(code, ['id'], message)] };
}

function tooMany({ probesPerHourMax }: ExaminationsDependencies): string {
  return `At most ${probesPerHourMax} within an hour, so that the hub is no scanner of networks.`;
}
