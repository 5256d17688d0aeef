import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn, setTimeout as after } from 'node:timers/promises';

import type { Refusals } from '../audit/refusals.ts';
import type { Connector } from '../connector-kit/connector.ts';
import type { Log } from '../log.ts';
import type { Caller } from '../model/caller.ts';
import type { Clock } from '../model/clock.ts';
import type { SourceRevision } from '../model/registered-source.ts';
import type { ShadowMode, ShadowReport } from '../model/shadow.ts';
import { isCandidate } from '../model/source-life.ts';
import { mistake, type Accepted } from '../model/user-error.ts';
import type { Database } from '../store/database.ts';
import { listAnswers } from './live-queries.ts';
import { insertReport, listRecorded, listReports, type RecordedRow } from './queries.ts';
import { replay } from './replay.ts';
import { createTally, type Tally } from './tally.ts';

/** What a revision would change, told before it counts. */
export interface Shadow {
  /**
   * Reads the newest recorded answers of the source again with a revision, and judges anew; or
   * sums up what it said live, in the shadow. Null while that goes on: the report is listed when
   * it is done.
   */
  report(caller: Caller, input: WantedReport): Promise<Accepted<ShadowReport | null>>;
  /** Newest first, at most 10. */
  listReports(source: string, revision: number): Promise<readonly ShadowReport[]>;
  hasReport(source: string, revision: number): Promise<boolean>;
}

/** Which revision (null: the candidate), and how many recorded answers. */
export interface WantedReport {
  readonly id: string;
  readonly revision: number | null;
  readonly last: number;
  readonly mode: ShadowMode;
}

/** Answers that one report reads again at most. */
export const REPLAYS_MAX = 10_000;
/** How long an operator waits before a report counts as one that is made in the background. */
const WAIT_MS = 7_000;
const ROWS_PER_PAGE = 500;
const REPORTS_SHOWN = 10;

/** What the room works with. */
export interface ShadowDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Pick<Log, 'warn'>;
  readonly refusals: Pick<Refusals, 'refuse'>;
  /** Newest first; empty where there is no such source. */
  listRevisions(source: string): Promise<readonly SourceRevision[]>;
  /** A connector for a revision. Null: it cannot be built. */
  build(revision: SourceRevision): Promise<Connector | null>;
}

/** The room that tells what a revision would change. */
export function createShadow(deps: ShadowDependencies): Shadow {
  const { db, clock, refusals } = deps;

  /** A request does not live as long as the longest report takes. */
  async function report(
    caller: Caller,
    input: WantedReport,
  ): Promise<Accepted<ShadowReport | null>> {
    const made = make(caller, input);
    const waited = after(WAIT_MS, null, { ref: false });
    const first = await Promise.race([made, waited]);
    if (first !== null) return first;
    made.catch((error: unknown) => deps.log.warn({ err: error }, 'shadow report was not made'));
    return { ok: true, value: null };
  }

  async function make(caller: Caller, input: WantedReport): Promise<Accepted<ShadowReport>> {
    const refuse = (...told: Parameters<typeof mistake>) =>
      refusals.refuse(caller, 'reportShadow', [mistake(...told)]);
    if (input.last < 1 || input.last > REPLAYS_MAX)
      return refuse('TOO_MANY', ['last'], `Send 1 to ${REPLAYS_MAX}.`);
    const revisions = await deps.listRevisions(input.id);
    const revision = revisions.find(({ number, state }) =>
      input.revision === null ? isCandidate(state) : number === input.revision,
    );
    if (revision === undefined)
      return refuse('UNKNOWN_SOURCE', ['id'], 'It has no such revision, or no candidate.');
    if (input.mode === 'LIVE') {
      const value = await sumUpLive(caller, revision, input.last);
      if (value.asked === 0)
        return refuse('STEP_NOT_ALLOWED', ['mode'], 'It has not been asked in the shadow yet.');
      await insertReport(db, value);
      return { ok: true, value };
    }
    const connector = await deps.build(revision);
    if (connector === null)
      return refuse('SECRETS_MISSING', ['revision'], 'It cannot be built. Set its secrets first.');
    try {
      if (connector.reread === null)
        return await refuse(
          'STEP_NOT_ALLOWED',
          ['id'],
          'Its kind cannot read recorded answers again.',
        );
      const { reread } = connector;
      const value = await replayAll(caller, { revision, reread, last: input.last });
      await insertReport(db, value);
      return { ok: true, value };
    } finally {
      await connector.close();
    }
  }

  async function sumUpLive(
    caller: Caller,
    { source, number: revision }: SourceRevision,
    last: number,
  ): Promise<ShadowReport> {
    const began = performance.now();
    const tally = createTally();
    for (const one of await listAnswers(db, { source, revision, limit: last })) tally.live(one);
    return reportOf(caller, { source, revision, mode: 'LIVE', tally, began });
  }

  function reportOf(
    caller: Caller,
    of: Pick<ShadowReport, 'source' | 'revision' | 'mode'> & {
      readonly tally: Tally;
      readonly began: number;
    },
  ): ShadowReport {
    const { source, revision, mode, tally, began } = of;
    return {
      ...{ id: randomUUID(), source, revision, mode },
      ...tally.sum(),
      tookMs: Math.round(performance.now() - began),
      madeAt: clock.now(),
      madeBy: caller.account,
    };
  }

  async function replayAll(
    caller: Caller,
    wanted: {
      readonly revision: SourceRevision;
      readonly reread: NonNullable<Connector['reread']>;
      readonly last: number;
    },
  ): Promise<ShadowReport> {
    const began = performance.now();
    const { source, number } = wanted.revision;
    const tally = createTally();
    let before: RecordedRow | null = null;
    for (let left = wanted.last; left > 0;) {
      const rows: readonly RecordedRow[] = await listRecorded(db, {
        ...{ source, before },
        rows: Math.min(left, ROWS_PER_PAGE),
      });
      for (const row of rows) {
        tally.replayed(row, replay(wanted.reread, row));
        // Reading again may be heavy: others get their turn.
        await nextTurn();
      }
      before = rows.at(-1) ?? null;
      left = before === null ? 0 : left - rows.length;
    }
    return reportOf(caller, { source, revision: number, mode: 'REPLAY', tally, began });
  }

  const list = (source: string, revision: number) =>
    listReports(db, { source, revision, limit: REPORTS_SHOWN });
  return {
    report,
    listReports: list,
    hasReport: async (source, revision) => (await list(source, revision)).length > 0,
  };
}
