import type { Agencies } from '../agencies/agencies.ts';
import type { Anomalies } from '../anomaly/anomaly.ts';
import type { Refusals } from '../audit/refusals.ts';
import type { Calendar } from '../calendar/calendar.ts';
import type { Consents } from '../consents/consents.ts';
import { createCrossChecks, type CrossChecks } from '../crosscheck/crosscheck.ts';
import type { Signer } from '../crosscheck/signing.ts';
import { createMirrors } from '../differ/mirrors.ts';
import type { Intake } from '../intake/intake.ts';
import type { Log } from '../log.ts';
import type { CaseRecords } from '../model/case-file.ts';
import type { Clock } from '../model/clock.ts';
import type { RoutedAsk } from '../sources/routed-ask.ts';
import type { Sources } from '../sources/sources.ts';
import type { Database } from '../store/database.ts';
import { withStoreFaults } from '../store/faults.ts';
import { createConsultants } from '../verification/consult.ts';

/** With the look every second, a page of a dead worker is taken over within five. */
const LEASE_MS = 3_000;

/** The room of nightly cross-checks, which asks as a verification does. */
export function createCrossCheckRoom(deps: {
  readonly passesDb: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly replica: string;
  readonly sources: Pick<Sources, 'ask' | 'states' | 'handovers'>;
  readonly routedAsk: RoutedAsk;
  readonly refusals: Refusals;
  readonly calendar: Calendar;
  readonly agencies: Agencies;
  readonly records: CaseRecords;
  readonly consents: Pick<Consents, 'findUsable'>;
  readonly intake: Pick<Intake, 'useRecords'>;
  digestKey(text: string): string;
  readonly holdsOfJobs: Pick<Anomalies, 'weigh' | 'screen'>;
  readonly signer: Signer;
  assistanceSource(): string;
}): CrossChecks {
  const { handovers } = deps.sources;
  const consultants = createConsultants({
    ...{ routedAsk: deps.routedAsk, sources: deps.sources, patienceMs: 0 },
    assistanceSource: deps.assistanceSource,
    findConsent: deps.consents.findUsable,
  });
  return createCrossChecks({
    ...{ ...deps, db: deps.passesDb, handovers, leaseMs: LEASE_MS },
    consult: consultants.consult,
    collections: {
      ...{ db: deps.passesDb, clock: deps.clock, digestKey: deps.digestKey },
      mirrors: createMirrors({ db: deps.passesDb }),
      useRecords: deps.intake.useRecords,
    },
    ...{ weigh: deps.holdsOfJobs.weigh, screen: deps.holdsOfJobs.screen },
    findAgency: deps.agencies.find,
    recipients: () =>
      deps.sources.states().flatMap(({ id }) => {
        const takes = handovers.takesOf(id, 'credit.commitment');
        return takes === null ? [] : [{ id, takes }];
      }),
  });
}

/** The same as callers see it. Reports are read while they are sent. */
export function crossCheckServicesOf(rooms: CrossChecks) {
  const { findings, reports, counterSigning, runner: _runner, watch, ...room } = rooms;
  return {
    ...withStoreFaults(room),
    ...{ findings: withStoreFaults(findings), counterSigning: withStoreFaults(counterSigning) },
    ...{ reports, watch },
  };
}
