import { maskSubjectName } from '../model/masking.ts';
import type { ChangeExample, ChangeGroup, ShadowReport } from '../model/shadow.ts';
import type { ShadowAnswer } from './live-queries.ts';
import type { Replayed } from './pair.ts';
import type { JudgedRow } from './queries.ts';

/** Counts what would change, and keeps a few examples of each cause. */
export interface Tally {
  replayed(row: JudgedRow, replayed: Replayed): void;
  live(answer: ShadowAnswer): void;
  sum(): Pick<ShadowReport, 'asked' | 'unreadable' | 'changed' | 'groups'>;
}

const EXAMPLES_MAX = 5;

/** Nothing counted yet. */
export function createTally(): Tally {
  const groups = new Map<string, { count: number; examples: ChangeExample[] }>();
  let asked = 0;
  let unreadable = 0;
  let changed = 0;

  function add(cause: string, example: () => ChangeExample): void {
    changed += 1;
    const group = groups.get(cause) ?? { count: 0, examples: [] };
    group.count += 1;
    if (group.examples.length < EXAMPLES_MAX) group.examples.push(example());
    groups.set(cause, group);
  }

  return {
    replayed(row, replayed) {
      asked += 1;
      if (replayed.what === 'UNREADABLE') unreadable += 1;
      if (replayed.what !== 'CHANGED') return;
      if (replayed.isUnreadable) unreadable += 1;
      add(replayed.cause, () => exampleOf(row, replayed));
    },
    live(answer) {
      asked += 1;
      if (answer.isUnanswered) unreadable += 1;
      const { verificationId, agencyCode, subjectName, before, after, cause } = answer;
      const example = { verificationId, agencyCode, subjectName, before, after };
      if (cause !== null) add(cause, () => example);
    },
    sum() {
      const listed: readonly ChangeGroup[] = [...groups]
        .map(([cause, group]) => ({ cause, ...group }))
        .toSorted((a, b) => b.count - a.count);
      return { asked, unreadable, changed, groups: listed };
    },
  };
}

function exampleOf(
  { verification_id, agency_code, kind, name }: JudgedRow,
  { before, after }: Extract<Replayed, { what: 'CHANGED' }>,
): ChangeExample {
  return {
    verificationId: verification_id,
    agencyCode: agency_code,
    subjectName: maskSubjectName({ kind, name }, 'OFFICER'),
    ...{ before, after },
  };
}
