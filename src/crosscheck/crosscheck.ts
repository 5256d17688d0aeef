import type { Refusals } from '../audit/refusals.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { HubError } from '../errors.ts';
import type { Caller } from '../model/caller.ts';
import type { CrossCheck } from '../model/cross-check.ts';
import type {
  CrossCheckRun,
  CrossCheckRunEvent,
  CrossCheckRunState,
  DifferenceCount,
} from '../model/cross-check-run.ts';
import { nextSlot, parseCron } from '../model/cron-slots.ts';
import { decodeCursor, decodeInstantCursor, isUuid, pageOf, rowsToRead } from '../model/cursor.ts';
import type { Page, PageRequest } from '../model/page.ts';
import type { Accepted } from '../model/user-error.ts';
import type { VerificationTask } from '../model/verification-task.ts';
import type { Transaction } from '../store/database.ts';
import type { DefineCrossCheck } from './definition-check.ts';
import { listCrossChecks, listVersions } from './definition-queries.ts';
import { adoptDefinitions, defineCrossCheck, type DefinitionDependencies } from './definitions.ts';
import { createCounterSigning, type CounterSigning } from './counter-signing.ts';
import { createFindings, type Findings } from './findings.ts';
import { countCauses, countDifferences } from './difference-queries.ts';
import { CHECKS_MAX, openDue } from './opening.ts';
import { progressOf, type CrossCheckProgress } from './progress.ts';
import { createReports, type Reports } from './report.ts';
import { sweepNights } from './retention.ts';
import { findRun, listNewestRuns, listRunEvents } from './run-queries.ts';
import { createRunSteps, type StartCrossCheck, type StepRun } from './run-steps.ts';
import {
  createCrossCheckRunner,
  type CrossCheckRunner,
  type RunnerDependencies,
} from './runner.ts';
import { SHIPPED } from './shipped.ts';
import { createRunWatch, type WatchRun } from './watch.ts';
import { listVerificationTasks, recountDueDays } from './verification-task-queries.ts';

/** Nightly cross-checks (夜间核对): what was promised against what sources hold by now. */
export interface CrossChecks {
  define(caller: Caller, input: DefineCrossCheck): Promise<Accepted<CrossCheck>>;
  /** Adds the shipped definitions that are not there. */
  adoptShipped(): Promise<void>;
  /** In the order of keys. */
  list(): Promise<readonly CrossCheck[]>;
  /** Null where there is none with this key. */
  find(key: string): Promise<CrossCheck | null>;
  /** In the order of `ids`, each in its last version. */
  listByIds(ids: readonly string[]): Promise<readonly (CrossCheck | null)[]>;
  /** The next occurrence of its schedule. Null where none comes within a year. */
  nextSlotAt(check: CrossCheck): Date | null;
  /** Opens the runs whose slot is due. */
  openDue(signal: AbortSignal): Promise<void>;
  /** Deletes what was alike in nights long over. */
  sweepPast(signal: AbortSignal): Promise<void>;
  start(caller: Caller, input: StartCrossCheck): Promise<Accepted<CrossCheckRun>>;
  step(caller: Caller, input: StepRun): Promise<Accepted<CrossCheckRun>>;
  /** Null where there is none with this id. */
  findRun(id: string): Promise<CrossCheckRun | null>;
  /** Newest first; null for any. */
  pageOfRuns(
    filter: { readonly checkId: string | null; readonly state: CrossCheckRunState | null },
    page: PageRequest,
  ): Promise<Page<CrossCheckRun>>;
  /** Oldest first, the latest 100. */
  listRunEvents(runId: string): Promise<readonly CrossCheckRunEvent[]>;
  progress(run: CrossCheckRun): Promise<CrossCheckProgress>;
  /** A run whenever it has moved, on whichever replica, until it has ended. */
  readonly watch: WatchRun;
  /** Most first, at most 200. */
  countDifferences(runId: string): Promise<readonly DifferenceCount[]>;
  /** Most first, at most 100. */
  countCauses(
    runId: string,
  ): Promise<readonly { readonly cause: string; readonly subjects: number }[]>;
  readonly findings: Findings;
  readonly reports: Reports;
  readonly counterSigning: CounterSigning;
  /** By due day. */
  pageOfVerificationTasks(
    agencyCode: string,
    filter: { readonly isDone: boolean | null },
    page: PageRequest,
  ): Promise<Page<VerificationTask>>;
  /** Counts the due days anew. */
  recompute(trx: Transaction, calendar: Pick<Calendar, 'deadline'>): Promise<unknown>;
  /** Works on runs in this process. */
  readonly runner: CrossCheckRunner;
}

/** What the room works with. */
export interface CrossChecksDependencies extends RunnerDependencies, DefinitionDependencies {
  readonly refusals: Pick<Refusals, 'refuse'>;
}

const DIFFERENCES_SHOWN = 200;
const CAUSES_SHOWN = 100;
const EVENTS_SHOWN = 100;

/** The room of nightly cross-checks. */
export function createCrossChecks(deps: CrossChecksDependencies): CrossChecks {
  const { db, clock } = deps;
  const runner = createCrossCheckRunner(deps);
  const steps = createRunSteps({ ...deps, wake: runner.wake });

  async function pageOfVerificationTasks(
    agencyCode: string,
    { isDone }: { readonly isDone: boolean | null },
    page: PageRequest,
  ): Promise<Page<VerificationTask>> {
    const [dueOn = '', id = ''] = decodeCursor(page.after, 2) ?? [];
    if (page.after !== null && (!isUuid(id) || !/^\d{4}-\d{2}-\d{2}$/u.test(dueOn)))
      throw new HubError('MALFORMED_CURSOR');
    const after = page.after === null ? null : { dueOn, id };
    const wanted = { agencyCode, isDone, after, rows: rowsToRead(page) };
    return pageOf(await listVerificationTasks(db, wanted), page, (one) => [one.dueOn, one.id]);
  }

  return {
    ...{ runner, pageOfVerificationTasks, start: steps.start, step: steps.step },
    define: (caller, input) => defineCrossCheck(deps, caller, input),
    adoptShipped: () => adoptDefinitions(deps, SHIPPED),
    list: () => listCrossChecks(db, { key: null, rows: CHECKS_MAX }),
    find: async (key) => (await listCrossChecks(db, { key, rows: 1 }))[0] ?? null,
    async listByIds(ids) {
      const all = await listCrossChecks(db, { key: null, rows: CHECKS_MAX });
      return ids.map((id) => all.find((one) => one.id === id) ?? null);
    },
    nextSlotAt({ cron, isEnabled }) {
      const schedule = isEnabled ? parseCron(cron) : null;
      return schedule === null ? null : nextSlot(schedule, clock.now());
    },
    openDue: (signal) => openDue(deps, signal),
    sweepPast: (signal) => sweepNights(deps, signal),
    findRun: async (id) => (isUuid(id) ? findRun(db, { id }) : null),
    async pageOfRuns({ checkId, state }, page) {
      const before = decodeInstantCursor(page.after);
      const states = state === null ? null : [state];
      const rows = await listNewestRuns(db, { checkId, states, before, rows: rowsToRead(page) });
      return pageOf(rows, page, ({ openedAt, id }) => [openedAt.toISOString(), id]);
    },
    listRunEvents: (runId) => listRunEvents(db, runId, EVENTS_SHOWN),
    progress: (run) => progressOf({ db, clock }, run),
    watch: createRunWatch({
      find: async (id) => (isUuid(id) ? findRun(db, { id }) : null),
      progress: (run) => progressOf({ db, clock }, run),
    }),
    countDifferences: (runId) => countDifferences(db, runId, DIFFERENCES_SHOWN),
    countCauses: (runId) => countCauses(db, runId, CAUSES_SHOWN),
    findings: createFindings(deps),
    counterSigning: createCounterSigning(deps),
    reports: createReports({
      db,
      definitionOf: async ({ checkId: id, checkVersion: version }) =>
        (await listVersions(db, [{ id, version }]))[0] ?? null,
    }),
    recompute: recountDueDays,
  };
}
