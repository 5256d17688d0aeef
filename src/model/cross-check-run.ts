import type { SampleCounts } from './assurance.ts';
import type { CrossCheckClass } from './cross-check-finding.ts';
import type { CrossCheckThresholds } from './cross-check.ts';
import { latestSlot, type CronSchedule } from './cron-slots.ts';
import { createStateMachine } from './state-machine.ts';

/** How far a run has come. See enum CrossCheckRunState of the schema. */
export type CrossCheckRunState = 'OPENED' | 'RUNNING' | 'PAUSED' | 'HELD' | 'COMPLETE' | 'CANCELED';

/** What can be done with it. CUT, HOLD and COMPLETE are the hub's own. */
export type CrossCheckRunStep =
  'CUT' | 'PAUSE' | 'RESUME' | 'HOLD' | 'RELEASE' | 'COMPLETE' | 'CANCEL';

/** What is held publishes nothing before somebody has looked; what has ended stays so. */
export const CROSS_CHECK_RUN_LIFE = createStateMachine<CrossCheckRunState, CrossCheckRunStep>({
  OPENED: { CUT: 'RUNNING', CANCEL: 'CANCELED' },
  RUNNING: { PAUSE: 'PAUSED', HOLD: 'HELD', COMPLETE: 'COMPLETE', CANCEL: 'CANCELED' },
  PAUSED: { RESUME: 'RUNNING', CANCEL: 'CANCELED' },
  HELD: { RELEASE: 'COMPLETE', CANCEL: 'CANCELED' },
  COMPLETE: {},
  CANCELED: {},
});

/** One run of a cross-check. */
export interface CrossCheckRun {
  readonly id: string;
  readonly checkId: string;
  readonly checkVersion: number;
  /** Counts the runs of the cross-check. */
  readonly number: number;
  readonly slot: Date;
  readonly state: CrossCheckRunState;
  /** Counts the steps so far. */
  readonly version: number;
  readonly openedAt: Date;
  readonly openedBy: string;
  /** After this nothing more is asked. */
  readonly endsAt: Date;
  /** Null before it was cut. */
  readonly subjects: number | null;
  /** Null before it has read all. */
  readonly result: CrossCheckResult | null;
  /** SHA-256 of the report, hex. Null before it is complete. */
  readonly rootDigest: string | null;
  readonly endedAt: Date | null;
}

/** What a run that has read all came to. */
export interface CrossCheckResult extends CrossCheckCounts {
  readonly warns: boolean;
  /** What became of its random sample. Null where none was drawn. */
  readonly sample: SampleCounts | null;
}

/** How many subjects are where. */
export interface CrossCheckCounts {
  readonly matched: number;
  readonly differing: number;
  readonly inconclusive: number;
}

/** One thing that was done with a run. Append-only. */
export interface CrossCheckRunEvent {
  readonly number: number;
  readonly step: CrossCheckRunStep | null;
  readonly state: CrossCheckRunState;
  readonly at: Date;
  readonly by: string;
  readonly reason: string | null;
}

/** How often something differed. Codes are empty where there are none. */
export interface DifferenceCount {
  readonly class: CrossCheckClass;
  readonly field: string;
  readonly valueFrom: string;
  readonly valueTo: string;
  readonly subjects: number;
}

/** A missed slot is run late while it is not older than this. */
const LATE_MS_MAX = 6 * 3_600_000;

/**
 * The slot that is due: the newest that is neither older than six hours nor decided. Of several
 * missed ones only the newest is run. Null where none is due.
 */
export function dueSlot(
  schedule: CronSchedule,
  about: { readonly now: Date; readonly decided: Date | null; readonly definedAt: Date },
): Date | null {
  const { now, decided, definedAt } = about;
  const earliest = Math.max(
    now.getTime() - LATE_MS_MAX,
    definedAt.getTime(),
    decided?.getTime() ?? 0,
  );
  return latestSlot(schedule, { now, since: new Date(earliest) });
}

/** Whether so many counts make a run complete: nothing is left out, nothing counted twice. */
export function addsUp(subjects: number, counts: CrossCheckCounts): boolean {
  return counts.matched + counts.differing + counts.inconclusive === subjects;
}

/** What the share of those that differ, of those concluded, calls for. */
export function judgeShare(
  { matched, differing }: CrossCheckCounts,
  { warnShare, holdShare, countedMin }: CrossCheckThresholds,
): 'USUAL' | 'WARN' | 'HOLD' {
  const concluded = matched + differing;
  if (concluded < countedMin || concluded === 0) return 'USUAL';
  const share = differing / concluded;
  if (share > holdShare) return 'HOLD';
  return share > warnShare ? 'WARN' : 'USUAL';
}
