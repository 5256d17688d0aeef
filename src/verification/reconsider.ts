import type { CaseFile, CaseRecords, CaseSubject } from '../model/case-file.ts';
import type { Matter } from '../model/matter.ts';
import type { AssistanceRung, Requirement } from '../model/policy.ts';
import { observeUnanswered, type Unanswered } from '../model/observe/assistance.ts';
import type { SourceObservation, Verdict, Verification } from '../model/verification.ts';
import type { Transaction } from '../store/database.ts';
import type { Consultants } from './consult.ts';
import { inquiryOf } from './inquiry.ts';
import { observeGivenReply, type GivenReply } from './ladder.ts';
import { listVerificationsOf } from './queries.ts';
import { listVerdictsOf } from './verdict-queries.ts';
import type { Verdicts } from './verdicts.ts';

// More verifications of one subject in one case than any agency makes; the bound keeps one reply
// from becoming a long transaction.
const WAITING_MAX = 100;

/** A reply that came in, and to which requirement of which subject. */
export interface CameIn {
  readonly requestId: string;
  readonly agencyCode: string;
  readonly caseId: string;
  readonly subjectId: string;
  readonly requirement: string;
  /** Null where none came: then `unanswered` says why none is waited for. */
  readonly reply: GivenReply | null;
  readonly unanswered: Unanswered;
}

/**
 * Judges every verification anew that waits for this reply, in the transaction that records it, or
 * learns there that none will come. The other sources are not asked again: what they said is on
 * record and stays as it is.
 */
export type Reconsider = (trx: Transaction, cameIn: CameIn) => Promise<readonly Verdict[]>;

/** What a request for assistance was about. */
interface Asked {
  readonly caseFile: CaseFile;
  readonly subject: CaseSubject;
  readonly matter: Matter;
  readonly requirement: Requirement;
  readonly rung: AssistanceRung;
}

/** Reconsideration over the verdicts that are on record. */
export function createReconsider(deps: {
  records: CaseRecords;
  verdicts: Verdicts;
  consultants: Consultants;
}): Reconsider {
  const { records, verdicts, consultants } = deps;

  return async (trx, cameIn) => {
    const waiting = await listVerificationsOf(trx, {
      agencyCode: cameIn.agencyCode,
      by: 'subject_id',
      ids: [cameIn.subjectId],
      each: WAITING_MAX,
    });
    const all = await listVerdictsOf(
      trx,
      waiting.map(({ id }) => id),
    );
    const judged: Verdict[] = [];
    let asked: Asked | null = null;
    for (const verification of waiting) {
      const current = all.filter((one) => one.verificationId === verification.id).at(-1);
      if (current === undefined || !waitsFor(current, cameIn)) continue;
      asked ??= await findAsked(cameIn);
      judged.push(await judgeAnew(trx, { cameIn, asked, verification, current }));
    }
    return judged;
  };

  /** All verifications that wait for one reply have case, subject and matter in common. */
  async function findAsked({
    agencyCode,
    subjectId,
    caseId,
    requirement: wanted,
  }: CameIn): Promise<Asked> {
    const [caseFile = null] = await records.listCases(agencyCode, [caseId]);
    const [subject = null] = await records.listSubjects(agencyCode, [subjectId]);
    if (caseFile === null || subject === null) throw new Error('a case on record is not there');
    const [matter = null] = await records.listMatterVersions([
      { code: caseFile.matterCode, version: caseFile.matterVersion },
    ]);
    const requirement = matter?.policy.requirements.find(({ id }) => id === wanted);
    const rung = requirement === undefined ? null : assistanceRung(requirement);
    if (matter === null || requirement === undefined || rung === null)
      throw new Error('a policy that asked for assistance does not name it');
    return { caseFile, subject, matter, requirement, rung };
  }

  async function judgeAnew(
    trx: Transaction,
    one: { cameIn: CameIn; asked: Asked; verification: Verification; current: Verdict },
  ): Promise<Verdict> {
    const { cameIn, verification, current } = one;
    const { caseFile, subject, matter, requirement, rung } = one.asked;
    const inquiry = inquiryOf(
      {
        caller: { account: verification.askedBy, requestId: `assistance-${cameIn.requestId}` },
        caseFile,
        subject,
        matter,
        relevantOn: current.relevantOn,
      },
      verification.claims,
    );
    const about = consultants.aboutOf(inquiry, requirement, {
      dataset: 'ASSISTANCE',
      source: consultants.assistanceSource(),
      rank: rung.rank,
      fieldRanks: [],
    });
    const observed =
      cameIn.reply === null
        ? observeUnanswered(about, cameIn.unanswered)
        : observeGivenReply(about, cameIn.requestId, cameIn.reply);
    const observations = [
      ...current.observations.filter((other) => !isAssistanceFor(other, cameIn.requirement)),
      observed,
    ];
    const isStillWaiting = observations.some(({ transport }) => transport === 'DEFERRED');
    return verdicts.recordIn(trx, {
      verification,
      matter,
      relevantOn: current.relevantOn,
      climbed: {
        observations,
        due:
          isStillWaiting && current.dueOn !== null
            ? { on: current.dueOn, isProvisional: current.dueIsProvisional }
            : null,
      },
      cause: cameIn.reply === null ? 'ASSISTANCE_UNANSWERED' : 'ASSISTANCE_REPLIED',
      supersedes: current,
    });
  }
}

function waitsFor(verdict: Verdict, cameIn: CameIn): boolean {
  return verdict.observations.some(
    (one) => isAssistanceFor(one, cameIn.requirement) && isChangedBy(one, cameIn),
  );
}

/** A later reply to the same request replaces the earlier one; silence is told once. */
function isChangedBy(one: SourceObservation, { requestId, reply, unanswered }: CameIn): boolean {
  if (one.transport === 'ANSWERED') return one.evidenceId === requestId;
  return reply !== null || one.notes.every(({ code }) => code !== `ASSISTANCE_${unanswered}`);
}

function isAssistanceFor(
  one: { requirement: string; method: string },
  requirement: string,
): boolean {
  return one.method === 'ASSISTANCE' && one.requirement === requirement;
}

function assistanceRung(requirement: Requirement): AssistanceRung | null {
  for (const rung of requirement.ladder) if (rung.method === 'ASSISTANCE') return rung;
  return null;
}
