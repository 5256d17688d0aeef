import cron, { type ScheduledTask } from 'node-cron';

import type { Clock } from '../model/clock.ts';
import type { Database } from '../store/database.ts';
import { claimSlot } from './queries.ts';

/** Work that is due again and again. */
export interface ScheduledJob {
  /** Unique, and the same in every replica. */
  readonly name: string;
  /** Cron expression of five or six fields, Asia/Shanghai. */
  readonly cron: string;
  /** Runs once an occurrence, on one replica. Aborted when the process stops. */
  run(signal: AbortSignal): Promise<void>;
}

/** Running schedules. */
export interface Schedules {
  /** Ends the ticking, aborts what runs and waits for it. Both of two callers wait. */
  stop(): Promise<void>;
}

/** What schedules run on. */
export interface SchedulesDependencies {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Record<'warn' | 'info', (facts: object, message: string) => void>;
  /** Name of this process, as the slot records it. */
  readonly replica: string;
  readonly jobs: readonly ScheduledJob[];
}

/** How late a tick of a busy process may be and still count. */
const LATE_MS_MAX = 10_000;

/**
 * Every replica ticks, and the row decides: the one whose insert into `job_slot` succeeds runs
 * the occurrence. A job that still runs in this process leaves its next occurrence to another
 * replica. Nothing a job throws ends the process.
 *
 * @throws {Error} when a cron expression cannot be read.
 */
export function startSchedules(deps: SchedulesDependencies): Schedules {
  const { jobs, log } = deps;
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  const ticking: ScheduledTask[] = jobs.map((job) =>
    cron.schedule(job.cron, ({ date }) => tick(job, date), {
      timezone: 'Asia/Shanghai',
      name: job.name,
      missedExecutionTolerance: LATE_MS_MAX,
      logger: cronLog(log, job.name),
    }),
  );
  let stopped: Promise<void> | null = null;

  async function tick(job: ScheduledJob, slot: Date): Promise<void> {
    if (stopping.signal.aborted || running.has(job.name)) return;
    const occurrence = runOccurrence(deps, { job, slot, signal: stopping.signal });
    running.set(job.name, occurrence);
    await occurrence.finally(() => running.delete(job.name));
  }

  async function stop(): Promise<void> {
    stopping.abort();
    await Promise.allSettled(ticking.map(async (task) => task.destroy()));
    await Promise.allSettled(running.values());
  }

  return { stop: () => (stopped ??= stop()) };
}

/** Never rejects. */
async function runOccurrence(
  { db, clock, log, replica }: SchedulesDependencies,
  { job, slot, signal }: { job: ScheduledJob; slot: Date; signal: AbortSignal },
): Promise<void> {
  const facts = { job: job.name, slot: slot.toISOString() };
  const startedAt = clock.now().getTime();
  try {
    if (!(await claimSlot(db, { job: job.name, slot, replica }))) return;
    await job.run(signal);
    log.info({ ...facts, tookMs: clock.now().getTime() - startedAt }, 'job ended');
  } catch (error) {
    log.warn({ ...facts, ...kindOf(error) }, 'job failed');
  }
}

/** Kind and code of an error; its message may quote a value. */
function kindOf(error: unknown): { readonly error: string; readonly code: string | null } {
  if (!(error instanceof Error)) return { error: typeof error, code: null };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  return { error: error.name, code };
}

/** node-cron speaks of missed ticks only; what jobs throw does not reach it. */
function cronLog(log: SchedulesDependencies['log'], job: string) {
  return {
    info: (message: string): void => log.info({ job }, message),
    warn: (message: string): void => log.warn({ job }, message),
    error: (message: string | Error): void => log.warn({ job, ...kindOf(message) }, 'tick failed'),
    debug: (): void => undefined,
  };
}
