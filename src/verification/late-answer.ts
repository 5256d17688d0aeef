import type { CapabilityName } from '../connector-kit/connector.ts';
import type { CaseFile, CaseRecords } from '../model/case-file.ts';
import type { Matter } from '../model/matter.ts';
import { matterUnder } from '../model/policy-choice.ts';
import { observeSilence } from '../model/observe/about.ts';
import { observeTold, type OnlineDataset } from '../model/observe/answer.ts';
import { consultationOf } from '../model/policy.ts';
import type { Purpose } from '../model/purpose.ts';
import type { SourceObservation, Verdict, Verification } from '../model/verification.ts';
import type { Observation } from '../sources/sources.ts';
import type { Database } from '../store/database.ts';
import { datasetOf, type Consultants, type Inquiry } from './consult.ts';
import type { Holds } from './holds.ts';
import { inquiryOf } from './inquiry.ts';
import type { Climbed, Ladders } from './ladder.ts';
import { listVerificationsOf } from './queries.ts';
import { listVerdictsOf } from './verdict-queries.ts';
import type { Verdicts } from './verdicts.ts';

// More verifications than any agency makes in one case while one call is under way.
const WAITING_MAX = 100;

/**
 * Judges every verification of the case anew that still waits for this answer. The other sources
 * are not asked again, what it leaves open goes on up the ladder, and what an officer has decided
 * in between stays what it is.
 */
export type AnswerCameLate = (
  late: Observation<CapabilityName>,
  purpose: Purpose,
) => Promise<readonly Verdict[]>;

/** Late answers over the verdicts that are on record. */
export function createLateAnswers(deps: {
  readonly db: Database;
  readonly records: CaseRecords;
  readonly verdicts: Verdicts;
  readonly consultants: Consultants;
  readonly ladders: Pick<Ladders, 'climbOn'>;
  readonly holds: Pick<Holds, 'weigh'>;
}): AnswerCameLate {
  const { db, records, verdicts, consultants, ladders, holds } = deps;

  return async (late, purpose) => {
    const dataset = datasetOf(late.capability);
    const [caseFile = null] = await records.listCases(purpose.agencyCode, [purpose.caseId]);
    if (dataset === null || caseFile === null) return [];
    const [matter = null] = await records.listMatterVersions([
      { code: caseFile.matterCode, version: caseFile.matterVersion },
    ]);
    if (matter === null) throw new Error('the matter of a case on record is not there');
    const judged: Verdict[] = [];
    for (const { verification, current } of await listWaiting(caseFile, { late, dataset })) {
      const judgedBy = matterUnder(matter, current.policyChoice);
      const told = { caseFile, matter: judgedBy, verification, current, late, dataset };
      judged.push(await judgeAnew(told));
    }
    return judged;
  };

  async function listWaiting(caseFile: CaseFile, came: Came) {
    const { agencyCode, id } = caseFile;
    const all = await listVerificationsOf(db, {
      ...{ agencyCode, by: 'case_id' as const, ids: [id], each: WAITING_MAX },
    });
    const ids = all.map((one) => one.id);
    const rows = await listVerdictsOf(db, ids);
    return all.flatMap((verification) => {
      const current = rows.filter((one) => one.verificationId === verification.id).at(-1);
      const waits = current?.observations.some((one) => isAwaited(one, came)) ?? false;
      return current !== undefined && waits ? [{ verification, current }] : [];
    });
  }

  async function judgeAnew(one: Told): Promise<Verdict> {
    const { caseFile, matter, verification, current } = one;
    const [subject = null] = await records.listSubjects(caseFile.agencyCode, [
      verification.subjectId,
    ]);
    if (subject === null) throw new Error('a subject on record is not there');
    const caller = { account: verification.askedBy, requestId: `late-${one.late.intentId}` };
    const inquiry = inquiryOf(
      { caller, caseFile, subject, matter, relevantOn: current.relevantOn },
      verification.claims,
    );
    const observations = await Promise.all(
      current.observations.map(async (observation) =>
        isAwaited(observation, one) ? observeAtLast(inquiry, observation, one) : observation,
      ),
    );
    // What it leaves open goes on up the ladder, as if it had said so at once.
    const asking = { ...inquiry, verificationId: verification.id };
    const climbed = await ladders.climbOn(matter.policy, asking, observations);
    return verdicts.record({
      ...{ verification, matter, relevantOn: current.relevantOn },
      climbed: { observations: climbed.observations, due: climbed.due ?? dueOf(climbed, current) },
      cause: 'ANSWER_CAME_LATE',
      supersedes: current,
    });
  }

  async function observeAtLast(
    inquiry: Inquiry,
    awaited: SourceObservation,
    { matter, late, dataset }: Told,
  ): Promise<SourceObservation> {
    const requirement = matter.policy.requirements.find(({ id }) => id === awaited.requirement);
    const consultation = requirement === undefined ? null : consultationOf(requirement, dataset);
    if (requirement === undefined || consultation === null) return awaited;
    const { source } = late;
    const about = consultants.aboutOf(inquiry, requirement, { ...consultation, dataset, source });
    if (late.transport !== 'ANSWERED') return observeSilence(about, late);
    const told = observeTold(dataset, about, late);
    const [weighed = told] = await holds.weigh(requirement, [told]);
    return weighed;
  }
}

interface Came {
  readonly late: Observation<CapabilityName>;
  readonly dataset: OnlineDataset;
}

interface Told extends Came {
  readonly caseFile: CaseFile;
  readonly matter: Matter;
  readonly verification: Verification;
  readonly current: Verdict;
}

/** What somebody else is still waited for. */
function dueOf({ observations }: Climbed, { dueOn, dueIsProvisional }: Verdict): Climbed['due'] {
  const isWaiting = observations.some(({ transport }) => transport === 'DEFERRED');
  return isWaiting && dueOn !== null ? { on: dueOn, isProvisional: dueIsProvisional } : null;
}

function isAwaited(one: SourceObservation, { late, dataset }: Came): boolean {
  const isOnline = one.method === 'ONLINE' && one.dataset === dataset;
  return isOnline && one.transport === 'DEFERRED' && one.source === late.source;
}
