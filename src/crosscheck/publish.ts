import { randomUUID } from 'node:crypto';

import type { Calendar } from '../calendar/calendar.ts';
import type { BusinessDate } from '../model/business-date.ts';
import type { CrossCheck } from '../model/cross-check.ts';
import {
  afterNight,
  hasLife,
  isGone,
  opensVerification,
  type CrossCheckFinding,
  type FindingChange,
  FINDING_LIFE,
} from '../model/cross-check-finding.ts';
import type { CrossCheckRun } from '../model/cross-check-run.ts';
import type { Deadline } from '../model/deadline.ts';
import type { Transaction } from '../store/database.ts';
import { ACTOR, dayOf } from './asking.ts';
import { lockFindings, lockUnmet } from './finding-queries.ts';
import {
  insertFindings,
  insertVerificationTasks,
  updateFindings,
  type FindingUpdate,
} from './finding-change-queries.ts';
import { listDifferences, type MetDifference } from './difference-queries.ts';

/** What a run publishes, by which definition, and when. */
export interface Publication {
  readonly check: CrossCheck;
  readonly run: CrossCheckRun;
  readonly at: Date;
  readonly calendar: Pick<Calendar, 'deadline'>;
}

/** Subjects, or findings, that are worked on at a time. */
const ROWS = 500;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Makes findings of what a run met, lets those live on that it met again, and resolves those it
 * read and did not meet; all in the transaction that completes the run.
 */
export async function publishFindings(trx: Transaction, about: Publication): Promise<void> {
  const { run, check, at, calendar } = about;
  const today = { on: dayOf(run), deadline: calendar.deadline(dayOf(run), check.dueWorkingDays) };
  let after = 0;
  for (;;) {
    const met = await listDifferences(trx, { runId: run.id, after, subjects: ROWS });
    if (met.length === 0) break;
    const living = met.filter((one) => hasLife(one.class));
    await meet(trx, { ...about, ...today }, living);
    after = met.at(-1)?.number ?? after;
  }
  let last = FIRST_ID;
  for (;;) {
    const unmet = await lockUnmet(trx, {
      ...{ checkId: check.id, runId: run.id, on: today.on, after: last, rows: ROWS },
    });
    if (unmet.length === 0) break;
    const updates = unmet.flatMap((finding): readonly FindingUpdate[] => {
      if (finding.outcome === null) return [end(finding, { run, at })];
      if (!isGone(finding, finding.outcome)) return [];
      const change = afterNight(finding, { met: false, on: today.on });
      return change === null ? [] : [updateOf(finding, change, { run, at, due: today.deadline })];
    });
    await updateFindings(trx, updates);
    last = unmet.at(-1)?.id ?? last;
  }
}

async function meet(
  trx: Transaction,
  about: Publication & { readonly on: BusinessDate; readonly deadline: Deadline },
  met: readonly MetDifference[],
): Promise<void> {
  const { check, run, at, on, deadline } = about;
  const held = await lockFindings(trx, check.id, met);
  const keyed = new Map(held.map((one) => [keyOf(one), one]));
  const added: CrossCheckFinding[] = [];
  const updates: FindingUpdate[] = [];
  for (const one of met) {
    const earlier = keyed.get(keyOf(one));
    if (earlier === undefined) {
      added.push(newFinding(about, one));
      continue;
    }
    const change = afterNight(earlier, { met: true, on });
    if (change !== null) updates.push(updateOf(earlier, change, { run, at, due: deadline }));
  }
  await insertFindings(trx, added, { runId: run.id, by: ACTOR, deadline });
  await updateFindings(trx, updates);
  const reopened = updates.filter(({ deadline: due }) => due !== 'KEEP' && due !== null);
  const opened = [...added, ...reopened.map(({ finding }) => finding)];
  await insertVerificationTasks(
    trx,
    opened
      .filter((one) => one.commitmentId !== null && opensVerification(one.class))
      .map((finding) => ({ id: randomUUID(), finding, openedAt: at, deadline })),
  );
}

function newFinding(
  { check, at, ...rest }: Publication & { readonly deadline: Deadline },
  met: MetDifference,
): CrossCheckFinding {
  const agencyCode = met.agencyCode ?? check.ownerCode;
  if (agencyCode === null) throw new Error('a record is compared that is for nobody to look into');
  return {
    ...{ id: randomUUID(), checkId: check.id, commitmentId: met.commitmentId, part: met.part },
    ...{ commitmentCode: met.commitmentCode, class: met.class, field: met.field },
    ...{ valueFrom: met.valueFrom, valueTo: met.valueTo, agencyCode },
    ...{ ownerCode: check.ownerCode ?? agencyCode, openedAt: at, state: 'NEW', version: 1 },
    ...{ nights: 1, steady: 0, reopened: 0, acceptedUntil: null, dueOn: rest.deadline.on },
  };
}

function updateOf(
  finding: CrossCheckFinding,
  change: FindingChange,
  { run, at, due }: { readonly run: CrossCheckRun; readonly at: Date; readonly due: Deadline },
): FindingUpdate {
  const { step, state, nights, steady, reopened, acceptedUntil, opens } = change;
  const isOver = state === 'RESOLVED' || state === 'ACCEPTED';
  return {
    finding: {
      ...{ ...finding, state, nights, steady, reopened, acceptedUntil },
      version: finding.version + 1,
    },
    event: {
      ...{ step, state, runId: run.id, at, by: ACTOR, reason: null, until: null },
      ownerCode: null,
    },
    deadline: opens ? due : isOver ? null : 'KEEP',
  };
}

/** Its commitment has ended: nothing is left to look into. */
function end(
  finding: CrossCheckFinding,
  { run, at }: { readonly run: CrossCheckRun; readonly at: Date },
): FindingUpdate {
  const state = FINDING_LIFE.after(finding.state, 'END');
  if (state === null) throw new Error(`${finding.state} does not allow END`);
  return {
    finding: { ...finding, state, version: finding.version + 1, steady: 0, acceptedUntil: null },
    event: {
      ...{ step: 'END', state, runId: run.id, at, by: ACTOR, reason: null, until: null },
      ownerCode: null,
    },
    deadline: null,
  };
}

function keyOf(
  one: Pick<CrossCheckFinding, 'commitmentId' | 'part' | 'class' | 'field' | 'valueTo'>,
): string {
  return JSON.stringify([one.commitmentId, one.part, one.class, one.field, one.valueTo]);
}
