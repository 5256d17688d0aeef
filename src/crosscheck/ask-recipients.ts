import type { Acknowledgement } from '../connector-kit/push.ts';
import { HubError } from '../errors.ts';
import { businessDate } from '../model/clock.ts';
import { comparePush, unheardOf, type PushSeen } from '../model/cross-check-compare.ts';
import { observeSilence } from '../model/observe/about.ts';
import { hopOf, reasonOf, retryAtOf, transportOf } from '../sources/transport.ts';
import {
  dayOf,
  failed,
  type Asked,
  type AskDependencies,
  type AskedSubject,
  type Question,
} from './asking.ts';
import { listPushes, type PushOnRecord } from './observation-queries.ts';

/** A record that its recipient took, and is asked after. */
interface Taken {
  readonly subject: AskedSubject;
  readonly push: PushOnRecord;
  readonly reference: string;
}

type Answer = Acknowledgement['state'] | { readonly failure: Asked };

/** Asks recipients what they have of the records they took; those unknown to them once more. */
export async function askRecipients(
  deps: AskDependencies,
  question: Question,
): Promise<readonly Asked[]> {
  const { subjects } = question;
  const ids = [...new Set(subjects.map(({ commitmentId }) => commitmentId))];
  const pushes = await listPushes(deps.db, ids);
  const pushOf = (one: AskedSubject): PushOnRecord | null =>
    pushes.find(
      ({ commitmentId, recipient }) => commitmentId === one.commitmentId && recipient === one.part,
    ) ?? null;
  const taken = subjects.flatMap((subject): readonly Taken[] => {
    const push = pushOf(subject);
    const reference = push?.reference ?? null;
    const isTaken = push?.state === 'TAKEN' || push?.state === 'ACKNOWLEDGED';
    return push === null || reference === null || !isTaken ? [] : [{ subject, push, reference }];
  });
  const told = await askAfter(deps, question, taken);
  const unknown = taken.filter(({ subject }) => told.get(subject) === 'UNKNOWN');
  const again = await askAfter(deps, question, unknown);
  return subjects.map((subject) => decide(deps, question, { subject, pushOf, told, again }));
}

function decide(
  { calendar }: AskDependencies,
  { check, run }: Question,
  about: {
    readonly subject: AskedSubject;
    pushOf(subject: AskedSubject): PushOnRecord | null;
    readonly told: ReadonlyMap<AskedSubject, Answer>;
    readonly again: ReadonlyMap<AskedSubject, Answer>;
  },
): Asked {
  const { subject } = about;
  const answers = [about.told.get(subject) ?? null, about.again.get(subject) ?? null];
  for (const answer of answers) if (answer instanceof Object) return answer.failure;
  const [told = null, toldAgain = null] = answers as (Acknowledgement['state'] | null)[];
  const push = about.pushOf(subject);
  const since = businessDate(push?.createdAt ?? subject.signedAt);
  const { on } = calendar.addWorkingDays(since, check.acknowledgedWithin ?? 0);
  const seen: PushSeen = {
    ...{ state: push?.state ?? 'NEVER_QUEUED', isOverdue: on < dayOf(run) },
    ...{ told, toldAgain },
  };
  return { decision: comparePush(seen), told: [], recordKey: null };
}

/** One call has one recipient, agency and matter: it tells one purpose. */
async function askAfter(
  deps: AskDependencies,
  question: Question,
  taken: readonly Taken[],
): Promise<ReadonlyMap<AskedSubject, Answer>> {
  const answers = new Map<AskedSubject, Answer>();
  const groups = new Map<string, Taken[]>();
  for (const one of taken) {
    const { agencyCode, matterCode } = one.subject.purpose;
    const key = JSON.stringify([one.push.recipient, agencyCode, matterCode]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  for (const group of groups.values()) {
    const batchMax = deps.handovers.batchMaxOf(group[0]?.push.recipient ?? '', 'credit.commitment');
    for (let at = 0; at < group.length; at += batchMax ?? 1)
      await askOne(deps, question, { batch: group.slice(at, at + (batchMax ?? 1)), answers });
  }
  return answers;
}

async function askOne(
  deps: AskDependencies,
  question: Question,
  {
    batch,
    answers,
  }: { readonly batch: readonly Taken[]; readonly answers: Map<AskedSubject, Answer> },
): Promise<void> {
  const [first] = batch;
  if (first === undefined) return;
  try {
    const told = await deps.handovers.acknowledgements({
      ...{ source: first.push.recipient, name: 'credit.commitment' },
      receipts: batch.map(({ subject, reference }) => ({
        ...{ reference, code: subject.commitmentCode, purpose: subject.purpose },
      })),
    });
    batch.forEach(({ subject }, at) => {
      const one = told[at];
      if (one !== undefined) answers.set(subject, one.state);
    });
  } catch (error) {
    const failure = faultOf(deps, question, { error, first });
    for (const { subject } of batch) answers.set(subject, { failure });
  }
}

function faultOf(
  deps: AskDependencies,
  question: Question,
  { error, first }: { readonly error: unknown; readonly first: Taken },
): Asked {
  if (!(error instanceof HubError) || !error.code.startsWith('SOURCE_'))
    return failed(deps, error, question);
  const transport = transportOf(error);
  const silence = observeSilence(
    {
      requirement: {
        id: question.check.key,
        label: '',
        fields: [],
        ladder: [],
        acceptsSuccessor: false,
      },
      ...{ source: first.push.recipient, dataset: 'CREDIT', rank: 1, fieldRanks: [] },
      ...{
        claims: new Map(),
        subject: first.subject.about.subject,
        relevantOn: dayOf(question.run),
      },
    },
    {
      ...{ transport, hop: hopOf(error), reason: reasonOf(error) },
      retryAt: retryAtOf(error, deps.clock.now()),
    },
  );
  const decision = unheardOf(silence);
  if (decision === null) throw new Error('a fault is no answer');
  return { decision, told: [], recordKey: null };
}
