import type {
  Acknowledgement,
  Pushed,
  PushDesk,
  PushName,
  PushReceipt,
} from '../connector-kit/push.ts';
import { HubError } from '../errors.ts';
import type { Purpose } from '../model/purpose.ts';
import type { Roster } from './roster.ts';
import { asSourceFault } from './transport.ts';

/** Records for one source, and why it gets them. */
export interface Handover<P extends PushName> {
  /** Id of the registered source. */
  readonly source: string;
  readonly name: P;
  /** At most as many as `batchMaxOf` says. */
  readonly records: readonly Pushed[P][];
  readonly purpose: Purpose;
}

/** Hands records to sources, under the same guard and budget as questions. */
export interface Handovers {
  /** Null when there is no such source or it does not take this. Calls nothing. */
  batchMaxOf(source: string, name: PushName): number | null;
  /**
   * One receipt a record, in order. The same record handed over twice has the effect of once, so
   * a fault is answered by handing it over again.
   *
   * @throws {HubError} SOURCE_… when what became of the records is not known, and
   * SOURCE_NOT_REGISTERED.
   */
  push<P extends PushName>(handover: Handover<P>): Promise<readonly PushReceipt[]>;
  /** What the source says of records it took before, in the order of the references. */
  acknowledgements(asked: {
    source: string;
    name: PushName;
    references: readonly string[];
    purpose: Purpose;
  }): Promise<readonly Acknowledgement[]>;
}

/** Handovers to the sources of a roster. They yield to questions: their lane is BATCH. */
export function createHandovers(roster: Roster): Handovers {
  /** In the guard of the source, kept open while it runs. */
  function within<P extends PushName, T>(
    { source, name }: { source: string; name: P },
    attempt: (desk: PushDesk<P>, signal: AbortSignal) => Promise<readonly T[]>,
    expected: number,
  ): Promise<readonly T[]> {
    const { of, station, use } = roster.get(source);
    const desk = of.connector.push?.[name];
    if (desk === undefined) {
      const details = { source, hop: 'HUB', reason: 'NOT_OFFERED' };
      throw new HubError('SOURCE_UNSUPPORTED', { details });
    }
    const run = station.guard.run({
      idempotent: true,
      urgency: 'BATCH',
      pace: 'PROMPT',
      async attempt(signal) {
        try {
          const told = await attempt(desk, signal);
          if (told.length === expected) return told;
        } catch (error) {
          throw asSourceFault(error);
        }
        const details = { source, hop: 'CONNECTOR', reason: 'RESULT_COUNT' };
        throw new HubError('SOURCE_SCHEMA_DRIFT', { details });
      },
    });
    return use(run, of.policy.deadlineMs);
  }

  return {
    batchMaxOf: (source, name) => roster.find(source)?.of.connector.push?.[name]?.batchMax ?? null,
    push: async ({ records, purpose, ...where }) =>
      within(where, (desk, signal) => desk.push(records, { signal, purpose }), records.length),
    acknowledgements: async ({ references, purpose, ...where }) =>
      within(
        where,
        (desk, signal) => desk.acknowledgements(references, { signal, purpose }),
        references.length,
      ),
  };
}
