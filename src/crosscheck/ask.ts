import type { SubjectInCase } from '../model/case-file.ts';
import type { CrossCheckRun } from '../model/cross-check-run.ts';
import { purposeOfCase } from '../model/purpose.ts';
import {
  ACTOR,
  type Asked,
  type AskDependencies,
  type AskedSubject,
  type Question,
} from './asking.ts';
import { askRecipients } from './ask-recipients.ts';
import { askSources } from './ask-sources.ts';
import type { UnreadSubject } from './observation-queries.ts';

/** Asks about subjects side by side. In their order; never rejects because of a source. */
export async function askAbout(
  deps: AskDependencies,
  question: Omit<Question, 'subjects'> & { readonly subjects: readonly UnreadSubject[] },
): Promise<readonly Asked[]> {
  const { check } = question;
  const asked = { ...question, subjects: await withCases(deps, question) };
  return check.right === 'CREDIT_ACKNOWLEDGMENTS'
    ? askRecipients(deps, asked)
    : askSources(deps, asked);
}

/** Where an agency has no such record, the hub itself is broken. @throws {Error} */
async function withCases(
  { records }: AskDependencies,
  { run, subjects }: { readonly run: CrossCheckRun; readonly subjects: readonly UnreadSubject[] },
): Promise<readonly AskedSubject[]> {
  const found = new Map<string, SubjectInCase>();
  for (const agencyCode of new Set(subjects.map((one) => one.agencyCode))) {
    const own = subjects.filter((one) => one.agencyCode === agencyCode);
    const ids = [...new Set(own.map(({ subjectId }) => subjectId))];
    const bound = await records.listSubjects(agencyCode, ids);
    const caseIds = [...new Set(own.map(({ caseId }) => caseId))];
    const cases = (await records.listCases(agencyCode, caseIds)).flatMap((one) => one ?? []);
    const byId = new Map(cases.map((one) => [one.id, one]));
    const keys = cases.map((one) => ({ code: one.matterCode, version: one.matterVersion }));
    const matters = await records.listMatterVersions(keys);
    const matterOf = new Map(cases.map((one, at) => [one.id, matters[at] ?? null]));
    for (const subject of bound) {
      const caseFile = byId.get(subject?.caseId ?? '');
      const matter = matterOf.get(subject?.caseId ?? '') ?? null;
      if (subject !== null && caseFile !== undefined && matter !== null)
        found.set(subject.id, { caseFile, subject, matter });
    }
  }
  const job = { account: ACTOR, requestId: `cross-check-${run.id}` };
  return subjects.map((one) => {
    const about = found.get(one.subjectId);
    if (about === undefined) throw new Error('a commitment has no subject, case or matter');
    return { ...one, about, purpose: purposeOfCase(job, about) };
  });
}
