import { randomUUID } from 'node:crypto';

import type {
  Acknowledgement,
  Pushed,
  PushDesk,
  PushName,
  PushReceipt,
} from '../connector-kit/push.ts';
import { HubError } from '../errors.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import type { Clock } from '../model/clock.ts';
import { isUuid } from '../model/cursor.ts';
import type { Purpose } from '../model/purpose.ts';
import type { Database } from '../store/database.ts';
import { purposeColumns } from '../store/on-record.ts';
import { callDesk, requireDesk } from './desk-call.ts';
import {
  createHandoverRecord,
  type HandoverOutcomeRow,
  type HandoverRow,
} from './handover-record.ts';
import type { Roster, Served } from './roster.ts';
import { hopOf, reasonOf } from './transport.ts';

/** A record, and why the source gets it. */
export interface HandedOver<P extends PushName> {
  readonly record: Pushed[P];
  readonly purpose: Purpose;
}

/** A receipt for a record that was taken, and why it is asked after. */
export interface AskedAfter {
  readonly reference: string;
  /** Code of the record. */
  readonly code: string;
  readonly purpose: Purpose;
}

/** Hands records to sources, under the same guard and budget as questions. */
export interface Handovers {
  /** Null when there is no such source or it does not take this. Calls nothing. */
  batchMaxOf(source: string, name: PushName): number | null;
  /** What it may be told of. Null when there is no such source or it does not take this. */
  takesOf(source: string, name: PushName): PushDesk<PushName>['takes'] | null;
  /**
   * One receipt a record, in order. The same record handed over twice has the effect of once, so
   * a fault is answered by handing it over again. At most as many as `batchMaxOf` says, of one
   * agency and matter, for the call tells the source one purpose.
   *
   * @throws {HubError} SOURCE_… when what became of the records is not known;
   * AUDIT_UNAVAILABLE when beginning (then nothing left the hub) or end cannot be put on record;
   * SOURCE_NOT_REGISTERED.
   */
  push<P extends PushName>(handover: {
    readonly source: string;
    readonly name: P;
    readonly records: readonly HandedOver<P>[];
  }): Promise<readonly PushReceipt[]>;
  /** What the source says of records it took before, in their order. Throws as `push`. */
  acknowledgements(asked: {
    readonly source: string;
    readonly name: PushName;
    readonly receipts: readonly AskedAfter[];
  }): Promise<readonly Acknowledgement[]>;
}

/** One thing on its way, with what goes on record of it. */
interface Item {
  readonly code: string;
  /** What its digest is made of. */
  readonly told: unknown;
  readonly purpose: Purpose;
}

/** What became of one thing, as it goes on record. */
type Ending = Pick<HandoverOutcomeRow, 'outcome' | 'reference'>;

interface Errand<P extends PushName, T> {
  readonly source: string;
  readonly name: P;
  readonly step: HandoverRow['step'];
  readonly items: readonly Item[];
  run(desk: PushDesk<P>, call: { signal: AbortSignal; purpose: Purpose }): Promise<readonly T[]>;
  endingOf(told: T): Ending;
}

/** Handovers to the sources of a roster. They yield to questions: their lane is BATCH. */
export function createHandovers(deps: {
  readonly roster: Roster;
  readonly db: Database;
  readonly clock: Clock;
  digestKey(text: string): string;
}): Handovers {
  const { roster, clock } = deps;
  const record = createHandoverRecord(deps.db);

  /** On record before it leaves, then in the guard of the source, then on record again. */
  async function send<P extends PushName, T>(errand: Errand<P, T>): Promise<readonly T[]> {
    const [first] = errand.items;
    if (first === undefined) return [];
    requireOnePurpose(errand.items);
    const served = roster.get(errand.source);
    const offered = served.of.connector.push?.[errand.name];
    const desk = requireDesk<PushDesk<P>>(errand.source, offered);
    const rows = errand.items.map((item) => beginningOf(errand, item));
    await record.recordBeginnings(rows);
    try {
      const told = await within(served, errand, (signal) =>
        errand.run(desk, { signal, purpose: first.purpose }),
      );
      const endings = told.map((one) => ({ ...errand.endingOf(one), hop: null, reason: null }));
      await recordEndings(rows, (index) => endings[index] ?? null);
      return told;
    } catch (error) {
      if (!(error instanceof HubError) || error.code === 'AUDIT_UNAVAILABLE') throw error;
      const why = { hop: hopOf(error), reason: reasonOf(error) };
      await recordEndings(rows, () => ({ outcome: 'FAULT', reference: null, ...why }));
      throw error;
    }
  }

  function within<T>(
    served: Served,
    { source, items }: { readonly source: string; readonly items: readonly Item[] },
    attempt: (signal: AbortSignal) => Promise<readonly T[]>,
  ): Promise<readonly T[]> {
    return callDesk(served, {
      ...{ idempotent: true, urgency: 'BATCH' },
      async attempt(signal) {
        const told = await attempt(signal);
        if (told.length === items.length) return told;
        const details = { source, hop: 'CONNECTOR', reason: 'RESULT_COUNT' };
        throw new HubError('SOURCE_SCHEMA_DRIFT', { details });
      },
    });
  }

  function beginningOf(
    errand: Pick<Errand<PushName, unknown>, 'source' | 'name' | 'step'>,
    item: Item,
  ): HandoverRow {
    const { purpose } = item;
    return {
      ...{ id: randomUUID(), begun_at: clock.now(), source: errand.source, name: errand.name },
      ...{ step: errand.step, record_code: item.code },
      record_digest: deps.digestKey(`${errand.name} ${canonicalJson(item.told)}`),
      case_id: isUuid(purpose.caseId) ? purpose.caseId : null,
      ...purposeColumns(purpose),
    };
  }

  async function recordEndings(
    rows: readonly HandoverRow[],
    endingAt: (index: number) => Omit<HandoverOutcomeRow, 'handover_id' | 'ended_at'> | null,
  ): Promise<void> {
    const at = clock.now();
    const endings = rows.flatMap(({ id }, index) => {
      const ending = endingAt(index);
      return ending === null ? [] : [{ handover_id: id, ended_at: at, ...ending }];
    });
    await record.recordEndings(endings);
  }

  const deskOf = (source: string, name: PushName) => roster.find(source)?.of.connector.push?.[name];

  return {
    batchMaxOf: (source, name) => deskOf(source, name)?.batchMax ?? null,
    takesOf: (source, name) => deskOf(source, name)?.takes ?? null,
    push: ({ records, ...where }) =>
      send({
        ...{ ...where, step: 'PUSH' },
        items: records.map(({ record: told, purpose }) => ({ code: told.code, told, purpose })),
        run: (desk, call) =>
          desk.push(
            records.map((one) => one.record),
            call,
          ),
        endingOf: (receipt): Ending =>
          receipt.taken
            ? { outcome: 'TAKEN', reference: receipt.reference }
            : { outcome: 'REFUSED', reference: null },
      }),
    acknowledgements: ({ receipts, ...where }) =>
      send({
        ...{ ...where, step: 'ACKNOWLEDGEMENT' },
        items: receipts.map(({ reference, code, purpose }) => ({ code, told: reference, purpose })),
        run: (desk, call) =>
          desk.acknowledgements(
            receipts.map(({ reference }) => reference),
            call,
          ),
        endingOf: ({ state, reference }): Ending => ({ outcome: state, reference }),
      }),
  };
}

/** A call that told one agency's purpose for another's record would be a false statement. */
function requireOnePurpose(items: readonly Item[]): void {
  const told = new Set(
    items.map(({ purpose }) => JSON.stringify([purpose.agencyCode, purpose.matterCode])),
  );
  if (told.size > 1) throw new TypeError('records of one handover have one agency and matter');
}
